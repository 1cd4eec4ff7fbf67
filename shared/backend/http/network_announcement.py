"""Announces a backend on the local network (DNS-SD, RFC 6763), so that nobody has to type its address.

A thread of its own does it, because the network may come up after the backend, change its addresses or forbid
multicast; the backend serves all the same.
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
logging.getLogger("zeroconf").setLevel(logging.CRITICAL)  # we log one sentence of our own

SERVICE_TYPE = "_nowserving._tcp.local."

USUAL_PORT = 8080

CHECK_EVERY = 10.0
"""Seconds between two checks whether the machine's addresses have changed."""

GOODBYE_WITHIN = 1.0
"""Seconds ``close`` waits at most for the announcement to be withdrawn."""

LONGEST_LABEL = 63
"""Bytes of a DNS label (RFC 1035, 2.3.4)."""

LONGEST_MACHINE = 40
"""Bytes of the machine's name in a host name, so that the rest of the label has room."""

LONGEST_HALLS = 200
"""Bytes: a pair of a TXT record has 255 with its key (RFC 6763, 6.1)."""


@dataclass(frozen=True, kw_only=True)
class AnnouncedBackend:
    installation: str
    version: str
    halls: str
    """The names of its halls, for people who have to choose between several backends."""
    host: str
    """The address it listens on: one of the machine's, or 0.0.0.0 for all."""
    port: int
    """Its TCP port."""
    scheme: str = "http"


class Announcement:
    """Announces a backend, from a thread of its own, until ``close``."""

    def __init__(self, backend: AnnouncedBackend) -> None:
        self._backend = backend
        self._closed = threading.Event()
        self._announced: list[str] = []
        self._responder: Zeroconf | None = None
        self._warned = False
        self._thread = threading.Thread(target=self._run, name="announcement", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Withdraw the announcement, which may take a second."""
        self._closed.set()
        self._thread.join(GOODBYE_WITHIN)

    def _run(self) -> None:
        while not self._closed.is_set():
            addresses = addresses_of(self._backend.host)
            if addresses != self._announced:
                self._withdraw()
                self._announce(addresses)
            self._closed.wait(CHECK_EVERY)
        self._withdraw()

    def _announce(self, addresses: list[str]) -> None:
        try:
            # Only on the networks on which the backend can be reached.
            self._responder = Zeroconf(interfaces=addresses)
            self._responder.register_service(_info(self._backend, addresses), allow_name_change=True)
        except (Error, OSError, RuntimeError) as error:
            if not self._warned:
                log.warning("this backend can't be announced on the local network yet (%s): it keeps trying", error)
            self._warned = True
            self._withdraw()
        else:
            self._announced, self._warned = addresses, False

    def _withdraw(self) -> None:
        responder, self._responder, self._announced = self._responder, None, []
        if responder:
            responder.close()


def addresses_of(host: str) -> list[str]:
    """The IPv4 addresses of this machine that a backend listening on ``host`` can be reached by.

    The loopback address is among them only if there is no other.
    """
    if host not in ("0.0.0.0", "::"):  # noqa: S104  # compared, not listened on
        return [host] if ":" not in host else []
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)]
    outside = sorted(ip for ip in found if not ipaddress.ip_address(ip).is_loopback)
    return outside or ["127.0.0.1"]


def _info(backend: AnnouncedBackend, addresses: list[str]) -> ServiceInfo:
    machine = socket.gethostname().partition(".")[0]
    # Two backends that start at the same moment would not notice that they share a name: the port tells them apart.
    name = f"Now Serving on {machine}" + (f" at {backend.port}" if backend.port != USUAL_PORT else "")
    return ServiceInfo(
        SERVICE_TYPE,
        f"{_label(name)}.{SERVICE_TYPE}",
        port=backend.port,
        parsed_addresses=addresses,
        # A host name that no other program on this machine announces, nor another backend.
        server=f"{_label(re.sub('[^A-Za-z0-9]', '-', machine), LONGEST_MACHINE)}-nowserving-{backend.port}.local.",
        properties={
            "id": backend.installation,
            "version": backend.version,
            "scheme": backend.scheme,
            "tls": "1" if backend.scheme == "https" else "0",
            "name": backend.halls.encode()[:LONGEST_HALLS].decode(errors="ignore"),
        },
    )


def _label(text: str, longest: int = LONGEST_LABEL) -> str:
    """The text as one DNS label of at most ``longest`` bytes."""
    return text.replace(".", "-").encode()[:longest].decode(errors="ignore")
