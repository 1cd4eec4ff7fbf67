"""A simulated world with one clock and one seed: the same seed gives exactly the same history."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

from shared.backend.halls.clock import Clock
from tests.hall.builders import MORNING

T = TypeVar("T")

CLOCK_STEPS = (-86_400_000, -3_600_000, -90_000, -1, 1, 90_000, 3_600_000, 86_400_000)
"""Milliseconds by which the wall clock is set: seconds by the network, hours and days by people."""


@dataclass(frozen=True, kw_only=True)
class Weather:
    """How often faults happen in a history; each chance is 0 to 1."""

    lost: float
    doubled: float
    slowest: int
    """Milliseconds a message takes at most."""
    cut: float
    """A connection's chance, each second, to be cut for a while."""
    dies: float
    """The backend's chance to die at a command, before its commit or just after it."""
    clock: float
    """The chance, each second, that the backend's clock is set."""


WEATHERS: Sequence[Weather] = (
    Weather(lost=0, doubled=0, slowest=5, cut=0, dies=0, clock=0),
    Weather(lost=0.05, doubled=0.05, slowest=300, cut=0.01, dies=0.02, clock=0.02),
    Weather(lost=0.15, doubled=0.15, slowest=3_000, cut=0.03, dies=0.05, clock=0.1),
    Weather(lost=0.35, doubled=0.3, slowest=6_000, cut=0.1, dies=0.15, clock=0.1),
    Weather(lost=0.02, doubled=0.02, slowest=50, cut=0.01, dies=0.3, clock=0.3),
)
"""Calm, as in most offices; then worse and worse; then a backend that keeps dying."""

CALM = WEATHERS[0]


class World:
    """Time, chance, and an agenda of scheduled calls, all on one thread."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.seed = seed
        self.now = 0
        """Milliseconds since the world began: the true time, which no station can see."""
        self.weather = self.chance.choice(WEATHERS)
        self.log: list[str] = []
        self.talkative = False
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._turn = count()
        self._ids = count()

    def later(self, pause: int, happens: Callable[[], None]) -> None:
        """Schedule a call after this many milliseconds."""
        heapq.heappush(self._agenda, (self.now + max(0, pause), next(self._turn), happens))

    def run(self, span: int) -> None:
        """Let this many milliseconds pass."""
        end = self.now + span
        while self._agenda and self._agenda[0][0] <= end:
            self.now, _, happens = heapq.heappop(self._agenda)
            happens()
        self.now = end

    def perhaps(self, probability: float) -> bool:
        return probability > 0 and self.chance.random() < probability

    def within(self, shortest: int, longest: int) -> int:
        return self.chance.randint(shortest, longest)

    def one_of(self, things: Sequence[T]) -> T:
        return self.chance.choice(things)

    def new_id(self) -> str:
        """A unique id, the same in every replay."""
        return f"{self.seed}-{next(self._ids)}"

    def say(self, sentence: str) -> None:
        """Log a sentence, if this is a replay."""
        if self.talkative:
            self.log.append(f"{self.now / 1000:9.3f} s  {sentence}")


class WorldClock(Clock):
    """The clocks of one machine in a world: the wall clock, which can be set, and the monotonic one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._set_by = 0
        self._switched_on = 0

    def wall(self) -> datetime:
        return MORNING + timedelta(milliseconds=self._world.now + self._set_by)

    def elapsed(self) -> int:
        return self._world.now - self._switched_on

    def set(self, step: int) -> None:
        """Set the wall clock by a step of milliseconds."""
        self._set_by += step

    def switch_on(self) -> None:
        """The machine starts again, and its monotonic clock with it."""
        self._switched_on = self._world.now - self._world.within(0, 5_000)
