"""A customer sees why a service is closed and when it opens before they touch it, by the hall's own clock."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta

import pytest

from shared.hall.exceptional_days import DefineDay
from shared.hall.set_up import DefineHall, DefineService
from tests.kiosk.screen import kiosk
from tests.memory_link import MemoryLink, clinic
from tests.settable_clock import Watch


class Office(MemoryLink):
    """A hall that goes by the same time as its kiosk, whenever this is run."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(clinic())
        self._watch = watch

    def wall(self) -> datetime:
        return self._watch()


@pytest.fixture
def office(watch: Watch) -> MemoryLink:
    """Open in the morning, and in the afternoon but for Fridays; blood is taken on Tuesdays."""
    link = Office(watch)
    settings = {field.name: getattr(link.hall.settings, field.name) for field in fields(link.hall.settings)}
    hours = ("mon-fri 08:00-12:00", "mon-thu 13:00-17:00")
    day = {"day_starts": time(0), "hours": hours, "time_zone": "Europe/Berlin"}
    link.do(DefineHall(**{**settings, **day}))
    change(link, "tests", hours=("tue 08:00-11:00",))
    return link


def change(link: MemoryLink, service: str, **about) -> None:
    value = replace(link.hall.services[service], **about)
    link.do(DefineService(**{field.name: getattr(value, field.name) for field in fields(value)}))


async def test_a_tile_says_when_its_service_opens(office: MemoryLink, until, watch: Watch) -> None:
    async with kiosk(office, until, wall=watch) as screen:
        await until(lambda: screen.says("Closed at the moment. Opens tomorrow at 08:00"))
        screen.model.choose_language("de")
        assert screen.says("Zurzeit geschlossen. Öffnet morgen um 08:00")


async def test_a_full_service_says_so(office: MemoryLink, until, watch: Watch) -> None:
    change(office, "registration", daily_limit=1)
    office.hall = replace(office.hall, taken={"registration": 1}, business_day=date(2026, 11, 23))
    async with kiosk(office, until, wall=watch) as screen:
        await until(lambda: screen.sees("hall-closed"))
        assert screen.says("No more numbers today") and screen.says("New numbers tomorrow at 08:00")
        change(office, "tests", hours=("mon 08:00-11:00",))
        await until(lambda: screen.says("No more numbers today. New numbers tomorrow at 08:00"))


async def test_the_screen_follows_the_minute(office: MemoryLink, until, watch: Watch) -> None:
    async with kiosk(office, until, wall=watch) as screen:
        await until(lambda: screen.sees("registration"))
        watch.now += timedelta(minutes=90)  # noon
        await until(lambda: screen.sees("hall-closed"))
        assert screen.says("Closed at the moment")
        assert screen.item("detail").property("text").splitlines() == [
            "Opens today at 13:00",
            "Mon–Thu  08:00–12:00, 13:00–17:00",
            "Fri  08:00–12:00",
        ]
        watch.now += timedelta(minutes=60)
        await until(lambda: screen.sees("registration"))


async def test_a_day_apart_says_its_reason(office: MemoryLink, until, watch: Watch) -> None:
    reason = {"en": "Staff outing", "de": "Betriebsausflug"}
    office.do(DefineDay(date=date(2026, 11, 23), reason=reason))
    async with kiosk(office, until, wall=watch) as screen:
        await until(lambda: screen.sees("hall-closed"))
        assert screen.says("Closed today: Staff outing")
        screen.model.choose_language("de")
        assert screen.says("Heute geschlossen: Betriebsausflug")
        assert screen.says("Öffnet morgen um 08:00")


async def test_hours_of_a_day_unlike_others_are_shown(office: MemoryLink, until, watch: Watch) -> None:
    office.do(DefineDay(date=date(2026, 11, 23), hours=("14:00-16:00",), reason="Stock-taking"))
    async with kiosk(office, until, wall=watch) as screen:
        await until(lambda: screen.sees("hall-closed"))
        assert screen.says("Today: 14:00–16:00 (Stock-taking)")


async def test_a_service_that_closed_under_the_finger_says_when_it_opens(office, until, watch: Watch) -> None:
    """The kiosk's clock is behind: the hall says no, and from when on."""
    async with kiosk(office, until, wall=watch) as screen:
        await until(lambda: screen.sees("registration"))
        screen.station.blockSignals(True)
        change(office, "registration", hours=("sun 03:00-03:01",), precedences=("regular",))
        screen.model.choose_service("registration")
        await until(lambda: screen.sees("precedences"))
        screen.model.choose_precedence("regular")
        await until(lambda: screen.sees("refused"))
        said = screen.item("detail").property("text")
        assert said.startswith("This service is closed at the moment.")
