"""A visit may be parked, and a no-show may come after all: the specialist brings them back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from shared.hall.appointments import CheckIn
from shared.hall.calling import CallNext, CallTicket
from shared.hall.issuing import CancelTicket
from shared.hall.parking import ParkTicket, ReinstateTicket, ResumeTicket
from shared.hall.points import ActivatePoint
from shared.hall.serving import MarkNoShow, StartService
from shared.hall.values import TicketState
from tests.console.console_hall import decide_on, last_command, ticket

CTRL = Qt.KeyboardModifier.ControlModifier


async def begin_visit(seat) -> None:
    await seat.press(Qt.Key.Key_F5)
    await seat.press(Qt.Key.Key_F5)


async def park(seat, reason: str = "") -> None:
    await seat.press(Qt.Key.Key_F8)
    panel = seat.console.work_page.park
    assert panel.isVisible() and panel.reason.hasFocus()
    QTest.keyClicks(panel.reason, reason)
    await seat.press(Qt.Key.Key_Return, at=panel.reason)


def lines(rows) -> list[list[str]]:
    """What a list says, row by row."""
    return [[str(rows.index(line, at).data()) for at in range(rows.columnCount())] for line in range(rows.rowCount())]


# ── parking ──


async def test_a_visit_pauses_with_a_reason_and_the_next_one_can_be_called(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await begin_visit(seat)
        await park(seat, "fetches a form")
        assert ticket(busy, "A001").state is TicketState.PARKED
        aside = seat.console.work_page.set_aside
        await seat.until(lambda: aside.isVisible() and "form" in lines(aside.rows)[0][1])
        label, why, service, since = lines(aside.rows)[0]
        assert (label, why, service) == ("A001", "Parked: fetches a form", "Registration")
        assert since.endswith("· under 1 min")
        assert aside.title.text() == "1 parked"
        await seat.press(Qt.Key.Key_F5)
        assert seat.number == "B001"


async def test_the_same_key_returns_who_was_called_and_parks_who_is_served(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        button = seat.console.work_page.actions_panel.buttons
        assert any(one.shown_text() == "Return to queue" for one in button.values())
        await seat.press(Qt.Key.Key_F5)
        assert any(one.shown_text() == "Park …" and one.isEnabled() for one in button.values())


async def test_parking_can_be_left_with_escape(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await begin_visit(seat)
        await seat.press(Qt.Key.Key_F8)
        QTest.keyClick(seat.console.work_page.park.reason, Qt.Key.Key_Escape)
        assert not seat.console.work_page.park.isVisible()
        assert seat.number == "A001"


async def test_a_parked_customer_is_called_back_by_enter(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await begin_visit(seat)
        await park(seat)
        QTest.keyClick(seat.console.window, Qt.Key.Key_2, CTRL)
        aside = seat.console.work_page.set_aside
        assert (
            aside.table.hasFocus() and aside.enter_button.shown_text() == "Call back" and aside.enter_button.isEnabled()
        )
        await seat.press(Qt.Key.Key_Return, at=aside.table)
        assert seat.number == "A001"
        assert isinstance(last_command(busy), CallTicket)
        assert not aside.isVisible()
        assert seat.console.work_page.table.table.hasFocus()
        assert seat.console.work_page.customer.call_sentence.text().startswith("Chosen by hand; due at")


async def test_why_somebody_was_parked_is_seen_when_they_are_called_back_and_not_the_next_time(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await begin_visit(seat)
        await park(seat, "fetches a form")
        aside, customer = seat.console.work_page.set_aside, seat.console.work_page.customer
        await seat.until(lambda: aside.isVisible() and "form" in lines(aside.rows)[0][1])
        QTest.keyClick(seat.console.window, Qt.Key.Key_2, CTRL)
        await seat.press(Qt.Key.Key_Return, at=aside.table)
        await seat.until(lambda: "somebody: “fetches a form”" in customer.facts.text())
        await seat.press(Qt.Key.Key_F5)
        await park(seat)
        await seat.until(lambda: aside.isVisible() and lines(aside.rows)[0][1] == "Parked")


async def test_a_customer_who_is_forgotten_is_parked_without_a_reason(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await begin_visit(seat)
        await park(seat, "fetches a form")
        aside = seat.console.work_page.set_aside
        await seat.until(lambda: aside.isVisible() and "form" in lines(aside.rows)[0][1])
        seat.console.reception.erased.emit(ticket(busy, "A001").id)
        assert lines(aside.rows)[0][1] == "Parked"


async def test_a_parked_customer_can_wait_again_while_another_is_served(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await begin_visit(seat)
        await park(seat)
        await seat.press(Qt.Key.Key_F5)
        QTest.keyClick(seat.console.window, Qt.Key.Key_2, CTRL)
        aside = seat.console.work_page.set_aside
        assert not aside.enter_button.isEnabled()
        await seat.press(Qt.Key.Key_Return, at=aside.table)
        assert ticket(busy, "A001").state is TicketState.PARKED
        await seat.press(Qt.Key.Key_Return, CTRL, at=aside.table)
        assert isinstance(last_command(busy), ResumeTicket)
        assert ticket(busy, "A001").state is TicketState.WAITING


async def test_a_console_that_was_not_there_says_since_when_it_is_parked(sit_down, busy) -> None:
    busy.do(CallNext(point="1"))
    first = ticket(busy, "A001")
    busy.do(StartService(point="1", ticket=first.id))
    busy.do(ParkTicket(point="1", ticket=first.id, reason="at the cash desk"))
    async with sit_down() as seat:
        await seat.work()
        aside = seat.console.work_page.set_aside
        await seat.until(aside.isVisible)
        await seat.until(lambda: lines(aside.rows)[0][1] == "Parked: at the cash desk")
        assert lines(aside.rows)[0][3].endswith("under 1 min")


# ── those who were not there ──


async def test_somebody_who_did_not_come_has_their_place_again(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F9)
        busy.do(CancelTicket(ticket=ticket(busy, "B001").id))
        aside = seat.console.work_page.set_aside
        await seat.until(lambda: aside.rows.rowCount() == 2)
        assert [line[:2] for line in lines(aside.rows)] == [["B001", "Cancelled"], ["A001", "Did not come"]]
        QTest.keyClick(seat.console.window, Qt.Key.Key_2, CTRL)
        QTest.keyClick(aside.table, Qt.Key.Key_Down)
        assert aside.enter_button.shown_text() == "Reinstate" and not aside.wait_again.isVisible()
        await seat.press(Qt.Key.Key_Return, at=aside.table)
        assert isinstance(last_command(busy), ReinstateTicket)
        assert ticket(busy, "A001").state is TicketState.WAITING
        assert aside.table.chosen == ""


async def test_who_went_too_long_ago_is_not_offered(sit_down, busy) -> None:
    decide_on(busy, reinstate_within=0)
    busy.do(CancelTicket(ticket=ticket(busy, "A001").id))
    async with sit_down() as seat:
        await seat.work()
        assert not seat.console.work_page.set_aside.isVisible()


async def test_others_look_after_their_own(sit_down, busy) -> None:
    busy.do(CancelTicket(ticket=ticket(busy, "A001").id))
    async with sit_down() as seat:
        await seat.work()
        await seat.until(seat.console.work_page.set_aside.isVisible)
        seat.console.show_work("2")  # which gives blood tests alone
        assert not seat.console.work_page.set_aside.isVisible()


# ── calling somebody out of turn ──


async def test_anybody_who_waits_can_be_called_by_arrow_and_enter(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        table = seat.console.work_page.table
        await seat.until(lambda: table.rows.rowCount() == 3)
        QTest.keyClick(seat.console.window, Qt.Key.Key_1, CTRL)
        QTest.keyClick(table.table, Qt.Key.Key_Down)
        assert table.chosen.label == "B001" and table.call.isEnabled()
        await seat.press(Qt.Key.Key_Return, at=table.table)
        assert seat.number == "B001"
        assert seat.console.work_page.customer.call_sentence.text().startswith("Chosen by hand; due at")


async def test_enter_twice_calls_one_customer_and_no_stranger_after(sit_down, busy, usual_pause) -> None:
    async with sit_down() as seat:
        await seat.work()
        table = seat.console.work_page.table
        await seat.until(lambda: table.rows.rowCount() == 3)
        QTest.keyClick(seat.console.window, Qt.Key.Key_1, CTRL)
        for _ in range(2):
            QTest.keyClick(table.table, Qt.Key.Key_Return)
        await seat.until(lambda: seat.number == "A001" and seat.console.work.ready)
        assert table.table.chosen == ""
        await seat.press(Qt.Key.Key_Return, at=table.table)
        assert (seat.number, busy.hall.waiting("registration"), busy.hall.waiting("tests")) == ("A001", 1, 1)


async def test_whoever_is_chosen_and_goes_leaves_nobody_chosen(sit_down, busy) -> None:
    busy.do(ActivatePoint(point="2"))
    async with sit_down() as seat:
        await seat.work()
        table = seat.console.work_page.table
        await seat.until(lambda: table.rows.rowCount() == 3)
        QTest.keyClick(seat.console.window, Qt.Key.Key_1, CTRL)
        QTest.keyClick(table.table, Qt.Key.Key_Down)
        assert table.chosen.label == "B001"
        busy.do(CallNext(point="2"))  # a colleague calls just this one
        await seat.until(lambda: table.rows.rowCount() == 2)
        assert table.chosen is None and not table.call.isEnabled()
        await seat.press(Qt.Key.Key_Return, at=table.table)
        assert seat.number == ""


async def test_whoever_is_chosen_stays_chosen_while_others_come(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        table = seat.console.work_page.table
        await seat.until(lambda: table.rows.rowCount() == 3)
        QTest.keyClick(seat.console.window, Qt.Key.Key_1, CTRL)
        QTest.keyClick(table.table, Qt.Key.Key_Up)
        QTest.keyClick(table.table, Qt.Key.Key_Down)
        chosen = table.chosen.label
        busy.do(CheckIn(service="tests", appointed_at=datetime.now(UTC) + timedelta(seconds=1)))
        await seat.until(lambda: table.rows.rowCount() == 4)
        assert table.chosen.label == chosen


async def test_an_appointment_stands_behind_until_its_time_has_come(sit_down, busy) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=5)
    decide_on(busy, day_starts=(soon - timedelta(hours=12)).time().replace(second=0, microsecond=0))
    decide_on(busy, appointment_early=0)
    busy.do(CheckIn(service="tests", appointed_at=soon, precedence="regular"))
    label = busy.hall.tickets[last_command(busy).command_id].label
    async with sit_down() as seat:
        await seat.work()
        table = seat.console.work_page.table
        await seat.until(lambda: table.rows.rowCount() == 4)
        assert lines(table.rows)[3][1] == label
        assert lines(table.rows)[3][5] == f"{soon:%H:%M}, appointment"
        QTest.keyClick(seat.console.window, Qt.Key.Key_1, CTRL)
        table.table.choose(table.rows.rows[3].ticket.id)
        assert table.chosen.label == label and not table.call.isEnabled()
        for one in ("A001", "B001", "A002"):
            busy.do(CancelTicket(ticket=ticket(busy, one).id))
        await seat.until(lambda: table.rows.rowCount() == 1)
        await seat.press(Qt.Key.Key_F5)
        assert (seat.number, seat.sentence) == ("", "Nobody who is waiting may be called yet.")


async def test_who_cancelled_is_not_among_those_who_did_not_come(sit_down, busy) -> None:
    busy.do(CallNext(point="1"))
    busy.do(MarkNoShow(point="1", ticket=ticket(busy, "A001").id))
    busy.do(CancelTicket(ticket=ticket(busy, "A002").id))
    async with sit_down() as seat:
        await seat.work()
        await seat.until(lambda: seat.console.work_page.set_aside.title.text() == "1 did not come · 1 cancelled")
