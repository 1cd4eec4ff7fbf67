"""The listening socket, and how many connections the limit of open files allows."""

from __future__ import annotations

import contextlib
import socket
import sys
from dataclasses import dataclass

from shared.backend.http.connection_limits import MOST_CONNECTIONS
from shared.hall.errors import Unfit

OWN_FILES = 48
"""File descriptors a backend needs besides connections: its database, its logs, the files it serves."""

UNLIMITED_FILES = 4 * MOST_CONNECTIONS
"""File descriptors assumed where there is no limit."""

ACKNOWLEDGED_WITHIN = 60_000
"""Milliseconds to wait for an acknowledgement (TCP_USER_TIMEOUT): by default Linux retries for a quarter of an hour."""


@dataclass(frozen=True)
class Capacity:
    """What follows from ``files``, the number of file descriptors this process may open."""

    files: int

    @property
    def backlog(self) -> int:
        """Connections that may wait to be accepted: the event loop accepts all of them before it reads from one."""
        return max(8, min(2048, self.files // 8))

    @property
    def connections(self) -> int:
        """Connections held at most, so that the database always finds a file descriptor left."""
        return max(8, min(MOST_CONNECTIONS, self.files - OWN_FILES - self.backlog))


def capacity() -> Capacity:
    """Raise this process's limit of open files as far as allowed; returns what follows from it."""
    if sys.platform == "win32":
        return Capacity(UNLIMITED_FILES)
    import resource  # noqa: PLC0415  # not on Windows

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS names a limit that it does not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Capacity(UNLIMITED_FILES if files == resource.RLIM_INFINITY else files)


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket bound to this address, not listening yet; raises Unfit if that can't be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle's algorithm on and every answer takes 40 ms longer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform == "linux":  # accepted connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, ACKNOWLEDGED_WITHIN)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise Unfit(f"Port {port} of {host} can't be used ({error}): stop what uses it or choose another.") from None
    return listener
