"""Exceptional days, which an administrator defines, and the public holidays to come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from shared.hall.errors import Invalid, UnknownDay
from shared.hall.hall import Hall
from shared.hall.hours_grammar import Date, Day, spans
from shared.hall.messages import Change, Command, Event, Events, Rule
from shared.hall.roles import ADMINISTRATORS, THE_CLOCK
from shared.hall.set_up import fields_of_command
from shared.hall.values import Moment, frozen

MOST_HOLIDAYS = 200
"""Dates: enough for the next few years."""


@dataclass(frozen=True, kw_only=True)
class DefineDay(Command, Day):
    """Make a date an exceptional day: closed, or with hours of its own, even if it is a public holiday."""


@dataclass(frozen=True, kw_only=True)
class RetireDay(Command):
    """Remove an exceptional day: the date is like others again, or the public holiday it is."""

    date: Date


@dataclass(frozen=True, kw_only=True)
class ObserveHolidays(Command):
    """Replace the public holidays to come in the hall's country or region."""

    days: tuple[Day, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DayDefined(Event):
    value: Day


@dataclass(frozen=True, kw_only=True)
class DayRetired(Event):
    date: Date


@dataclass(frozen=True, kw_only=True)
class HolidaysObserved(Event):
    days: tuple[Day, ...]


def define_day(hall: Hall, command: DefineDay, now: Moment) -> Events:
    day = Day(date=command.date, hours=command.hours, reason=command.reason)
    spans(day.hours)
    languages = () if isinstance(day.reason, str) else day.reason.keys()
    if set(languages) - set(hall.settings.languages):
        raise Invalid("The reason can only be given in the hall's languages.")
    return [DayDefined(value=day)]


def retire_day(hall: Hall, command: RetireDay, now: Moment) -> Events:
    if command.date not in hall.days:
        raise UnknownDay("{date} is not an exceptional day of this hall.", date=command.date.isoformat())
    return [DayRetired(date=command.date)]


def observe_holidays(hall: Hall, command: ObserveHolidays, now: Moment) -> Events:
    days = _by_date(command.days)
    if len(days) < len(command.days) or len(days) > MOST_HOLIDAYS:
        raise Invalid("A list of holidays has each date once, and {most} dates at most.", most=str(MOST_HOLIDAYS))
    for day in command.days:
        spans(day.hours)
    return [] if days == hall.holidays else [HolidaysObserved(days=command.days)]


def day_defined(hall: Hall, event: DayDefined) -> Hall:
    return replace(hall, days=frozen(_in_order({**hall.days, event.value.date: event.value})))


def day_retired(hall: Hall, event: DayRetired) -> Hall:
    return replace(hall, days=frozen({day: value for day, value in hall.days.items() if day != event.date}))


def holidays_observed(hall: Hall, event: HolidaysObserved) -> Hall:
    return replace(hall, holidays=frozen(_in_order(_by_date(event.days))))


def _by_date(days: tuple[Day, ...]) -> dict[date, Day]:
    return {day.date: day for day in days}


def _in_order(days: dict[date, Day]) -> dict[date, Day]:
    return dict(sorted(days.items()))


RULES = (
    Rule(DefineDay, define_day, fields_of_command, ADMINISTRATORS),
    Rule(RetireDay, retire_day, fields_of_command, ADMINISTRATORS),
    Rule(ObserveHolidays, observe_holidays, fields_of_command, THE_CLOCK),
)
CHANGES = (
    Change(DayDefined, day_defined),
    Change(DayRetired, day_retired),
    Change(HolidaysObserved, holidays_observed),
)
