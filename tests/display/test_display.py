"""The hall display shows the newest call largest, and announces only what happens while it listens."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from display.app import DisplayWindow
from display.display_sentences import no_connection
from display.screen.layout import readable_capital
from display.screen.qml_sizes import Viewing
from display.signs.sign_window import SignWindow
from shared.formats import clock
from shared.hall.errors import NotSignedIn
from shared.hall.issuing import IssueTicket
from shared.hall.serving import FinishService, MarkNoShow, Placement, StartService, TransferTicket
from shared.hall.set_up import DefineHall, DefinePoint
from shared.ui.station import Station
from shared.ui.station_memory import StationMemory
from tests.display.waiting_room import QUIET, Room, items, texts
from tests.memory_link import MemoryLink


def labels(display: DisplayWindow) -> list[str]:
    return [row.label for row in display.model._calls.rows]


def highlighted(display: DisplayWindow) -> list[str]:
    return [row.label for row in display.model._calls.rows if row.highlighted]


def over(display: DisplayWindow) -> list[str]:
    return [row.label for row in display.model._calls.rows if row.over]


def times(display: DisplayWindow, label: str) -> int:
    return next(row.announced for row in display.model._calls.rows if row.label == label)


async def test_before_anybody_is_called_it_welcomes(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        assert texts(display.window, "invitation") == ["Please take a ticket"]
        assert texts(display.window, "welcome") == ["Welcome to City Clinic"]
        room.call()
        await until(lambda: labels(display))
        assert texts(display.window, "invitation") == []


async def test_the_newest_call_comes_first_and_is_the_largest(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        called = [room.call("1"), room.call("2", "tests"), room.call("1")]
        await until(lambda: labels(display) == called[::-1])
        await until(lambda: texts(display.window, "number") == called[::-1])  # when they have moved into place
        assert texts(display.window, "point") == ["Counter 1", "Room 2", "Counter 1"]
        largest, *others = (item.property("font").pixelSize() for item in items(display.window, "number"))
        assert all(largest > 1.4 * other for other in others)


async def test_a_call_is_marked_while_it_is_announced_and_for_a_while(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        label = room.call()
        await until(lambda: highlighted(display) == [label])
        await until(lambda: max(glow.opacity() for glow in items(display.window, "glow")) > 0)
        await until(lambda: labels(display) == [label] and highlighted(display) == [])
        await until(lambda: all(glow.opacity() == 0 for glow in items(display.window, "glow")))


async def test_a_ticket_called_again_moves_up_and_is_marked_again(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        first, second = room.call("1"), room.call("2", "tests")
        await until(lambda: labels(display) == [second, first] and highlighted(display) == [])
        before = times(display, first), times(display, second)
        room.recall("1")
        await until(lambda: labels(display) == [first, second])
        await until(lambda: highlighted(display) == [first])
        assert (times(display, first), times(display, second)) == (before[0] + 1, before[1])


async def test_two_calls_at_once_are_both_announced_in_turn(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        heard: list[str] = []
        display.announcer.announced.connect(heard.append)
        room.call("1"), room.call("2", "tests")
        await until(lambda: heard == [room.holding["1"], room.holding["2"]])
        await until(lambda: len(highlighted(display)) == 2)


async def test_calls_from_before_it_started_are_shown_but_not_announced(link: MemoryLink, until) -> None:
    room = Room(link, until)
    await room.live()
    called = [room.call("1"), room.call("2", "tests")]
    await room.caught_up()
    with room.display() as display:
        assert labels(display) == called[::-1]
        assert highlighted(display) == [] and not display.announcer.announcing
        third = room.call("1")
        await until(lambda: highlighted(display) == [third])
        assert times(display, called[0]) == times(display, called[1]) == 0


async def test_without_its_hall_it_keeps_the_calls_and_says_since_when(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        label = room.call()
        await until(lambda: labels(display) == [label] and highlighted(display) == [])
        link.unplug()
        await until(lambda: texts(display.window, "outageNotice") != [""])
        assert texts(display.window, "number") == [label]
        assert texts(display.window, "outageNotice") == [f"No connection since {room.station.away_since:%H:%M}"]


async def test_it_starts_with_the_calls_it_remembers(link: MemoryLink, until, tmp_path) -> None:
    before = await Room(link, until).live()
    label = before.call()
    await before.caught_up()
    memory = StationMemory(tmp_path, "clinic")
    assert before.station.hall
    memory.save(before.station.hall)
    before.station.stop()
    link.unplug()
    after = Room(link, until)
    after.station = Station(link, memory)
    with after.display() as display:
        assert labels(display) == [label]
        assert highlighted(display) == []
        since = clock(link.hall.at, link.hall)
        assert texts(display.window, "outageNotice") == [f"No connection since {since}"]
    with after.sign() as over:
        assert texts(over.window, "outageNotice") == [f"No connection since {since}"]


def test_what_is_older_than_today_is_said_with_its_date(link: MemoryLink) -> None:
    assert no_connection(datetime(2025, 3, 4, 12, tzinfo=UTC), link.hall).startswith(
        "No connection since March 4, 2025, "
    )


async def test_a_display_whose_token_was_taken_away_sends_nobody_anywhere(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        room.call()
        await until(lambda: labels(display))
        link.refusal = NotSignedIn("This token is not valid (any more).")
        link.unplug()
        await until(lambda: not labels(display))
        assert display.model.outageNotice == "This token is not valid (any more)."


async def test_a_display_that_never_met_its_hall_is_not_blank(link: MemoryLink, until) -> None:
    with Room(link, until).display() as display:
        assert texts(display.window, "invitation") == ["One moment, please"]


async def test_a_ticket_that_waits_again_is_no_longer_sent_anywhere(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        room.call("1")
        stays = room.call("2", "tests")
        await until(lambda: len(labels(display)) == 2)
        link.do(TransferTicket(point="1", ticket=room.without("1"), to_service="tests", place=Placement.AS_ISSUED_NOW))
        await until(lambda: labels(display) == [stays])


async def test_a_customer_who_came_or_did_not_come_stays_for_a_while_among_the_last_calls(
    link: MemoryLink, until
) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        served, missing = room.call("1"), room.call("2", "tests")
        link.do(StartService(point="1", ticket=room.holding["1"]))
        link.do(FinishService(point="1", ticket=room.without("1")))
        link.do(MarkNoShow(point="2", ticket=room.without("2")))
        await until(lambda: over(display) == [missing, served])


async def test_the_point_is_also_named_in_the_customers_language(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        room.call(language="ru")
        await until(lambda: texts(display.window, "customerPoint") == ["Окно 1"])
        assert texts(display.window, "point") == ["Counter 1"]
        assert texts(display.window, "service") == ["Registration"]


async def test_a_hall_that_reads_from_right_to_left_gets_a_mirrored_display(link: MemoryLink, until) -> None:
    link.do(DefineHall(name=link.hall.settings.name, languages=("ar", "en")))
    room = await Room(link, until).live()
    with room.display() as display:
        room.call()
        await until(lambda: texts(display.window, "point") == ["شباك ١"])
        number, point = items(display.window, "number")[0], items(display.window, "point")[0]
        assert display.model.rightToLeft
        assert (
            point.mapToScene(point.boundingRect().center()).x() < number.mapToScene(number.boundingRect().center()).x()
        )


async def test_it_says_how_many_wait(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        for _ in range(3):
            link.do(IssueTicket(service="tests"))
        await until(lambda: texts(display.window, "peopleWaiting") == ["3 people wait"])


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1280, 800)])
@pytest.mark.parametrize("metres", [5, 8])
async def test_every_number_and_point_can_be_read_from_the_farthest_seat(
    link: MemoryLink, until, size: tuple[int, int], metres: float
) -> None:
    room = await Room(link, until).live()
    with room.display(Viewing(inches=43, farthest_seat=metres, highlight=300), size=size) as display:
        for _ in range(4):
            room.call("1"), room.call("2", "tests")
        await until(lambda: len(labels(display)) == display.model._sizes.layout.rows + 1)
        assert len(labels(display)) >= 4
        pixels_per_mm = math.hypot(*size) / (43 * 25.4)
        for item in items(display.window, "number") + items(display.window, "point"):
            capital = QFontMetricsF(item.property("font")).capHeight() / pixels_per_mm
            assert capital >= 0.99 * readable_capital(metres)  # fonts come in whole pixels
            assert item.property("contentWidth") <= item.width() + 1 and not item.property("truncated")
            assert item.mapToScene(item.boundingRect().bottomRight()).y() <= size[1]


async def test_a_longer_name_of_a_point_changes_the_layout_at_once(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        room.call("1"), room.call("2", "tests")
        await until(lambda: len(labels(display)) == 2)
        assert not display.model._sizes.layout.row.stacked
        point = link.hall.points["1"]
        link.do(DefinePoint(id="1", serial_number=1, name="Behandlungszimmer 3", services=point.services))
        await until(lambda: display.model._sizes.layout.row.stacked)
        await until(lambda: texts(display.window, "point") == ["Room 2", "Behandlungszimmer 3"])


async def test_full_screen_has_no_frame_and_no_cursor(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    with room.display() as display:
        display.show(full_screen=True)
        await until(lambda: display.window.visibility() is display.window.Visibility.FullScreen)
        assert display.window.flags() & Qt.WindowType.FramelessWindowHint
        assert display.window.geometry() == display.window.screen().geometry()
        assert display.window.cursor().shape() is Qt.CursorShape.BlankCursor


async def test_in_a_window_display_and_sign_fit_on_their_screen(link: MemoryLink, until) -> None:
    room = await Room(link, until).live()
    for shown in (DisplayWindow(room.station, QUIET), SignWindow(room.station, QUIET, "1")):
        shown.show(full_screen=False)
        assert shown.window.screen().availableGeometry().contains(shown.window.frameGeometry())
        shown.close()


async def test_a_screen_too_small_for_its_room_is_reported(link: MemoryLink, until, caplog) -> None:
    room = await Room(link, until).live()
    with room.display(Viewing(inches=10, farthest_seat=20)) as display:
        display.show(full_screen=False)
    assert "From 20 m, capitals need 117 mm" in caplog.text
