"""How a display divides its screen: the calls, what stands beside or below them, and the ticker.

Sizes are in millimetres unless their docstring says ems: multiples of the font size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from display.screen.layout import CAPITAL, ROUNDING, Layout, ScreenContent, arrange, readable_capital
from shared.hall.display_values import Display, DisplayLayout
from shared.hall.displays import LAYOUTS_WITH_MEDIA
from shared.hall.field_types import in_language

HEAD_TEXT = 0.043
"""Text size of the hall's name, the clock and all captions, as a factor of the screen's shorter side."""

HEAD_HEIGHT, FOOT_HEIGHT = 2.0, 1.7
"""Heights above and below the calls, in ems of that text."""

TICKER_LINE = 1.5
"""Height of the ticker, in ems of its text."""

MAX_TICKER = 0.06
"""Text size of the ticker at most, as a factor of the screen's shorter side."""

LIKED_ROWS, LIKED_ROWS_BESIDE_MEDIA, LIKED_NUMBERS = 3, 2, 3
"""Rows below the newest call, and numbers of a list, that there should be before a zone gets more of the screen."""

NUMBER_GAP, NUMBER_LINE = 0.9, 1.35
"""Empty width between two numbers and height of its line in a list of numbers, in ems."""

CAPTION_LINE = 2.0
"""Height of the caption above a list of numbers, and of the line below it, in ems of the captions' text."""

ENOUGH_NEXT = 5
"""How many next numbers a zone should hold before its text gets larger than needed."""

NUMBER_GROWTH = 1.25
"""How much higher a line of numbers may become where height is left over, as a factor."""

MAX_NUMBERS_SCALE = 1.6
"""How much larger than needed the numbers of a list may become, as a factor."""

LEAST_NUMBERS = 0.045
"""Text size of a list of numbers at least, as a factor of the screen's shorter side, however near the seats are."""


class ZoneKind(StrEnum):
    """What stands beside or below the calls."""

    NONE = "none"
    MEDIA = "media"
    NEXT = "next"
    WAITING = "waiting"


CALLS_SHARES = {
    ZoneKind.NONE: (1.0,),
    ZoneKind.MEDIA: (0.5, 0.55, 0.6, 0.65, 0.7),
    ZoneKind.NEXT: (0.74, 0.7, 0.77, 0.66, 0.8),
    ZoneKind.WAITING: (0.5, 0.55, 0.6, 0.65, 0.7, 0.76),
}
"""The share of the screen's width, or of its height, that is tried for the calls; the first is liked best."""

WELCOME_SHARE = 0.32
"""The share of the invitation to take a ticket: while nobody is called, the rest belongs to the pages."""


@dataclass(frozen=True, kw_only=True)
class NumberGrid:
    """Numbers in ``columns`` of so many ``rows``, each read from top to bottom; sizes are in millimetres."""

    text: float
    columns: int
    rows: int
    height: float
    """Of one number."""

    @property
    def holds(self) -> int:
        return self.columns * self.rows


NO_NUMBERS = NumberGrid(text=0.0, columns=1, rows=1, height=0.0)


@dataclass(frozen=True, kw_only=True)
class Zones:
    """The parts of a screen, in millimetres. From top to bottom: head, calls with or above the zone, foot, ticker."""

    kind: ZoneKind
    margin: float
    head: float
    """Text size of the hall's name, the clock and all captions."""
    calls: Layout
    calls_width: float
    """With a margin on each side."""
    calls_height: float
    beside: bool = True
    """The zone stands at the end of the calls' lines, and not below them."""
    zone_width: float = 0.0
    zone_height: float = 0.0
    numbers: NumberGrid | None = None
    ticker: float = 0.0
    """Text size; 0 without a ticker."""

    @property
    def head_height(self) -> float:
        return HEAD_HEIGHT * self.head

    @property
    def foot_height(self) -> float:
        return FOOT_HEIGHT * self.head

    @property
    def ticker_height(self) -> float:
        return TICKER_LINE * self.ticker

    @property
    def smallest_capital(self) -> float:
        """Height of the smallest capital a customer has to read."""
        return min(self.calls.smallest_capital, CAPITAL * self.numbers.text if self.numbers else math.inf)

    def is_readable_from(self, metres: float) -> bool:
        return self.smallest_capital > readable_capital(metres) - ROUNDING


def zone_kind(display: Display) -> ZoneKind:
    match display.layout:
        case layout if layout in LAYOUTS_WITH_MEDIA:
            return ZoneKind.MEDIA if display.playlist else ZoneKind.NONE
        case DisplayLayout.CALLS_AND_NEXT:
            return ZoneKind.NEXT
        case DisplayLayout.CALLS_AND_WAITING:
            return ZoneKind.WAITING
        case _:
            return ZoneKind.NONE


