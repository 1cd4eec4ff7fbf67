"""The console's preview is drawn by the display itself, with the hall's own names, and says what can't be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import entry_points
from zoneinfo import ZoneInfo

import pytest
import shiboken6
from PySide6.QtQuick import QQuickItem
from PySide6.QtQuickWidgets import QQuickWidget
from PySide6.QtWidgets import QApplication

from display.check import faults_of_halls
from display.preview.preview import DisplayPreview
from display.preview.sample_hall import sample_hall
from shared.hall.display_values import Display, DisplayLayout
from shared.hall.hall import Hall
from shared.ui.clocks import wall_clock
from tests.display.frame import contrast
from tests.memory_link import clinic

DRAFT = Display(id="north", name="North")


@pytest.fixture
def preview(qapp: QApplication) -> Iterator[DisplayPreview]:
    found = DisplayPreview()
    found.resize(640, 640)
    found.show()
    yield found
    shiboken6.delete(found)


def said(preview: DisplayPreview, name: str) -> list[str]:
    QApplication.processEvents()
    root = preview.findChild(QQuickWidget).rootObject()
    return [
        item.property("text").replace("\N{NO-BREAK SPACE}", " ")
        for item in _all(root)
        if item.objectName() == name and item.isVisible()
    ]


def _all(item: QQuickItem) -> Iterator[QQuickItem]:
    for child in item.childItems():
        yield child
        yield from _all(child)


def test_the_console_finds_it_by_its_entry_point() -> None:
    (found,) = entry_points(group="nowserving.previews", name="display")
    assert found.load() is DisplayPreview


def test_it_shows_the_halls_own_points_and_follows_the_draft(preview: DisplayPreview) -> None:
    preview.show_draft(clinic(), DRAFT)
    assert set(said(preview, "point")) == {"Counter 1", "Room 2"} and said(preview, "outageNotice") == [""]
    preview.show_draft(clinic(), replace(DRAFT, points=("2",), languages=("de",), layout=DisplayLayout.CALLS_AND_NEXT))
    assert set(said(preview, "point")) == {"Raum 2"}
    assert said(preview, "listCaption") == ["Gleich dran"] and said(preview, "listedNumber")
    screen = preview.findChild(QQuickWidget)
    assert contrast(screen.grabFramebuffer(), screen.rect()) > 0.7


def test_it_has_the_shape_of_the_screen(preview: DisplayPreview) -> None:
    screen = preview.findChild(QQuickWidget)
    for layout, shape in ((DisplayLayout.CALLS, (640, 360)), (DisplayLayout.PORTRAIT, (360, 640))):
        preview.show_draft(clinic(), replace(DRAFT, layout=layout))
        assert (screen.width(), screen.height()) == shape
        assert screen.geometry().center() == preview.rect().center()


@pytest.mark.parametrize("hall", [Hall(id="new"), clinic()])
def test_a_display_with_nothing_to_show_yet_is_judged_by_a_sample(preview: DisplayPreview, hall: Hall) -> None:
    draft = Display(id="", name="", services=("gone",), languages=("xx",), layout=DisplayLayout.CALLS_AND_NEXT)
    preview.show_draft(hall, draft)
    assert len(said(preview, "number")) > 3 and said(preview, "listedNumber")
    assert said(preview, "invitation") == [] and preview.illegible() == ""


def test_it_shows_no_clock_before_it_knows_the_time_zone_of_the_hall(preview: DisplayPreview) -> None:
    assert said(preview, "clock") == [""]
    hall = clinic()
    preview.show_draft(replace(hall, settings=replace(hall.settings, time_zone="Pacific/Kiritimati")), DRAFT)
    assert said(preview, "clock") == [f"{wall_clock().astimezone(ZoneInfo('Pacific/Kiritimati')):%H:%M}"]


def test_it_says_what_can_not_be_read(preview: DisplayPreview) -> None:
    preview.show_draft(clinic(), replace(DRAFT, farthest_seat=20))
    assert preview.illegible().startswith("From 20 m, capitals need 117 mm; on 43 inches")
    preview.show_draft(clinic(), DRAFT)
    assert preview.illegible() == ""


def test_the_check_says_the_same_of_each_display_of_a_hall(qapp: QApplication) -> None:
    hall = replace(clinic(), displays={"north": DRAFT, "attic": replace(DRAFT, id="attic", farthest_seat=20)})
    [said] = faults_of_halls([hall])
    assert said.startswith("The display 'attic' of the hall 'clinic' can't be read: From 20 m, capitals need 117 mm")


@pytest.mark.parametrize("calls", [1, 5, 20])
def test_a_sample_is_a_hall_like_any_other(calls: int) -> None:
    sample = sample_hall(clinic(), DRAFT, wall_clock(), calls)
    assert len(sample.calls) == len({call.label for call in sample.calls}) == calls
    assert all(sample.tickets[call.ticket].point == call.point for call in sample.calls)
    assert sum(map(len, sample.lines.values())) == 30
