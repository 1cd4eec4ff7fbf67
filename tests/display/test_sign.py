"""The sign over a service point says which point it is, whether it is open, and whom it calls or serves."""

from __future__ import annotations

import pytest

from shared.hall.points import DeactivatePoint, PausePoint, ResumePoint
from shared.hall.serving import FinishService, StartService
from tests.display.waiting_room import Room, items, texts
from tests.memory_link import MemoryLink


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
