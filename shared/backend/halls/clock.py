"""The clocks commands are decided by: the wall clock, and each hall's order clock, which only moves forward."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from shared.hall.field_types import HallId
from shared.hall.hall import Hall
from shared.hall.units import Milliseconds, OrderTime
from shared.hall.values import Moment

SET_BACK = timedelta(minutes=5)
"""How far a clock may go back before a warning: less is a correction by NTP."""


class Clock:
    """The machine's own clocks."""

    def wall(self) -> datetime:
        """Now in UTC, cut to whole milliseconds."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def elapsed(self) -> Milliseconds:
        """The time since some fixed point, by the monotonic clock."""
        return time.monotonic_ns() // 1_000_000

    def offset(self) -> datetime:
        """Wall clock minus elapsed time: constant unless the clock is set."""
        return self.wall() - timedelta(milliseconds=self.elapsed())

    async def sleep(self, seconds: float) -> None:
        """Wait this much of the clock's own time: a test's clock may be faster."""
        await asyncio.sleep(seconds)


@dataclass
class OrderClocks:
    """The order clock of each hall: its time when first seen here, plus what has elapsed since."""

    clock: Clock
    anchors: dict[HallId, OrderTime] = field(default_factory=dict)
    """Each hall's order time when ``Clock.elapsed`` was zero."""

    def now(self, hall: Hall) -> Moment:
        """This moment on both clocks; the order clock is never before the hall's last event."""
        wall, elapsed = self.clock.wall(), self.clock.elapsed()
        if hall.id not in self.anchors:
            closed_for = max(timedelta(), wall - hall.at) if hall.seq else timedelta()
            self.anchors[hall.id] = hall.order + closed_for // timedelta(milliseconds=1) - elapsed
        order = max(hall.order, self.anchors[hall.id] + elapsed)
        return Moment(wall, order)
