"""The countdown a customer sees: how much time is left, a warning, and its end."""

from __future__ import annotations

import time

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from shared.hall.units import Milliseconds

QML_IMPORT_NAME = "NowServing.Kiosk.Core"
QML_IMPORT_MAJOR_VERSION = 1

TICK: Milliseconds = 100
"""Between two updates of the bar."""

WARN_AT = 0.3
"""The part of the span, 0 to 1, that is left when the customer is warned."""

LEAST_STEPS = 20
"""Updates of the bar in the shortest span, so that it still moves smoothly."""


@QmlElement
@QmlUncreatable("The kiosk owns it.")
class Countdown(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """One countdown at a time: starting it again replaces the one before."""

    changed = Signal()
    nearly_over = Signal()
    over = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.span = 0.0
        """Seconds from its start to its end."""
        self._ends = 0.0  # in seconds of time.monotonic
        self._warned = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step)

    def start(self, seconds: float) -> None:
        self.span, self._ends, self._warned = seconds, time.monotonic() + seconds, False
        self._timer.start(min(TICK, max(1, int(1000 * seconds / LEAST_STEPS))))
        self.changed.emit()

    @Slot()
    def start_again(self) -> None:
        """Start the whole span once more, if it is running."""
        if self._timer.isActive():
            self.start(self.span)

    def stop(self) -> None:
        self._timer.stop()
        self.changed.emit()

    @Slot()
    def _step(self) -> None:
        if time.monotonic() >= self._ends:
            self.stop()
            self.over.emit()
            return
        if self._remaining() <= WARN_AT and not self._warned:
            self._warned = True
            self.nearly_over.emit()
        self.changed.emit()

    def _remaining(self) -> float:
        if not self._timer.isActive():
            return 0.0
        return max(0.0, (self._ends - time.monotonic()) / self.span)

    remaining = Property(float, _remaining, notify=changed)
    """The part of the span that is left, 1 to 0."""

    @Property(bool, notify=changed)
    def ending(self) -> bool:
        """Whether so little is left that the customer is warned."""
        return self._timer.isActive() and self._remaining() <= WARN_AT
