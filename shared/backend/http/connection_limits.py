"""Connection limits: how many connections a backend holds, and whose are refused first when it is full."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from shared.backend.http.security_middleware import API_PATHS
from shared.hall.errors import Unreachable

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 8192
"""Connections at most, however many files may be open: each needs a little memory."""

FULL = "nowserving.full"
"""Set in the scope of a request that is refused because the backend is full."""

RETRY_AFTER = "30"
"""Seconds after which a client that was refused may try again."""


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """How many seconds a backend waits."""

    request: float = 10.0
    """For the TLS handshake, the head, the body (in addition to its size at ``SLOWEST_BODY``) and the next request."""
    unread: float = 30.0
    """For the other end to read anything more of its answer."""
    quiet: float = 60.0
    """After the last refused connection, before it logs that there is room again."""


class Crowded(Unreachable):
    """The backend is full: there is no connection left for another customer."""


class Holder(StrEnum):
    """Whom a connection serves."""

    UNFINISHED = "unfinished"
    """Nobody known: it has sent no complete request yet, or waits for the next."""
    LIVE = "live"
    """A customer's page with its event stream, for as long as it is open."""
    CUSTOMER = "customer"
    PROGRAM = "program"
    """A station, or another program that uses the API."""


SHARES = {Holder.UNFINISHED: 1 / 4, Holder.LIVE: 1 / 2, Holder.CUSTOMER: 1 / 8}
"""The largest share of all connections each may hold; the rest, at least an eighth, is left to stations."""


def holder_of(path: str) -> Holder:
    """Whom a request to this path is for."""
    if path.startswith(API_PATHS):
        return Holder.PROGRAM
    return Holder.LIVE if path.endswith("/events") else Holder.CUSTOMER


class HeldConnection(Protocol):
    """What the limits need of a connection."""

    network: str
    """The network of its other end."""

    def drop(self) -> None:
        """Close it at once."""

    def check_timeouts(self, now: float) -> None:
        """Close it if its other end has missed a deadline; ``now`` is the loop's time."""


class ConnectionLimits:
    """Counts all connections, and makes room for new ones.

    A new connection pushes out an unfinished one: the oldest of the network that holds the most. So a stranger who
    opens many loses their own, and a station is safe once it has sent a request.
    """

    def __init__(self, most: int = MOST_CONNECTIONS, quiet: float = 60.0) -> None:
        """``quiet``: seconds without a refusal after which the log says that there is room again."""
        self.most = most
        self.turned_away = Counter(dict.fromkeys(SHARES, 0))
        self.slow = 0
        """How many were closed because their other end was too slow."""
        self._shares = {holder: int(most * share) for holder, share in SHARES.items()}
        self._quiet = quiet
        self._held: dict[HeldConnection, Holder] = {}
        self.count = Counter(dict.fromkeys(Holder, 0))
        self._unfinished: defaultdict[str, dict[HeldConnection, None]] = defaultdict(dict)
        self._reported = 0
        """How many had been turned away at the last check."""
        self._refused_before: int | None = None
        """How many had been turned away before the limits were reached; None while there is room."""
        self._last_refusal = 0.0

    def hold(self, connection: HeldConnection, holder: Holder) -> None:
        """Count a connection for its holder, and no longer for the previous one."""
        if self._held.get(connection) is holder:
            return
        self.release(connection)
        self._held[connection] = holder
        self.count[holder] += 1
        if holder is Holder.UNFINISHED:
            self._unfinished[connection.network][connection] = None
            if self.count[holder] > self._shares[holder] or len(self._held) > self.most:
                self._make_room()

    def release(self, connection: HeldConnection) -> None:
        """Stop counting a connection that is closed."""
        holder = self._held.pop(connection, None)
        if holder is None:
            return
        self.count[holder] -= 1
        if holder is Holder.UNFINISHED:
            connections = self._unfinished[connection.network]
            del connections[connection]
            if not connections:
                del self._unfinished[connection.network]

    def is_unfinished(self, connection: HeldConnection) -> bool:
        return self._held.get(connection) is Holder.UNFINISHED

    def turns_away(self, holder: Holder) -> bool:
        """Whether a request is refused because its holder's share is used up; if so, it is counted."""
        full = holder in self._shares and self.count[holder] >= self._shares[holder]
        if full:
            self.turned_away[holder] += 1
        return full

    def _make_room(self) -> None:
        network = max(self._unfinished, key=lambda each: len(self._unfinished[each]))
        oldest = next(iter(self._unfinished[network]))
        self.turned_away[Holder.UNFINISHED] += 1
        self.release(oldest)
        oldest.drop()

    def check_timeouts(self, now: float) -> None:
        """Called about twice a second: close what is too slow, and log when room runs out and when it is back."""
        for connection in [*self._held]:
            connection.check_timeouts(now)
        turned_away = self.turned_away.total()
        if turned_away > self._reported:
            self._last_refusal = now
            if self._refused_before is None:
                self._refused_before = self._reported
                log.warning("there is no room for more connections (%s): %s", self._count_text(), CROWDED)
        elif self._refused_before is not None and now - self._last_refusal >= self._quiet:
            log.warning(
                "there is room again (%s): %d turned away", self._count_text(), turned_away - self._refused_before
            )
            self._refused_before = None
        self._reported = turned_away

    def _count_text(self) -> str:
        held = ", ".join(f"{count} {holder}" for holder, count in self.count.items())
        return f"{held}, {self.most} at most"

    def drop_all(self) -> None:
        for connection in [*self._held]:
            connection.drop()


CROWDED = (
    "customers' pages are refused and unfinished connections are closed, stations still connect; many unfinished ones"
    " without many customers mean that somebody tries to keep the others out"
)
