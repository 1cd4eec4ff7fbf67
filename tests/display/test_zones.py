"""A display divides its screen so that everything in it can be read, or says what would have to be different."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from display.screen.layout import ScreenContent, readable_capital
from display.screen.legibility import DisplayInRoom, illegible, in_english, shape_of, widths
from display.screen.zones import ZoneKind, divide, zone_kind
from shared.hall.display_values import Display, DisplayLayout, PlaylistItem, PlaylistKind
from shared.hall.set_up import DefinePoint
from tests.memory_link import MemoryLink, clinic

PAGE = PlaylistItem(kind=PlaylistKind.TEXT, text="Hello")
LISTS = (DisplayLayout.CALLS_AND_NEXT, DisplayLayout.CALLS_AND_WAITING)


def display(layout: DisplayLayout, **other: object) -> Display:
    return Display(id="north", name="North", layout=layout, playlist=(PAGE,), **other)  # type: ignore[arg-type]


@given(
    layout=st.sampled_from(DisplayLayout),
    width=st.floats(200, 3000),
    height=st.floats(200, 3000),
    metres=st.integers(1, 40),
    number=st.floats(1.5, 5),
    point=st.floats(3, 14),
    calls=st.integers(0, 20),
    ticker=st.sampled_from(["", "Hello"]),
)
def test_whatever_the_screen_its_parts_fill_it_and_no_more(
    layout: DisplayLayout,
    width: float,
    height: float,
    metres: int,
    number: float,
    point: float,
    calls: int,
    ticker: str,
) -> None:
    screen = ScreenContent(width=width, height=height, number_width=number, point_width=point, calls=calls)
    zones = divide(screen, display(layout, ticker=ticker), metres)
    between = height - zones.head_height - zones.foot_height - zones.ticker_height
    if zones.kind is ZoneKind.NONE:
        assert (zones.calls_width, zones.calls_height) == pytest.approx((width, between))
    elif zones.beside:
        assert zones.calls_width + zones.zone_width == pytest.approx(width)
        assert zones.calls_height == zones.zone_height == pytest.approx(between)
    else:
        assert zones.calls_height + zones.zone_height == pytest.approx(between)
        assert zones.calls_width == zones.zone_width == width
    if zones.numbers:
        assert zones.numbers.rows * zones.numbers.height < zones.zone_height
        assert zones.numbers.text * number <= (zones.zone_width - 2 * zones.margin) / zones.numbers.columns * 1.001


@pytest.mark.parametrize("layout", DisplayLayout)
def test_a_usual_television_can_be_read_from_eight_metres_in_every_layout(
    qapp: QApplication, layout: DisplayLayout
) -> None:
    assert illegible(clinic(), display(layout), translate=in_english) == ""


@pytest.mark.parametrize("layout", LISTS)
def test_numbers_in_a_list_are_as_large_as_the_farthest_seat_needs(qapp: QApplication, layout: DisplayLayout) -> None:
    shown = display(layout, inches=55, farthest_seat=10)
    zones = DisplayInRoom(display=shown, pixels=shape_of(shown), widest=widths(clinic())).zones()
    assert zones.numbers and zones.numbers.holds >= 3
    assert zones.smallest_capital >= readable_capital(10) - 0.1


@pytest.mark.parametrize("layout", DisplayLayout)
def test_how_much_the_calls_get_does_not_change_with_every_call(layout: DisplayLayout) -> None:
    screen = ScreenContent(width=952, height=535, number_width=2.6, point_width=5.5)
    shares = {divide(replace(screen, calls=calls), display(layout), 8).calls_width for calls in range(1, 21)}
    assert len(shares) == 1


@pytest.mark.parametrize("layout", [DisplayLayout.CALLS_AND_MEDIA, DisplayLayout.PORTRAIT])
@pytest.mark.parametrize(("width", "height"), [(952, 535), (874, 656), (535, 952)])
def test_pages_get_two_thirds_of_the_screen_while_nobody_is_called(
    layout: DisplayLayout, width: float, height: float
) -> None:
    screen = ScreenContent(width=width, height=height, number_width=2.6, point_width=5.5, calls=0)
    idle, busy = (divide(replace(screen, calls=calls), display(layout), 8) for calls in (0, 3))
    area = screen.width * idle.calls_height if idle.beside else screen.width * (idle.calls_height + idle.zone_height)
    assert idle.zone_width * idle.zone_height > 0.65 * area
    assert idle.zone_width * idle.zone_height > 1.5 * busy.zone_width * busy.zone_height


def test_the_nearer_the_seats_the_more_room_for_pages(qapp: QApplication) -> None:
    shown = display(DisplayLayout.CALLS_AND_MEDIA)
    near, far = (
        DisplayInRoom(
            display=replace(shown, farthest_seat=seat), pixels=shape_of(shown), widest=widths(clinic())
        ).zones()
        for seat in (5, 8)
    )
    assert near.zone_width > near.calls_width * 0.99 > far.zone_width
    assert near.calls.rows >= 2 and far.is_readable_from(8)


def test_media_take_no_room_before_there_are_any() -> None:
    assert zone_kind(display(DisplayLayout.PORTRAIT)) is ZoneKind.MEDIA
    assert zone_kind(Display(id="north", name="North", layout=DisplayLayout.PORTRAIT)) is ZoneKind.NONE


@pytest.mark.parametrize("layout", DisplayLayout)
def test_what_can_not_be_read_is_said_with_numbers_and_what_is_offered_would_fit(
    qapp: QApplication, layout: DisplayLayout
) -> None:
    far = display(layout, farthest_seat=20)
    said = illegible(clinic(), far, translate=in_english)
    assert said.startswith("From 20 m, capitals need 117 mm; on 43 inches in this layout they are ")
    nearer, larger = (int(re.findall(pattern, said)[0]) for pattern in (r"from (\d+) m\.", r"of (\d+) inches would"))
    for fits, too_much in (
        (replace(far, farthest_seat=nearer), replace(far, farthest_seat=nearer + 1)),
        (replace(far, inches=larger), replace(far, inches=larger - 1)),
    ):
        assert illegible(clinic(), fits, translate=in_english) == ""
        assert illegible(clinic(), too_much, translate=in_english) != ""


def test_the_calls_alone_or_shorter_names_are_offered_where_they_help(qapp: QApplication, link: MemoryLink) -> None:
    small = display(DisplayLayout.CALLS_AND_NEXT, inches=28)
    assert "With the calls alone it can be read." in illegible(link.hall, small, translate=in_english)
    services = link.hall.points["1"].services
    link.do(
        DefinePoint(
            id="1",
            serial_number=1,
            name="Registration for new patients and their relatives, room 213",
            services=services,
        )
    )
    long = display(DisplayLayout.CALLS, farthest_seat=9)
    assert "With shorter names of the service points" in illegible(link.hall, long, translate=in_english)
