"""A span of time that runs out in sight of the customer: what is left of it, and that it is over."""

from __future__ import annotations

import time

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

QML_IMPORT_NAME = "NowServing.Kiosk.Core"
QML_IMPORT_MAJOR_VERSION = 1

STEP = 100
"""Milliseconds between two looks of the bar."""

NEARLY = 0.3
"""The part of the span that is left when the customer is warned."""


@QmlElement
@QmlUncreatable("The kiosk has it.")
class Countdown(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """One span at a time; starting it again takes the place of the one before."""

    moved = Signal()
    nearly_over = Signal()
    over = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.span = 0.0
        """Seconds from its start to its end."""
        self._ends = 0.0
        self._warned = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step)

    def start(self, seconds: float) -> None:
        self.span, self._ends, self._warned = seconds, time.monotonic() + seconds, False
        self._timer.start(min(STEP, max(1, int(seconds * 1000 / 20))))
        self.moved.emit()

    @Slot()
    def again(self) -> None:
        """The whole span once more, if it is running."""
        if self._timer.isActive():
            self.start(self.span)

    def stop(self) -> None:
        self._timer.stop()
        self.moved.emit()

    @Slot()
    def _step(self) -> None:
        if time.monotonic() >= self._ends:
            self.stop()
            self.over.emit()
            return
        if self._left() <= NEARLY and not self._warned:
            self._warned = True
            self.nearly_over.emit()
        self.moved.emit()

    def _left(self) -> float:
        if not self._timer.isActive():
            return 0.0
        return max(0.0, (self._ends - time.monotonic()) / self.span)

    left = Property(float, _left, notify=moved)
    """What is left, from 1 to 0."""

    @Property(bool, notify=moved)
    def nearly(self) -> bool:
        return self._timer.isActive() and self._left() <= NEARLY
