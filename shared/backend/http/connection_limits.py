"""How many connections a backend holds, and who has to go first where there is no room for all: never a station."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from enum import StrEnum
from typing import Protocol

from shared.backend.http.security_middleware import PROGRAMS
from shared.hall.errors import Unreachable

log = logging.getLogger(__name__)

LARGEST = 8192
"""Connections at most, however many files there may be: what each can make a backend keep is bounded, not nothing."""

FULL = "nowserving.full"
"""Set in a request's scope when there is no room for whoever sends it."""

AGAIN = "30"
"""Seconds after which whoever was turned away may try again."""


class Crowded(Unreachable):
    """There is no room for one more customer."""


class Who(StrEnum):
    """Whom a connection is held for."""

    UNFINISHED = "unfinished"
    """Nobody known: its request is not whole yet, or there is none."""
    LIVE = "live"
    """A customer's page that is told what changes, for as long as it is looked at."""
    CUSTOMER = "customer"
    PROGRAM = "program"
    """A station; or whoever asks what stations ask, and without a token hears *no* at once."""


SHARES = {Who.UNFINISHED: 1 / 4, Who.LIVE: 1 / 2, Who.CUSTOMER: 1 / 8}
"""The most of the whole that each may have. What is left, an eighth at least, no customer and no stranger can take."""


def sent_by(path: str) -> Who:
    """Whom a whole request to this path is from."""
    if path.startswith(PROGRAMS):
        return Who.PROGRAM
    return Who.LIVE if path.endswith("/events") else Who.CUSTOMER


class HeldConnection(Protocol):
    """A connection as the room knows it."""

    network: str
    """Where it comes from."""

    def drop(self) -> None:
        """Let go of it at once."""

    def look(self, now: float) -> None:
        """Let go of it if its other end has been slow for too long."""


class ConnectionLimits:
    """Every connection there is.

    Who has said nothing whole yet is let go for whoever comes new: the oldest of the network that holds the most. So
    one who opens many pushes out their own, and a station is in once it has spoken.
    """

    def __init__(self, most: int = LARGEST, quiet: float = 60.0) -> None:
        """``quiet``: seconds without anybody turned away after which the crowd is over."""
        self.most = most
        self.turned_away = Counter(dict.fromkeys(SHARES, 0))
        self.slow = 0
        """How many were let go because their other end was too slow."""
        self._shares = {who: int(most * share) for who, share in SHARES.items()}
        self._quiet = quiet
        self._held: dict[HeldConnection, Who] = {}
        self._count = Counter(dict.fromkeys(Who, 0))
        self._unfinished: defaultdict[str, dict[HeldConnection, None]] = defaultdict(dict)
        self._said = 0
        """How many had been turned away when that was last looked at."""
        self._crowded_since: int | None = None
        self._last = 0.0

    @property
    def count(self) -> Counter[Who]:
        """How many are held for whom."""
        return self._count

    def put(self, line: HeldConnection, who: Who) -> None:
        """Hold a connection for somebody, whoever it was held for before."""
        if self._held.get(line) is who:
            return
        self.leave(line)
        self._held[line] = who
        self._count[who] += 1
        if who is Who.UNFINISHED:
            self._unfinished[line.network][line] = None
            if self._count[who] > self._shares[who] or len(self._held) > self.most:
                self._make_room()

    def leave(self, line: HeldConnection) -> None:
        """A connection is no more."""
        who = self._held.pop(line, None)
        if who is None:
            return
        self._count[who] -= 1
        if who is Who.UNFINISHED:
            there = self._unfinished[line.network]
            del there[line]
            if not there:
                del self._unfinished[line.network]

    def is_unfinished(self, line: HeldConnection) -> bool:
        return self._held.get(line) is Who.UNFINISHED

    def turns_away(self, who: Who) -> bool:
        """Whether there is no room for one more of these."""
        full = who in self._shares and self._count[who] >= self._shares[who]
        if full:
            self.turned_away[who] += 1
        return full

    def _make_room(self) -> None:
        network = max(self._unfinished, key=lambda each: len(self._unfinished[each]))
        oldest = next(iter(self._unfinished[network]))
        self.turned_away[Who.UNFINISHED] += 1
        self.leave(oldest)
        oldest.drop()

    def look(self, now: float) -> None:
        """Once a second or so: let go of who is too slow, and say when a crowd begins and ends."""
        for line in [*self._held]:
            line.look(now)
        turned_away = self.turned_away.total()
        if turned_away > self._said:
            self._last = now
            if self._crowded_since is None:
                self._crowded_since = self._said
                log.warning("there is no room for more connections (%s): %s", self._counted(), CROWDED)
        elif self._crowded_since is not None and now - self._last >= self._quiet:
            log.warning("there is room again (%s): %d turned away", self._counted(), turned_away - self._crowded_since)
            self._crowded_since = None
        self._said = turned_away

    def _counted(self) -> str:
        held = ", ".join(f"{count} {who}" for who, count in self._count.items())
        return f"{held}, {self.most} at most"

    def clear(self) -> None:
        """Let go of everybody."""
        for line in [*self._held]:
            line.drop()


CROWDED = (
    "customers' pages are turned away and unfinished requests are dropped, stations still come in; many unfinished ones"
    " without many customers are somebody who wants to shut the others out"
)
