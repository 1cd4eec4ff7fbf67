"""The time commands are decided at: the wall's, and each hall's own order clock that only moves forward."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from shared.hall.field_types import HallId
from shared.hall.hall import Hall
from shared.hall.values import Moment


class Clock:
    """The machine's own clocks."""

    def wall(self) -> datetime:
        """The time of day in UTC, in whole milliseconds."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def elapsed(self) -> int:
        """Milliseconds since some fixed point; never set back by anybody."""
        return time.monotonic_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        """Let this much time pass."""
        await asyncio.sleep(seconds)


@dataclass
class OrderClocks:
    """The order clock of each hall: where it stood when first seen here, plus what has elapsed since."""

    clock: Clock
    anchors: dict[HallId, int] = field(default_factory=dict)

    def now(self, hall: Hall) -> Moment:
        """This moment for this hall; its order clock never stands before the hall's last event."""
        wall, elapsed = self.clock.wall(), self.clock.elapsed()
        if hall.id not in self.anchors:
            away = max(timedelta(), wall - hall.at) if hall.seq else timedelta()
            self.anchors[hall.id] = hall.order + away // timedelta(milliseconds=1) - elapsed
        order = max(hall.order, self.anchors[hall.id] + elapsed)
        return Moment(wall, order)
