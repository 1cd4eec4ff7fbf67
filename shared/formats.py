"""How times, dates and spans of time are written for people: in windows, on paper, on pages and in a terminal."""

from __future__ import annotations

from datetime import date, datetime

from babel import Locale
from babel.dates import format_date

from shared.hall.field_types import Language
from shared.hall.hall import Hall
from shared.hall.hours_grammar import MIDNIGHT
from shared.hall.opening import local
from shared.languages import locale_of

TIME_OF_DAY = "%H:%M"
TO_THE_MINUTE = f"%Y-%m-%d {TIME_OF_DAY}"
TO_THE_SECOND = f"{TO_THE_MINUTE}:%S"


def clock(moment: datetime, hall: Hall | None) -> str:
    """The time of day on the hall's clock, ``14:05``; on the machine's while no hall is known."""
    return time_of_day(local(hall.settings, moment) if hall else moment.astimezone())


def time_of_day(there: datetime) -> str:
    """As a clock shows it that stands there, ``14:05``."""
    return there.strftime(TIME_OF_DAY)


def hour_and_minute(minutes: int) -> str:
    """Minutes from midnight, which may lie beyond the next one, as ``14:05``; the end of a day is ``24:00``."""
    hours, rest = divmod(minutes if minutes == MIDNIGHT else minutes % MIDNIGHT, 60)
    return f"{hours:02}:{rest:02}"


def minutes_and_seconds(seconds: int) -> str:
    """A span as ``3:07``, or ``1:02:45`` from an hour on."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def long_date(language: Language, day: date) -> str:
    """A day as the language writes it, always in the figures of labels and clocks, 0 to 9."""
    return format_date(day, "long", locale=locale_of(language) or Locale("en"))
