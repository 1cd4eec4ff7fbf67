"""A waiting room for tests: a hall in memory, a station on it, and what happens at its points."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from PySide6.QtQuick import QQuickItem, QQuickWindow

from display.announcing.announcer import PlaysSounds
from display.app import DisplayWindow
from display.screen.qml_sizes import Viewing
from display.signs.sign_window import SignWindow
from shared.hall.calling import CallNext, Recall
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint
from shared.settings import Settings
from shared.ui.clocks import wall_clock
from shared.ui.station import Station
from shared.voice.voice import Voice
from tests.memory_link import MemoryLink

Until = Callable[[Callable[[], object]], Awaitable[None]]

QUIET = Settings(sound=False)
SOON = Viewing(highlight=300)
"""A call stays marked for 0.3 seconds."""


class Room:
    def __init__(self, link: MemoryLink, until: Until) -> None:
        self.link = link
        self.until = until
        self.station = Station(link)
        self.holding: dict[str, str] = {}

    async def live(self) -> Room:
        self.station.start()
        await self.caught_up()
        for point in self.link.hall.points:
            self.link.do(ActivatePoint(point=point))
        return self

    async def caught_up(self) -> None:
        await self.until(lambda: self.station.hall and self.station.hall.seq == self.link.hall.seq)

    def call(self, point: str = "1", service: str = "registration", language: str = "en") -> str:
        """A customer comes and is called to this point; the label."""
        self.link.do(IssueTicket(service=service, language=language))
        ticket: dict[str, Any] = self.link.do(CallNext(point=point, holding=self.holding.get(point))).result["ticket"]
        self.holding[point] = ticket["id"]
        return str(ticket["label"])

    def recall(self, point: str = "1") -> None:
        self.link.do(Recall(point=point, ticket=self.holding[point]))

    def without(self, point: str = "1") -> str:
        """The id of the ticket the point has, which the test is about to take from it."""
        return self.holding.pop(point)

    @contextmanager
    def display(
        self,
        viewing: Viewing = SOON,
        player: PlaysSounds | None = None,
        voice: Voice | None = None,
        size: tuple[int, int] = (1920, 1080),
        wall: Callable[[], datetime] = wall_clock,
    ) -> Iterator[DisplayWindow]:
        """A display on this hall, in a window of this size."""
        display = DisplayWindow(
            self.station, QUIET, viewing=viewing, player=player, voice=voice, silent_turn=20, wall=wall
        )
        display.window.resize(*size)
        display.window.show()
        try:
            yield display
        finally:
            display.close()
            self.station.stop()

    @contextmanager
    def sign(self, *points: str, size: tuple[int, int] = (800, 480)) -> Iterator[SignWindow]:
        """The sign over these service points of this hall, or over the first, in a window of this size."""
        sign = SignWindow(self.station, Settings(), *(points or ("1",)))
        sign.window.resize(*size)
        sign.window.show()
        try:
            yield sign
        finally:
            sign.close()
            self.station.stop()


def items(window: QQuickWindow, name: str) -> list[QQuickItem]:
    """Every visible item of this name, from top to bottom; those that repeaters made included."""
    found = [item for item in everything(window) if item.objectName() == name]
    return sorted(found, key=lambda item: item.mapToScene(item.boundingRect().center()).y())


def everything(window: QQuickWindow) -> Iterator[QQuickItem]:
    """Every visible item; those that repeaters made included."""
    return (item for item in _all(window.contentItem()) if item.isVisible())


def texts(window: QQuickWindow, name: str) -> list[str]:
    """What these items say; a space is a space, whether a line may break there or not."""
    return [item.property("text").replace("\N{NO-BREAK SPACE}", " ") for item in items(window, name)]


def _all(item: QQuickItem) -> Iterator[QQuickItem]:
    for child in item.childItems():
        yield child
        yield from _all(child)
