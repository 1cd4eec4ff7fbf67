"""A port of our own, and how many connections the machine lets a backend have there."""

from __future__ import annotations

import contextlib
import socket
import sys
from dataclasses import dataclass

from shared.backend.http.connection_limits import LARGEST
from shared.hall.errors import Unfit

OWN_FILES = 48
"""What a backend has open besides connections: its database, its log, what it reads."""

PLENTY = 4 * LARGEST
"""Files of a machine that doesn't count them."""

ANSWERED_WITHIN = 60_000
"""Milliseconds for a listener to say that it has what was sent; whose phone went out of the door is gone by then, and
not after the quarter of an hour that Linux tries."""


@dataclass(frozen=True)
class Capacity:
    """How many files may be open, and what follows from that."""

    files: int

    @property
    def waiting(self) -> int:
        """Connections that nobody has taken up yet: the event loop takes up all of them before it looks at one."""
        return max(8, min(2048, self.files // 8))

    @property
    def lines(self) -> int:
        """Connections at most, so that the database always finds a file left."""
        return max(8, min(LARGEST, self.files - OWN_FILES - self.waiting))


def capacity() -> Capacity:
    """After taking as many files as this program may have."""
    if sys.platform == "win32":
        return Capacity(PLENTY)
    import resource  # noqa: PLC0415  # not on Windows

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS names a limit that it does not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Capacity(PLENTY if files == resource.RLIM_INFINITY else files)


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to this address; raises Unfit."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle's algorithm on and every answer takes 40 ms longer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform == "linux":  # every connection has it from here
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, ANSWERED_WITHIN)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise Unfit(f"Port {port} of {host} can't be used ({error}): stop what uses it or choose another.") from None
    return listener
