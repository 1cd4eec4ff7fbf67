"""A simulated connection of a station to its hall: it may lose, repeat, delay and reorder messages, and be cut."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults.world import CALM, Weather, World

QUICKEST = 1
"""Milliseconds."""


class Connection:
    """Both directions of one station's connection."""

    def __init__(self, world: World, name: str) -> None:
        self._world = world
        self._name = name
        self._healed = False
        self.cut = False

    def send(self, arrives: Callable[[], None], lost: Callable[[], None] | None = None) -> None:
        """Send a message; it arrives once, several times, late or never; ``lost`` is called if never."""
        if self.cut or self._world.perhaps(self._weather.lost):
            self._lose(lost)
            return
        self._world.later(self._delay(), lambda: self._arrive(arrives, lost))
        if self._world.perhaps(self._weather.doubled):
            self._world.later(self._delay(), lambda: self._arrive(arrives, lost))

    def disturb(self) -> None:
        """Every second, perhaps cut it for a while."""
        if not self._healed:
            if not self.cut and self._world.perhaps(self._weather.cut):
                self._world.say(f"{self._name}: cut")
                self.cut = True
                self._world.later(self._world.within(500, 20_000), self.restore)
            self._world.later(1_000, self.disturb)

    def restore(self) -> None:
        self.cut = False

    def heal(self) -> None:
        """Lose and delay nothing from now on."""
        self._healed, self.cut = True, False

    def _arrive(self, arrives: Callable[[], None], lost: Callable[[], None] | None) -> None:
        if self.cut:
            self._lose(lost)
        else:
            arrives()

    def _lose(self, lost: Callable[[], None] | None) -> None:
        self._world.say(f"{self._name}: a message is lost")
        if lost:
            lost()

    def _delay(self) -> int:
        return self._world.within(QUICKEST, max(QUICKEST, self._weather.slowest))

    @property
    def _weather(self) -> Weather:
        return CALM if self._healed else self._world.weather
