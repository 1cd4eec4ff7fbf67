"""How the hall display divides its screen, for its QML: font sizes, widths and heights in millimetres."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass, replace

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement, QmlUncreatable

from display.screen.layout import CAPITAL, Layout, ScreenContent, readable_capital
from display.screen.legibility import LANDSCAPE, Widths, illegible, in_english, screen_of
from display.screen.shown_display import DEFAULT
from display.screen.zones import CAPTION_LINE, NO_NUMBERS, NumberGrid, divide
from shared.hall.display_values import Display
from shared.hall.hall import Hall
from shared.hall.units import Milliseconds

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Viewing:
    """How a screen is looked at."""

    inches: float = 0.0
    """The screen's diagonal; 0: what the hall's display says."""
    farthest_seat: float = 0.0
    """Metres; 0: what the hall's display says."""
    highlight: Milliseconds = 10_000
    """How long a call stays highlighted after it was announced."""
    linger: Milliseconds = 60_000
    """How long a call stays, quieter, after its customer has come or has not: somebody who is late still finds it."""


@QmlElement
@QmlUncreatable("The display's model owns it.")
class Sizes(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """The sizes of ``Zones`` and its ``Layout``, and the width of the widest number in ems."""

    changed = Signal()

    def __init__(self, viewing: Viewing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewing = viewing
        self._fitted: tuple[Display, ScreenContent] | None = None
        self._inches = viewing.inches or DEFAULT.inches
        self._number_width = 2.7
        self.zones = divide(
            screen_of(self._inches, LANDSCAPE, Widths(number=2.7, point=5.5)), DEFAULT, self._seat(DEFAULT)
        )

    def fit(self, display: Display, pixels: tuple[float, float], widest: Widths, calls: int) -> None:
        """Lay out so many calls, and what this display has beside them, for a window of this size.

        Where nothing fits, all stays as it was, and that is logged once.
        """
        inches = self._viewing.inches or display.inches
        screen = replace(screen_of(inches, pixels, widest), calls=calls)
        if (display, screen) == self._fitted:
            return
        self._fitted = display, screen
        try:
            self.zones = divide(screen, display, self._seat(display))
        except ValueError as error:
            log.warning("the display stays as it was: %s", error)
            return
        self._inches, self._number_width = inches, widest.number
        self.changed.emit()

    def _seat(self, display: Display) -> float:
        return self._viewing.farthest_seat or display.farthest_seat

    @property
    def _least_text(self) -> float:
        """The smallest text that the farthest seat can read."""
        return readable_capital(self._seat(self._fitted[0] if self._fitted else DEFAULT)) / CAPITAL

    @property
    def _grid(self) -> NumberGrid:
        return self.zones.numbers or NO_NUMBERS

    @property
    def holds(self) -> int:
        """How many numbers the list beside the calls has room for."""
        return self._grid.holds

    @property
    def layout(self) -> Layout:
        return self.zones.calls

    @property
    def readable(self) -> bool:
        """Whether it can be read from the farthest seat."""
        return self._fitted is None or self.zones.is_readable_from(self._seat(self._fitted[0]))

    def why_illegible(self, hall: Hall, display: Display, pixels: tuple[float, float]) -> str:
        """Why this display can't be read here, in English; empty if it can be."""
        here = replace(display, inches=round(self._inches), farthest_seat=math.ceil(self._seat(display)))
        return illegible(hall, here, pixels=pixels, translate=in_english)

    inches = Property(float, lambda self: self._inches, notify=changed)
    edge = Property(float, lambda self: self.zones.margin, notify=changed)
    margin = Property(float, lambda self: self.layout.margin, notify=changed)
    head = Property(float, lambda self: self.zones.head, notify=changed)
    headHeight = Property(float, lambda self: self.zones.head_height, notify=changed)  # noqa: N815  # QML's name for it
    footHeight = Property(float, lambda self: self.zones.foot_height, notify=changed)  # noqa: N815  # QML's name for it
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
    numberWidth = Property(float, lambda self: self._number_width, notify=changed)  # noqa: N815  # QML's name
    leastText = Property(float, lambda self: self._least_text, notify=changed)  # noqa: N815  # QML's name for it
    rows = Property(int, lambda self: self.layout.rows, notify=changed)
    callsWidth = Property(float, lambda self: self.zones.calls_width, notify=changed)  # noqa: N815  # QML's name for it
    callsHeight = Property(float, lambda self: self.zones.calls_height, notify=changed)  # noqa: N815  # QML's name
    beside = Property(bool, lambda self: self.zones.beside, notify=changed)
    zoneWidth = Property(float, lambda self: self.zones.zone_width, notify=changed)  # noqa: N815  # QML's name for it
    zoneHeight = Property(float, lambda self: self.zones.zone_height, notify=changed)  # noqa: N815  # QML's name for it
    captionHeight = Property(float, lambda self: CAPTION_LINE * self.zones.head, notify=changed)  # noqa: N815  # QML's
    numberText = Property(float, lambda self: self._grid.text, notify=changed)  # noqa: N815  # QML's name for it
    numberHeight = Property(float, lambda self: self._grid.height, notify=changed)  # noqa: N815  # QML's name
    numberColumns = Property(int, lambda self: self._grid.columns, notify=changed)  # noqa: N815  # QML's name for it
    numberRows = Property(int, lambda self: self._grid.rows, notify=changed)  # noqa: N815  # QML's name for it
    ticker = Property(float, lambda self: self.zones.ticker, notify=changed)
    tickerHeight = Property(float, lambda self: self.zones.ticker_height, notify=changed)  # noqa: N815  # QML's name
