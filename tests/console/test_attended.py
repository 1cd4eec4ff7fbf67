"""Staff are told of people whom nobody could call: before they are sent there, and as long as they wait."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from shared.hall.calling import CallNext
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint, DeactivatePoint
from shared.hall.serving import TransferTicket
from shared.hall.set_up import DefinePoint, DefineService
from tests.console.console_hall import ticket
from tests.memory_link import MemoryLink

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def apart(busy: MemoryLink) -> MemoryLink:
    """Each point gives one service: two wait at point 1, which is open, and one at point 2, which is not."""
    busy.do(DefinePoint(id="1", serial_number=1, name="Counter 1", services=("registration",)))
    busy.do(DefinePoint(id="2", serial_number=2, name="Room 2", services=("tests",)))
    return busy


def alert(seat) -> str:
    strip = seat.console.window.alert
    return strip.text() if strip.isVisible() else ""


async def test_a_supervisor_is_alerted_of_people_whom_no_active_point_calls(sit_down, apart) -> None:
    async with sit_down() as seat:
        await seat.work("admin")
        assert alert(seat) == "Blood tests (1): people are waiting, but no open service point can call them."
        apart.do(ActivatePoint(point="2"))
        await seat.until(lambda: not alert(seat))
        apart.do(DeactivatePoint(point="2"))
        await seat.until(lambda: alert(seat))


async def test_a_specialist_at_work_is_left_in_peace_and_told_when_choosing_a_point(sit_down, apart) -> None:
    async with sit_down() as seat:
        await seat.work()
        assert not alert(seat)
        seat.console.show_points()
        assert "Blood tests (1)" in alert(seat)


async def test_nobody_who_is_not_signed_in_is_told(sit_down, apart) -> None:
    async with sit_down() as seat:
        assert not alert(seat)


async def test_whoever_sends_a_customer_to_a_closed_point_is_told_before(sit_down, apart) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F7)
        panel = seat.console.work_page.transfer
        QTest.keyClicks(panel.search, "room")
        assert panel.warning.text() == "Room 2 is closed: nobody is called there until it opens."
        assert panel.warning.isVisible()
        apart.do(ActivatePoint(point="2"))
        await seat.until(lambda: not panel.warning.isVisible())


async def test_whoever_sends_a_customer_to_a_service_that_nobody_gives_now_is_told_before(sit_down, apart) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F7)
        panel = seat.console.work_page.transfer
        QTest.keyClicks(panel.search, "blood")
        assert panel.warning.text() == "No service point that gives Blood tests is open."


async def test_nobody_is_offered_a_service_that_no_point_gives(sit_down, apart) -> None:
    apart.do(DefineService(id="xray", name="X-ray", prefix="X"))
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F7)
        panel = seat.console.work_page.transfer
        QTest.keyClicks(panel.search, "ray")
        assert panel.list.count() == 0 and not panel.send.isEnabled()
        seat.console.show_reception()
        form = seat.console.reception_page.form
        QTest.keyClicks(form.search, "ray")
        assert form.list.count() == 0 and not form.send.isEnabled()


async def test_whoever_closes_is_told_who_waits_for_their_service_again(sit_down, apart, speaking) -> None:
    speaking("en")
    async with sit_down() as seat:
        await seat.work()
        apart.do(ActivatePoint(point="2"))
        called = apart.do(CallNext(point="2")).result["ticket"]
        apart.do(TransferTicket(point="2", ticket=called["id"], to_point="1"))
        await seat.press(Qt.Key.Key_F3, SHIFT)
        assert seat.sentence.startswith("1 customer who was sent here is waiting for their service again.")
        assert ticket(apart, called["label"]).for_point is None


async def test_whoever_closes_last_is_told_of_those_who_still_wait(sit_down, apart) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F3, SHIFT)
        assert seat.sentence == "Registration (2): people are waiting, but no open service point can call them."


async def test_whoever_closes_is_told_of_every_line_nobody_calls_from_any_more(sit_down, apart) -> None:
    apart.do(DefinePoint(id="1", serial_number=1, name="Counter 1", services=("registration",),
                         backup_services=("tests",)))  # fmt: skip
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F3, SHIFT)
        left = "Registration (2), Blood tests (1): people are waiting, but no open service point can call them."
        assert seat.sentence == left


async def test_a_warning_does_not_look_like_a_success(sit_down, apart) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F3, SHIFT)
        assert seat.sentence and seat.console.work_page.sentence.property("tone") == "warning"


async def test_the_reception_knows_before_giving_a_number_what_it_will_say(sit_down, apart) -> None:
    async with sit_down() as seat:
        await seat.sign_in()
        await seat.until(lambda: seat.console.page is not seat.console.log_in_page and seat.console.work.hall)
        seat.console.show_reception()
        form = seat.console.reception_page.form
        QTest.keyClicks(form.search, "regis")
        assert form.ahead.text() == "2 ahead"
        form.search.clear()
        QTest.keyClicks(form.search, "blood")
        assert form.ahead.text() == "1 ahead. No point is open."


async def test_nobody_is_said_to_be_next_while_no_point_is_open(sit_down, link) -> None:
    async with sit_down() as seat:
        await seat.sign_in()
        await seat.until(lambda: seat.console.page is not seat.console.log_in_page and seat.console.work.hall)
        seat.console.show_reception()
        page = seat.console.reception_page
        QTest.keyClicks(page.form.search, "regis")
        QTest.keyClick(page.form.search, Qt.Key.Key_Return)
        await seat.until(page.given.number.text)
        assert page.given.facts.text() == "Regular · Waiting, no point is open"
        await seat.until(lambda: seat.console.reception.ready)
        QTest.keyClicks(page.form.search, "regis")
        QTest.keyClick(page.form.search, Qt.Key.Key_Return)
        await seat.until(lambda: page.given.number.text() == "A002")
        assert page.given.facts.text() == "Regular · Waiting, 1 ahead. No point is open."
        link.do(ActivatePoint(point="1"))
        await seat.until(lambda: page.given.facts.text() == "Regular · Waiting, 1 ahead")
        assert link.do(IssueTicket(service="registration")).result["ahead"] == 2
