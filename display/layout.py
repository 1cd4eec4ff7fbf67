"""How large the calls are and how many fit, so that the farthest seat can read them.

Sizes are in millimetres unless their docstring says ems: multiples of the font size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

CAPITAL = 0.727
"""Height of a capital letter of our font, in ems."""

ARROW = 1.3
"""Width of the arrow before a point's name, gaps included, in ems."""

LINE, ROW_GAP = 1.2, 0.02
"""Height of a line of text, as in CallRow.qml, and the space below a row, in ems."""

HERO_NUMBER_HEIGHT = 1.35
"""Height of the newest call's number where its point is beside it, in ems."""

HERO_POINT_HEIGHT, HERO_STACKED_POINT_HEIGHT = 1.75, 1.7
"""Height of the newest call's point name and the smaller line under it, in ems: beside the number, and below it."""

HERO_POINT_BESIDE, HERO_POINT_STACKED = 0.72, 0.6
"""Text size of the newest call's point, as a factor of its number's: beside the number, and below it."""

HERO_STACKED_SPACE = 0.6
"""Empty height of the newest call where its point is below the number, as a factor of the margin."""

MARGIN = 0.035
"""As a factor of the screen's shorter side."""

HEAD_TEXT, MAX_HEAD = 0.36, 0.045
"""Text size of the hall's name and the clock, as a factor of the rows'; its limit, of the screen's shorter side."""

HEAD_HEIGHT, FOOT_HEIGHT = 2.0, 1.7
"""Heights above and below the calls, in ems of that text."""

ENOUGH_ROWS = 5
"""Rows below the newest call that a waiting room needs; beyond that, larger text is better than more rows."""

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
"""How small the longest point name may become, as a factor of the rows' text, before everything gets smaller."""


def readable_capital(metres: float) -> float:
    """Height of capitals that can be read from this distance: 20 arcminutes, more than the usual 1/200 of it."""
    return 1000 * metres * math.tan(math.radians(20 / 60))


@dataclass(frozen=True, kw_only=True)
class ScreenContent:
    """A screen in millimetres, and the widest texts it has to show in ems."""

    width: float
    height: float
    number_width: float
    point_width: float

    @property
    def shorter_side(self) -> float:
        return min(self.width, self.height)

    @property
    def margin(self) -> float:
        return MARGIN * self.shorter_side

    @property
    def call_width(self) -> float:
        """Two margins are left on each side of a call."""
        return self.width - 4 * self.margin


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Text sizes and heights of everything on the display, in millimetres."""

    margin: float
    head: float
    """Text size of the hall's name and the clock."""
    text: float
    point_text: float
    row_height: float
    hero_text: float
    hero_point_text: float
    hero_height: float
    stacked: bool
    """The point stands below its number, not beside it."""
    rows: int = 0
    """How many calls fit below the newest one."""

    @property
    def smallest_capital(self) -> float:
        """Height of the smallest capital a customer has to read."""
        return CAPITAL * min(self.text, self.point_text, self.hero_text, self.hero_point_text)

    def is_readable_from(self, metres: float) -> bool:
        return self.smallest_capital > readable_capital(metres) - ROUNDING

    @property
    def head_height(self) -> float:
        return HEAD_HEIGHT * self.head

    @property
    def foot_height(self) -> float:
        return FOOT_HEIGHT * self.head


Arrangement: TypeAlias = Callable[[ScreenContent, float, float], Layout | None]
"""The layout of a screen for the rows' text size and the newest call's; None if the texts do not fit in its width."""


def arrange(screen: ScreenContent, farthest_seat: float) -> Layout:
    """The layout with the largest text that leaves ENOUGH_ROWS; ``farthest_seat`` is in metres.

    Text is smaller than that seat needs only if the screen is too small: see ``Layout.is_readable_from``.
    Raises ValueError if nothing fits.
    """
    needed = readable_capital(farthest_seat) / CAPITAL
    for text in _shrinking(MAX_SCALE * needed, needed):
        best = _best(screen, text, (_beside, _stacked))
        if best and best.rows >= ENOUGH_ROWS:
            return _use_whole_height(screen, best)
    for text in _shrinking(needed, SMALLEST_TEXT):
        if best := _best(screen, text, (_beside, _stacked, _beside_squeezed, _stacked_squeezed)):
            return _use_whole_height(screen, best)
    raise ValueError(f"no call fits on {screen}")


