"""How times, dates and durations are written for people: in windows, on paper, on pages and in a terminal."""

from __future__ import annotations

from datetime import date, datetime

from babel import Locale
from babel.dates import format_date

from shared.hall.field_types import Language
from shared.hall.hall import Hall
from shared.hall.hours_grammar import MIDNIGHT
from shared.hall.time_zones import local
from shared.hall.units import Minutes, Seconds
from shared.languages import locale_of

TIME_OF_DAY = "%H:%M"
TO_THE_MINUTE = f"%Y-%m-%d {TIME_OF_DAY}"
TO_THE_SECOND = f"{TO_THE_MINUTE}:%S"


def clock(moment: datetime, hall: Hall | None) -> str:
    """The time of day at the hall, ``14:05``; on this machine while no hall is known."""
    return time_of_day(local(hall.settings, moment) if hall else moment.astimezone())


def time_of_day(local_time: datetime) -> str:
    """``14:05``, without a change of zone."""
    return local_time.strftime(TIME_OF_DAY)


def hour_and_minute(minutes: Minutes) -> str:
    """Minutes from midnight, also beyond the next one, as ``14:05``; the end of a day is ``24:00``."""
    hour, minute = divmod(minutes if minutes == MIDNIGHT else minutes % MIDNIGHT, 60)
    return f"{hour:02}:{minute:02}"


def minutes_and_seconds(seconds: Seconds) -> str:
    """A duration as ``3:07``, or ``1:02:45`` from an hour on."""
    minutes, seconds = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def long_date(language: Language, day: date) -> str:
    """A date as the language writes it, always with the digits of labels and clocks, 0 to 9."""
    return format_date(day, "long", locale=locale_of(language) or Locale("en"))
