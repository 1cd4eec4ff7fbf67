"""The layout of the hall display as its QML reads it: font sizes and heights in millimetres."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement, QmlUncreatable

from display.layout import ScreenSize, arrange

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

log = logging.getLogger(__name__)

SHORTEST_POINT, LONGEST_POINT = 3.0, 14.0
"""Widths in font sizes between which the names of the points decide about the layout."""


@dataclass(frozen=True, kw_only=True)
class Viewing:
    """How a screen is looked at: its diagonal in inches, the farthest seat in metres, and for how many
    milliseconds a call stays marked after it was announced."""

    inches: float = 43.0
    farthest_seat: float = 8.0
    fresh: int = 10_000


@QmlElement
@QmlUncreatable("The display's model owns it.")
class Sizes(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    changed = Signal()

    def __init__(self, viewing: Viewing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewing = viewing
        self._screen = ScreenSize(width=952, height=535, number=2.7, point=5.5)
        self.layout = arrange(self._screen, viewing.farthest_seat)

    def fit(self, pixels: tuple[float, float], number: float, point: float) -> None:
        """Lay out for a window of these pixels, and numbers and points as wide as this many font sizes."""
        per_mm = math.hypot(*pixels) / (self._viewing.inches * 25.4)
        point = min(LONGEST_POINT, max(SHORTEST_POINT, point))
        screen = ScreenSize(width=pixels[0] / per_mm, height=pixels[1] / per_mm, number=number, point=point)
        if screen != self._screen:
            self._screen = screen
            self.layout = arrange(screen, self._viewing.farthest_seat)
            self.changed.emit()

    def warn(self) -> None:
        if not self.layout.is_readable_from(self._viewing.farthest_seat):
            log.warning("from %s metres not everything on this display can be read", self._viewing.farthest_seat)

    @Property(float, constant=True)
    def inches(self) -> float:
        return self._viewing.inches

    @Property(float, notify=changed)
    def margin(self) -> float:
        return self.layout.margin

    @Property(float, notify=changed)
    def head(self) -> float:
        return self.layout.head

    @Property(float, notify=changed)
    def headHeight(self) -> float:  # noqa: N802  # QML's name for it
        return self.layout.head_height

    @Property(float, notify=changed)
    def footHeight(self) -> float:  # noqa: N802  # QML's name for it
        return self.layout.foot_height

    @Property(float, notify=changed)
    def text(self) -> float:
        return self.layout.text

    @Property(float, notify=changed)
    def pointText(self) -> float:  # noqa: N802  # QML's name for it
        return self.layout.point_text

    @Property(float, notify=changed)
    def rowHeight(self) -> float:  # noqa: N802  # QML's name for it
        return self.layout.row_height

    @Property(float, notify=changed)
    def heroText(self) -> float:  # noqa: N802  # QML's name for it
        return self.layout.hero_text

    @Property(float, notify=changed)
    def heroPointText(self) -> float:  # noqa: N802  # QML's name for it
        return self.layout.hero_point_text

    @Property(float, notify=changed)
    def heroHeight(self) -> float:  # noqa: N802  # QML's name for it
        return self.layout.hero_height

    @Property(float, notify=changed)
    def numberWidth(self) -> float:  # noqa: N802  # QML's name for it
        """Of the widest number, in font sizes: points stand below one another."""
        return self._screen.number

    @Property(int, notify=changed)
    def rows(self) -> int:
        """How many calls fit below the newest one."""
        return self.layout.rows

    @Property(bool, notify=changed)
    def stacked(self) -> bool:
        return self.layout.stacked
