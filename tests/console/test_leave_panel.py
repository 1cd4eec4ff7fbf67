"""Nobody leaves without saying what should happen to the customer at the point, and no number stays in the title."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from shared.hall.values import TicketState
from tests.console.console_hall import ticket

CTRL = Qt.KeyboardModifier.ControlModifier


async def serve(seat, starts: int = 2):
    await seat.work()
    for _ in range(starts):
        await seat.press(Qt.Key.Key_F5)
    assert seat.number == "A001"
    return seat.console.work_page.leave


async def sign_out(seat) -> None:
    await seat.until(lambda: seat.console.work.ready)
    QTest.keyClick(seat.console.window, Qt.Key.Key_L, CTRL)


@pytest.mark.parametrize(
    ("started", "key", "state"),
    [
        (True, Qt.Key.Key_F2, TicketState.SERVED),
        (True, Qt.Key.Key_F8, TicketState.PARKED),
        (False, Qt.Key.Key_F8, TicketState.WAITING),
        (False, Qt.Key.Key_F9, TicketState.NO_SHOW),
        (True, Qt.Key.Key_F3, TicketState.SERVING),
    ],
    ids=["finished", "parked", "waits again", "did not come", "left for whoever comes next"],
)
async def test_what_becomes_of_the_customer_is_asked_before_signing_out(sit_down, busy, started, key, state) -> None:
    async with sit_down() as seat:
        panel = await serve(seat, 2 if started else 1)
        assert seat.console.window.windowTitle().startswith("A001 · ")
        await sign_out(seat)
        assert panel.isVisible() and seat.console.station.actor
        assert (panel.title.text(), "sign out" in panel.question.text()) == ("A001 is still here", True)
        QTest.keyClick(seat.console.window, key)
        await seat.until(lambda: seat.console.page is seat.console.log_in_page)
        assert ticket(busy, "A001").state is state
        assert seat.console.window.windowTitle() == "City Clinic"


async def test_whoever_stays_goes_on_where_they_were(sit_down, busy) -> None:
    async with sit_down() as seat:
        panel = await serve(seat)
        await sign_out(seat)
        QTest.keyClick(seat.console.window, Qt.Key.Key_Escape)
        assert not panel.isVisible() and seat.console.station.actor
        await seat.press(Qt.Key.Key_F5)
        assert seat.number == "B001"


async def test_a_window_that_is_closed_asks_too(sit_down, busy) -> None:
    async with sit_down() as seat:
        panel = await serve(seat)
        seat.console.window.close()
        assert seat.console.window.isVisible() and panel.isVisible()
        QTest.keyClick(seat.console.window, Qt.Key.Key_F2)
        await seat.until(lambda: not seat.console.window.isVisible())
        assert ticket(busy, "A001").state is TicketState.SERVED


async def test_with_nobody_there_nothing_is_asked(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await sign_out(seat)
        assert seat.console.page is seat.console.log_in_page
        seat.console.window.close()
        assert not seat.console.window.isVisible()


async def test_a_note_goes_to_the_hall_with_the_customer_who_is_left(sit_down, busy) -> None:
    async with sit_down() as seat:
        await serve(seat)
        await seat.press(Qt.Key.Key_F4)
        QTest.keyClicks(seat.console.work_page.customer.outcome_and_note.note, "fetches a form")
        await sign_out(seat)
        QTest.keyClick(seat.console.window, Qt.Key.Key_F3)
        await seat.until(lambda: seat.console.page is seat.console.log_in_page)
        assert [note.text for note in busy.notes(ticket(busy, "A001").id)] == ["fetches a form"]


async def test_without_the_hall_the_customer_can_only_be_left(sit_down, busy) -> None:
    async with sit_down() as seat:
        panel = await serve(seat)
        busy.unplug()
        await seat.until(seat.console.window.banner.isVisible)
        await sign_out(seat)
        assert not any(button.isVisible() for button in panel.buttons.values())
        QTest.keyClick(seat.console.window, Qt.Key.Key_F3)
        await seat.until(lambda: seat.console.page is seat.console.log_in_page)
        assert ticket(busy, "A001").state is TicketState.SERVING
        busy.plug()
