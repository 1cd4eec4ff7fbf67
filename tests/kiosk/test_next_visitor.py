"""Whoever comes next finds the start, whatever the one before left behind; a closed service answers a touch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.page_timings import PageTimings
from shared.hall.set_up import DefineService
from tests.kiosk.screen import LANDSCAPE, PORTRAIT, Screen, kiosk
from tests.kiosk.test_window import Forgetful, below, with_services
from tests.memory_link import MemoryLink

TV = QSize(1024, 768)
SIZES = pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, TV], ids=["landscape", "portrait", "tv"])
SOON = PageTimings(
    idle=1.5, refusal=1.5, settle=0
)  # long enough for a slow machine to see what was done before it is undone
LATER = PageTimings(idle=60, settle=0)


@pytest.fixture(scope="module")
def finger(qapp):
    return QTest.createTouchDevice()


def scrolled(screen: Screen) -> float:
    return float(screen.item("view").property("contentY"))


def flick_up(screen: Screen, finger) -> None:
    middle, reach = (
        QPoint(screen.window.width() // 2, screen.window.height() // 2),
        QPoint(0, screen.window.height() // 4),
    )
    screen.flick(finger, middle + reach, middle - reach)


def turn_wheel(screen: Screen) -> None:
    place = QPointF(screen.window.width() / 2, screen.window.height() / 2)
    event = QWheelEvent(
        place, place, QPoint(0, -480), QPoint(0, -480), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(screen.window, event)


@SIZES
async def test_a_long_list_left_scrolled_is_at_its_top_for_the_next_visitor(
    link: MemoryLink, until, finger, size: QSize
) -> None:
    async with kiosk(with_services(link, 40), until, size=size, timings=SOON) as screen:
        screen.lay_out()
        flick_up(screen, finger)
        await until(lambda: scrolled(screen) > 0)
        await until(lambda: scrolled(screen) == 0)
        assert not below(screen, "registration")


async def test_a_list_scrolled_by_keys_or_wheel_goes_back_too(link: MemoryLink, until) -> None:
    async with kiosk(with_services(link, 40), until, size=LANDSCAPE, timings=SOON) as screen:
        screen.lay_out()
        for scroll in (lambda: screen.click("more tiles"), lambda: turn_wheel(screen)):
            scroll()
            await until(lambda: scrolled(screen) > 0)
            await until(lambda: scrolled(screen) == 0)


async def test_while_somebody_touches_the_list_stays_where_it_is(link: MemoryLink, until) -> None:
    async with kiosk(with_services(link, 40), until, size=LANDSCAPE, timings=LATER) as screen:
        assert screen.model.countdown.remaining == 0, "nobody is there"
        screen.click("more tiles")
        await until(lambda: screen.model.countdown.remaining < 0.999)
        before = screen.model.countdown.remaining
        screen.click("more tiles")
        assert screen.model.countdown.remaining > before and scrolled(screen) > 0
        screen.model.restart()
        assert screen.model.countdown.remaining == 0 and scrolled(screen) == 0


async def left_in_the_precedences(screen: Screen, hall: Forgetful, until) -> None:
    screen.click("registration")
    assert screen.sees("precedences")


async def left_in_another_language(screen: Screen, hall: Forgetful, until) -> None:
    screen.click("language ar")


async def left_in_a_notice(screen: Screen, hall: Forgetful, until) -> None:
    screen.click("language ar")
    screen.click("s2")
    assert screen.sees("service-closed")


async def left_without_an_answer(screen: Screen, hall: Forgetful, until) -> None:
    hall.deaf = True
    screen.click("tests")
    await until(lambda: screen.sees("unreachable"))


async def left_while_it_is_closed(screen: Screen, hall: Forgetful, until) -> None:
    screen.click("language ar")
    for service in ("registration", "tests"):
        close(hall, service)
    await until(lambda: screen.sees("hall-closed"))


@pytest.mark.parametrize(
    "leave",
    [
        left_in_the_precedences,
        left_in_another_language,
        left_in_a_notice,
        left_without_an_answer,
        left_while_it_is_closed,
    ],
)
async def test_wherever_a_visitor_leaves_the_start_comes_back(link: MemoryLink, until, leave) -> None:
    hall = Forgetful(with_services(link, 3))
    hall.deaf = False
    close(hall, "s2")
    timings = PageTimings(idle=0.3, refusal=0.3, settle=0)
    async with kiosk(hall, until, timings=timings) as screen:
        await leave(screen, hall, until)
        await until(lambda: screen.model.language == "en" and screen.sees(start_of(screen)))
        await until(lambda: screen.model.countdown.remaining == 0)


def start_of(screen: Screen) -> str:
    return "hall-closed" if screen.model.page == "hall-closed" else "services"


def close(link: MemoryLink, service: str) -> None:
    value = link.hall.services[service]
    link.do(DefineService(id=service, prefix=value.prefix, name=value.name, on=False))


async def test_a_service_that_opens_again_asks_nobody_who_has_gone_which_ticket_they_need(
    link: MemoryLink, until
) -> None:
    async with kiosk(link, until, timings=SOON) as screen:
        registration = link.hall.services["registration"]
        screen.click("registration")
        close(link, "registration")
        await until(lambda: screen.sees("services") and screen.model.countdown.remaining == 0)
        link.do(
            DefineService(id="registration", prefix="A", name=registration.name, precedences=registration.precedences)
        )
        await until(lambda: screen.station.hall.services["registration"].on)
        assert screen.model.page == "services"


async def test_the_keyboard_begins_at_the_first_service_again(link: MemoryLink, until) -> None:
    async with kiosk(with_services(link, 12), until, size=LANDSCAPE, timings=SOON) as screen:
        screen.window.requestActivate()
        focused = screen.window.activeFocusItem
        while focused().objectName() != "s7":
            screen.press(Qt.Key.Key_Tab)
        await until(lambda: focused().objectName() != "s7")
        assert not any(button.property("visualFocus") for button in screen.buttons())
        screen.press(Qt.Key.Key_Tab)
        assert focused().objectName() == "more tiles", "the first key on the page"


# ── a closed service ──

MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday


def with_closed_tests(link: MemoryLink) -> MemoryLink:
    """Blood is taken on Tuesdays; the hall's time is UTC."""
    settings = replace(link.hall.settings, time_zone="UTC")
    tests = replace(link.hall.services["tests"], hours=("tue 08:00-11:00",))
    link.hall = replace(link.hall, settings=settings, services={**link.hall.services, "tests": tests})
    return link


