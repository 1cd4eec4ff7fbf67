"""The public holidays of a country or a part of one, from the calendar library, in the languages of a hall."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from shared.hall.errors import Invalid
from shared.hall.exceptional_days import ObserveHolidays
from shared.hall.field_types import Language, Words
from shared.hall.hall import Hall
from shared.hall.hours_grammar import Day
from shared.hall.messages import Command
from shared.hall.set_up import DefineHall
from shared.hall.set_up_import import ImportSetUp
from shared.languages import suited

if TYPE_CHECKING:
    from holidays import HolidayBase

YEARS = 2
"""The year of the business day and the next: a hall without a backend over New Year still has its calendar."""


def check(command: Command) -> None:
    """Raises Invalid if a hall is to keep the holidays of a place the library does not know."""
    place = command.holidays if isinstance(command, DefineHall) else ""
    if isinstance(command, ImportSetUp):
        place = command.hall.holidays
    if place:
        _known(place)


def due(hall: Hall, today: date) -> ObserveHolidays | None:
    """What the hall has to be told about holidays; None if it knows. Raises Invalid for a place not known any more."""
    days = calendar(hall.settings.holidays, hall.settings.languages, today.year) if hall.settings.holidays else ()
    return None if {day.date: day for day in days} == hall.holidays else ObserveHolidays(days=days)


@lru_cache(64)
def calendar(place: str, languages: tuple[Language, ...], year: int) -> tuple[Day, ...]:
    """The holidays of a place from a year on, closed all day, named in these languages as far as the library can."""
    default, supported = _known(place)
    named = {language: _names(place, found, year) for language in languages if (found := _spoken(language, supported))}
    otherwise = _names(place, default, year)
    return tuple(Day(date=day, reason=_words(day, named) or otherwise[day]) for day in sorted(otherwise))


def _words(day: date, named: Mapping[Language, Mapping[date, str]]) -> Words:
    return {language: names[day] for language, names in named.items() if day in names}


def _spoken(language: Language, supported: tuple[str, ...]) -> str | None:
    """The library's name for a language: ``en_US`` for ``en``."""
    return suited(language, supported)


def _known(place: str) -> tuple[str | None, tuple[str, ...]]:
    """The language a place usually names its holidays in, and all it can; raises Invalid."""
    try:
        found = _holidays(place)
    except NotImplementedError:
        raise Invalid("The calendar does not know the public holidays of this country or part of it.") from None
    return found.default_language, tuple(found.supported_languages)


def _names(place: str, language: str | None, year: int) -> dict[date, str]:
    return dict(_holidays(place, years=range(year, year + YEARS), language=language))


def _holidays(place: str, **wanted: Any) -> HolidayBase:
    import holidays  # noqa: PLC0415  # half a second, and only for halls that ask for it

    country, _, part = place.partition("-")
    return holidays.country_holidays(country, subdiv=part or None, **wanted)
