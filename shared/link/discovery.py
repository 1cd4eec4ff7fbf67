"""Finds the backends of the local network by what they announce (DNS-SD, RFC 6763)."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace

from zeroconf import Error, ServiceInfo, ServiceListener, Zeroconf

from shared.link import retry

log = logging.getLogger(__name__)
logging.getLogger("zeroconf").setLevel(logging.CRITICAL)  # no network is nothing a station complains of: it looks again

SERVICE_TYPE = "_nowserving._tcp.local."

ANSWER_WITHIN = 2000
"""Milliseconds for a backend that is announced to say where it is."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """An installation that is announced, by one backend or by several."""

    installation: str
    name: str
    """Its halls, or its machine, for people who have to choose."""
    addresses: tuple[str, ...]
    """``http://192.0.2.7:8080``; of a machine in several networks not every one can be reached from everywhere."""


class Search:
    """Goes on until it is closed; ``found`` is what is announced right now. Without multicast it just finds nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: dict[str, Found] = {}
        self._zeroconf: Zeroconf | None = None
        self._begun = 0.0

    def found(self) -> list[Found]:
        """What there is, by name; to be asked again and again."""
        if not self._heard and (not self._zeroconf or time.monotonic() - self._begun > retry.SEARCH_AFRESH):
            self._begin()
        with self._lock:
            heard = sorted(self._heard.values(), key=lambda one: (one.name, one.addresses))
        return [_together([one for one in heard if one.installation == it]) for it in _installations(heard)]

    def close(self) -> None:
        searching, self._zeroconf = self._zeroconf, None
        if searching:
            searching.close()

    def _begin(self) -> None:
        self.close()
        self._begun = time.monotonic()
        try:
            self._zeroconf = Zeroconf()
            self._zeroconf.add_service_listener(SERVICE_TYPE, _Ears(self))
        except (Error, OSError, RuntimeError) as error:
            log.info("the local network can't be asked: %s", error)
            self.close()

    def goes_on(self, asking: Zeroconf) -> bool:
        return asking is self._zeroconf

    def heard(self, name: str, info: ServiceInfo | None) -> None:
        """This backend announces itself, or is gone; called on the browser's thread."""
        with self._lock:
            self._heard.pop(name, None)
            if info and (found := _read(info)):
                self._heard[name] = found


class _Ears(ServiceListener):
    """What the browser calls."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        if self._search.goes_on(zc):  # whoever closes it waits for the one being asked, not for all that were announced
            self._search.heard(name, zc.get_service_info(type_, name, ANSWER_WITHIN))

    update_service = add_service

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self._search.heard(name, None)


def _read(info: ServiceInfo) -> Found | None:
    """What a backend says of itself; None if it is no backend of ours."""
    pairs = info.properties.items()
    said = {key.decode(errors="ignore"): (value or b"").decode(errors="ignore") for key, value in pairs}
    installation, scheme = said.get("id", ""), said.get("scheme", "")
    addresses = [address for address in info.parsed_addresses() if ":" not in address]
    if not installation or scheme not in ("http", "https") or not addresses or not info.port:
        return None
    return Found(
        installation=installation,
        name=said.get("name") or info.name.removesuffix(f".{SERVICE_TYPE}"),
        addresses=tuple(f"{scheme}://{address}:{info.port}" for address in addresses),
    )


def _installations(heard: list[Found]) -> list[str]:
    return list(dict.fromkeys(one.installation for one in heard))


def _together(backends: list[Found]) -> Found:
    """Several backends of one installation, as one."""
    return replace(backends[0], addresses=tuple(dict.fromkeys(a for one in backends for a in one.addresses)))
