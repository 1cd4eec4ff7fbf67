"""However long the names of a hall are and however they are read: nothing leaves the frame, the number is largest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QImage
from PySide6.QtQuick import QQuickItem, QQuickWindow

from display.screen.call_rows import unbroken
from display.screen.layout import CAPITAL
from shared.hall.display_values import DisplayLayout
from shared.hall.displays import DefineDisplay
from shared.hall.points import DeactivatePoint, PausePoint
from shared.hall.set_up import DefinePoint
from shared.hall.values import PointStatus
from tests.console.console_hall import decide_on, define
from tests.display.frame import contrast, ink, place
from tests.display.waiting_room import Room, everything, items, texts
from tests.memory_link import MemoryLink

SIZES = [(1024, 768), (1366, 768), (1080, 1920), (1920, 1080)]
OTHER = {"ar": "de", "de": "ar"}
HALL = {
    "ar": "مركز الخدمات الموحد لشؤون الإقامة والتسجيل المدني بالعاصمة",
    "de": "Gemeinsame Ausländer- und Einwohnermeldebehörde in Neuenstadt",
}
SERVICE = {
    "ar": "تجديد تصاريح الإقامة والعمل للموظفين الأجانب وأفراد أسرهم",
    "de": "Wohnsitzanmeldebestätigungen und Aufenthaltstitel verlängern",
}
POINT = {
    "ar": "مكتب الاستقبال الرئيسي لتسجيل المراجعين الجدد في الطابق ٢",
    "de": "Sachbearbeitung für Wohnsitzanmeldebestätigungen, Zimmer 213",
}


def name_at_length(link: MemoryLink, language: str) -> None:
    """Everything in this hall has a name of some sixty characters."""
    decide_on(link, languages=(language, OTHER[language]), name=HALL)
    for service in link.hall.services.values():
        link.do(define(replace(service, name=SERVICE)))
    for point in link.hall.points.values():
        link.do(DefinePoint(id=point.id, serial_number=point.serial_number, name=POINT, services=point.services))


def said(window: QQuickWindow) -> Iterator[QQuickItem]:
    """Every text in sight."""
    return (item for item in everything(window) if item.inherits("QQuickText") and item.property("text"))


def escaped(window: QQuickWindow) -> list[str]:
    """The texts that reach beyond a side of the window, or of their own room. Above and below, some fonts ask for more
    than they paint."""
    return [item.property("text") for item in said(window) if not _is_within(item, window.width())]


def _is_within(item: QQuickItem, width: int) -> bool:
    there = place(item)
    return there.left() >= 0 and there.right() <= width and item.property("contentWidth") <= item.width() + 1


def is_ground_at_its_edges(frame: QImage) -> bool:
    """Whether nothing but the ground is painted along the edges of the frame."""
    width, height, rim = frame.width(), frame.height(), 4
    sides = QRect(0, 0, rim, height), QRect(width - rim, 0, rim, height)
    ends = QRect(0, 0, width, rim), QRect(0, height - rim, width, rim)
    return not any(contrast(frame, edge) for edge in (*sides, *ends))


def inked(frame: QImage, where: QRect) -> int:
    """How many lines of pixels of this part have ink in them."""
    return sum(contrast(frame, QRect(where.x(), y, where.width(), 1)) > 0.2 for y in range(where.top(), where.bottom()))


def largest_font(window: QQuickWindow) -> int:
    fonts: list[QFont] = [item.property("font") for item in said(window) if item.objectName() != "number"]
    return max(font.pixelSize() for font in fonts)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", OTHER)
async def test_long_names_stay_on_the_display(link: MemoryLink, until, size: tuple[int, int], language: str) -> None:
    name_at_length(link, language)
    room = await Room(link, until).live()
    with room.display(size=size) as display:
        await until(lambda: is_ground_at_its_edges(display.window.grabWindow()) and escaped(display.window) == [])
        for _ in range(3):
            room.call("1", language=OTHER[language]), room.call("2", "tests", language=OTHER[language])
        await until(lambda: len(texts(display.window, "number")) == display.model.sizes.rows + 1)
        await until(
            lambda: not any(row.highlighted for row in display.model.calls.rows) and not display.announcer.announcing
        )
        assert texts(display.window, "customerPoint") == [POINT[OTHER[language]]]
        assert texts(display.window, "service") == [SERVICE[language]]
        await until(lambda: is_ground_at_its_edges(display.window.grabWindow()))
        assert escaped(display.window) == []
        assert items(display.window, "number")[0].property("font").pixelSize() > 1.2 * largest_font(display.window)


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768)])
async def test_where_to_go_takes_several_lines_in_the_newest_call_too(
    link: MemoryLink, until, size: tuple[int, int]
) -> None:
    name_at_length(link, "ar")
    link.do(DefineDisplay(id="north", name="North", layout=DisplayLayout.CALLS_AND_NEXT, languages=("ar",), dark=False))
    room = await Room(link, until).live()
    with room.display(size=size) as display:
        for _ in range(3):
            room.call("1", language="ar"), room.call("2", "tests", language="ar")
        await until(lambda: len(texts(display.window, "point")) == display.model.sizes.rows + 1 > 1)
        newest, below = (
            point.property("contentHeight") / point.property("lineCount")
            for point in items(display.window, "point")[:2]
        )
        assert items(display.window, "point")[0].property("lineCount") > 1
        assert newest > 0.8 * below


def test_a_number_stays_on_the_line_of_its_word() -> None:
    assert unbroken("Behandlungszimmer 3") == "Behandlungszimmer\N{NO-BREAK SPACE}3"
    assert unbroken("مكتب ٢") == "مكتب\N{NO-BREAK SPACE}٢"
    assert unbroken("Main desk, floor B2 on the left") == "Main desk, floor\N{NO-BREAK SPACE}B2 on the left"


async def test_the_number_of_a_point_is_never_alone_on_a_line_of_its_sign(link: MemoryLink, until) -> None:
    services = link.hall.points["1"].services
    link.do(DefinePoint(id="1", serial_number=1, name="Behandlungszimmer 3", services=services))
    room = await Room(link, until).live()
    with room.sign(size=(480, 800)) as sign:
        await until(lambda: texts(sign.window, "pointName") == ["Behandlungszimmer 3"])
        await until(lambda: items(sign.window, "pointName")[0].property("lineCount") == 1)


@pytest.mark.parametrize("size", [*SIZES, (480, 800)])
@pytest.mark.parametrize("language", OTHER)
async def test_long_names_stay_on_the_sign(link: MemoryLink, until, size: tuple[int, int], language: str) -> None:
    name_at_length(link, language)
    room = await Room(link, until).live()
    with room.sign(size=size) as sign:
        room.call("1", language=language)
        await until(lambda: texts(sign.window, "number") != [""])
        number = items(sign.window, "number")[0]
        await until(lambda: inked(sign.window.grabWindow(), place(number)) / CAPITAL > 1.2 * largest_font(sign.window))
        assert escaped(sign.window) == []
        assert is_ground_at_its_edges(sign.window.grabWindow())
        assert not items(sign.window, "pointName")[0].property("truncated")


@pytest.mark.parametrize("size", [*SIZES, (480, 800)])
@pytest.mark.parametrize("language", ["en", "de", "ru", "ar"])
async def test_what_a_point_is_stays_on_the_sign(link: MemoryLink, until, size: tuple[int, int], language: str) -> None:
    decide_on(link, languages=(language,))
    room = await Room(link, until).live()
    with room.sign(size=size) as sign:
        for status, command in ((PointStatus.PAUSED, PausePoint), (PointStatus.INACTIVE, DeactivatePoint)):
            link.do(command(point="1"))
            await until(lambda status=status: sign.model.points[0].status == status)
            await until(lambda: ink(sign.window, items(sign.window, "status")[0]) > 0.3)
            assert escaped(sign.window) == []
            assert is_ground_at_its_edges(sign.window.grabWindow())
