"""The layout of the hall display for its QML: font sizes and heights in millimetres."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement, QmlUncreatable

from display.layout import ScreenContent, arrange
from shared.hall.units import Milliseconds

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

log = logging.getLogger(__name__)

SHORTEST_POINT, LONGEST_POINT = 3.0, 14.0
"""Widths in ems: the layout is made for the widest point name, but for no shorter and no longer one than these."""

MM_PER_INCH = 25.4


@dataclass(frozen=True, kw_only=True)
class Viewing:
    """How a screen is looked at."""

    inches: float = 43.0
    """The screen's diagonal."""
    farthest_seat: float = 8.0
    """Metres."""
    highlight: Milliseconds = 10_000
    """How long a call stays highlighted after it was announced."""


@QmlElement
@QmlUncreatable("The display's model owns it.")
class Sizes(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """The sizes of ``Layout``, and the width of the widest number in ems."""

    changed = Signal()

    def __init__(self, viewing: Viewing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewing = viewing
        self._screen = ScreenContent(width=952, height=535, number_width=2.7, point_width=5.5)  # until ``fit``
        self.layout = arrange(self._screen, viewing.farthest_seat)

    def fit(self, width: float, height: float, number_width: float, point_width: float) -> None:
        """Lay out for a window of this size in pixels, whose widest number and point name have these widths in ems.

        Raises ValueError if nothing fits.
        """
        per_mm = math.hypot(width, height) / (self._viewing.inches * MM_PER_INCH)
        point_width = min(LONGEST_POINT, max(SHORTEST_POINT, point_width))
        size = {"width": width / per_mm, "height": height / per_mm}
        screen = ScreenContent(**size, number_width=number_width, point_width=point_width)
        if screen != self._screen:
            self._screen = screen
            self.layout = arrange(screen, self._viewing.farthest_seat)
            self.changed.emit()

    def warn_if_unreadable(self) -> None:
        if not self.layout.is_readable_from(self._viewing.farthest_seat):
            log.warning("this display is too small to be read from %s metres", self._viewing.farthest_seat)

    inches = Property(float, lambda self: self._viewing.inches, constant=True)
    margin = Property(float, lambda self: self.layout.margin, notify=changed)
    head = Property(float, lambda self: self.layout.head, notify=changed)
    headHeight = Property(float, lambda self: self.layout.head_height, notify=changed)  # noqa: N815  # QML's name for it
    footHeight = Property(float, lambda self: self.layout.foot_height, notify=changed)  # noqa: N815  # QML's name for it
    text = Property(float, lambda self: self.layout.text, notify=changed)
    pointText = Property(float, lambda self: self.layout.point_text, notify=changed)  # noqa: N815  # QML's name for it
    rowHeight = Property(float, lambda self: self.layout.row_height, notify=changed)  # noqa: N815  # QML's name for it
    heroText = Property(float, lambda self: self.layout.hero_text, notify=changed)  # noqa: N815  # QML's name for it
    heroPointText = Property(float, lambda self: self.layout.hero_point_text, notify=changed)  # noqa: N815  # QML's name
    heroHeight = Property(float, lambda self: self.layout.hero_height, notify=changed)  # noqa: N815  # QML's name for it
    numberWidth = Property(float, lambda self: self._screen.number_width, notify=changed)  # noqa: N815  # QML's name
    rows = Property(int, lambda self: self.layout.rows, notify=changed)
    stacked = Property(bool, lambda self: self.layout.stacked, notify=changed)
