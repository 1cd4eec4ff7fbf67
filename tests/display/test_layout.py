"""Calls are as large as the farthest seat needs, and as many as then fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.screen.layout import ARROW, Layout, ScreenContent, arrange, readable_capital

TELEVISION = ScreenContent(width=915, height=446, number_width=2.6, point_width=5.5)
ON_END = ScreenContent(width=498, height=863, number_width=2.6, point_width=5.5)


def test_capitals_follow_the_distance() -> None:
    assert readable_capital(8) == pytest.approx(46.5, abs=0.1)  # 20 arcminutes
    assert readable_capital(16) == pytest.approx(2 * readable_capital(8))


def test_a_television_shows_five_calls_to_a_seat_eight_metres_away() -> None:
    layout = arrange(TELEVISION, 8)
    assert layout.is_readable_from(8)
    assert layout.rows == 4
    assert not layout.hero.stacked and not layout.row.stacked
    assert layout.hero.text > 1.4 * layout.row.text


def test_a_screen_on_its_end_puts_the_point_below_the_number() -> None:
    layout = arrange(ON_END, 8)
    assert layout.is_readable_from(8)
    assert layout.hero.stacked
    assert layout.rows >= 3


def test_a_smaller_room_gets_larger_calls_before_it_gets_more_of_them() -> None:
    near, far = arrange(TELEVISION, 4), arrange(TELEVISION, 8)
    assert near.smallest_capital > 1.5 * readable_capital(4)
    assert near.rows >= far.rows


def test_a_larger_room_gets_fewer_calls_and_never_smaller_ones() -> None:
    layout = arrange(TELEVISION, 12)
    assert layout.is_readable_from(12)
    assert layout.rows < 4


def test_a_screen_too_small_for_its_room_still_shows_a_call() -> None:
    layout = arrange(ScreenContent(width=120, height=75, number_width=2.6, point_width=5.5), 20)
    assert not layout.is_readable_from(20)
    assert _height(layout) == pytest.approx(75)


def test_a_single_call_fills_its_screen() -> None:
    for screen in (TELEVISION, ON_END):
        alone, few = arrange(replace(screen, calls=1), 8), arrange(screen, 8)
        assert alone.rows == 0
        assert alone.hero.height == screen.height
        assert alone.hero.text > 1.2 * few.hero.text


def test_twenty_calls_stand_in_columns_where_the_farthest_seat_can_read_them() -> None:
    layout = arrange(replace(TELEVISION, height=492, calls=20), 4)  # its head is lower in a smaller room
    assert layout.columns > 1 and layout.rows >= 19
    assert layout.is_readable_from(4)


def test_more_calls_than_can_be_read_make_no_text_too_small() -> None:
    layout = arrange(replace(TELEVISION, calls=20), 8)
    assert layout.is_readable_from(8)
    assert layout.rows >= arrange(TELEVISION, 8).rows


@given(
    width=st.floats(80, 3000),
    height=st.floats(80, 3000),
    metres=st.floats(1, 40),
    number=st.floats(1.5, 5),
    point=st.floats(3, 14),
    calls=st.integers(0, 25),
)
def test_whatever_the_screen_nothing_reaches_beyond_it(
    width: float, height: float, metres: float, number: float, point: float, calls: int
) -> None:
    screen = ScreenContent(width=width, height=height, number_width=number, point_width=point, calls=calls)
    layout = arrange(screen, metres)
    assert _height(layout) <= height * 1.001
    for size, columns in ((layout.hero, 1), (layout.row, layout.columns)):
        room = screen.row_width(columns) * 1.001
        beside, below = size.text * (number + ARROW) + size.point_text * point, size.text * number
        assert (max(below, size.point_text * (point + ARROW)) if size.stacked else beside) <= room


def _height(layout: Layout) -> float:
    return layout.hero.height + layout.column_rows * layout.row.height
