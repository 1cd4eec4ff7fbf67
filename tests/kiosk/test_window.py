"""The kiosk's real window under fingers and keys: two touches to a ticket, whatever happens to the hall."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest

from kiosk.app import Kiosk
from kiosk.page_timings import PageTimings
from shared.hall.calling import CallNext
from shared.hall.errors import Failure, UnknownTicket, Unreachable
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Accepted, Command
from shared.hall.points import ActivatePoint
from shared.hall.serving import ReturnToQueue
from shared.hall.set_up import DefinePoint, DefineService
from shared.hall.values import Origin
from shared.ui.station import Station
from tests.kiosk.screen import LANDSCAPE, PORTRAIT, SMALL, kiosk
from tests.memory_link import MemoryLink

SIZES = pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, SMALL], ids=["landscape", "portrait", "small"])


@pytest.fixture(scope="module")
def finger(qapp):
    return QTest.createTouchDevice()


def with_services(link: MemoryLink, total: int) -> MemoryLink:
    for number in range(len(link.hall.services), total):
        link.do(
            DefineService(
                id=f"s{number}", prefix=f"S{number}", place=number, name=f"Service number {number}",
                description="Something people come for",
            )
        )  # fmt: skip
    link.do(DefinePoint(id="9", serial_number=9, name="Counter 9", services=tuple(link.hall.services)))
    return link


async def test_two_touches_to_a_ticket(link: MemoryLink, until, finger) -> None:
    async with kiosk(link, until) as screen:
        screen.touch("registration", finger)
        await until(lambda: screen.sees("paid"))
        screen.touch("paid", finger)
        await until(lambda: screen.sees("number"))
        assert screen.item("number").property("text") == "A001"
        [ticket] = link.hall.tickets.values()
        assert (ticket.precedence, ticket.origin, ticket.language) == ("paid", Origin.KIOSK, "en")
        assert ticket.token_hash and len(ticket.token_hash) == 64


async def test_a_precedence_is_asked_for_only_where_there_are_several(link: MemoryLink, until) -> None:
    async with kiosk(link, until) as screen:
        screen.click("tests")
        await until(lambda: screen.sees("number"))
        assert screen.item("number").property("text") == "B001"


async def test_a_double_tap_gives_one_ticket_and_leaves_it_on_the_screen(link: MemoryLink, until) -> None:
    async with kiosk(link, until, timings=PageTimings()) as screen:
        await until(screen.model.takes_touch)
        place = screen.middle("tests")
        for _ in range(3):
            QTest.mouseClick(screen.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        await until(lambda: screen.sees("number"))
        screen.click("done")
        assert screen.sees("number")
        assert len(link.hall.tickets) == 1


async def test_one_touch_on_arabic_mirrors_the_screen(link: MemoryLink, until) -> None:
    async with kiosk(link, until) as screen:
        assert screen.middle("clock").x() > screen.window.width() / 2
        assert screen.middle("registration").x() < screen.middle("tests").x()
        screen.click("language ar")
        assert screen.middle("clock").x() < screen.window.width() / 2
        assert screen.middle("registration").x() > screen.middle("tests").x()
        assert screen.says("عيادة المدينة") and screen.says("التسجيل")
        screen.click("language en")
        assert screen.middle("registration").x() < screen.middle("tests").x()


async def test_a_ticket_is_in_the_language_it_was_taken_in(link: MemoryLink, until) -> None:
    async with kiosk(link, until) as screen:
        screen.click("language ru")
        screen.click("tests")
        await until(lambda: screen.sees("number"))
        assert screen.says("Анализ крови")
        assert next(iter(link.hall.tickets.values())).language == "ru"


async def test_the_start_comes_back_by_itself_in_the_halls_own_language(link: MemoryLink, until) -> None:
    async with kiosk(link, until, timings=PageTimings(ticket=0.4, settle=0)) as screen:
        screen.click("language de")
        screen.click("tests")
        await until(lambda: screen.sees("number"))
        full = screen.item("remaining").width()
        await until(lambda: screen.item("remaining").width() < full)
        await until(lambda: screen.sees("registration"))
        assert screen.model.language == "en"


async def test_more_time_fills_the_bar_again(link: MemoryLink, until) -> None:
    async with kiosk(link, until, timings=PageTimings(ticket=3, settle=0)) as screen:
        screen.click("tests")
        await until(lambda: screen.sees("number") and screen.model.countdown.remaining < 0.9)
        screen.click("more time")
        assert screen.model.countdown.remaining > 0.95
        screen.click("done")
        assert screen.sees("registration")


async def test_a_choice_nobody_makes_is_forgotten(link: MemoryLink, until) -> None:
    async with kiosk(link, until, timings=PageTimings(idle=0.3, settle=0)) as screen:
        screen.click("language ar")
        screen.click("registration")
        assert screen.sees("paid")
        await until(lambda: screen.sees("registration"))
        assert screen.model.language == "en"


async def test_the_ticket_on_the_screen_follows_the_hall(link: MemoryLink, until) -> None:
    link.do(ActivatePoint(point="2"))
    link.do(IssueTicket(service="tests"))
    async with kiosk(link, until) as screen:
        screen.click("tests")
        await until(lambda: screen.sees("number"))
        await until(lambda: "1" in screen.visit.ahead)
        first = link.do(CallNext(point="2")).result["ticket"]["id"]
        await until(lambda: screen.visit.ahead == "You are next")
        link.do(CallNext(point="2", holding=first))
        await until(lambda: screen.says("Room 2"))
        assert screen.item("next").property("text") == "Please go to Room 2"
        assert not screen.sees("advice")


async def test_a_closed_service_says_so_and_gives_no_number(link: MemoryLink, until) -> None:
    closed = link.hall.services["tests"]
    link.do(DefineService(id="tests", prefix="B", name=closed.name, precedences=closed.precedences, on=False))
    async with kiosk(link, until, timings=PageTimings(refusal=1, settle=0)) as screen:
        assert screen.says("Closed at the moment")
        screen.click("tests")
        assert screen.sees("service-closed") and not link.hall.tickets
        link.do(DefineService(id="registration", prefix="A", name="Registration", on=False))
        await until(lambda: screen.sees("hall-closed"))
        link.do(DefineService(id="registration", prefix="A", name="Registration"))
        await until(lambda: screen.sees("registration"))


async def test_a_pulled_cable_is_said_with_its_time_and_forgotten_when_it_is_back(link: MemoryLink, until) -> None:
    async with kiosk(link, until) as screen:
        link.unplug()
        await until(lambda: screen.sees("unavailable"))
        assert re.search(r"\d\d:\d\d", screen.item("detail").property("text"))
        link.plug()
        await until(lambda: screen.sees("registration"))


async def test_a_kiosk_that_never_knew_its_hall_asks_for_a_moment(link: MemoryLink, until) -> None:
    link.unplug()
    station = Station(link)
    shown = Kiosk(station)
    shown.show()
    assert shown.model.page == "unavailable" and not shown.model.unavailableReason
    station.start()
    await until(lambda: shown.model.unavailableReason)
    link.plug()
    await until(lambda: shown.model.page == "services")
    station.stop()
    shown.close()


class Forgetful(MemoryLink):
    """A hall that executes commands while its answers get lost as long as ``deaf``."""

    def __init__(self, link: MemoryLink) -> None:
        super().__init__(link.hall)
        self.heard: list[Command] = []
        self.deaf = True

    def do(self, command: Command) -> Accepted:
        known = command in self.heard
        self.heard.append(command)
        if not known:
            self.answer = super().do(command)
        if self.deaf:
            raise Unreachable("The answer got lost.")
        return self.answer


async def test_a_lost_answer_is_asked_for_again_with_the_same_command(link: MemoryLink, until) -> None:
    lossy = Forgetful(link)
    async with kiosk(lossy, until) as screen:
        screen.click("tests")
        await until(lambda: screen.sees("unreachable"))
        lossy.deaf = False
        screen.click("main")
        await until(lambda: screen.sees("number"))
        assert lossy.heard[0] == lossy.heard[1]
        assert [ticket.label for ticket in lossy.hall.tickets.values()] == ["B001"]


async def test_a_ticket_nobody_saw_is_given_back(link: MemoryLink, until) -> None:
    lossy = Forgetful(link)
    async with kiosk(lossy, until) as screen:
        screen.click("tests")
        await until(lambda: screen.sees("unreachable"))
        lossy.deaf = False
        screen.click("other")
        lossy.do(IssueTicket(service="registration"))
        await until(lambda: not lossy.hall.waiting("tests"))
        assert lossy.hall.waiting("registration") == 1


class FailsTheFirstCancel(Forgetful):
    """The first attempt to cancel the ticket fails."""

    def __init__(self, link: MemoryLink, failure: Failure) -> None:
        super().__init__(link)
        self.failures = [failure]

    def do(self, command: Command) -> Accepted:
        if isinstance(command, CancelTicket) and self.failures:
            raise self.failures.pop()
        return super().do(command)


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(Unreachable("The line is cut."), id="the line is cut again"),
        pytest.param(UnknownTicket("There is no ticket in this hall today."), id="the hall's clock was wrong"),
    ],
)
async def test_a_ticket_nobody_saw_is_given_back_even_if_nothing_else_happens(
    link: MemoryLink, until, monkeypatch: pytest.MonkeyPatch, failure: Failure
) -> None:
    """Otherwise it would wait for ever, and be called for nobody."""
    monkeypatch.setattr("shared.link.timings.REDELIVERY", 0.2)
    lossy = FailsTheFirstCancel(link, failure)
    async with kiosk(lossy, until) as screen:
        screen.click("tests")
        await until(lambda: screen.sees("unreachable"))
        lossy.deaf = False
        screen.click("other")
        lossy.do(IssueTicket(service="registration"))
        await until(lambda: not lossy.failures)
        await until(lambda: not lossy.hall.waiting("tests"))


async def test_a_ticket_nobody_saw_is_given_back_when_it_waits_again_after_a_call(link: MemoryLink, until) -> None:
    lossy = Forgetful(link)
    async with kiosk(lossy, until) as screen:
        screen.click("tests")
        await until(lambda: screen.sees("unreachable"))
        lossy.deaf = False
        lossy.do(ActivatePoint(point="2"))
        ticket = lossy.do(CallNext(point="2")).result["ticket"]["id"]
        screen.click("other")
        lossy.do(IssueTicket(service="registration"))
        await until(lambda: screen.station.hall == lossy.hall)
        await screen.station.do_and_wait(IssueTicket(service="registration"))  # its earlier requests are answered
        lossy.do(ReturnToQueue(point="2", ticket=ticket))
        await until(lambda: not lossy.hall.waiting("tests"))


async def test_a_refusal_is_said_for_a_moment(link: MemoryLink, until) -> None:
    async with kiosk(link, until, timings=PageTimings(refusal=0.4, settle=0)) as screen:
        screen.station.blockSignals(True)  # the event that the service has closed comes too late
        link.do(DefineService(id="tests", prefix="B", name="Blood tests", on=False))
        screen.click("tests")
        await until(lambda: screen.sees("refused"))
        assert screen.item("detail").property("text") == "This service is closed at the moment."
        await until(lambda: screen.sees("registration"))


@SIZES
@pytest.mark.parametrize("language", ["en", "ru", "ar"])
async def test_everything_is_large_enough_and_nothing_is_cut_off(
    link: MemoryLink, until, size: QSize, language: str
) -> None:
    async with kiosk(with_services(link, 6), until, size=size) as screen:
        screen.model.choose_language(language)
        for choice in ("registration", "regular", "done"):
            check_sizes(screen)
            screen.click(choice)
            await until(lambda: not screen.model.waitsForHall)


def check_sizes(screen) -> None:
    screen.lay_out()
    for button in screen.buttons():
        assert button.width() >= 20 * screen.millimetre - 0.5, button.objectName()
        assert button.height() >= 20 * screen.millimetre - 0.5, button.objectName()
    for text in screen.texts():
        capitals = text.property("fontInfo").property("pixelSize").toNumber() * 0.727  # Inter's height of capitals
        assert capitals >= 4.8 * screen.millimetre - 0.5, text.property("text")
        assert not text.property("truncated"), text.property("text")
        spare = 2 * screen.millimetre  # an Arabic font keeps empty room above and below its letters
        all_of_it = screen.window.contentItem().boundingRect().adjusted(-spare, -spare, spare, spare)
        assert all_of_it.contains(text.mapRectToScene(text.boundingRect())), text.property("text")


@SIZES
async def test_twelve_services_are_all_reached_by_finger(link: MemoryLink, until, finger, size: QSize) -> None:
    async with kiosk(with_services(link, 12), until, size=size) as screen:
        middle, reach = QPoint(size.width() // 2, size.height() // 2), QPoint(0, size.height() // 4)
        bottom = screen.item("view")
        await until(lambda: bottom.property("contentHeight") > 0)
        for _ in range(12):
            if not below(screen, "s11"):
                break
            screen.flick(finger, middle + reach, middle - reach)
            await until(lambda: not bottom.property("moving"))
        assert not below(screen, "s11")
        screen.touch("s11", finger)
        await until(lambda: screen.sees("regular"))


def below(screen, name: str) -> bool:
    """Whether the tile lies at least half below what is shown."""
    screen.lay_out()
    view = screen.item("view")
    return screen.item(name).mapToItem(view, screen.item(name).boundingRect().center()).y() > view.height()


async def test_many_services_are_all_reached_by_keys_on_the_screen(link: MemoryLink, until) -> None:
    async with kiosk(with_services(link, 15), until, size=LANDSCAPE) as screen:
        assert below(screen, "s14")
        screen.click("more tiles")
        await until(lambda: not below(screen, "s14"))
        screen.click("previous tiles")
        await until(lambda: below(screen, "s14"))


async def test_a_keyboard_is_enough(link: MemoryLink, until) -> None:
    async with kiosk(with_services(link, 12), until, size=LANDSCAPE) as screen:
        screen.window.requestActivate()
        focused = screen.window.activeFocusItem
        while focused().objectName() != "registration":
            screen.press(Qt.Key.Key_Tab)
        assert focused().property("visualFocus")
        screen.press(Qt.Key.Key_Down)
        assert focused().objectName() == "s3"
        screen.press(Qt.Key.Key_Down)
        screen.press(Qt.Key.Key_Down)
        screen.press(Qt.Key.Key_Right)
        assert focused().objectName() == "s10" and not below(screen, "s10")
        screen.press(Qt.Key.Key_Left)
        screen.press(Qt.Key.Key_Return)
        await until(lambda: screen.sees("regular"))
        while focused().objectName() != "regular":
            screen.press(Qt.Key.Key_Tab)
        screen.press(Qt.Key.Key_Space)
        await until(lambda: screen.sees("number"))
        while focused().objectName() != "done":
            screen.press(Qt.Key.Key_Tab)
        screen.press(Qt.Key.Key_Enter)
        assert screen.sees("registration")


async def test_every_control_has_a_name_and_a_role_for_a_screen_reader(link: MemoryLink, until) -> None:
    async with kiosk(link, until) as screen:
        for choice in ("registration", "regular", "done"):
            for button in screen.buttons():
                heard = QAccessible.queryAccessibleInterface(button)
                assert heard.text(QAccessible.Text.Name), button.objectName()
                assert heard.role() is QAccessible.Role.Button
            screen.click(choice)
            await until(lambda: not screen.model.waitsForHall)


async def test_a_locked_kiosk_fills_the_screen_without_cursor_and_can_not_be_closed(link: MemoryLink, until) -> None:
    station = Station(link)
    shown = Kiosk(station)
    shown.show(full_screen=True)
    station.start()
    await until(lambda: station.hall)
    assert not shown.window.close() and shown.window.isVisible()
    assert shown.window.geometry() == shown.window.screen().geometry()
    assert QGuiApplication.overrideCursor().shape() is Qt.CursorShape.BlankCursor
    station.stop()
    shown.close()
    assert QGuiApplication.overrideCursor() is None


def test_a_kiosk_in_a_window_fits_on_its_screen(qapp, link: MemoryLink) -> None:
    shown = Kiosk(Station(link))
    shown.show()
    assert shown.window.screen().availableGeometry().contains(shown.window.frameGeometry())
    shown.close()


async def test_a_pale_accent_is_made_dark_enough_for_white_words(link: MemoryLink, until) -> None:
    link.hall = replace(link.hall, settings=replace(link.hall.settings, accent="#ffd23f"))
    async with kiosk(link, until) as screen:
        header = screen.item("clock").parentItem().property("color")
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in header.getRgbF()[:3]]
        luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        assert 1.05 / (luminance + 0.05) >= 7
