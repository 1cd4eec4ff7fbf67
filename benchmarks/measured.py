"""How a promise about speed is written down: what was measured, against what in the same run, and the limit."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measured:
    """``value`` against ``peer``, both in ``unit``; the ratio is promised to stay at most (or at least) ``limit``."""

    what: str
    value: float
    against: str
    peer: float
    unit: str
    limit: float
    at_most: bool = True

    @property
    def ratio(self) -> float:
        return self.value / self.peer

    @property
    def kept(self) -> bool:
        return self.ratio <= self.limit if self.at_most else self.ratio >= self.limit


def seconds_each(act: Callable[[], object], times: int) -> float:
    """The time one ``act`` takes, the best of five rounds: what else runs on the machine only ever adds."""
    return min(_round(act, times) for _ in range(5)) / times


def _round(act: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        act()
    return time.perf_counter() - began
