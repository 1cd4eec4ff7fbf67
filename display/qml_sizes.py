"""The layout of the hall display for its QML: font sizes and heights in millimetres."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement, QmlUncreatable

from display.layout import CAPITAL, MARGIN, ScreenContent, arrange, readable_capital
from shared.hall.units import Milliseconds

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

log = logging.getLogger(__name__)

SHORTEST_POINT, LONGEST_POINT = 3.0, 14.0
"""Widths in ems: the layout is made for the widest point name, but for no shorter and no longer one than these."""

GLYPH_ROUNDING = 1.01
"""How much wider a text may become than it was measured, as a factor: its glyphs stand on whole pixels."""

MM_PER_INCH = 25.4

HEAD_TEXT, MAX_HEAD = 0.36, 0.045
"""Text size of the hall's name and the clock, as a factor of the smallest rows'; its limit, of the screen's shorter side."""

HEAD_HEIGHT, FOOT_HEIGHT = 2.0, 1.7
"""Heights above and below the calls, in ems of that text."""


@dataclass(frozen=True, kw_only=True)
class Viewing:
    """How a screen is looked at."""

    inches: float = 43.0
    """The screen's diagonal."""
    farthest_seat: float = 8.0
    """Metres."""
    highlight: Milliseconds = 10_000
    """How long a call stays highlighted after it was announced."""
    linger: Milliseconds = 60_000
    """How long a call stays, quieter, after its customer has come or has not: somebody who is late still finds it."""


@QmlElement
@QmlUncreatable("The display's model owns it.")
class Sizes(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """The sizes of ``Layout``, and the width of the widest number in ems."""

    changed = Signal()

    def __init__(self, viewing: Viewing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewing = viewing
        self._shorter_side = 535.0  # of the window in millimetres, until ``fit``
        self._screen = ScreenContent(width=952, height=535, number_width=2.7, point_width=5.5)
        self.layout = arrange(self._screen, viewing.farthest_seat)

    def fit(self, width: float, height: float, number_width: float, point_width: float, calls: int) -> None:
        """Lay out so many calls for a window of this size in pixels, whose widest number and point name have these
        widths in ems.

        Raises ValueError if nothing fits.
        """
        per_mm = math.hypot(width, height) / (self._viewing.inches * MM_PER_INCH)
        self._shorter_side = min(width, height) / per_mm
        margin = MARGIN * self._shorter_side
        screen = ScreenContent(
            width=width / per_mm - 2 * margin,
            height=height / per_mm - (HEAD_HEIGHT + FOOT_HEIGHT) * self._head,
            number_width=GLYPH_ROUNDING * number_width,
            point_width=min(LONGEST_POINT, max(SHORTEST_POINT, point_width)),
            calls=calls,
        )
        if screen != self._screen:
            self._screen = screen
            self.layout = arrange(screen, self._viewing.farthest_seat)
            self.changed.emit()

    @property
    def _head(self) -> float:
        smallest_row = readable_capital(self._viewing.farthest_seat) / CAPITAL
        return min(HEAD_TEXT * smallest_row, MAX_HEAD * self._shorter_side)

    def warn_if_unreadable(self) -> None:
        if not self.layout.is_readable_from(self._viewing.farthest_seat):
            log.warning("this display is too small to be read from %s metres", self._viewing.farthest_seat)

    inches = Property(float, lambda self: self._viewing.inches, constant=True)
    margin = Property(float, lambda self: self.layout.margin, notify=changed)
    head = Property(float, lambda self: self._head, notify=changed)
    headHeight = Property(float, lambda self: HEAD_HEIGHT * self._head, notify=changed)  # noqa: N815  # QML's name
    footHeight = Property(float, lambda self: FOOT_HEIGHT * self._head, notify=changed)  # noqa: N815  # QML's name
    text = Property(float, lambda self: self.layout.row.text, notify=changed)
    pointText = Property(float, lambda self: self.layout.row.point_text, notify=changed)  # noqa: N815  # QML's name
    rowHeight = Property(float, lambda self: self.layout.row.height, notify=changed)  # noqa: N815  # QML's name for it
    stacked = Property(bool, lambda self: self.layout.row.stacked, notify=changed)
    columns = Property(int, lambda self: self.layout.columns, notify=changed)
    columnRows = Property(int, lambda self: self.layout.column_rows, notify=changed)  # noqa: N815  # QML's name for it
    heroText = Property(float, lambda self: self.layout.hero.text, notify=changed)  # noqa: N815  # QML's name for it
    heroPointText = Property(float, lambda self: self.layout.hero.point_text, notify=changed)  # noqa: N815  # QML's name
    heroHeight = Property(float, lambda self: self.layout.hero.height, notify=changed)  # noqa: N815  # QML's name for it
    heroStacked = Property(bool, lambda self: self.layout.hero.stacked, notify=changed)  # noqa: N815  # QML's name
    numberWidth = Property(float, lambda self: self._screen.number_width, notify=changed)  # noqa: N815  # QML's name
    rows = Property(int, lambda self: self.layout.rows, notify=changed)
