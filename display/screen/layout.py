"""How large the calls are, in how many columns, and how many fit, so that the farthest seat can read them.

Sizes are in millimetres unless their docstring says ems: multiples of the font size.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

CAPITAL = 0.727
"""Height of a capital letter of our font, in ems."""

ARROW = 1.3
"""Width of the arrow before a point's name, gaps included, in ems."""

LINE, ROW_GAP = 1.2, 0.02
"""Height of a line of text, as in CallRow.qml, and the space below a row, in ems."""

WORTH_BREAKING = 0.8
"""How much narrower a name has to become by being broken into two lines, as a factor."""

HERO_NUMBER_HEIGHT = 1.35
"""Height of the newest call's number where its point is beside it, in ems."""

HERO_POINT_SPACE = 0.14
"""Empty height around the newest call's point name, in ems."""

SMALL_LINE, LEAST_SMALL_LINE = 0.41, 0.18
"""Height of the smaller line under it, in ems of the point's name, and least in ems of the number; see CallRow.qml."""

HERO_POINT_BESIDE, HERO_POINT_STACKED = 0.72, 0.6
"""Text size of the newest call's point, as a factor of its number's: beside the number, and below it."""

HERO_STACKED_SPACE = 0.6
"""Empty height of the newest call where its point is below the number, as a factor of the margin."""

MARGIN = 0.035
"""As a factor of the screen's shorter side."""

ENOUGH_ROWS = 5
"""Rows below the newest call that a waiting room needs; beyond that, larger text is better than more rows."""

MANY_CALLS = (10, 20)
"""How many calls a layout has room for once more are open than fit in large text. Two steps and no more: sizes that
change with each call would make everybody look up."""

MAX_COLUMNS = 6
"""Beside one another, below the newest call."""

ROW_GROWTH = 1.3
"""How much higher a row may become where height is left over, as a factor."""

SMALLEST_TEXT = 0.1
"""The smallest text size that is tried."""

ROUNDING = 0.01
"""How far a computed size may be off: less than anybody can see."""

MAX_SCALE = 2.5
"""How much larger than needed the text may become on a large screen, as a factor."""

SHRINK_STEP = 1.05
"""The factor between two text sizes that are tried."""

HERO_SCALES = (2.6, 2.3, 2.0, 1.8, 1.6, 1.45, 1.3, 1.15, 1.0)
"""The newest call's text size, as a factor of the rows', in the order they are tried."""

PREFERRED_HERO_SCALE = 1.45
"""The least such factor wherever it fits."""

MIN_POINT_SCALE = 0.6
"""How small the longest point name may become, as a factor of its usual size, before everything gets smaller."""

CROWDED_POINT_SCALE, CROWDED_HERO_SCALE = 0.5, 1.15
"""The same two where many are called in a hall of long names."""

ALONE_NUMBER = 2.0
"""How much larger than its point the number of a single call may become, as a factor."""


def readable_capital(metres: float) -> float:
    """Height of capitals that can be read from this distance: 20 arcminutes, more than the usual 1/200 of it."""
    return 1000 * metres * math.tan(math.radians(20 / 60))


@dataclass(frozen=True, kw_only=True)
class ScreenContent:
    """The part of a screen that shows calls, in millimetres, and the widest texts it has to show in ems."""

    width: float
    height: float
    number_width: float
    point_width: float
    broken_point_width: float = math.inf
    """Of the widest name of a point if each is broken into two lines where it becomes narrowest."""
    calls: int = ENOUGH_ROWS + 1
    """How many there are to show."""

    @property
    def shorter_side(self) -> float:
        return min(self.width, self.height)

    @property
    def margin(self) -> float:
        return MARGIN * self.shorter_side

    @property
    def point_widths(self) -> tuple[tuple[int, float], ...]:
        """In how many lines the points' names can be written, and how wide they are then."""
        broken = self.broken_point_width
        return (1, self.point_width), *([(2, broken)] if broken < WORTH_BREAKING * self.point_width else [])

    def row_width(self, columns: int) -> float:
        """The width of the texts of a call in one of several columns, without a margin on each side of them."""
        return self.width / columns - 2 * self.margin


