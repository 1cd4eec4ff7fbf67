"""Public holidays of a country or region, from the ``holidays`` library, in the languages of a hall."""

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
"""Years in a calendar, from that of the business day on: a backend switched off over New Year still has one."""


def check(command: Command) -> None:
    """Raises Invalid if a command sets a place whose holidays the library does not know."""
    place = command.holidays if isinstance(command, DefineHall) else ""
    if isinstance(command, ImportSetUp):
        place = command.hall.holidays
    if place:
        _languages(place)


def pending_update(hall: Hall, today: date) -> ObserveHolidays | None:
    """The command that brings a hall's holidays up to date, None if they are; raises Invalid for an unknown place."""
    days = calendar(hall.settings.holidays, hall.settings.languages, today.year) if hall.settings.holidays else ()
    return None if {day.date: day for day in days} == hall.holidays else ObserveHolidays(days=days)


@lru_cache(64)
def calendar(place: str, languages: tuple[Language, ...], year: int) -> tuple[Day, ...]:
    """The holidays of a place in ``YEARS`` from ``year`` on, closed all day; raises Invalid for an unknown place.

    Each is named in those of the languages the library has, otherwise in the place's own.
    """
    default, supported = _languages(place)
    named = {language: _names(place, found, year) for language in languages if (found := suited(language, supported))}
    default_names = _names(place, default, year)
    return tuple(Day(date=day, reason=_words(day, named) or default_names[day]) for day in sorted(default_names))


def _words(day: date, named: Mapping[Language, Mapping[date, str]]) -> Words:
    return {language: names[day] for language, names in named.items() if day in names}


def _languages(place: str) -> tuple[str | None, tuple[str, ...]]:
    """A place's default language and all its languages; raises Invalid if the library does not know it."""
    try:
        found = _holidays(place)
    except NotImplementedError:
        raise Invalid("The calendar does not know the public holidays of this country or region.") from None
    return found.default_language, tuple(found.supported_languages)


def _names(place: str, language: str | None, year: int) -> dict[date, str]:
    return dict(_holidays(place, years=range(year, year + YEARS), language=language))


def _holidays(place: str, **wanted: Any) -> HolidayBase:
    import holidays  # noqa: PLC0415  # takes half a second, and few halls need it

    country, _, part = place.partition("-")
    return holidays.country_holidays(country, subdiv=part or None, **wanted)