def divide(screen: ScreenContent, display: Display, farthest_seat: float) -> Zones:
    """The zones of a screen that can be read from the farthest seat (metres), or else those that are read best.

    How much of it the calls get does not depend on how many there are, but pages get more while there is none. Raises
    ValueError if nothing fits.
    """
    kind, needed = zone_kind(display), readable_capital(farthest_seat) / CAPITAL
    head = HEAD_TEXT * screen.shorter_side
    ticker = min(needed, MAX_TICKER * screen.shorter_side) if has_ticker(display) else 0.0
    area = replace(
        screen,
        height=screen.height - (HEAD_HEIGHT + FOOT_HEIGHT) * head - TICKER_LINE * ticker,
        calls=ScreenContent.calls,
    )
    empty = Zones(
        kind=kind,
        margin=screen.margin,
        head=head,
        calls=arrange(_without_margins(area, screen.margin), farthest_seat),
        calls_width=area.width,
        calls_height=area.height,
        beside=screen.width > screen.height and display.layout is not DisplayLayout.PORTRAIT,
        ticker=ticker,
    )
    alone = replace(empty, kind=ZoneKind.NONE)
    chosen = _chosen(list(_divisions(area, empty, farthest_seat, CALLS_SHARES[kind])) or [alone], farthest_seat)
    if kind is ZoneKind.MEDIA and not screen.calls:
        chosen = next(_divisions(replace(area, calls=0), empty, farthest_seat, [WELCOME_SHARE]), chosen)
    calls = replace(area, width=chosen.calls_width, height=chosen.calls_height, calls=screen.calls)
    return replace(chosen, calls=arrange(_without_margins(calls, screen.margin), farthest_seat))


def _without_margins(area: ScreenContent, margin: float) -> ScreenContent:
    return replace(area, width=area.width - 2 * margin)


def _chosen(found: list[Zones], seat: float) -> Zones:
    """The first that can be read and has the rows liked, else that with the most; if none can, the one read best."""
    readable = [zones for zones in found if zones.is_readable_from(seat)]
    if not readable:
        return max(found, key=lambda zones: zones.smallest_capital)
    liked = LIKED_ROWS_BESIDE_MEDIA if found[0].kind is ZoneKind.MEDIA else LIKED_ROWS
    ample = (zones for zones in readable if zones.calls.rows >= liked and _listed(zones) >= LIKED_NUMBERS)
    return next(
        ample, max(readable, key=lambda zones: min(zones.calls.rows, liked) + min(_listed(zones), LIKED_NUMBERS))
    )


def _listed(zones: Zones) -> int:
    return zones.numbers.holds if zones.numbers else LIKED_NUMBERS


def has_ticker(display: Display) -> bool:
    return bool(display.ticker if isinstance(display.ticker, str) else in_language(display.ticker, ""))


def _divisions(area: ScreenContent, empty: Zones, seat: float, shares: Iterable[float]) -> Iterator[Zones]:
    """The zones for each of these shares of the calls in which they fit."""
    for share in shares:
        calls = replace(area, width=area.width * share) if empty.beside else replace(area, height=area.height * share)
        try:
            layout = arrange(_without_margins(calls, empty.margin), seat)
        except ValueError:  # this share is too small for any call
            continue
        zones = replace(
            empty,
            calls=layout,
            calls_width=calls.width,
            calls_height=calls.height,
            zone_width=area.width - calls.width if empty.beside else area.width,
            zone_height=area.height if empty.beside else area.height - calls.height,
        )
        listed = empty.kind in (ZoneKind.NEXT, ZoneKind.WAITING)
        yield replace(zones, numbers=_grid(area, zones, seat)) if listed else zones


def _grid(area: ScreenContent, zones: Zones, seat: float) -> NumberGrid:
    """As many numbers as can be read from the farthest seat; next numbers are fewer and larger where there is room."""
    needed = max(readable_capital(seat) / CAPITAL, LEAST_NUMBERS * min(area.width, area.height))
    width = zones.zone_width - 2 * zones.margin
    captions = 1 if zones.kind is ZoneKind.NEXT else 2  # one above the list, and one below it: how many more there are
    height = zones.zone_height - captions * CAPTION_LINE * zones.head
    widest = min(width / area.number_width, height / NUMBER_LINE)
    largest = MAX_NUMBERS_SCALE * needed if zones.kind is ZoneKind.NEXT else needed
    grids = [_grid_of(min(size, widest), area, width, height) for size in _between(largest, needed)]
    enough = (grid for grid in grids if grid.holds >= ENOUGH_NEXT)
    return next(enough, max(grids, key=lambda grid: grid.holds))


def _between(largest: float, needed: float) -> Iterator[float]:
    while largest > needed:
        yield largest
        largest /= 1.1
    yield needed


def _grid_of(text: float, area: ScreenContent, width: float, height: float) -> NumberGrid:
    text = max(text, 0.1)
    columns = int((width / text + NUMBER_GAP) / (area.number_width + NUMBER_GAP) + ROUNDING)
    rows = int(height / (NUMBER_LINE * text) + ROUNDING)
    line = min(height / max(1, rows), NUMBER_GROWTH * NUMBER_LINE * text)
    return NumberGrid(text=text, columns=max(1, columns), rows=max(1, rows), height=line)
