"""Exceptional days, and the public holidays, over which they have priority."""

from __future__ import annotations

from datetime import date

import pytest

from shared.hall.errors import Invalid, NotAllowed, ServiceClosed, UnknownDay
from shared.hall.exceptional_days import MOST_HOLIDAYS, DefineDay, ObserveHolidays, RetireDay
from shared.hall.hours_grammar import Day
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Actor, Role
from shared.hall.rules import allow
from shared.hall.set_up import DefineHall
from tests.hall.builders import Clinic

TODAY, EASTER = date(2026, 3, 2), date(2026, 4, 5)


def test_an_exceptional_day_closes_the_hall_until_it_is_retired(clinic: Clinic) -> None:
    clinic.do(DefineDay(date=TODAY, reason={"en": "Water damage", "de": "Wasserschaden"}))
    refused = clinic.refuses(IssueTicket(service="tests"), ServiceClosed)
    assert refused.about == {"service": "tests", "reason": "day", "opens": "2026-03-03T00:00:00Z"}
    clinic.do(RetireDay(date=TODAY))
    assert clinic.take("tests")


def test_defining_a_day_again_changes_it_and_days_stand_in_order(clinic: Clinic) -> None:
    clinic.do(DefineDay(date=EASTER))
    clinic.do(DefineDay(date=TODAY))
    clinic.do(DefineDay(date=EASTER, hours=("10:00-12:00",)))
    assert [*clinic.hall.days] == [TODAY, EASTER]
    assert clinic.hall.days[EASTER].hours == ("10:00-12:00",)


def test_a_day_that_is_not_exceptional_cannot_be_retired(clinic: Clinic) -> None:
    clinic.do(ObserveHolidays(days=(Day(date=EASTER),)))
    clinic.refuses(RetireDay(date=EASTER), UnknownDay)


def test_wrong_hours_and_strange_languages_are_refused(clinic: Clinic) -> None:
    clinic.refuses(DefineDay(date=TODAY, hours=("8-12",)), Invalid)
    clinic.refuses(DefineDay(date=TODAY, reason={"fr": "Jour férié"}), Invalid)
    clinic.refuses(ObserveHolidays(days=(Day(date=TODAY, hours=("8-12",)),)), Invalid)


def test_the_calendar_takes_the_place_of_the_one_before(clinic: Clinic) -> None:
    clinic.do(ObserveHolidays(days=(Day(date=EASTER, reason="Easter"), Day(date=TODAY))))
    assert [*clinic.hall.holidays] == [TODAY, EASTER]
    assert clinic.happens(ObserveHolidays(days=(Day(date=TODAY), Day(date=EASTER, reason="Easter")))) == []
    clinic.do(ObserveHolidays(days=()))
    assert not clinic.hall.holidays


def test_a_calendar_names_each_day_once_and_not_for_ever(clinic: Clinic) -> None:
    clinic.refuses(ObserveHolidays(days=(Day(date=TODAY), Day(date=TODAY))), Invalid)
    many = tuple(Day(date=date.fromordinal(TODAY.toordinal() + n)) for n in range(MOST_HOLIDAYS + 1))
    clinic.refuses(ObserveHolidays(days=many), Invalid)


def test_holidays_of_another_country_end_at_once(clinic: Clinic) -> None:
    clinic.do(DefineHall(name="Clinic", languages=("en", "de"), holidays="DE"))
    clinic.do(ObserveHolidays(days=(Day(date=EASTER),)))
    clinic.do(DefineHall(name="Klinik", languages=("en", "de"), holidays="DE"))
    assert clinic.hall.holidays
    clinic.do(DefineHall(name="Clinic", languages=("en", "de"), holidays="AT"))
    assert not clinic.hall.holidays


@pytest.mark.parametrize("place", ["Germany", "de", "DE_BE", "DE-", "DE-BE "])
def test_a_place_is_written_as_a_country_and_a_part_of_it(clinic: Clinic, place: str) -> None:
    clinic.refuses(DefineHall(name="Clinic", holidays=place), Invalid)


def test_only_the_clock_and_administrators_say_what_is_a_holiday() -> None:
    allow(ObserveHolidays(), Actor(name="clock", role=Role.CLOCK), "clinic")
    with pytest.raises(NotAllowed):
        allow(ObserveHolidays(), Actor(name="ada", role=Role.SPECIALIST), "clinic")
