"""The clocks of a station: the machine's wall clock, and the hall's order clock, which only moves forward."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from shared.hall.hall import Hall
from shared.hall.units import OrderTime, seconds
from shared.hall.values import Moment


def wall_clock() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


class OrderClock:
    """The hall's order clock. Its events set it as they happen, so a wrong wall clock of this machine does no harm:
    only the age of a snapshot is read on that."""

    def __init__(self, wall: Callable[[], datetime] = wall_clock) -> None:
        self._wall_clock = wall
        self._seq = -1
        self._order: OrderTime = 0
        self._seen_at = time.monotonic()

    def see(self, hall: Hall) -> None:
        """Set the clock by the latest state of the hall."""
        if hall.seq != self._seq:
            is_live = hall.seq == self._seq + 1
            self._order = hall.order + (0 if is_live else 1000 * seconds(self._wall_clock() - hall.at))
            self._seen_at = time.monotonic()
            self._seq = hall.seq

    @property
    def moment(self) -> Moment:
        return Moment(self._wall_clock(), self._order + int(1000 * (time.monotonic() - self._seen_at)))
