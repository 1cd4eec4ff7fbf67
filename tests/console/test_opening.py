"""Hours, numbers, limits and exceptional days, as an administrator sets them up in the console."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest

from shared.hall.exceptional_days import DefineDay, ObserveHolidays
from shared.hall.hours_grammar import Day
from tests.console.test_set_up import CTRL, open_set_up

CHRISTMAS = date(2100, 12, 25)


async def test_hours_are_written_as_in_a_file_and_come_back_so(sit_down, link) -> None:
    async with sit_down() as seat:
        hall = await open_set_up(seat, 3)
        hall.hours.setPlainText("mon-fri 08:00-12:00\n\n  mon-thu 13:00-17:00\n")
        hall.holidays.setText("de-be")
        hall.last_ticket.setChecked(True)
        hall.offline_tickets.setChecked(True)
        assert hall.unsaved
        QTest.keyClick(hall, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: link.hall.settings.hours)
        settings = link.hall.settings
        assert settings.hours == ("mon-fri 08:00-12:00", "mon-thu 13:00-17:00")
        assert (settings.holidays, settings.last_ticket, settings.offline_tickets) == ("DE-BE", True, True)
        await seat.until(lambda: hall.hours.toPlainText() == "mon-fri 08:00-12:00\nmon-thu 13:00-17:00")
        assert not hall.unsaved


async def test_a_wrong_piece_is_quoted_beside_the_form_in_the_screens_language(sit_down, link, speaking) -> None:
    speaking("de")
    async with sit_down() as seat:
        hall = await open_set_up(seat, 3)
        hall.hours.setPlainText("mon-fri 08:00-12:00\nmontag 13:00-17:00")
        hall.save()
        await seat.until(hall.sentence.isVisible)
        assert hall.sentence.text() == "“montag 13:00-17:00”: Ein Tag ist mon, tue, wed, thu, fri, sat oder sun."
        assert "montag" in hall.hours.toPlainText(), "nothing written is lost"
        assert link.hall.settings.hours == ()


async def test_a_service_gets_hours_a_limit_and_numbers(sit_down, link) -> None:
    async with sit_down() as seat:
        services = await open_set_up(seat)
        services.hours.setPlainText("mon 08:00-12:00")
        services.daily_limit.setValue(30)
        services.visit_minutes.setValue(12)
        services.digits.setValue(2)
        assert services.last_number.value() == 99, "the last number follows the figures"
        services.first_number.setValue(10)
        services.save()
        await seat.until(lambda: link.hall.services["registration"].daily_limit == 30)
        found = link.hall.services["registration"]
        assert (found.hours, found.visit_minutes) == (("mon 08:00-12:00",), 12)
        assert (found.first, found.last, found.digits) == (10, None, 2)
        await seat.until(lambda: seat.console.set_up_page.model.can_save)
        services.last_number.setValue(19)
        services.save()
        await seat.until(lambda: link.hall.services["registration"].last == 19)


async def test_a_service_shares_the_numbers_of_another_one(sit_down, link) -> None:
    async with sit_down() as seat:
        services = await open_set_up(seat)
        services.shares.setCurrentIndex(services.shares.findData("tests"))
        assert (services.prefix.text(), services.prefix.isEnabled()) == ("B", False)
        services.save()
        await seat.until(lambda: link.hall.services["registration"].shares_numbers_with == "tests")
        assert link.hall.services["registration"].prefix == "B"


async def test_a_day_is_set_apart_changed_and_retired(sit_down, link) -> None:
    async with sit_down() as seat:
        days = await open_set_up(seat, 4)
        QTest.keyClick(days, Qt.Key.Key_N, CTRL)
        days.date.setDate(QDate(2100, 12, 24))
        days.reason.fields["en"].setText("Christmas Eve")
        days.save()
        await seat.until(lambda: date(2100, 12, 24) in link.hall.days)
        await seat.until(lambda: days.list.currentItem() is not None)
        assert days.list.currentItem().text() == "2100-12-24   Christmas Eve"
        assert days.date.isReadOnly()
        days.hours.setPlainText("08:00-12:00")
        days.save()
        await seat.until(lambda: link.hall.days[date(2100, 12, 24)].hours == ("08:00-12:00",))
        await seat.until(lambda: seat.console.set_up_page.model.can_save)
        days.retire()
        await seat.until(lambda: not link.hall.days)


async def test_public_holidays_are_listed_and_an_own_day_takes_their_place(sit_down, link) -> None:
    link.do(ObserveHolidays(days=(Day(date=CHRISTMAS, reason={"en": "Christmas Day"}),)))
    async with sit_down() as seat:
        days = await open_set_up(seat, 4)
        assert days.list.item(0).text() == "2100-12-25   Christmas Day (public holiday)"
        assert not days.retire_button.isVisible(), "the calendar's day is not ours to retire"
        days.hours.setPlainText("09:00-12:00")
        days.save()
        await seat.until(lambda: CHRISTMAS in link.hall.days)
        await seat.until(lambda: "(public holiday)" not in days.list.item(0).text())
        await seat.until(days.retire_button.isVisible)


async def test_a_day_set_apart_is_what_was_written_and_no_more(sit_down, link) -> None:
    link.do(DefineDay(date=CHRISTMAS, hours=("08:00-12:00",), reason={"en": "Half a day"}))
    async with sit_down() as seat:
        days = await open_set_up(seat, 4)
        assert days.draft() == link.hall.days[CHRISTMAS]
        assert {field.name for field in fields(days.draft())} == {"date", "hours", "reason"}
