"""One result of a benchmark: what was measured, what it is compared with in the same run, and the promised ratio."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, kw_only=True)
class Measured:
    """``value`` against ``peer``, both in ``unit``; promised is a ratio of at most ``limit``, or of at least ``limit``.

    Without a limit nothing is promised.
    """

    what: str
    value: float
    against: str
    peer: float
    unit: str
    limit: float | None = None
    at_most: bool = True

    @property
    def ratio(self) -> float:
        return self.value / self.peer

    @property
    def kept(self) -> bool:
        if self.limit is None:
            return True
        return self.ratio <= self.limit if self.at_most else self.ratio >= self.limit

    @property
    def promise(self) -> str:
        return "" if self.limit is None else f"{'≤' if self.at_most else '≥'} {self.limit:g}"

    @property
    def verdict(self) -> str:
        """``ok``, or by how much the limit is missed; empty if there is no limit."""
        if self.limit is None:
            return ""
        return "ok" if self.kept else f"short by {abs(self.ratio - self.limit):.2f}"


def seconds_each(act: Callable[[], object], times: int) -> float:
    """The average time of one ``act``, over this many in a row."""
    began = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - began) / times


def side_by_side(rounds: int, *sides: Callable[[], float]) -> list[float]:
    """The median of each side's rounds; the sides alternate, so that other load on the machine slows all of them."""
    measured = [[side() for side in sides] for _ in range(rounds)]
    return [median(values) for values in zip(*measured, strict=True)]


def percentile(values: Iterable[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]
