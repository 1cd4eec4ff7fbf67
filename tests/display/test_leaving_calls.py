"""A call that is over steps back at once and leaves after a while; one that means nothing any more goes at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from display.app import DisplayWindow
from display.screen.lingering import Lingering
from display.screen.qml_sizes import Viewing
from shared.hall.hall import LAST_CALLS, LAST_ENDED
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.parking import ParkTicket
from shared.hall.serving import FinishService, MarkNoShow, ReturnToQueue, StartService, TransferTicket
from tests.display.frame import rows
from tests.display.waiting_room import SOON, Room, items
from tests.memory_link import MemoryLink

MINUTE: int = Viewing().linger


def shown(display: DisplayWindow) -> list[tuple[str, bool]]:
    return [(row.label, row.over) for row in display.model.calls.rows]


@pytest.mark.parametrize("end", [StartService, MarkNoShow])
async def test_a_customer_who_came_or_did_not_makes_way_for_those_still_awaited(link: MemoryLink, until, end) -> None:
    room = await Room(link, until).live()
    with room.display(replace(SOON, farthest_seat=3)) as display:
        first, second = room.call("1"), room.call("2", "tests")
        await until(lambda: shown(display) == [(second, False), (first, False)])
        link.do(end(point="2", ticket=room.without("2")))
        await until(lambda: shown(display) == [(first, False), (second, True)])
        await until(lambda: not any(row.highlighted for row in display.model.calls.rows))
        assert [item.property("text") for item in items(display.window, "arrow")] == ["→", ""]
        over = items(display.window, "number")[1].property("font").pixelSize()
        assert over < 0.9 * rows(display)[1].property("numberText")


async def test_it_leaves_after_a_while_and_the_one_left_fills_the_screen(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display(replace(SOON, linger=200)) as display:
        first, second = room.call("1"), room.call("2", "tests")
        link.do(StartService(point="1", ticket=room.without("1")))
        await until(lambda: shown(display) == [(second, False), (first, True)])
        await until(lambda: shown(display) == [(second, False)])
        await until(lambda: rows(display)[0].height() > 0.6 * display.window.height())


async def test_a_call_that_was_returned_and_cancelled_never_comes_back(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        room.call("1")
        stays = room.call("2", "tests")
        ticket = room.without("1")
        link.do(ReturnToQueue(point="1", ticket=ticket))
        await until(lambda: shown(display) == [(stays, False)])
        link.do(CancelTicket(ticket=ticket))
        for _ in range(LAST_ENDED + 1):  # more than a hall remembers
            issued = link.do(IssueTicket(service="registration")).result["ticket"]
            link.do(CancelTicket(ticket=issued["id"]))
        assert not link.hall.knows(ticket)
        await room.caught_up()
        display.model.refresh()
        assert shown(display) == [(stays, False)]


async def test_whoever_waits_elsewhere_is_sent_nowhere(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        room.call("1")
        await until(lambda: shown(display))
        link.do(TransferTicket(point="1", ticket=room.without("1"), to_service="tests"))
        await until(lambda: not shown(display))


@pytest.mark.parametrize("off", [-timedelta(hours=3), timedelta(hours=3)])
async def test_a_wrong_clock_keeps_no_call_on_the_screen(link: MemoryLink, until, off: timedelta) -> None:
    room = await Room(link, until).live()
    room.call("1"), link.do(StartService(point="1", ticket=room.holding["1"]))
    lingering = Lingering(50, lambda: datetime.now(UTC) + off)
    await until(lambda: lingering.calls(link.hall) == ([], []))
    room.call("2", "tests")
    assert len(lingering.calls(link.hall)[0]) == 1


async def test_a_paused_visit_is_over_from_when_it_began(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    room.call("1")
    link.do(StartService(point="1", ticket=room.holding["1"])), link.do(ParkTicket(point="1", ticket=room.without("1")))
    later = Lingering(MINUTE, lambda: datetime.now(UTC) + timedelta(minutes=2))
    assert later.calls(link.hall) == ([], [])
    now = Lingering(MINUTE, lambda: datetime.now(UTC))
    assert len(now.calls(link.hall)[1]) == 1


async def test_what_is_known_of_calls_does_not_grow(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display(replace(SOON, highlight=10)) as display:
        for _ in range(3 * LAST_CALLS):
            room.call("1")
            display.model.highlight(room.holding["1"])
        link.do(FinishService(point="1", ticket=room.without("1")))
        await until(lambda: not display.model._highlighted and not display.announcer.announcing)
        await room.caught_up()
        display.model.refresh()
        assert len(display.model._times_announced) <= LAST_CALLS
        assert len(display.model._lingering._seen_over) <= LAST_CALLS