@dataclass(frozen=True, kw_only=True)
class CallSize:
    """Text sizes and height of one call, in millimetres."""

    text: float
    point_text: float
    height: float
    stacked: bool
    """The point stands below its number, not beside it."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How large the newest call and those below it are, and how many of them fit."""

    margin: float
    """Millimetres."""
    hero: CallSize
    """The newest call."""
    row: CallSize
    """Each of those below it."""
    columns: int = 1
    """Of the calls below the newest one."""
    column_rows: int = 0
    """How many calls fit in each of them."""

    shrinks_names: bool = False
    """Long names are smaller than the farthest seat needs, so that more calls are in sight."""

    @property
    def rows(self) -> int:
        """How many calls fit below the newest one."""
        return self.columns * self.column_rows

    @property
    def smallest_capital(self) -> float:
        """Height of the smallest capital a customer has to read, in millimetres, apart from names that are shrunk."""
        shown = (self.hero, self.row) if self.rows else (self.hero,)
        return CAPITAL * min(size.text if self.shrinks_names else min(size.text, size.point_text) for size in shown)

    def is_readable_from(self, metres: float) -> bool:
        return self.smallest_capital > readable_capital(metres) - ROUNDING


@lru_cache(maxsize=100)
def arrange(screen: ScreenContent, farthest_seat: float) -> Layout:
    """The layout for this many calls; ``farthest_seat`` is in metres.

    A single call fills the screen. A few stand below one another in the largest text that leaves ENOUGH_ROWS. More are
    given columns and smaller text, as far as that seat can read it; and only where many are called in a hall of long
    names, these become smaller than that, so that each has its turn soon. All text is smaller only if the screen is too
    small: see ``Layout.is_readable_from``. Raises ValueError if nothing fits.
    """
    needed = readable_capital(farthest_seat) / CAPITAL
    if screen.calls <= 1:
        return _alone(screen)
    found = _few(screen, needed)
    if found is None or screen.calls > found.rows + 1:
        found = max(filter(None, (found, _many(screen, needed))), key=lambda layout: layout.rows, default=None)
    is_readable = found is not None
    if found is None:
        found = _squeezed(screen, needed)
    if screen.calls > (max(found.rows + 1, ScreenContent.calls) if found.rows else 1):
        found = _crowded(screen, needed, found, shrinks=is_readable)
    return _use_whole_height(screen, found)


def _alone(screen: ScreenContent) -> Layout:
    """One call that fills the screen, its point no smaller than it must be for the largest number."""
    tried = (_hero(screen, SMALLEST_TEXT, hero, MIN_POINT_SCALE) for hero in _shrinking(screen.height, SMALLEST_TEXT))
    fitting = [hero for hero in tried if hero and hero.height <= screen.height]
    if not fitting:
        raise ValueError(f"no call fits on {screen}")
    best = max(fitting, key=lambda hero: min(hero.text, ALONE_NUMBER * hero.point_text))
    return Layout(margin=screen.margin, hero=replace(best, height=screen.height), row=best)


def _few(screen: ScreenContent, needed: float) -> Layout | None:
    """One column of ENOUGH_ROWS, in text as large as possible and no smaller than needed."""
    tried = (_best(screen, text, 1, ENOUGH_ROWS) for text in _shrinking(MAX_SCALE * needed, needed))
    return next((layout for layout in tried if layout and layout.rows >= ENOUGH_ROWS), None)


def _many(
    screen: ScreenContent, needed: float, least: float = 1.0, hero: float = PREFERRED_HERO_SCALE
) -> Layout | None:
    """Columns with room for one of MANY_CALLS, in text as large as possible; else for as many as there can be."""
    wanted = next((many for many in MANY_CALLS if many >= screen.calls), MANY_CALLS[-1]) - 1
    most: Layout | None = None
    for text in _shrinking(MAX_SCALE * needed, needed):
        tried = (_best(screen, text, columns, wanted, least, hero) for columns in range(1, MAX_COLUMNS + 1))
        fitting = [found for found in tried if found]
        if ample := next((layout for layout in fitting if layout.rows >= wanted), None):
            return ample
        most = max(filter(None, (most, *fitting)), key=lambda layout: layout.rows, default=None)
    return most


def _squeezed(screen: ScreenContent, needed: float) -> Layout:
    """Text smaller than needed, on a screen that is too small for its room; raises ValueError if nothing fits."""
    for text in _shrinking(needed, SMALLEST_TEXT):
        for least in (1.0, MIN_POINT_SCALE):
            if found := _best(screen, text, 1, ENOUGH_ROWS, least):
                return found
    raise ValueError(f"no call fits on {screen}")


