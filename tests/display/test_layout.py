"""Calls are as large as the farthest seat needs, and as many as then fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.layout import Layout, ScreenContent, arrange, readable_capital

TELEVISION = ScreenContent(width=952, height=535, number_width=2.6, point_width=5.5)
ON_END = ScreenContent(width=535, height=952, number_width=2.6, point_width=5.5)


def test_capitals_follow_the_distance() -> None:
    assert readable_capital(8) == pytest.approx(46.5, abs=0.1)  # 20 arcminutes
    assert readable_capital(16) == pytest.approx(2 * readable_capital(8))


def test_a_television_shows_five_calls_to_a_seat_eight_metres_away() -> None:
    layout = arrange(TELEVISION, 8)
    assert layout.is_readable_from(8)
    assert layout.rows == 4
    assert not layout.stacked
    assert layout.hero_text > 1.4 * layout.text


def test_a_screen_on_its_end_puts_the_point_below_the_number() -> None:
    layout = arrange(ON_END, 8)
    assert layout.is_readable_from(8)
    assert layout.stacked
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


@given(
    width=st.floats(80, 3000),
    height=st.floats(80, 3000),
    metres=st.floats(1, 40),
    number=st.floats(1.5, 5),
    point=st.floats(3, 14),
)
def test_whatever_the_screen_nothing_reaches_beyond_it(
    width: float, height: float, metres: float, number: float, point: float
) -> None:
    screen = ScreenContent(width=width, height=height, number_width=number, point_width=point)
    layout = arrange(screen, metres)
    assert _height(layout) <= height * 1.001
    assert layout.hero_text * number <= screen.call_width * 1.001
    assert layout.text * number <= screen.call_width * 1.001


def _height(layout: Layout) -> float:
    return layout.head_height + layout.hero_height + layout.rows * layout.row_height + layout.foot_height
