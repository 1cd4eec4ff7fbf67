"""The display invites people to take a ticket only while the kiosk issues them, and otherwise says the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.hall.exceptional_days import DefineDay
from shared.hall.hall import Hall
from shared.hall.set_up import DefineHall, DefinePrecedence
from tests.console.console_hall import decide_on, define
from tests.display.waiting_room import Room, items, texts
from tests.kiosk.screen import kiosk
from tests.memory_link import MemoryLink
from tests.settable_clock import Watch


async def test_a_closed_hall_says_when_it_opens_and_follows_the_minute(link: MemoryLink, until, watch: Watch) -> None:
    decide_on(link, hours=("mon-fri 08:00-12:00", "mon-thu 13:00-17:00"), time_zone="Europe/Berlin")
    room = await Room(link, until).live()
    with room.display(wall=watch) as display:
        assert texts(display.window, "invitation") == ["Please take a ticket"]
        assert not items(display.window, "hours")
        watch.now += timedelta(minutes=90)  # noon
        await until(lambda: texts(display.window, "invitation") == ["Closed at the moment"])
        (hours,) = texts(display.window, "hours")
        assert hours.splitlines() == ["Opens today at 13:00", "Mon–Thu  08:00–12:00, 13:00–17:00", "Fri  08:00–12:00"]
        watch.now += timedelta(minutes=60)
        await until(lambda: texts(display.window, "invitation") == ["Please take a ticket"])


async def test_a_day_apart_says_its_reason(link: MemoryLink, until, watch: Watch) -> None:
    link.do(DefineDay(date=date(2026, 11, 23), reason="Staff outing"))
    room = await Room(link, until).live()
    with room.display(wall=watch) as display:
        assert texts(display.window, "invitation") == ["Closed today: Staff outing"]


def without_services(link: MemoryLink) -> None:
    link.hall = Hall(id="clinic")
    link.do(DefineHall(name="Clinic", languages=("en",)))
    link.do(DefinePrecedence(id="regular", name="Regular", allowance=30))


def with_its_services_off(link: MemoryLink) -> None:
    for service in link.hall.services.values():
        link.do(define(replace(service, on=False)))


@pytest.mark.parametrize("empty", [without_services, with_its_services_off])
async def test_kiosk_and_display_of_a_hall_that_gives_nothing_say_the_same(link: MemoryLink, until, empty) -> None:
    empty(link)
    room = await Room(link, until).live()
    with room.display() as display:
        async with kiosk(link, until) as screen:
            await until(lambda: screen.sees("hall-closed"))
            assert [screen.model.hallClosedReason] == texts(display.window, "invitation") == ["Closed at the moment"]
            assert (
                [screen.model.openingHours] == texts(display.window, "hours") == ["No service gives out numbers now."]
            )
