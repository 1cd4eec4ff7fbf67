"""Discovery of the backends that announce themselves on the local network (DNS-SD, RFC 6763)."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace

from zeroconf import Error, ServiceInfo, ServiceListener, Zeroconf

from shared.hall.units import Milliseconds
from shared.link import timings

log = logging.getLogger(__name__)
logging.getLogger("zeroconf").setLevel(logging.CRITICAL)  # a missing network is no fault: the search starts again

SERVICE_TYPE = "_nowserving._tcp.local."

ANSWER_WITHIN: Milliseconds = 2_000
"""How long an announced backend has to give its address."""


@dataclass(frozen=True, kw_only=True)
class AnnouncedInstallation:
    """An installation that is announced, by one backend or by several."""

    installation: str
    name: str
    """Its halls, or its machine, for people who have to choose."""
    addresses: tuple[str, ...]
    """Such as ``http://192.0.2.7:8080``. Not all of a machine in several networks can be reached from everywhere."""


class Search:
    """A search from the first ``found`` until ``close``; it finds nothing in a network without multicast."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._announced: dict[str, AnnouncedInstallation] = {}
        self._zeroconf: Zeroconf | None = None
        self._started_at = 0.0

    def found(self) -> list[AnnouncedInstallation]:
        """The installations announced now, by name; called again and again, it restarts a search that found nothing."""
        if not self._announced and (not self._zeroconf or time.monotonic() - self._started_at > timings.SEARCH_AFRESH):
            self._start()
        with self._lock:
            backends = sorted(self._announced.values(), key=lambda one: (one.name, one.addresses))
        ids = dict.fromkeys(one.installation for one in backends)
        return [_merged([one for one in backends if one.installation == id_]) for id_ in ids]

    def close(self) -> None:
        running, self._zeroconf = self._zeroconf, None
        if running:
            running.close()

    def _start(self) -> None:
        self.close()
        self._started_at = time.monotonic()
        try:
            self._zeroconf = Zeroconf()
            self._zeroconf.add_service_listener(SERVICE_TYPE, _AnnouncementListener(self))
        except (Error, OSError, RuntimeError) as error:
            log.info("the local network can't be searched: %s", error)
            self.close()

    def is_running(self, zeroconf: Zeroconf) -> bool:
        return zeroconf is self._zeroconf

    def note(self, name: str, info: ServiceInfo | None) -> None:
        """Note that this backend is announced, or gone if ``info`` is None; called on zeroconf's thread."""
        with self._lock:
            self._announced.pop(name, None)
            if info and (found := _installation_in(info)):
                self._announced[name] = found


class _AnnouncementListener(ServiceListener):
    """Its methods are called by zeroconf, on its thread."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        if self._search.is_running(zc):  # so that closing waits for one query, not for all
            self._search.note(name, zc.get_service_info(type_, name, ANSWER_WITHIN))

    update_service = add_service

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self._search.note(name, None)


def _installation_in(info: ServiceInfo) -> AnnouncedInstallation | None:
    """The backend in an announcement; None if it is not one of ours."""
    pairs = info.properties.items()
    properties = {key.decode(errors="ignore"): (value or b"").decode(errors="ignore") for key, value in pairs}
    installation, scheme = properties.get("id", ""), properties.get("scheme", "")
    addresses = [address for address in info.parsed_addresses() if ":" not in address]
    if not installation or scheme not in ("http", "https") or not addresses or not info.port:
        return None
    return AnnouncedInstallation(
        installation=installation,
        name=properties.get("name") or info.name.removesuffix(f".{SERVICE_TYPE}"),
        addresses=tuple(f"{scheme}://{address}:{info.port}" for address in addresses),
    )


def _merged(backends: list[AnnouncedInstallation]) -> AnnouncedInstallation:
    """Several backends of one installation, as one."""
    return replace(backends[0], addresses=tuple(dict.fromkeys(a for one in backends for a in one.addresses)))
