"""The sign over a service point says which point it is, whether it is open, and whom it calls or serves."""

from __future__ import annotations

import pytest
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtWidgets import QApplication

from display.signs.sign_grid import columns
from display.signs.signs import Signs, points_of
from shared.formats import clock
from shared.hall.points import DeactivatePoint, PausePoint, ResumePoint
from shared.hall.serving import FinishService, StartService
from shared.settings import Settings
from tests.display.frame import place
from tests.display.test_long_names import escaped, is_ground_at_its_edges, name_at_length
from tests.display.waiting_room import Room, items, texts
from tests.memory_link import MemoryLink

CALL = "#ffd23f"
"""The colour of a call, in Theme.qml."""

LANDSCAPE = [(800, 480), (1024, 600), (1280, 800), (1920, 1080)]


async def test_it_names_its_point_and_says_in_words_whether_it_is_open(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.sign() as over:
        await until(lambda: texts(over.window, "status") == ["Open"])
        assert texts(over.window, "pointName") == ["Counter 1"]
        assert texts(over.window, "serialNumber") == ["1"]
        link.do(PausePoint(point="1"))
        await until(lambda: texts(over.window, "status") == ["Back soon"])
        link.do(ResumePoint(point="1"))
        await until(lambda: texts(over.window, "status") == ["Open"])
        link.do(DeactivatePoint(point="1"))
        await until(lambda: texts(over.window, "status") == ["Closed"])


async def test_it_shows_the_number_being_called_and_then_served(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.sign() as over:
        label = room.call("1")
        await until(lambda: texts(over.window, "caption") == ["Now calling"])
        assert texts(over.window, "number") == [label]
        await until(lambda: items(over.window, "glow")[0].opacity() > 0.1)
        link.do(StartService(point="1", ticket=room.holding["1"]))
        await until(lambda: texts(over.window, "caption") == ["Now serving"])
        assert texts(over.window, "number") == [label]
        await until(lambda: items(over.window, "glow")[0].opacity() == 0)
        link.do(FinishService(point="1", ticket=room.without("1")))
        await until(lambda: texts(over.window, "number") == [""])
        assert texts(over.window, "status") == ["Open"]


async def test_it_calls_for_its_own_point_only(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.sign() as over:
        announced: list[bool] = []
        over.model.points[0].announced.connect(lambda: announced.append(True))
        room.call("2", "tests")
        await room.caught_up()
        assert texts(over.window, "number") == [""] and not announced
        room.call("1")
        room.recall("1")
        await until(lambda: len(announced) == 2)


async def test_a_call_from_before_it_started_is_shown_without_a_pulse(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    label = room.call("1")
    await room.caught_up()
    with room.sign() as over:
        await until(lambda: texts(over.window, "number") == [label])
        assert items(over.window, "glow")[0].opacity() == 0


@pytest.mark.parametrize("size", [(1280, 800), (800, 480), (480, 800), (320, 240)])
async def test_the_number_is_huge_and_whole_on_any_monitor(link: MemoryLink, until, size: tuple[int, int]) -> None:
    room = await Room(link, until).live()
    with room.sign(size=size) as over:
        room.call("1")
        await until(lambda: texts(over.window, "number") != [""])
        number = items(over.window, "number")[0]
        assert number.property("contentWidth") <= number.width()
        assert number.property("contentWidth") > 0.6 * size[0] or number.property("contentHeight") > 0.4 * size[1]
        assert not items(over.window, "pointName")[0].property("truncated")


async def test_without_its_hall_it_says_since_when(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.sign() as over:
        link.unplug()
        await until(lambda: texts(over.window, "outageNotice"))
        assert texts(over.window, "outageNotice")[0].startswith("No connection since ")
        assert texts(over.window, "pointName") == ["Counter 1"]
        link.plug()
        await until(lambda: not texts(over.window, "outageNotice"))


async def test_a_number_nobody_knows_is_said_plainly(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.sign("7") as over:
        assert texts(over.window, "nothing") == ["There is no service point 7 in this hall."]
        assert texts(over.window, "status") == []


async def test_a_sign_that_never_met_its_hall_is_not_blank(link: MemoryLink, until) -> None:
    with Room(link, until).sign() as over:
        assert texts(over.window, "nothing") == ["One moment, please"]


async def test_a_pause_says_when_it_is_meant_to_end_until_then(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.sign() as over:
        link.do(PausePoint(point="1", minutes=15))
        back_at = clock(link.hall.points["1"].back_at, link.hall)
        await until(lambda: [text.split() for text in texts(over.window, "status")] == [["Back", "at", back_at]])
        over.model.points[0]._wall = lambda: link.hall.points["1"].back_at
        await until(lambda: texts(over.window, "status") == ["Back soon"])


async def test_several_points_have_a_tile_each_and_an_unknown_one_says_so_on_its_own(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.sign("1", "7", "2") as over:
        label = room.call("2", "tests")
        await until(lambda: label in texts(over.window, "number"))
        assert texts(over.window, "nothing") == ["There is no service point 7 in this hall."]
        assert sorted(texts(over.window, "pointName")) == ["", "Counter 1", "Room 2"]
        assert texts(over.window, "status") == ["Open"]


def share_of_call_colour(window: QQuickWindow, item: QQuickItem) -> float:
    """How much of an item's place has the colour of a call in the frame, 0 to 1."""
    shown = window.grabWindow().copy(place(item))
    dots = [shown.pixelColor(x, y) for x in range(0, shown.width(), 7) for y in range(0, shown.height(), 7)]
    return sum(dot.name() == CALL for dot in dots) / max(1, len(dots))


async def test_the_tile_that_calls_has_the_colour_of_a_call_and_a_recall_pulses(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.sign("1", "2") as over:
        calling, other = sorted(items(over.window, "ground"), key=lambda item: place(item).x())
        room.call("1")
        await until(lambda: share_of_call_colour(over.window, calling) > 0.6)
        assert share_of_call_colour(over.window, other) == 0
        glow = next(item for item in calling.parentItem().childItems() if item.objectName() == "glow")
        await until(lambda: glow.opacity() == 0)
        assert share_of_call_colour(over.window, calling) > 0.6
        room.recall("1")
        await until(lambda: share_of_call_colour(over.window, calling) == 0)  # the light of the pulse lies on it
        link.do(StartService(point="1", ticket=room.holding["1"]))
        await until(lambda: texts(over.window, "caption") == ["Now serving"])
        await until(lambda: share_of_call_colour(over.window, calling) == 0)


@pytest.mark.parametrize(
    ("count", "size", "across"),
    [
        *((2, size, 2) for size in LANDSCAPE),
        *((3, size, 3) for size in LANDSCAPE),
        *((4, size, 2) for size in LANDSCAPE),
        *((6, size, 3) for size in LANDSCAPE),
        *((8, size, 4) for size in LANDSCAPE),
        (2, (1080, 1920), 1),
        (3, (600, 1024), 1),
        (6, (1080, 1920), 2),
        (8, (800, 1280), 2),
    ],
)
def test_the_points_stand_as_their_numbers_are_largest(count: int, size: tuple[int, int], across: int) -> None:
    assert columns(count, *size) == across


@pytest.mark.parametrize("size", [(800, 480), (480, 800)])
async def test_eight_points_are_whole_on_seven_inches(link: MemoryLink, until, size: tuple[int, int]) -> None:
    name_at_length(link, "de")
    room = await Room(link, until).live()
    with room.sign("1", "2", *map(str, range(3, 9)), size=size) as over:
        room.call("1", language="de")
        link.do(PausePoint(point="2", minutes=15))
        await until(lambda: len(texts(over.window, "nothing")) == 6 and "\n" in texts(over.window, "status")[0])
        assert escaped(over.window) == []
        assert is_ground_at_its_edges(over.window.grabWindow())


async def test_each_screen_has_its_point_or_all_share_one(link: MemoryLink, until, qapp: QApplication) -> None:
    room = await Room(link, until).live()
    screens = [qapp.primaryScreen()] * 2
    signs = Signs(room.station, Settings(), points_of(["1,2", "2"]), lambda: screens)
    signs.show(full_screen=False)
    assert [[point.serialNumber for point in sign.model.points] for sign in signs.windows] == [["1"], ["2"]]
    screens.pop()
    qapp.screenRemoved.emit(qapp.primaryScreen())
    await until(lambda: len(signs.windows) == 1)
    assert [point.serialNumber for point in signs.windows[0].model.points] == ["1", "2"]
    signs.close()
    room.station.stop()
