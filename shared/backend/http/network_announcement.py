"""Tells the local network that a backend serves here (DNS-SD, RFC 6763), so that nobody has to type its address.

A thread of its own does it, for a network may come after the backend, change its addresses, or forbid multicast; the
backend serves all the same.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
import threading
from dataclasses import dataclass

import ifaddr
from zeroconf import Error, ServiceInfo, Zeroconf

log = logging.getLogger(__name__)
logging.getLogger("zeroconf").setLevel(logging.CRITICAL)  # what is wrong is said here, once and in a sentence

SERVICE_TYPE = "_nowserving._tcp.local."

USUAL_PORT = 8080

LOOK = 10.0
"""Seconds between two looks whether the machine's addresses have changed."""

PARTING = 1.0
"""Seconds to say goodbye in; a backend that ends waits no longer for that."""

LONGEST_LABEL = 63
"""Bytes (RFC 1035, 2.3.4)."""


@dataclass(frozen=True, kw_only=True)
class AnnouncedBackend:
    """What is announced."""

    installation: str
    version: str
    halls: str
    """The names of its halls, for people who have to choose between several backends."""
    host: str
    """The address it listens on: one of the machine's, or 0.0.0.0 for all."""
    port: int
    scheme: str = "http"


class Announcement:
    """Goes on until it is closed."""

    def __init__(self, offer: AnnouncedBackend) -> None:
        self._offer = offer
        self._closed = threading.Event()
        self._said: list[str] = []
        self._responder: Zeroconf | None = None
        self._complained = False
        self._thread = threading.Thread(target=self._run, name="announcement", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Say goodbye to the network."""
        self._closed.set()
        self._thread.join(PARTING)

    def _run(self) -> None:
        while not self._closed.is_set():
            addresses = addresses_of(self._offer.host)
            if addresses != self._said:
                self._hush()
                self._say(addresses)
            self._closed.wait(LOOK)
        self._hush()

    def _say(self, addresses: list[str]) -> None:
        try:
            # On every network the backend can be reached by, and on no other.
            self._responder = Zeroconf(interfaces=addresses)
            self._responder.register_service(_info(self._offer, addresses), allow_name_change=True)
        except (Error, OSError, RuntimeError) as error:
            if not self._complained:
                log.warning("the local network can't be told of this backend (%s): it goes on trying", error)
            self._complained = True
            self._hush()
        else:
            self._said, self._complained = addresses, False

    def _hush(self) -> None:
        responder, self._responder, self._said = self._responder, None, []
        if responder:
            responder.close()


def addresses_of(host: str) -> list[str]:
    """The IPv4 addresses of this machine that a backend listening on ``host`` can be reached by.

    The machine's own loopback is told of only where there is nothing else: to itself.
    """
    if host not in ("0.0.0.0", "::"):  # noqa: S104  # compared, not listened on
        return [host] if ":" not in host else []
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)]
    outside = sorted(ip for ip in found if not ipaddress.ip_address(ip).is_loopback)
    return outside or ["127.0.0.1"]


def _info(offer: AnnouncedBackend, addresses: list[str]) -> ServiceInfo:
    machine = socket.gethostname().partition(".")[0]
    # Two backends that begin at the same moment would not notice that they have one name: the port tells them apart.
    name = f"Now Serving on {machine}" + (f" at {offer.port}" if offer.port != USUAL_PORT else "")
    return ServiceInfo(
        SERVICE_TYPE,
        f"{_label(name)}.{SERVICE_TYPE}",
        port=offer.port,
        parsed_addresses=addresses,
        # A name no other program gives to this machine, nor another backend on it.
        server=f"{_label(re.sub('[^A-Za-z0-9]', '-', machine), 40)}-nowserving-{offer.port}.local.",
        properties={
            "id": offer.installation,
            "version": offer.version,
            "scheme": offer.scheme,
            "tls": "1" if offer.scheme == "https" else "0",
            "name": offer.halls.encode()[:200].decode(errors="ignore"),  # a pair of a TXT record has 255 bytes
        },
    )


def _label(text: str, longest: int = LONGEST_LABEL) -> str:
    return text.replace(".", "-").encode()[:longest].decode(errors="ignore")