def _shrinking(first: float, last: float) -> Iterator[float]:
    while first > last:
        yield first
        first /= SHRINK_STEP
    yield last


def _crowded(screen: ScreenContent, needed: float, found: Layout, *, shrinks: bool) -> Layout:
    """More rows than ``found`` has, by smaller long names, if there are such names; ``shrinks``: they could be read."""
    more = _many(screen, needed, CROWDED_POINT_SCALE, CROWDED_HERO_SCALE) if len(screen.point_widths) > 1 else None
    return replace(more, shrinks_names=shrinks) if more and more.rows > found.rows else found


def _best(
    screen: ScreenContent,
    text: float,
    columns: int,
    enough: int,
    least: float = 1.0,
    preferred: float = PREFERRED_HERO_SCALE,
) -> Layout | None:
    """Rows of this text size below the largest newest call that leaves enough of them, or else the most rows."""
    row = _row(screen, text, columns, least)
    heroes = [hero for scale in HERO_SCALES if (hero := _hero(screen, text, scale * text, least))]
    layouts = [
        Layout(
            margin=screen.margin,
            hero=hero,
            row=row,
            columns=columns,
            column_rows=int((screen.height - hero.height) // row.height),
        )
        for hero in heroes
        if row and hero.height <= screen.height
    ]
    prominent = [layout for layout in layouts if layout.hero.text >= preferred * text] or layouts
    ample = (layout for layout in (*prominent, *layouts) if layout.rows >= enough)
    return next(ample, max(prominent, key=lambda layout: layout.rows, default=None))


def _use_whole_height(screen: ScreenContent, layout: Layout) -> Layout:
    """Let the rows grow by ROW_GROWTH at most, and give what is left to the newest call."""
    height = layout.row.height
    if layout.column_rows:
        height = min((screen.height - layout.hero.height) / layout.column_rows, ROW_GROWTH * height)
    hero = replace(layout.hero, height=screen.height - layout.column_rows * height)
    return replace(layout, hero=hero, row=replace(layout.row, height=height))


def _row(screen: ScreenContent, text: float, columns: int, least: float) -> CallSize | None:
    """A call in a column, its point beside its number if that fits, and in one line; None if no way does.

    The point is at least ``least`` of the text size.
    """
    width = screen.row_width(columns)
    for lines, name in screen.point_widths:
        beside = min(text, (width - text * (screen.number_width + ARROW)) / name)
        below = min(text, width / (name + ARROW))
        if beside >= least * text:
            height = max(LINE * text, lines * LINE * beside) + ROW_GAP * text
            return CallSize(text=text, point_text=beside, height=height, stacked=False)
        if below >= least * text and width >= text * screen.number_width:
            height = LINE * (text + lines * below) + ROW_GAP * text
            return CallSize(text=text, point_text=below, height=height, stacked=True)
    return None


def _hero(screen: ScreenContent, text: float, hero: float, least: float) -> CallSize | None:
    """The newest call with a number of size ``hero``, above rows of size ``text``; None if it is too wide.

    Its point is at least ``least`` of the rows' text size.
    """
    width = screen.row_width(1)
    for lines, name in screen.point_widths:
        beside = (width - hero * (screen.number_width + ARROW)) / name
        if beside >= max(least * text, MIN_POINT_SCALE * HERO_POINT_BESIDE * hero):
            point = min(max(text, HERO_POINT_BESIDE * hero), beside)
            height = max(HERO_NUMBER_HEIGHT * hero, _hero_point(lines, point, hero))
            return CallSize(text=hero, point_text=point, height=height, stacked=False)
    liked = max(text, HERO_POINT_STACKED * hero)
    points = [(min(liked, width / (name + ARROW)), lines) for lines, name in screen.point_widths]
    point, lines = max(points, key=lambda way: way[0])
    height = LINE * hero + _hero_point(lines, point, hero) + HERO_STACKED_SPACE * screen.margin
    fits = point >= least * text and width >= hero * screen.number_width
    return CallSize(text=hero, point_text=point, height=height, stacked=True) if fits else None


def _hero_point(lines: int, point: float, hero: float) -> float:
    """Height of the newest call's point name in so many lines, with the smaller line under it."""
    return (lines * LINE + HERO_POINT_SPACE) * point + max(SMALL_LINE * point, LEAST_SMALL_LINE * hero)
