"""Public holidays: which days, in which languages, and how a hall gets them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from shared.backend.halls import database_administration
from shared.backend.halls.database_administration import DatabaseAdmin
from shared.backend.halls.holidays import calendar, check, pending_update
from shared.hall.errors import Invalid
from shared.hall.exceptional_days import ObserveHolidays
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Actor, Role
from shared.hall.set_up import DefineHall
from shared.hall.values import frozen

ADMIN = Actor(name="anna", role=Role.ADMINISTRATOR)


def reasons(place: str, *languages: str) -> dict[date, object]:
    return {day.date: day.reason for day in calendar(place, languages, 2026)}


def test_holidays_are_named_in_the_languages_of_the_hall_as_far_as_they_are_known() -> None:
    assert reasons("DE-BE", "en", "de", "ru")[date(2026, 3, 8)] == {"en": "Women's Day", "de": "Frauentag"}
    assert reasons("DE-BE", "en-GB", "de-AT")[date(2026, 1, 1)] == {"en-GB": "New Year's Day", "de-AT": "Neujahr"}
    assert reasons("DE-BE", "ru")[date(2026, 1, 1)] == "Neujahr", "otherwise in the country's own language"
    assert reasons("SA", "ar")[date(2026, 9, 23)] == {"ar": "اليوم الوطني"}


def test_a_part_of_a_country_has_its_own_days() -> None:
    assert date(2026, 3, 8) not in reasons("DE", "de")
    assert date(2026, 3, 8) in reasons("DE-BE", "de")


def test_this_year_and_the_next_are_known() -> None:
    assert {day.year for day in reasons("DE", "de")} == {2026, 2027}


@pytest.mark.parametrize("place", ["XX", "DE-XX", "US-BE"])
def test_a_place_the_calendar_does_not_know_is_refused(place: str) -> None:
    with pytest.raises(Invalid, match="does not know the public holidays"):
        check(DefineHall(name="Hall", holidays=place))


def test_other_commands_and_halls_without_holidays_pass() -> None:
    check(IssueTicket(service="desk"))
    check(DefineHall(name="Hall"))
    check(DefineHall(name="Hall", holidays="DE"))


def test_only_what_a_hall_does_not_know_yet_is_due() -> None:
    hall = Hall(id="hall", settings=HallSettings(holidays="DE", languages=("de",)))
    first = pending_update(hall, date(2026, 3, 1))
    assert isinstance(first, ObserveHolidays)
    known = Hall(id="hall", settings=hall.settings, holidays=frozen({day.date: day for day in first.days}))
    assert pending_update(known, date(2026, 12, 31)) is None
    assert pending_update(known, date(2027, 1, 1)) is not None
    assert pending_update(Hall(id="hall"), date(2026, 3, 1)) is None
    cleared = pending_update(Hall(id="hall", holidays=known.holidays), date(2026, 3, 1))
    assert cleared is not None and cleared.days == ()


@pytest.fixture
def halls(tmp_path: Path) -> Iterator[DatabaseAdmin]:
    with database_administration.opened(f"sqlite:///{tmp_path / 'halls.db'}", create=True) as opened:
        opened.init("clinic", None)
        yield opened


def until_known(halls: DatabaseAdmin, known: bool) -> Hall:
    limit = time.monotonic() + 10
    while bool((hall := halls.ledger.hall("clinic")).holidays) is not known:
        assert time.monotonic() < limit
        time.sleep(0.01)
    return hall


def test_a_hall_without_a_backend_gets_its_calendar_as_well(halls: DatabaseAdmin) -> None:
    """A window straight on the database: the ledger itself sees to it."""
    halls.ledger.do("clinic", DefineHall(name="Clinic", languages=("de",), holidays="AT"), ADMIN)
    assert "Neujahr" in {day.reason["de"] for day in until_known(halls, known=True).holidays.values()}
    halls.ledger.do("clinic", DefineHall(name="Clinic", languages=("de",)), ADMIN)
    until_known(halls, known=False)
    assert list(halls.faults()) == []


def test_an_unknown_country_changes_nothing(halls: DatabaseAdmin) -> None:
    before = halls.ledger.hall("clinic").seq
    with pytest.raises(Invalid):
        halls.ledger.do("clinic", DefineHall(name="Clinic", holidays="XX"), ADMIN)
    assert halls.ledger.hall("clinic").seq == before
