"""However many are called, each of them is on the screen before long, the newest all the time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from shared.hall.calling import CallNext
from shared.hall.display_values import DisplayLayout
from shared.hall.displays import DefineDisplay
from shared.hall.issuing import IssueTicket
from shared.hall.serving import StartService
from shared.hall.set_up import DefinePoint
from tests.display.frame import faults, place
from tests.display.test_long_names import POINT
from tests.display.waiting_room import Room, items, texts
from tests.memory_link import MemoryLink


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("display.screen.turning_calls.PAGE", 150)


def furnish(link: MemoryLink, points: int) -> None:
    """Half of the points have names of some sixty characters."""
    for number in map(str, range(1, points + 1)):
        name: Any = POINT if int(number) % 2 else f"Room {number}"
        link.do(DefinePoint(id=number, serial_number=int(number), name=name, services=("registration",)))


def call_all(link: MemoryLink, points: int) -> list[str]:
    for number in map(str, range(1, points + 1)):
        link.do(IssueTicket(service="registration"))
        link.do(CallNext(point=number))
    return [call.label for call in link.hall.calls]


@pytest.mark.parametrize("still", [False, True])
@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1080, 1920)])
async def test_each_of_thirty_calls_is_seen_and_the_newest_all_the_time(
    link: MemoryLink, until, size: tuple[int, int], still: bool
) -> None:
    furnish(link, 30)
    room = await Room(link, until).live()
    called = call_all(link, 30)
    with room.display(size=size) as display:
        display._qml.theme.setProperty("still", still)
        await until(lambda: texts(display.window, "moreCalls"))
        seen: set[str] = set()

        def look() -> bool:
            on_screen = texts(display.window, "number")
            seen.update(on_screen)
            assert called[0] in on_screen
            return seen == set(called)

        await until(look)
        rows = display.model.sizes.rows
        assert rows >= 3
        assert texts(display.window, "moreCalls") == [f"{30 - 1 - rows} more numbers are called"]
        await until(lambda: not faults(display))


async def test_a_call_that_is_announced_has_its_page_at_once(link: MemoryLink, until, monkeypatch) -> None:
    monkeypatch.setattr("display.screen.turning_calls.PAGE", 600_000)
    furnish(link, 30)
    room = await Room(link, until).live()
    call_all(link, 30)
    with room.display(size=(1024, 768)) as display:
        oldest = link.hall.calls[-1]
        await until(lambda: texts(display.window, "moreCalls") and oldest.label not in texts(display.window, "number"))
        await until(lambda: not display.announcer.announcing and not display.announcer.backlog)
        display.model.announce(oldest.ticket)
        await until(lambda: oldest.label in texts(display.window, "number"))


async def test_they_stand_still_again_once_all_are_in_sight(link: MemoryLink, until) -> None:
    furnish(link, 30)
    room = await Room(link, until).live()
    call_all(link, 30)
    with room.display(size=(1024, 768)) as display:
        await until(lambda: texts(display.window, "moreCalls"))
        for call in link.hall.calls[2:]:
            link.do(StartService(point=call.point, ticket=call.ticket))
        await until(lambda: not texts(display.window, "moreCalls"))
        open_calls = [call.label for call in link.hall.calls[:2]]
        await until(lambda: texts(display.window, "number")[:2] == open_calls)
        assert not display.model._turning._timer.isActive()


async def test_the_cards_of_calls_that_pulse_are_equally_far_apart(link: MemoryLink, until) -> None:
    link.do(DefineDisplay(id="north", name="North", layout=DisplayLayout.PORTRAIT))
    room = await Room(link, until).live()
    with room.display(size=(1080, 1920)) as display:
        for _ in range(3):
            room.call("1"), room.call("2", "tests")
        await until(lambda: len(items(display.window, "card")) > 3)
        await until(lambda: not any(row.property("away") for row in items(display.window, "row")))
        cards = [place(card) for card in items(display.window, "card")]
        gaps = [below.top() - above.bottom() for above, below in pairwise(cards)]
        assert min(gaps) > 4 and max(gaps) - min(gaps) <= 2
