"""A screen shows the display it was given, only what that one shows, in its languages; and changes at once."""

from __future__ import annotations

from dataclasses import replace

from display.app import DisplayWindow
from display.screen.hall_as_shown import due_next, hall_as_shown, in_order_of_call
from shared.hall.display_values import Display, DisplayLayout
from shared.hall.displays import AssignDisplay, DefineDisplay, RetireDisplay
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint
from shared.hall.values import Moment
from shared.ui.station import Station
from shared.ui.station_memory import StationMemory
from tests.display.waiting_room import QUIET, Room, texts
from tests.memory_link import MemoryLink


def define(link: MemoryLink, name: str, **other: object) -> None:
    link.do(DefineDisplay(id=name, name=name, **other))  # type: ignore[arg-type]  # fields of a display


def take(link: MemoryLink, service: str, precedence: str = "regular") -> str:
    answer = link.do(IssueTicket(service=service, language="en", precedence=precedence)).result
    return str(answer["ticket"]["label"])


# ── which one ──


async def test_a_device_shows_the_halls_first_display_until_it_is_given_another(link: MemoryLink, until) -> None:
    link.device = "tv-1"
    define(link, "north"), define(link, "south", dark=False)
    room = await Room(link, until).live()
    with room.display() as display:
        assert display.model.shown.value.id == "north"
        link.do(AssignDisplay(device="tv-1", display="south"))
        await until(lambda: display.model.shown.value.id == "south")
        await until(lambda: display.window.grabWindow().pixelColor(2, 2).lightness() > 200)
        define(link, "south", dark=True)
        await until(lambda: display.window.grabWindow().pixelColor(2, 2).lightness() < 50)
        link.do(RetireDisplay(display="south"))
        await until(lambda: display.model.shown.value.id == "north")


async def test_a_device_knows_after_a_restart_who_it_is(link: MemoryLink, until, tmp_path) -> None:
    link.device = "tv-1"
    define(link, "north"), define(link, "south")
    link.do(AssignDisplay(device="tv-1", display="south"))
    room = Room(link, until)
    room.station = Station(link, StationMemory(tmp_path, "clinic"))
    await room.live()
    with room.display() as display:
        await until(lambda: display.model.shown.value.id == "south")
    link.unplug()
    again = Room(link, until)
    again.station = Station(link, StationMemory(tmp_path, "clinic"))
    with again.display() as display:
        assert display.model.shown.value.id == "south"


async def test_the_settings_name_a_display_or_one_that_is_there_is_shown(link: MemoryLink, until, caplog) -> None:
    define(link, "north"), define(link, "south")
    room = await Room(link, until).live()
    for wanted, shown in (("south", "south"), ("attic", "north")):
        display = DisplayWindow(room.station, replace(QUIET, display=wanted))
        assert display.model.shown.value.id == shown
        display.close()
    assert "The hall has no display 'attic': 'north' is shown in its place." in caplog.text
    room.station.stop()


# ── what it shows ──


async def test_only_calls_of_its_services_are_shown_said_and_counted(link: MemoryLink, until) -> None:
    define(link, "north", services=("tests",))
    room = await Room(link, until).live()
    with room.display() as display:
        heard: list[str] = []
        display.announcer.announced.connect(heard.append)
        room.call("1"), take(link, "registration"), take(link, "tests")
        label = room.call("2", "tests")
        await until(lambda: texts(display.window, "number") == [label])
        await until(lambda: heard == [room.holding["2"]])
        await until(lambda: texts(display.window, "peopleWaiting") == ["1 person waits"])


async def test_only_calls_to_its_points_are_shown(link: MemoryLink, until) -> None:
    define(link, "north", points=("2",))
    room = await Room(link, until).live()
    with room.display() as display:
        room.call("1", "tests")
        label = room.call("2", "tests")
        await until(lambda: texts(display.window, "number") == [label])


def test_only_the_people_who_may_be_called_to_it_wait_before_it(link: MemoryLink) -> None:
    for service in ("registration", "tests"):
        take(link, service), take(link, service)
    shown = hall_as_shown(link.hall, Display(id="a", name="a", points=("2",)))  # which gives tests alone
    assert [place.ticket for line in shown.lines.values() for place in line] == [
        ticket.id for ticket in link.hall.tickets.values() if ticket.service == "tests"
    ]
    shown = hall_as_shown(link.hall, Display(id="a", name="a", precedences=("paid",)))
    assert not any(shown.lines.values())


async def test_next_numbers_stand_in_the_order_they_are_called_in(link: MemoryLink, until) -> None:
    define(link, "north", layout=DisplayLayout.CALLS_AND_NEXT)
    room = await Room(link, until).live()
    with room.display() as display:
        later, sooner = take(link, "registration"), take(link, "registration", "paid")
        await until(lambda: texts(display.window, "listedNumber") == [sooner, later])
        assert texts(display.window, "listCaption") == ["Get ready"]
        assert room.station.hall
        assert room.call("1", "tests") == sooner  # as its point serves registration too
        await until(lambda: later in texts(display.window, "listedNumber"))
        await until(lambda: sooner not in texts(display.window, "listedNumber"))


def test_whom_no_open_point_may_call_is_not_next_while_others_are(link: MemoryLink) -> None:
    take(link, "registration"), take(link, "tests")
    now = Moment(link.wall(), link.hall.order + 1)
    assert [ticket.service for ticket in due_next(link.hall, now)] == ["registration", "tests"]
    link.do(ActivatePoint(point="2"))
    assert [ticket.service for ticket in due_next(link.hall, now)] == ["tests"]
    assert [ticket.service for ticket in in_order_of_call(link.hall, now)] == ["registration", "tests"]


async def test_all_who_wait_are_listed_as_far_as_they_can_be_read(link: MemoryLink, until) -> None:
    define(link, "north", layout=DisplayLayout.CALLS_AND_WAITING)
    room = await Room(link, until).live()
    with room.display() as display:
        waiting = [take(link, "registration") for _ in range(9)]
        holds = display.model.sizes.holds
        assert 3 <= holds < 9
        await until(lambda: texts(display.window, "listMore") == [f"and {9 - holds} more"])
        assert texts(display.window, "listedNumber") == waiting[:holds]


# ── its languages ──


async def test_it_is_written_in_its_first_language_and_captions_take_turns(
    link: MemoryLink, until, monkeypatch
) -> None:
    monkeypatch.setattr("display.screen.surroundings.TURN", 30)
    define(link, "north", languages=("ar", "ru"))
    room = await Room(link, until).live()
    with room.display() as display:
        assert display.model.rightToLeft
        for invitation in ("يُرجى أخذ تذكرة", "Пожалуйста, возьмите талон"):
            await until(lambda invitation=invitation: invitation in texts(display.window, "invitation"))
        room.call()
        await until(lambda: texts(display.window, "point") == ["شباك ١"])
        for name in ("عيادة المدينة", "Городская поликлиника"):
            await until(lambda name=name: texts(display.window, "hallName") == [name])
        assert texts(display.window, "point") == ["شباك ١"]
