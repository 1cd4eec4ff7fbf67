"""The clocks a station goes by: that of its machine, and the hall's own, which only moves forward."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from shared.hall.calling_order import seconds
from shared.hall.hall import Hall
from shared.hall.values import Moment


def machines_clock() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


class OrderClock:
    """The hall's order clock, read off its events: they arrive as they happen, so that this machine's time of day
    may be wrong. Only what a snapshot brings happened at an unknown moment before, and its age is told by the wall."""

    def __init__(self, wall: Callable[[], datetime] = machines_clock) -> None:
        self._wall = wall
        self._seq = -1
        self._order = 0
        self._seen = time.monotonic()

    def see(self, hall: Hall) -> None:
        """Set the clock by the hall as it is known now."""
        if hall.seq != self._seq:
            is_live = hall.seq == self._seq + 1
            self._order = hall.order + (0 if is_live else 1000 * seconds(self._wall() - hall.at))
            self._seen = time.monotonic()
            self._seq = hall.seq

    @property
    def moment(self) -> Moment:
        return Moment(self._wall(), self._order + int(1000 * (time.monotonic() - self._seen)))
