"""The two clocks a console reads: the one on the wall, and the hall's own that only moves forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from shared.hall.due import seconds
from shared.hall.hall import Hall
from shared.hall.values import Moment


def now() -> datetime:
    return datetime.now(UTC)


class OrderClock:
    """The hall's order clock, read off its events: they arrive as they happen, so that this machine's time of day
    may be wrong. Only what a snapshot brings happened at an unknown moment before, and its age is told by the wall."""

    def __init__(self) -> None:
        self._seq = -1
        self._order = 0
        self._seen = time.monotonic()

    def see(self, hall: Hall) -> None:
        """Set the clock by the hall as it is known now."""
        if hall.seq != self._seq:
            is_live = hall.seq == self._seq + 1
            self._order = hall.order + (0 if is_live else 1000 * seconds(now() - hall.at))
            self._seen = time.monotonic()
            self._seq = hall.seq

    @property
    def moment(self) -> Moment:
        return Moment(now(), self._order + int(1000 * (time.monotonic() - self._seen)))
