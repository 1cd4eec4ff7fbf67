"""Drives the kiosk's real window offscreen: touches, keys, and what is visible."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.app import Kiosk
from kiosk.page_timings import PageTimings
from kiosk.printer.printer import Printer
from shared.link.link import Link
from shared.ui.station import Station
from shared.ui.station_memory import StationMemory

LANDSCAPE, PORTRAIT, SMALL = QSize(1920, 1080), QSize(1080, 1920), QSize(1280, 800)
NO_WAIT = PageTimings(settle=0)


class Screen:
    def __init__(self, kiosk: Kiosk, station: Station) -> None:
        self.kiosk = kiosk
        self.model = kiosk.model
        self.visit = kiosk.model.visit
        self.window = kiosk.window
        self.station = station

    @property
    def millimetre(self) -> float:
        """Pixels."""
        pixels = (self.window.width() ** 2 + self.window.height() ** 2) ** 0.5
        return pixels / (21.5 * 25.4)

    def items(self) -> Iterator[QQuickItem]:
        """Everything that can be seen."""
        todo = [self.window.contentItem()]
        while todo:
            item = todo.pop()
            if item.isVisible():
                yield item
                todo += item.childItems()

    def sees(self, name: str) -> bool:
        return any(item.objectName() == name for item in self.items())

    def item(self, name: str) -> QQuickItem:
        return next(item for item in self.items() if item.objectName() == name)

    def buttons(self) -> list[QQuickItem]:
        return [item for item in self.items() if item.inherits("QQuickAbstractButton")]

    def texts(self) -> list[QQuickItem]:
        return [item for item in self.items() if item.inherits("QQuickText") and item.property("text")]

    def says(self, words: str) -> bool:
        return any(words in str(text.property("text")) for text in self.texts())

    def lay_out(self) -> None:
        """Force the layout that a shown window would have."""
        self.window.grabWindow()

    def middle(self, name: str) -> QPoint:
        self.lay_out()
        item = self.item(name)
        return item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()

    def click(self, name: str) -> None:
        QTest.mouseClick(self.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.middle(name))

    def touch(self, name: str, finger: QPointingDevice) -> None:
        place = self.middle(name)
        QTest.touchEvent(self.window, finger).press(0, place, self.window).commit()
        QTest.touchEvent(self.window, finger).release(0, place, self.window).commit()

    def flick(self, finger: QPointingDevice, start: QPoint, end: QPoint) -> None:
        QTest.touchEvent(self.window, finger).press(0, start, self.window).commit()
        for step in range(1, 11):
            place = start + (end - start) * step / 10
            QTest.touchEvent(self.window, finger).move(0, place, self.window).commit()
            QTest.qWait(15)  # a flick needs time between its points
        QTest.touchEvent(self.window, finger).release(0, end, self.window).commit()

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window, key)


@asynccontextmanager
async def kiosk(
    link: Link,
    until,
    printer: Printer | None = None,
    size: QSize = SMALL,
    timings: PageTimings = NO_WAIT,
    paper: int = 80,
    own_series: bool = False,
    memory: StationMemory | None = None,
    wall: Callable[[], datetime] | None = None,
) -> AsyncIterator[Screen]:
    """A kiosk at work on this link, taken down at the end."""
    station = Station(link, memory)
    clock = {"wall": wall} if wall else {}
    shown = Kiosk(
        station,
        printer,
        size=size,
        timings=timings,
        paper=paper,
        own_series=own_series,
        **clock,
    )
    shown.show()
    station.start()
    await until(lambda: station.hall)
    try:
        yield Screen(shown, station)
    finally:
        station.stop()
        shown.close()
