"""One key does the ordinary day, and every other action has its own."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.actions import ACTIONS
from console.work.actions_panel import STAND_INS
from shared.formats import clock
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint, PausePoint
from shared.hall.values import PointStatus, TicketState

SHIFT = Qt.KeyboardModifier.ShiftModifier


async def test_one_key_opens_calls_starts_and_finishes_all_day(sit_down, link) -> None:
    for _ in range(2):
        link.do(IssueTicket(service="registration"))
    async with sit_down() as seat:
        await seat.work()
        seen = []
        for _ in range(6):
            seen.append((seat.main_button, seat.number))
            await seat.press(Qt.Key.Key_F5)
        assert seen == [
            ("Open this service point", ""),
            ("Call next", ""),
            ("Start", "A001"),
            ("Finish and call next", "A001"),
            ("Start", "A002"),
            ("Finish and call next", "A002"),
        ]
        assert (seat.main_button, seat.number, seat.sentence) == (
            "Call next",
            "",
            "Nobody is waiting for this service point.",
        )
        assert [ticket.state for ticket in link.hall.ended] == [TicketState.SERVED] * 2
        assert seat.console.work.own_day.served == 2


async def test_that_nobody_waits_is_said_only_as_long_as_nobody_does(sit_down, link) -> None:
    link.do(ActivatePoint(point="1"))
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        assert seat.sentence == "Nobody is waiting for this service point."
        link.do(IssueTicket(service="tests"))
        await seat.until(lambda: seat.console.work_page.table.title.text().startswith("1 "))
        assert seat.sentence == ""
        assert seat.console.work_page.customer.title.text() == "Ready"


async def test_that_the_hall_has_not_answered_is_said_only_until_it_has(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        with busy.news:  # which the hall needs to decide anything
            QTest.keyClick(seat.console.window, Qt.Key.Key_F5)
            await seat.until(lambda: seat.sentence == "The hall has not answered yet …")
        await seat.until(lambda: seat.number == "A001")
        assert seat.sentence == ""


async def test_a_hall_that_does_not_use_start_finishes_straight_from_called(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F5, SHIFT)
        assert seat.number == "B001"
        assert busy.hall.ended[0].label == "A001"


async def test_a_double_press_calls_one_customer(sit_down, busy, usual_pause) -> None:
    async with sit_down() as seat:
        await seat.work()
        QTest.keyClick(seat.console.window, Qt.Key.Key_F5)
        QTest.keyClick(seat.console.window, Qt.Key.Key_F5)
        await seat.until(lambda: seat.number == "A001")
        QTest.keyClick(seat.console.window, Qt.Key.Key_F5)  # the third, a moment later, while keys are ignored
        await seat.until(lambda: seat.console.work.ready)
        assert busy.hall.tickets[str(busy.hall.points["1"].ticket)].state is TicketState.CALLED
        assert busy.hall.waiting("registration") == 1


async def test_a_customer_who_does_not_come_is_recalled_and_then_marked(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F6)
        assert "recalled" in seat.console.work_page.customer.facts.text()
        assert busy.hall.calls[0].times == 2
        await seat.press(Qt.Key.Key_F9)
        assert busy.hall.ended[0].state is TicketState.NO_SHOW
        assert seat.console.work.own_day.no_shows == 1
        assert seat.main_button == "Call next"


async def test_a_customer_can_be_returned_to_the_queue(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F8)
        assert seat.number == ""
        assert busy.hall.waiting("registration") == 2


async def test_finishing_need_not_call_anybody(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F2)
        assert (seat.main_button, seat.number) == ("Call next", "")


async def test_a_pause_and_the_end_of_the_day(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F3)
        assert busy.hall.points["1"].status is PointStatus.PAUSED
        assert seat.main_button == "Resume"
        await seat.press(Qt.Key.Key_F3)
        assert busy.hall.points["1"].status is PointStatus.ACTIVE
        await seat.press(Qt.Key.Key_F3, SHIFT)
        assert busy.hall.points["1"].status is PointStatus.INACTIVE
        assert seat.main_button == "Open this service point"


async def test_a_pause_can_say_how_long_it_lasts_before_it_and_during_it(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F8)
        panel, card = seat.console.work_page.pause, seat.console.work_page.customer
        assert panel.isVisible() and panel.unsaid.hasFocus()
        await seat.press(Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
        point = busy.hall.points["1"]
        assert point.status is PointStatus.PAUSED and point.back_at == busy.hall.at + timedelta(minutes=15)
        until = clock(point.back_at, busy.hall)
        assert not panel.isVisible()
        assert card.title.text() == seat.console.window.status.text() == f"Paused until {until}"
        await seat.press(Qt.Key.Key_F8)
        assert panel.isVisible() and not panel.unsaid.isVisible()
        await seat.press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
        assert busy.hall.points["1"].back_at == busy.hall.at + timedelta(minutes=5)
        await seat.press(Qt.Key.Key_F3)
        assert busy.hall.points["1"].status is PointStatus.ACTIVE


async def test_a_pause_need_not_say_it(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F8)
        await seat.press(Qt.Key.Key_Return, at=seat.console.work_page.pause.unsaid)
        assert busy.hall.points["1"].status is PointStatus.PAUSED and busy.hall.points["1"].back_at is None
        assert seat.console.work_page.customer.title.text() == "Paused"


async def test_a_pause_that_is_overdue_says_so_and_goes_on(sit_down, busy) -> None:
    earlier = busy.wall() - timedelta(minutes=20)
    busy.wall = lambda: earlier
    busy.do(PausePoint(point="1", minutes=15))
    async with sit_down() as seat:
        await seat.work()
        card = seat.console.work_page.customer
        assert card.title.text() == "Paused, overdue ▲"
        assert ", 5 min ago. Nobody is called here until you resume." in card.hint.text()
        assert seat.main_button == "Resume"


async def test_a_transfer_needs_a_few_letters_and_enter(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F7)
        panel = seat.console.work_page.transfer
        assert panel.isVisible() and panel.search.hasFocus()
        QTest.keyClicks(panel.search, "room")
        QTest.keyClick(panel.search, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
        await seat.press(Qt.Key.Key_Return, at=panel.search)
        sent = next(ticket for ticket in busy.hall.tickets.values() if ticket.label == "A001")
        assert (sent.state, sent.for_point) == (TicketState.WAITING, "2")
        assert not panel.isVisible()


async def test_a_transfer_can_be_left_with_escape(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F7)
        panel = seat.console.work_page.transfer
        QTest.keyClick(panel.search, Qt.Key.Key_Escape)
        assert not panel.isVisible()
        assert seat.number == "A001"


async def test_the_arrows_choose_where_to_while_one_types(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F7)
        panel = seat.console.work_page.transfer
        first = panel.list.currentItem().text()
        QTest.keyClick(panel.search, Qt.Key.Key_Down)
        assert panel.list.currentItem().text() != first


async def test_the_space_bar_and_enter_call_nobody(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
            QTest.keyClick(seat.console.window.focusWidget(), key)
        assert seat.console.work.ready and seat.number == ""


async def test_every_action_that_has_a_key_has_its_place(sit_down) -> None:
    async with sit_down() as seat:
        placed = {*seat.console.work_page.actions_panel.buttons, *STAND_INS.values()}
        assert placed == {action for action, about in ACTIONS.items() if about.key}
