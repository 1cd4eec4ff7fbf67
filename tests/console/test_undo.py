"""A slip can be undone for ten seconds: the button says what would be undone."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt

from console.actions import Action
from console.work.undo_text import undo_text
from shared.hall.calling import CallNext
from shared.hall.hall import Hall
from shared.hall.values import NEVER, Last, PointStatus, TicketState
from shared.ui.clocks import OrderClock
from tests.console.console_hall import decide_on, last_command, ticket

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def undo(seat):
    return seat.console.work_page.actions_panel.buttons[Action.UNDO]


async def test_a_call_is_taken_back_and_everything_is_as_before(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        assert undo(seat).shown_text() in ("Undo: A001 called (10 s)", "Undo: A001 called (9 s)")
        await seat.press(Qt.Key.Key_Z, CTRL)
        assert (seat.number, seat.main_button) == ("", "Call next")
        assert busy.hall.waiting("registration") == 2
        assert undo(seat).shown_text() == "Undo" and not undo(seat).isEnabled()


async def test_one_press_that_did_two_things_is_taken_back_as_one(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F5, SHIFT)
        assert undo(seat).shown_text().startswith("Undo: A001 finished · B001 called")
        assert seat.console.work.own_day.served == 1
        await seat.press(Qt.Key.Key_Z, CTRL)
        assert (seat.number, seat.console.work.own_day.served) == ("A001", 0)
        assert ticket(busy, "B001").state is TicketState.WAITING


async def test_a_no_show_by_mistake_is_not_counted(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F9)
        assert undo(seat).shown_text().startswith("Undo: A001 did not come")
        await seat.press(Qt.Key.Key_Z, CTRL)
        assert (seat.number, seat.console.work.own_day.no_shows) == ("A001", 0)


async def test_pressing_it_twice_takes_back_one_thing(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F6)
        for _ in range(2):
            await seat.press(Qt.Key.Key_Z, CTRL)
        assert (seat.number, ticket(busy, "A001").recalls) == ("A001", 0)


async def test_what_was_written_is_there_again_with_its_customer(sit_down, busy) -> None:
    decide_on(busy, outcomes=("Solved", "Sent home"))
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        visit = seat.console.work_page.customer.outcome_and_note
        await seat.press(Qt.Key.Key_2)
        visit.note.setFocus()
        visit.note.insert("needs a form")
        visit.note.textEdited.emit(visit.note.text())
        await seat.press(Qt.Key.Key_F2)
        assert visit.note.text() == ""
        await seat.press(Qt.Key.Key_Z, CTRL)
        assert (visit.note.text(), visit.outcome.currentText()) == ("needs a form", "2  Sent home")


async def test_after_ten_seconds_it_is_no_longer_offered(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        assert undo(seat).isEnabled()
        seat.console.work.clock._seen_at -= 10
        seat.console.work.ticked.emit()
        assert undo(seat).shown_text() == "Undo" and not undo(seat).isEnabled()
        await seat.press(Qt.Key.Key_Z, CTRL)
        assert seat.number == "A001"


async def test_a_hall_that_calls_by_itself_says_so_and_can_be_stopped(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        decide_on(busy, auto_call=True)
        await seat.until(lambda: seat.number == "A001")
        assert seat.console.work_page.customer.call_sentence.text().startswith("Called automatically; due first, at")
        await seat.press(Qt.Key.Key_Z, CTRL)
        assert seat.number == ""


async def test_a_closed_point_can_be_opened_again_by_undo(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F3, SHIFT)
        assert undo(seat).shown_text().startswith("Undo: point closed")
        await seat.press(Qt.Key.Key_Z, CTRL)
        assert busy.hall.points["1"].status is PointStatus.ACTIVE


# ── its words ──


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("point-activated", "Undo: point opened"),
        ("point-paused", "Undo: point paused"),
        ("point-resumed", "Undo: pause ended"),
        ("something-newer", "Undo"),
    ],
)
def test_what_was_done_at_the_point_is_named(what: str, words: str) -> None:
    assert undo_text(Last(what=what, at=0, wall=NEVER, status=PointStatus.ACTIVE)) == words


def test_what_a_newer_hall_did_to_a_ticket_is_taken_back_without_a_name(busy) -> None:
    busy.do(CallNext(point="1"))
    last = busy.hall.points["1"].last
    assert last is not None
    assert undo_text(replace(last, what="something-newer")) == "Undo"
    assert undo_text(None) == "Undo"


# ── the clock it is told by ──


def test_the_order_clock_goes_on_between_two_events() -> None:
    clock = OrderClock()
    clock.see(Hall(id="a", seq=1, order=5_000, at=datetime.now(UTC)))
    first = clock.moment.order
    assert 5_000 <= first < 6_000
    time.sleep(0.002)
    assert clock.moment.order > first


def test_a_snapshot_is_as_old_as_its_last_event_and_an_event_is_of_now() -> None:
    clock = OrderClock()
    old = Hall(id="a", seq=7, order=5_000, at=datetime.now(UTC) - timedelta(minutes=1))
    clock.see(old)
    assert clock.moment.order >= 65_000
    clock.see(replace(old, seq=8, order=6_000))  # whatever the time of day is said to be
    assert clock.moment.order < 7_000


def test_the_same_hall_again_does_not_set_the_clock_back() -> None:
    clock = OrderClock()
    hall = Hall(id="a", seq=1, order=5_000, at=datetime.now(UTC))
    clock.see(hall)
    clock._seen_at -= 3
    clock.see(hall)
    assert clock.moment.order >= 8_000


async def test_only_the_undo_is_sent(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_Z, CTRL)
        assert last_command(busy).type_name() == "undo-last"
