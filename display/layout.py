"""How large the calls are and how many fit, so that they can be read from the farthest seat. All in millimetres."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

CAPITAL = 0.727
"""Height of a capital of our font at a font size of 1."""

ARROW = 1.3
"""Width of the arrow between a number and its point, gaps included, in font sizes."""

PLENTY = 5
"""Rows below the newest call that a waiting room needs; beyond that, larger is better than more."""

LARGEST = 2.5
"""How much larger than needed the calls may become on a screen with room to spare."""

STEP = 1.05
HERO_SCALES = (2.6, 2.3, 2.0, 1.8, 1.6, 1.45, 1.3, 1.15, 1.0)
"""How much larger than the rows the newest call may be."""

PROMINENT = 1.45
"""How much larger it should be."""

SQUEEZED = 0.6
"""How small, against the rows' size, the longest name of a point may become before everything gets smaller."""


def smallest_capital(metres: float) -> float:
    """Height of capitals that can be read from so far: distance/200 or 20 arcminutes, whichever is larger."""
    return 1000 * metres * max(1 / 200, math.tan(math.radians(20 / 60)))


@dataclass(frozen=True, kw_only=True)
class ScreenSize:
    """A screen, and the widest number and the widest point name it has to show, in font sizes."""

    width: float
    height: float
    number: float
    point: float

    @property
    def margin(self) -> float:
        return 0.035 * min(self.width, self.height)

    @property
    def inner(self) -> float:
        """The width a call may take: two margins on each side."""
        return self.width - 4 * self.margin


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Font sizes and heights of everything on the display. ``rows`` are the calls below the newest one."""

    margin: float
    head: float
    text: float
    point_text: float
    row_height: float
    hero_text: float
    hero_point_text: float
    hero_height: float
    stacked: bool
    """The point stands below its number, not beside it."""
    rows: int = 0

    @property
    def smallest_capital(self) -> float:
        """Height of the smallest capital a customer has to read."""
        return CAPITAL * min(self.text, self.point_text, self.hero_text, self.hero_point_text)

    def is_readable_from(self, metres: float) -> bool:
        return self.smallest_capital > smallest_capital(metres) - 0.01

    @property
    def head_height(self) -> float:
        return 2.0 * self.head

    @property
    def foot_height(self) -> float:
        return 1.7 * self.head


Way: TypeAlias = Callable[[ScreenSize, float, float], Layout | None]


def arrange(screen: ScreenSize, metres: float) -> Layout:
    """The layout for this screen and this farthest seat: as large as plenty of rows allow, never too small.

    Only what the screen can't hold at the needed size gets smaller: ask ``Layout.is_readable_from``.
    """
    needed = smallest_capital(metres) / CAPITAL
    for text in _shrinking(LARGEST * needed, needed):
        best = _best(screen, text, (_beside, _stacked))
        if best and best.rows >= PLENTY:
            return _filled(screen, best)
    for text in _shrinking(needed, 0.1):
        if best := _best(screen, text, (_beside, _stacked, _beside_squeezed, _stacked_squeezed)):
            return _filled(screen, best)
    raise ValueError(screen)


def _shrinking(first: float, last: float) -> Iterator[float]:
    while first > last:
        yield first
        first /= STEP
    yield last


def _best(screen: ScreenSize, text: float, ways: Sequence[Way]) -> Layout | None:
    """In the first way that fits: the largest newest call that leaves plenty of rows, else the most rows."""
    for way in ways:
        fitting = [layout for scale in HERO_SCALES if (layout := _counted(screen, way(screen, text, scale * text)))]
        prominent = [layout for layout in fitting if layout.hero_text >= PROMINENT * text] or fitting
        if prominent:
            ample = (layout for layout in prominent if layout.rows >= PLENTY)
            return next(ample, max(prominent, key=lambda layout: layout.rows))
    return None


def _counted(screen: ScreenSize, layout: Layout | None) -> Layout | None:
    """The layout with the rows that fit below its newest call; None if not even that one fits."""
    room = _room(screen, layout) - layout.hero_height if layout else -1.0
    return replace(layout, rows=int(room // layout.row_height)) if layout and room >= 0 else None


def _room(screen: ScreenSize, layout: Layout) -> float:
    return screen.height - layout.head_height - layout.foot_height


def _filled(screen: ScreenSize, layout: Layout) -> Layout:
    """What is left over goes to the rows, up to a third of their height, and the rest to the newest call."""
    if not layout.rows:
        return replace(layout, hero_height=_room(screen, layout))
    spare = (_room(screen, layout) - layout.hero_height) / layout.rows
    row = min(spare, 1.3 * layout.row_height)
    return replace(layout, row_height=row, hero_height=_room(screen, layout) - layout.rows * row)


def _beside(screen: ScreenSize, text: float, hero: float) -> Layout | None:
    """The point's name beside the number, both as large as needed."""
    return _unsqueezed(_beside_squeezed(screen, text, hero), 1.0)


def _stacked(screen: ScreenSize, text: float, hero: float) -> Layout | None:
    """The point's name below the number, both as large as needed."""
    return _unsqueezed(_stacked_squeezed(screen, text, hero), 1.0)


def _unsqueezed(layout: Layout | None, least: float) -> Layout | None:
    """The layout if its points' names have at least this part of the rows' size."""
    fine = layout and min(layout.point_text, layout.hero_point_text) >= least * layout.text
    return layout if fine else None


def _beside_squeezed(screen: ScreenSize, text: float, hero: float) -> Layout | None:
    """The point's name beside the number, and smaller if it is too long."""
    room, hero_room = (screen.inner - size * (screen.number + ARROW) for size in (text, hero))
    hero_point = min(max(text, 0.72 * hero), hero_room / screen.point)
    layout = Layout(
        margin=screen.margin,
        head=_head(screen, text),
        text=text,
        point_text=min(text, room / screen.point),
        row_height=1.22 * text,
        hero_text=hero,
        hero_point_text=hero_point,
        hero_height=max(1.35 * hero, 1.75 * hero_point),
        stacked=False,
    )
    return _unsqueezed(layout, SQUEEZED)


def _stacked_squeezed(screen: ScreenSize, text: float, hero: float) -> Layout | None:
    """The point's name below the number, and smaller if it is too long."""
    widest = screen.inner / (screen.point + ARROW)
    hero_point = min(max(text, 0.6 * hero), widest)
    if hero * screen.number > screen.inner:
        return None
    layout = Layout(
        margin=screen.margin,
        head=_head(screen, text),
        text=text,
        point_text=min(text, widest),
        row_height=2.42 * text,
        hero_text=hero,
        hero_point_text=hero_point,
        hero_height=1.2 * hero + 1.7 * hero_point + 0.6 * screen.margin,
        stacked=True,
    )
    return _unsqueezed(layout, SQUEEZED)


def _head(screen: ScreenSize, text: float) -> float:
    return min(0.36 * text, 0.045 * min(screen.width, screen.height))
