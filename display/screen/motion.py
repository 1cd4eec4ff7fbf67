"""How much moves on the hall display: as the setting says, or less where this machine does not draw it smoothly."""

from __future__ import annotations

import logging

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from shared.hall.errors import Unfit

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

log = logging.getLogger(__name__)

CHOICES = ("auto", "full", "less")

LATE = 1 / 25
"""A frame that takes longer than this, in seconds, is seen to stutter."""

JUDGED_BY = 30
"""Frames of a move that are watched before the machine is judged by them: two or three arrivals of a call."""


def require_motion(setting: str) -> None:
    """Raises Unfit for a setting that is none of CHOICES."""
    if setting not in CHOICES:
        raise Unfit(f"motion must be auto, full or less, not {setting!r}.")


@QmlElement
@QmlUncreatable("The display's model owns it.")
class Motion(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    changed = Signal()

    def __init__(self, setting: str = "full", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._still = setting == "less"
        self._watches = setting == "auto"
        self._frames = self._late = 0

    @Slot(float)
    def frame(self, seconds: float) -> None:
        """A call moves on, and its last frame took this long."""
        if not self._watches:
            return
        self._frames += 1
        self._late += seconds > LATE
        if self._frames < JUDGED_BY:
            return
        if self._late > self._frames / 4:
            log.info("%d of %d frames came late: calls no longer move here", self._late, self._frames)
            self._still, self._watches = True, False
            self.changed.emit()
        self._frames = self._late = 0

    still = Property(bool, lambda self: self._still, notify=changed)
