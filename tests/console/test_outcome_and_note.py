"""The outcome of a visit, a note about it, and the wait a hall asks for before a no-show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.actions import Action
from shared.hall.appointments import CheckIn
from shared.hall.issuing import CancelTicket
from shared.hall.serving import FinishService, TransferTicket
from shared.hall.values import TicketState
from tests.console.console_hall import decide_on, define, last_command, ticket

SHIFT = Qt.KeyboardModifier.ShiftModifier


async def begin_visit(seat):
    await seat.work()
    await seat.press(Qt.Key.Key_F5)
    await seat.press(Qt.Key.Key_F5)
    return seat.console.work_page.customer.outcome_and_note


async def test_a_hall_without_outcomes_asks_nobody(sit_down, busy) -> None:
    async with sit_down() as seat:
        visit = await begin_visit(seat)
        assert not visit.outcome.isVisible() and not visit.digits.isVisible()
        assert visit.note.isVisible()
        await seat.press(Qt.Key.Key_1)
        await seat.press(Qt.Key.Key_F2)
        assert ticket(busy, "A001").outcome == ""


async def test_a_digit_chooses_the_outcome_and_the_main_key_sends_it(sit_down, busy) -> None:
    decide_on(busy, outcomes=("Solved", "Papers missing"))
    async with sit_down() as seat:
        visit = await begin_visit(seat)
        assert visit.digits.text() == "1–2"
        await seat.press(Qt.Key.Key_2)
        assert visit.outcome.currentText() == "2  Papers missing"
        await seat.press(Qt.Key.Key_F5)
        assert ticket(busy, "A001").outcome == "Papers missing"
        assert visit.outcome.currentIndex() == 0


async def test_a_wrong_digit_does_nothing_and_zero_takes_it_back(sit_down, busy) -> None:
    decide_on(busy, outcomes=("Solved",))
    async with sit_down() as seat:
        visit = await begin_visit(seat)
        await seat.press(Qt.Key.Key_1)
        await seat.press(Qt.Key.Key_7)
        assert visit.outcome.currentText() == "1  Solved"
        await seat.press(Qt.Key.Key_0)
        await seat.press(Qt.Key.Key_F2)
        assert ticket(busy, "A001").outcome == ""


async def test_a_note_is_written_by_its_key_and_a_digit_in_it_is_a_digit(sit_down, busy) -> None:
    decide_on(busy, outcomes=("Solved",))
    async with sit_down() as seat:
        visit = await begin_visit(seat)
        await seat.press(Qt.Key.Key_F4)
        assert visit.note.hasFocus()
        QTest.keyClicks(visit.note, "room 1 ")
        await seat.press(Qt.Key.Key_F2)
        command = last_command(busy)
        assert isinstance(command, FinishService)
        assert (command.note, command.outcome) == ("room 1", "")
        assert visit.note.text() == "" and seat.console.work_page.table.table.hasFocus()


async def test_a_note_goes_along_with_a_transfer(sit_down, busy) -> None:
    async with sit_down() as seat:
        visit = await begin_visit(seat)
        await seat.press(Qt.Key.Key_F4)
        QTest.keyClicks(visit.note, "has fasted")
        await seat.press(Qt.Key.Key_F7)
        panel = seat.console.work_page.transfer
        QTest.keyClicks(panel.search, "blood")
        await seat.press(Qt.Key.Key_Return, at=panel.search)
        command = last_command(busy)
        assert isinstance(command, TransferTicket) and (command.note, command.to_service) == ("has fasted", "tests")


async def test_a_note_goes_along_with_parking_and_stays_out_of_the_journal(sit_down, busy) -> None:
    async with sit_down() as seat:
        visit = await begin_visit(seat)
        await seat.press(Qt.Key.Key_F4)
        QTest.keyClicks(visit.note, "Mrs A")
        await seat.press(Qt.Key.Key_F8)
        await seat.press(Qt.Key.Key_Return, at=seat.console.work_page.park.reason)
        assert last_command(busy).note == "Mrs A"
        assert "Mrs A" not in repr(busy.journal)


async def test_enter_and_escape_lead_out_of_the_note(sit_down, busy) -> None:
    async with sit_down() as seat:
        visit = await begin_visit(seat)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
            await seat.press(Qt.Key.Key_F4)
            await seat.press(key, at=visit.note)
            assert seat.console.work_page.table.table.hasFocus()
        assert seat.number == "A001"


async def test_the_next_person_at_this_console_sees_no_note_of_the_last(sit_down, busy) -> None:
    async with sit_down() as seat:
        visit = await begin_visit(seat)
        await seat.press(Qt.Key.Key_F4)
        QTest.keyClicks(visit.note, "secret")
        QTest.keyClick(seat.console.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        await seat.press(Qt.Key.Key_F3)  # the customer stays
        await seat.until(lambda: seat.console.page is seat.console.log_in_page)
        await seat.work("boris")
        assert visit.note.text() == ""


async def test_the_services_to_come_and_the_appointment_are_told(sit_down, link) -> None:
    registration = link.hall.services["registration"]
    link.do(define(replace(registration, then=("tests",))))
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        at = datetime.now(UTC)
        link.do(CheckIn(service="registration", appointed_at=at))
        await seat.press(Qt.Key.Key_F5)
        facts = seat.console.work_page.customer.facts.text()
        assert f"appointment at {at:%H:%M}" in facts and "then: Blood tests" in facts
        await seat.press(Qt.Key.Key_F2)
        assert link.hall.waiting("tests") == 1


# ── before a no-show ──


def no_show(seat):
    return seat.console.work_page.actions_panel.buttons[Action.NO_SHOW]


async def test_it_says_how_often_a_customer_is_still_to_be_called(sit_down, busy) -> None:
    decide_on(busy, recalls_before_no_show=2)
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        assert no_show(seat).shown_text() == "No-show in 2 calls"
        assert not no_show(seat).isEnabled()
        await seat.press(Qt.Key.Key_F9)
        assert ticket(busy, "A001").state is TicketState.CALLED
        await seat.press(Qt.Key.Key_F6)
        await seat.press(Qt.Key.Key_F6)
        assert no_show(seat).shown_text() == "No-show" and no_show(seat).isEnabled()
        await seat.press(Qt.Key.Key_F9)
        assert ticket(busy, "A001").state is TicketState.NO_SHOW


async def test_it_counts_the_seconds_a_customer_is_waited_for(sit_down, busy) -> None:
    decide_on(busy, no_show_after=60)
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        assert no_show(seat).shown_text() in ("No-show in 60 s", "No-show in 59 s")
        assert not no_show(seat).isEnabled()
        seat.console.work.clock._seen_at -= 60
        seat.console.work.ticked.emit()
        assert no_show(seat).shown_text() == "No-show" and no_show(seat).isEnabled()


# ── a smaller window ──


@pytest.mark.parametrize("size", [(1280, 800), (1024, 700)])
async def test_every_key_and_the_customer_are_in_sight(sit_down, busy, size) -> None:
    decide_on(busy, outcomes=("Solved", "Papers missing"))
    busy.do(CancelTicket(ticket=ticket(busy, "B001").id))
    async with sit_down() as seat:
        window, page = seat.console.window, seat.console.work_page
        await begin_visit(seat)
        window.resize(*size)
        await seat.until(lambda: (window.width(), window.height()) == size)
        seat.console.work.say("A sentence that takes its room as well.", refusal=True)
        await seat.until(lambda: page.sentence.isVisible() and page.sentence.height() > 0)
        card, panel = page.customer, page.actions_panel
        parts = [*panel.buttons.values(), panel.main_button, card.number, card.outcome_and_note.note,
                 page.table.call, page.set_aside.enter_button, window.sign_out, window.clock]  # fmt: skip
        for part in parts:
            assert part.isVisible()
            corner = part.mapTo(window, part.rect().bottomRight())
            assert corner.x() < size[0] and corner.y() < size[1], part.accessibleName()
        assert page.customer.outcome_and_note.geometry().bottom() <= page.customer.height()
        assert page.customer.number.height() >= 60


async def test_a_choice_is_made_where_writing_runs_from_right_to_left(sit_down, busy, qapp) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        async with sit_down() as seat:
            await seat.work()
            table = seat.console.work_page.table
            await seat.until(lambda: table.rows.rowCount() == 3)
            QTest.keyClick(table.table, Qt.Key.Key_Down)
            assert table.chosen.label == "A001"
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


async def test_the_tab_key_goes_from_the_customer_to_the_keys_to_the_lists(sit_down, busy) -> None:
    decide_on(busy, outcomes=("Solved",))
    async with sit_down() as seat:
        visit = await begin_visit(seat)
        page = seat.console.work_page
        order = [page.customer, page.actions_panel, page.table]
        seen = []
        visit.outcome.setFocus()
        for _ in range(30):
            focused = seat.console.window.focusWidget()
            seen += [order.index(part) for part in order if part.isAncestorOf(focused)]
            QTest.keyClick(focused, Qt.Key.Key_Tab)
        rounds = [at for at, before in zip(seen, [None, *seen], strict=False) if at != before]
        assert rounds[:3] == [0, 1, 2]


async def test_every_field_says_its_name(sit_down, busy) -> None:
    decide_on(busy, outcomes=("Solved",))
    async with sit_down() as seat:
        visit = await begin_visit(seat)
        page = seat.console.work_page
        names = [visit.note, visit.outcome, page.park.reason, page.table.table, page.set_aside.table]
        assert all(field.accessibleName() for field in names)