@SIZES
async def test_a_closed_tile_says_why_and_when_it_opens_in_the_language_shown(
    link: MemoryLink, until, finger, size: QSize
) -> None:
    async with kiosk(with_closed_tests(link), until, size=size, timings=LATER, wall=lambda: MORNING) as screen:
        screen.click("language de")
        screen.touch("tests", finger)
        assert screen.sees("service-closed") and screen.says("Blutabnahme")
        assert screen.item("detail").property("text") == "Zurzeit geschlossen. Öffnet morgen um 08:00"
        screen.click("language en")
        assert screen.item("detail").property("text") == "Closed at the moment. Opens tomorrow at 08:00"
        screen.click("main")
        assert screen.sees("services") and screen.model.language == "en"
        assert not link.hall.tickets


async def test_what_a_closed_tile_says_goes_by_itself_and_the_language_stays_for_who_read_it(
    link: MemoryLink, until
) -> None:
    timings = PageTimings(refusal=0.3, idle=60, settle=0)
    async with kiosk(with_closed_tests(link), until, timings=timings, wall=lambda: MORNING) as screen:
        screen.click("language de")
        screen.click("tests")
        assert screen.sees("service-closed")
        await until(lambda: screen.sees("services"))
        assert screen.model.language == "de" and screen.model.countdown.remaining > 0


async def test_a_closed_tile_is_reached_by_keys_too(link: MemoryLink, until) -> None:
    async with kiosk(with_closed_tests(link), until, timings=LATER, wall=lambda: MORNING) as screen:
        screen.window.requestActivate()
        while screen.window.activeFocusItem().objectName() != "tests":
            screen.press(Qt.Key.Key_Tab)
        screen.press(Qt.Key.Key_Return)
        assert screen.sees("service-closed")
        while screen.window.activeFocusItem().objectName() != "main":
            screen.press(Qt.Key.Key_Tab)
        screen.press(Qt.Key.Key_Return)
        assert screen.sees("services")


async def test_a_service_that_opens_while_its_notice_is_read_can_be_touched(link: MemoryLink, until) -> None:
    now = [MORNING]
    async with kiosk(with_closed_tests(link), until, timings=SOON, wall=lambda: now[0]) as screen:
        screen.click("tests")
        assert screen.sees("service-closed")
        now[0] = MORNING.replace(day=24)
        await until(lambda: screen.sees("services"))
        assert not screen.says("Closed at the moment")


async def test_a_service_that_closes_while_its_precedences_are_shown_says_so(link: MemoryLink, until) -> None:
    async with kiosk(link, until, timings=LATER) as screen:
        screen.click("registration")
        close(link, "registration")
        await until(lambda: screen.sees("service-closed"))
        assert screen.says("Closed at the moment")