def _shrinking(first: float, last: float) -> Iterator[float]:
    while first > last:
        yield first
        first /= SHRINK_STEP
    yield last


def _best(screen: ScreenContent, text: float, arrangements: Sequence[Arrangement]) -> Layout | None:
    """In the first arrangement that fits: the largest newest call that leaves enough rows, or else the most rows."""
    for arrangement in arrangements:
        layouts = (_with_rows(screen, arrangement(screen, text, scale * text)) for scale in HERO_SCALES)
        fitting = [layout for layout in layouts if layout]
        prominent = [layout for layout in fitting if layout.hero_text >= PREFERRED_HERO_SCALE * text] or fitting
        if prominent:
            ample = (layout for layout in prominent if layout.rows >= ENOUGH_ROWS)
            return next(ample, max(prominent, key=lambda layout: layout.rows))
    return None


def _with_rows(screen: ScreenContent, layout: Layout | None) -> Layout | None:
    """The layout with the rows that fit below its newest call; None if not even that one fits."""
    if layout is None or (free_height := _calls_height(screen, layout) - layout.hero_height) < 0:
        return None
    return replace(layout, rows=int(free_height // layout.row_height))


def _calls_height(screen: ScreenContent, layout: Layout) -> float:
    return screen.height - layout.head_height - layout.foot_height


def _use_whole_height(screen: ScreenContent, layout: Layout) -> Layout:
    """Let the rows grow by ROW_GROWTH at most, and give what is left to the newest call."""
    calls_height, row_height = _calls_height(screen, layout), layout.row_height
    if layout.rows:
        row_height = min((calls_height - layout.hero_height) / layout.rows, ROW_GROWTH * row_height)
    return replace(layout, row_height=row_height, hero_height=calls_height - layout.rows * row_height)


def _beside(screen: ScreenContent, text: float, hero: float) -> Layout | None:
    """The point's name beside the number, both as large as needed."""
    return _if_point_text_at_least(1.0, _beside_squeezed(screen, text, hero))


def _stacked(screen: ScreenContent, text: float, hero: float) -> Layout | None:
    """The point's name below the number, both as large as needed."""
    return _if_point_text_at_least(1.0, _stacked_squeezed(screen, text, hero))


def _if_point_text_at_least(scale: float, layout: Layout | None) -> Layout | None:
    """The layout, unless its point names are smaller than the rows' text size times ``scale``."""
    large_enough = layout and min(layout.point_text, layout.hero_point_text) >= scale * layout.text
    return layout if large_enough else None


def _beside_squeezed(screen: ScreenContent, text: float, hero: float) -> Layout | None:
    """The point's name beside the number, and smaller if it is too long."""
    width, hero_width = (screen.call_width - size * (screen.number_width + ARROW) for size in (text, hero))
    hero_point = min(max(text, HERO_POINT_BESIDE * hero), hero_width / screen.point_width)
    layout = Layout(
        margin=screen.margin,
        head=_head(screen, text),
        text=text,
        point_text=min(text, width / screen.point_width),
        row_height=(LINE + ROW_GAP) * text,
        hero_text=hero,
        hero_point_text=hero_point,
        hero_height=max(HERO_NUMBER_HEIGHT * hero, HERO_POINT_HEIGHT * hero_point),
        stacked=False,
    )
    return _if_point_text_at_least(MIN_POINT_SCALE, layout)


def _stacked_squeezed(screen: ScreenContent, text: float, hero: float) -> Layout | None:
    """The point's name below the number, and smaller if it is too long."""
    largest_point = screen.call_width / (screen.point_width + ARROW)
    hero_point = min(max(text, HERO_POINT_STACKED * hero), largest_point)
    if hero * screen.number_width > screen.call_width:
        return None
    layout = Layout(
        margin=screen.margin,
        head=_head(screen, text),
        text=text,
        point_text=min(text, largest_point),
        row_height=(2 * LINE + ROW_GAP) * text,
        hero_text=hero,
        hero_point_text=hero_point,
        hero_height=LINE * hero + HERO_STACKED_POINT_HEIGHT * hero_point + HERO_STACKED_SPACE * screen.margin,
        stacked=True,
    )
    return _if_point_text_at_least(MIN_POINT_SCALE, layout)


def _head(screen: ScreenContent, text: float) -> float:
    return min(HEAD_TEXT * text, MAX_HEAD * screen.shorter_side)
