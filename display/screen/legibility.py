"""Whether a display can be read from its farthest seat; if not, why, with the numbers, and what would fit.

The console asks it through the preview, ``nowserving check`` of every display that is set so, the display for its log.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont

from display.display_sentences import widest_text
from display.screen.call_rows import point_name, unbroken
from display.screen.hall_as_shown import hall_as_shown
from display.screen.layout import ScreenContent, readable_capital
from display.screen.zones import Zones, divide
from shared.hall.display_values import Display, DisplayLayout
from shared.hall.field_limits import LARGEST_SCREEN
from shared.hall.hall import Hall
from shared.hall.labels import series

MM_PER_INCH = 25.4

GLYPH_ROUNDING = 1.01
"""How much wider a number may become than it was measured, as a factor: its glyphs stand on whole pixels."""

SHORTEST_POINT, LONGEST_LINE = 3.0, 14.0
"""Widths in ems: the layout is made for the widest point name, but for no shorter one, and for no longer one than two
such lines."""

SHORT_POINT = 6.0
"""Width of a short name in ems, as of *Counter 12*."""

GLYPH_ROUNDING = 1.01
"""How much wider a text may become than it was measured, as a factor: its glyphs stand on whole pixels."""

LANDSCAPE, UPRIGHT = (16, 9), (9, 16)
"""The shape of a screen, where nobody has measured it."""

Translate = Callable[[str, str], str]


def in_english(context: str, sentence: str) -> str:
    """The sentence as it is, for a log and a terminal."""
    return sentence


@dataclass(frozen=True, kw_only=True)
class Widths:
    """Widths in ems of the widest number and of the widest name of a point, in one line and broken into two."""

    number: float
    point: float
    broken: float = math.inf


def widths(hall: Hall | None, numbers: Iterable[str] = ()) -> Widths:
    """The widths of a hall as a display shows it: of its numbers and its points' names."""
    longest = (series(service).label(1) for service in hall.services.values()) if hall else ()
    names = [unbroken(point_name(hall, point)) for point in hall.points] if hall else []
    point = widest_text(names, QFont.Weight.DemiBold)
    broken = max((_broken_width(name) for name in names), default=0.0)
    return Widths(
        number=GLYPH_ROUNDING * widest_text({"A000", *longest, *numbers}, QFont.Weight.Bold, figures=True),
        point=min(2 * LONGEST_LINE, max(SHORTEST_POINT, point)),
        broken=min(LONGEST_LINE, max(SHORTEST_POINT, broken)),
    )


def _broken_width(name: str) -> float:
    """The width of a name in two lines, in ems, broken where it becomes narrowest; a single word stays whole."""
    words = name.split(" ")
    breaks = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, max(2, len(words)))]
    return min(widest_text(lines, QFont.Weight.DemiBold) for lines in breaks)


def screen_of(inches: float, pixels: tuple[float, float], widest: Widths) -> ScreenContent:
    """A screen of this diagonal and this many pixels."""
    per_mm = math.hypot(*pixels) / (inches * MM_PER_INCH)
    width, height = (side / per_mm for side in pixels)
    return ScreenContent(
        width=width,
        height=height,
        number_width=widest.number,
        point_width=widest.point,
        broken_point_width=widest.broken,
    )


def shape_of(display: Display) -> tuple[float, float]:
    return UPRIGHT if display.layout is DisplayLayout.PORTRAIT else LANDSCAPE


@dataclass(frozen=True, kw_only=True)
class DisplayInRoom:
    """A display on a screen, of so many ``pixels`` in width and height, with somebody before it."""

    display: Display
    pixels: tuple[float, float]
    widest: Widths

    def zones(self) -> Zones:
        screen = screen_of(self.display.inches, self.pixels, self.widest)
        return divide(screen, self.display, self.display.farthest_seat)

    @property
    def can_be_read(self) -> bool:
        return self.zones().is_readable_from(self.display.farthest_seat)

    def from_seat(self, metres: int) -> DisplayInRoom:
        return replace(self, display=replace(self.display, farthest_seat=metres))

    def on_screen(self, inches: int) -> DisplayInRoom:
        return replace(self, display=replace(self.display, inches=inches))

    def with_calls_alone(self) -> DisplayInRoom:
        return replace(self, display=replace(self.display, layout=DisplayLayout.CALLS, ticker=""))

    def with_short_names(self) -> DisplayInRoom:
        return replace(self, widest=replace(self.widest, point=min(self.widest.point, SHORT_POINT), broken=math.inf))


def illegible(
    hall: Hall,
    display: Display,
    *,
    pixels: tuple[float, float] | None = None,
    translate: Translate = QCoreApplication.translate,
) -> str:
    """Why this display can't be read from its farthest seat, and what would fit; empty if it can be read."""
    shown = hall_as_shown(hall, display)
    there = DisplayInRoom(display=display, pixels=pixels or shape_of(display), widest=widths(shown))
    zones = there.zones()
    if zones.is_readable_from(display.farthest_seat):
        return ""
    why = translate(
        "Display",
        "From {metres} m, capitals need {needed} mm; on {inches} inches in this layout they are {height} mm high.",
    ).format(
        metres=display.farthest_seat,
        needed=math.ceil(readable_capital(display.farthest_seat)),
        inches=display.inches,
        height=math.floor(zones.smallest_capital),
    )
    return " ".join([why, *_offers(there, translate)])


def _offers(there: DisplayInRoom, translate: Translate) -> Iterator[str]:
    """What would fit: a nearer seat, a larger screen, the calls alone, shorter names."""
    display = there.display
    seats = range(display.farthest_seat - 1, 0, -1)
    if nearer := _first(seats, lambda metres: there.from_seat(metres).can_be_read):
        yield translate("Display", "It can be read from {metres} m.").format(metres=nearer)
    screens = range(display.inches + 1, LARGEST_SCREEN[1] + 1)
    if larger := _first(screens, lambda inches: there.on_screen(inches).can_be_read):
        yield translate("Display", "A screen of {inches} inches would be large enough.").format(inches=larger)
    if there.with_calls_alone() != there and there.with_calls_alone().can_be_read:
        yield translate("Display", "With the calls alone it can be read.")
    if there.with_short_names().can_be_read:
        yield translate("Display", "With shorter names of the service points it can be read.")


def _first(numbers: range, fits: Callable[[int], bool]) -> int | None:
    """The first of these numbers that fits, where every one after it fits too."""
    at = bisect_left(numbers, True, key=fits)
    return numbers[at] if at < len(numbers) else None
