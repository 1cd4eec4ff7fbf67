"""The reception gives tickets, finds, cancels and reinstates them, without a service point."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from console.reception.reception_model import appointed
from shared.hall.appointments import CheckIn
from shared.hall.calling import CallNext
from shared.hall.hall_settings import HallSettings
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.points import ActivatePoint
from shared.hall.serving import MarkNoShow, TransferTicket
from shared.hall.values import Origin, TicketState
from tests.console.console_hall import last_command, ticket

CTRL = Qt.KeyboardModifier.ControlModifier


async def sit_at_reception(seat):
    await seat.sign_in()
    await seat.until(lambda: seat.console.page is not seat.console.log_in_page and seat.console.work.hall)
    if seat.console.page is not seat.console.reception_page:  # where they were last time
        QTest.keyClick(seat.console.window, Qt.Key.Key_R, CTRL)
    assert seat.console.page is seat.console.reception_page
    return seat.console.reception_page


async def answered(seat) -> None:
    await seat.until(lambda: seat.console.reception.ready)


async def test_a_few_letters_and_enter_give_a_ticket(sit_down, link) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        assert page.form.search.hasFocus()
        QTest.keyClicks(page.form.search, "blo")
        QTest.keyClick(page.form.search, Qt.Key.Key_Return)
        await seat.until(lambda: page.given.number.text() == "B001")
        await answered(seat)
        given = ticket(link, "B001")
        assert (given.service, given.precedence, given.language) == ("tests", "regular", "en")
        assert given.origin is Origin.RECEPTION
        assert page.given.service.text() == "Blood tests"
        assert page.given.facts.text() == "Regular · Waiting, no point is open"
        assert page.form.search.text() == "" and page.form.search.hasFocus()


async def test_the_code_on_the_screen_leads_to_the_customers_page(sit_down, link) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        QTest.keyClicks(page.form.search, "A")
        QTest.keyClick(page.form.search, Qt.Key.Key_Return)
        await seat.until(page.given.code.isVisible)
        shot = page.given.code.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        raw = bytes(shot.constBits())
        picture = Image.frombuffer("L", (shot.width(), shot.height()), raw, "raw", "L", shot.bytesPerLine(), 1)
        [code] = zxingcpp.read_barcodes(picture)
        assert code.text == seat.console.reception.page_url
        assert code.text.startswith("http://192.0.2.7:8080/t/")


async def test_enter_once_more_gives_nothing(sit_down, link, usual_pause) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        QTest.keyClicks(page.form.search, "reg")
        for _ in range(3):
            QTest.keyClick(page.form.search, Qt.Key.Key_Return)
        await seat.until(lambda: page.given.number.text() == "A001")
        await answered(seat)
        QTest.keyClick(page.form.search, Qt.Key.Key_Return)
        assert seat.console.reception.ready and len(link.hall.tickets) == 1


async def test_the_precedence_and_the_language_of_the_customer(sit_down, link) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        QTest.keyClicks(page.form.search, "reg")
        QTest.keyClick(page.form.search, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        page.form.language.setCurrentIndex(page.form.language.findData("ar"))
        QTest.keyClick(page.form.search, Qt.Key.Key_Return)
        await seat.until(lambda: page.given.number.text() == "A001")
        await answered(seat)
        assert (ticket(link, "A001").precedence, ticket(link, "A001").language) == ("paid", "ar")
        assert page.form.language.currentData() == "en"


async def test_a_service_offers_its_own_precedences(sit_down, link) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        QTest.keyClick(page.form.search, Qt.Key.Key_Down)
        assert page.form.service == "registration" and page.form.precedence.count() == 2
        QTest.keyClick(page.form.search, Qt.Key.Key_Down)
        assert page.form.service == "tests" and not page.form.precedence.isEnabled()


async def test_a_customer_with_an_appointment_is_checked_in(sit_down, link) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        at = datetime.now(UTC)
        QTest.keyClicks(page.form.search, "tests")
        QTest.keyClick(page.form.search, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert page.form.time.hasFocus()
        QTest.keyClicks(page.form.time, f"{at:%H%M}")
        QTest.keyClick(page.form.time, Qt.Key.Key_Return)
        await seat.until(lambda: link.hall.tickets)
        await answered(seat)
        assert isinstance(last_command(link), CheckIn)
        agreed = ticket(link, "B001").appointed_at
        assert agreed and agreed.astimezone(UTC) == at.replace(second=0, microsecond=0)
        assert page.form.time.text() == ""


async def test_a_time_that_is_none_is_said_and_nothing_is_lost(sit_down, link) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        QTest.keyClicks(page.form.search, "tests")
        page.form.time.setText("25:99")
        page.form.give()
        assert page.sentence.text() == "Enter the appointment time like this: 14:30."
        assert page.form.service == "tests" and not link.hall.tickets


async def test_an_answer_that_was_lost_does_not_become_a_second_ticket(sit_down, link) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        QTest.keyClicks(page.form.search, "reg")
        sent = link.do

        def lost(command):
            sent(command)
            link.plugged = False
            link._reach()

        link.do = lost
        QTest.keyClick(page.form.search, Qt.Key.Key_Return)
        await seat.until(lambda: seat.console.reception.sentence)
        link.do, link.plugged = sent, True
        await answered(seat)
        await seat.until(page.form.send.isEnabled)
        QTest.keyClick(page.form.search, Qt.Key.Key_Return)
        await seat.until(lambda: page.given.number.text() == "A001")
        assert len(link.hall.tickets) == 1


# ── finding a ticket ──


@pytest.fixture
def day(busy):
    """A001 is called to Counter 1, B001 did not come, A002 and B002 wait."""
    busy.do(IssueTicket(service="tests"))
    busy.do(ActivatePoint(point="2"))
    busy.do(CallNext(point="2"))
    busy.do(MarkNoShow(point="2", ticket=ticket(busy, "B001").id))
    busy.do(CallNext(point="1"))
    return busy


def found(page) -> list[tuple[str, str]]:
    rows = page.finder.rows
    return [(rows.index(line, 0).data(), rows.index(line, 2).data()) for line in range(rows.rowCount())]


async def test_a_ticket_is_found_by_its_number_with_where_it_stands(sit_down, day) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        QTest.keyClick(seat.console.window, Qt.Key.Key_F, CTRL)
        assert page.finder.search.hasFocus()
        assert found(page) == [
            ("B002", "Waiting, 1 ahead"),
            ("A002", "Waiting, next"),
            ("A001", "Called · Counter 1"),
            ("B001", "Did not come"),
        ]
        QTest.keyClicks(page.finder.search, "b0")
        assert [label for label, _ in found(page)] == ["B002", "B001"]
        page.finder.search.setText("1")
        assert [label for label, _ in found(page)] == ["A001", "B001"]
        page.finder.search.setText("a002")
        assert page.finder.chosen.label == "A002"


async def test_a_ticket_is_cancelled_by_two_presses(sit_down, day) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        page.finder.search.setText("A002")
        QTest.keyClick(seat.console.window, Qt.Key.Key_F9)
        assert page.finder.cancel.shown_text() == "Cancel A002? Press again"
        assert ticket(day, "A002").state is TicketState.WAITING
        QTest.keyClick(seat.console.window, Qt.Key.Key_F9)
        await seat.until(lambda: page.sentence.text() == "A002 is cancelled.")
        assert ticket(day, "A002").state is TicketState.CANCELLED
        await answered(seat)
        assert page.finder.reinstate.isEnabled() and not page.finder.cancel.isEnabled()


async def test_a_first_press_is_forgotten_when_another_ticket_is_chosen(sit_down, day) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        page.finder.search.setText("A002")
        QTest.keyClick(seat.console.window, Qt.Key.Key_F9)
        page.finder.search.setText("B002")
        assert page.finder.cancel.shown_text() == "Cancel the ticket"


async def test_somebody_is_brought_back(sit_down, day) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        page.finder.search.setText("B001")
        QTest.keyClick(seat.console.window, Qt.Key.Key_F8)
        await seat.until(lambda: page.sentence.text() == "B001 waits again.")
        assert ticket(day, "B001").state is TicketState.WAITING
        assert last_command(day).point is None


async def test_somebody_is_brought_back_while_every_point_is_closed(sit_down, link) -> None:
    link.do(IssueTicket(service="tests"))
    link.do(CancelTicket(ticket=ticket(link, "B001").id))
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        page.finder.search.setText("B001")
        QTest.keyClick(seat.console.window, Qt.Key.Key_F8)
        await seat.until(lambda: page.sentence.text() == "B001 waits again.")


# ── coming and going ──


async def test_the_key_leads_there_and_back_to_work(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        QTest.keyClick(seat.console.window, Qt.Key.Key_R, CTRL)
        assert seat.console.page is seat.console.reception_page
        assert seat.console.window.to_points.shown_text() == "Back to work"
        QTest.keyClick(seat.console.window, Qt.Key.Key_F5)  # the specialist's keys mean nothing here
        assert seat.console.work.ready and not busy.hall.points["1"].ticket
        QTest.keyClick(seat.console.window, Qt.Key.Key_R, CTRL)
        assert seat.console.page is seat.console.work_page


async def test_nobody_who_has_not_signed_in_gives_tickets(sit_down, link) -> None:
    async with sit_down() as seat:
        assert not seat.console.window.to_reception.isVisible()
        seat.console.show_reception()
        assert seat.console.page is seat.console.log_in_page


async def test_an_unplugged_cable_disables_what_cannot_be_done(sit_down, day) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        page.finder.search.setText("A002")
        QTest.keyClicks(page.form.search, "reg")
        assert page.form.send.isEnabled() and page.finder.cancel.isEnabled()
        day.unplug()
        await seat.until(seat.console.window.banner.isVisible)
        assert not page.form.send.isEnabled() and not page.finder.cancel.isEnabled()
        day.plug()
        await seat.until(page.form.send.isEnabled)


@pytest.mark.parametrize(
    ("text", "hour", "minute"), [("14:30", 14, 30), ("1430", 14, 30), ("9", 9, 0), ("09.05", 9, 5), (" 7 15 ", 7, 15)]
)
def test_a_time_of_day_is_read_as_people_write_it(text: str, hour: int, minute: int) -> None:
    berlin = HallSettings(time_zone="Europe/Berlin")
    at = appointed(berlin, text, datetime(2026, 7, 1, 6, 0, tzinfo=UTC))
    assert at == datetime(2026, 7, 1, hour, minute, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("text", ["24:00", "12:60", "soon", "123456"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        appointed(HallSettings(), text, datetime.now(UTC))


def test_no_time_is_no_appointment_and_a_small_hour_is_of_the_same_business_day() -> None:
    night = HallSettings(day_starts=time(4, 0))
    wall = datetime(2026, 7, 1, 22, 0, tzinfo=UTC)
    assert appointed(night, "  ", wall) is None
    assert appointed(night, "1:30", wall) == datetime(2026, 7, 2, 1, 30, tzinfo=UTC)


async def test_who_has_no_point_is_back_at_the_reception_next_time(sit_down, link, tmp_path) -> None:
    async with sit_down(tmp_path) as seat:
        await sit_at_reception(seat)
    async with sit_down(tmp_path) as seat:
        await seat.sign_in()
        await seat.until(lambda: seat.console.page is seat.console.reception_page)
        assert seat.console.reception_page.form.search.hasFocus()


async def test_the_next_person_does_not_see_whose_ticket_was_given(sit_down, link) -> None:
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        QTest.keyClicks(page.form.search, "A")
        QTest.keyClick(page.form.search, Qt.Key.Key_Return)
        await seat.until(page.given.code.isVisible)
        QTest.keyClick(seat.console.window, Qt.Key.Key_L, CTRL)
        page = await sit_at_reception(seat)
        assert not page.given.code.isVisible() and page.given.hint.isVisible()


async def test_a_ticket_sent_to_one_point_says_which(sit_down, day) -> None:
    day.do(TransferTicket(point="1", ticket=ticket(day, "A001").id, to_point="2"))
    async with sit_down() as seat:
        page = await sit_at_reception(seat)
        page.finder.search.setText("A001")
        assert found(page) == [("A001", "Next at Room 2")]
