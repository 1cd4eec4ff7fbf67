"""Dates that are not like others: those an administrator sets apart, and the public holidays to come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from shared.hall.errors import Invalid, UnknownDay
from shared.hall.hall import Hall
from shared.hall.hours_grammar import Date, Day, spans
from shared.hall.messages import Answer, Change, Command, Event, Events, Rule
from shared.hall.roles import ADMINISTRATORS, THE_CLOCK
from shared.hall.values import Moment, frozen

MOST_HOLIDAYS = 200


@dataclass(frozen=True, kw_only=True)
class DefineDay(Command, Day):
    """Set a date apart, closed or with hours of its own; it stands above the calendar of public holidays."""


@dataclass(frozen=True, kw_only=True)
class RetireDay(Command):
    """Let a date be like others again, or the public holiday it is."""

    date: Date


@dataclass(frozen=True, kw_only=True)
class ObserveHolidays(Command):
    """The public holidays of the hall's country for the time to come, in place of those known before."""

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
    words = {} if isinstance(day.reason, str) else day.reason
    for language in words:
        if language not in hall.settings.languages:
            raise Invalid("The reason is said in languages of the hall.")
    return [DayDefined(value=day)]


def retire_day(hall: Hall, command: RetireDay, now: Moment) -> Events:
    if command.date not in hall.days:
        raise UnknownDay("No {date} is set apart in this hall.", date=command.date.isoformat())
    return [DayRetired(date=command.date)]


def observe_holidays(hall: Hall, command: ObserveHolidays, now: Moment) -> Events:
    days = _by_date(command.days)
    if len(days) < len(command.days) or len(days) > MOST_HOLIDAYS:
        raise Invalid("Holidays are named once each, and not more than for a few years.")
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


def _the_day(hall: Hall, command: DefineDay, events: Events) -> Answer:
    return {"date": command.date, "hours": command.hours, "reason": command.reason}


def _the_date(hall: Hall, command: RetireDay, events: Events) -> Answer:
    return {"date": command.date}


def _the_holidays(hall: Hall, command: ObserveHolidays, events: Events) -> Answer:
    return {"days": command.days}


RULES = (
    Rule(DefineDay, define_day, _the_day, ADMINISTRATORS),
    Rule(RetireDay, retire_day, _the_date, ADMINISTRATORS),
    Rule(ObserveHolidays, observe_holidays, _the_holidays, THE_CLOCK),
)
CHANGES = (
    Change(DayDefined, day_defined),
    Change(DayRetired, day_retired),
    Change(HolidaysObserved, holidays_observed),
)
