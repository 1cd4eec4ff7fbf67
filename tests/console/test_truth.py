"""The console shows what the hall says, tells why, and never pretends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console import sentences
from console.actions import Action
from console.wall_clock import now
from shared.hall.calling import CallNext
from shared.hall.field_types import in_language
from shared.hall.issuing import IssueTicket
from shared.hall.set_up import RetirePoint
from shared.hall.values import TicketState


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "This service point already has A001."), ("de", "Dieser Arbeitsplatz hat schon A001.")],
)
async def test_the_loser_of_a_race_with_another_program_is_told_who_is_there(
    sit_down, busy, speaking, language: str, sentence: str
) -> None:
    speaking(language)
    async with sit_down() as seat:
        await seat.work()
        with busy.news:  # nobody hears of it before the key is pressed
            busy._decided(CallNext(point="1"))
            seat.console.work.act(Action.CALL_NEXT)
        await seat.until(lambda: seat.console.work.sentence)
        assert seat.console.work.sentence == sentence
        await seat.until(lambda: seat.number == "A001")
        assert busy.hall.waiting("registration") == 1


async def test_a_refusal_goes_on_escape(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        seat.console.work.say("Something was refused.", refusal=True)
        assert seat.sentence == "Something was refused."
        QTest.keyClick(seat.console.window, Qt.Key.Key_Escape)
        assert seat.sentence == ""


async def test_an_unplugged_cable_is_said_and_nothing_can_be_pressed_until_it_is_back(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        busy.unplug()
        await seat.until(seat.console.window.banner.isVisible)
        assert "No connection to the hall since" in seat.console.window.banner.text()
        assert seat.number == "A001"
        keys = seat.console.work_page.actions_panel
        assert not keys.main_button.isEnabled() and not any(button.isEnabled() for button in keys.buttons.values())
        busy.plug()
        await seat.until(lambda: not seat.console.window.banner.isVisible())
        assert keys.main_button.isEnabled()
        await seat.press(Qt.Key.Key_F5)
        assert seat.main_button == "Finish and call next"


async def test_a_lost_answer_calls_nobody_twice(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        busy.plugged = False
        seat.console.work.press_main_key()
        await seat.until(lambda: seat.console.work.sentence)
        busy.plugged = True
        busy.do(CallNext(point="1"))  # what the hall did before the answer was lost
        seat.console.work.act(Action.CALL_NEXT)
        await seat.until(lambda: seat.number == "A001" and seat.console.work.ready)
        assert busy.hall.waiting("registration") == 1


async def test_after_a_restart_it_is_exactly_where_it_was(sit_down, busy, tmp_path) -> None:
    async with sit_down(tmp_path) as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F5)
    async with sit_down(tmp_path) as seat:
        await seat.sign_in()
        await seat.until(lambda: seat.console.page is seat.console.work_page)
        assert (seat.main_button, seat.number) == ("Finish and call next", "A001")


async def test_it_tells_why_this_customer(sit_down, busy) -> None:
    busy.do(IssueTicket(service="registration", precedence="paid"))
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        assert seat.number == "A003"
        why = seat.console.work_page.customer.call_sentence.text()
        assert "Paid" in why and "Passes 3 tickets that came earlier" in why


async def test_the_table_shows_who_is_called_next_first(sit_down, busy) -> None:
    busy.do(IssueTicket(service="registration", precedence="paid"))
    async with sit_down() as seat:
        await seat.work()
        table = seat.console.work_page.table
        await seat.until(lambda: table.rows.rowCount() == 4)
        labels = [table.sorted.index(line, 1).data() for line in range(4)]
        assert labels == ["A003", "A001", "B001", "A002"]
        chips = [chip.text() for chip in table.chips.chips if chip.isVisible()]
        assert chips == ["Registration  3", "Blood tests  1"]
        table.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
        assert table.sorted.index(0, 1).data() == "A001"


async def test_the_table_follows_the_hall_without_losing_its_rows(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        table = seat.console.work_page.table
        resets = []
        table.rows.modelReset.connect(lambda: resets.append(1))
        busy.do(IssueTicket(service="tests", precedence="regular"))
        await seat.until(lambda: table.rows.rowCount() == 4)
        await seat.press(Qt.Key.Key_F5)
        assert [row.ticket.label for row in table.rows.rows] == ["B001", "A002", "B002"]
        assert not resets


def test_an_overdue_ticket_says_so_in_words_and_with_a_sign(qapp) -> None:
    assert sentences.due(None, now() - timedelta(minutes=3, seconds=5), now()).endswith(", overdue 3 min ▲")
    assert sentences.due(None, now() + timedelta(minutes=4, seconds=5), now()).endswith(", in 4 min")


async def test_a_point_that_is_retired_under_somebody_asks_for_another(sit_down, link) -> None:
    async with sit_down() as seat:
        await seat.work()
        link.do(RetirePoint(point="1"))
        await seat.until(lambda: seat.console.page is seat.console.points_page)


async def test_every_button_says_its_key_to_a_screen_reader(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        keys = seat.console.work_page.actions_panel
        assert keys.main_button.accessibleName() == "Call next, key F5"
        assert all(", key " in button.accessibleName() for button in keys.buttons.values())


async def test_the_customers_own_language_is_named_as_its_speakers_do(sit_down, link) -> None:
    link.do(IssueTicket(service="registration", language="ru"))
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F5)
        assert seat.console.work_page.customer.language.text() == "Русский"
        assert link.hall.tickets[str(link.hall.points["1"].ticket)].state is TicketState.CALLED
        assert in_language(link.hall.services["registration"].name, "en") == "Registration"


async def test_how_long_somebody_waits_grows_on_the_card_and_in_the_list_alike(sit_down, busy, monkeypatch) -> None:
    async with sit_down() as seat:
        await seat.work()
        card, table = seat.console.work_page.customer, seat.console.work_page.table
        assert (card.hint.text(), table.title.text()) == (
            "3 people are waiting, the longest for under 1 min.",
            "3 people wait",
        )
        monkeypatch.setattr("console.work.customer_card.now", lambda: now() + timedelta(minutes=7))
        seat.console.work.ticked.emit()
        assert card.hint.text() == "3 people are waiting, the longest for 7 min."
