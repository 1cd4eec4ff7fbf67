"""Sentences that kiosk and pages share: people ahead, why a service issues no tickets, when it will, opening hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby

from shared.catalogue import translate
from shared.formats import hour_and_minute, time_of_day
from shared.hall.errors import Failure
from shared.hall.field_types import Language, in_language
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.hours_grammar import MIDNIGHT, Span, spans, week
from shared.hall.issuing import Queue
from shared.hall.opening import OPEN, Opening, Reason, by_hours, state
from shared.hall.time_zones import local

NEVER = datetime.max.replace(tzinfo=UTC)


def ahead_before_taking(language: Language, queue: Queue) -> str:
    """How many people a ticket taken now would have ahead, and whether a service point is open."""
    return _people_ahead(language, queue.ahead, NOBODY_AHEAD, attended=queue.attended)


def ahead(language: Language, people: int, *, attended: bool) -> str:
    """How many people a waiting ticket has ahead; that it is next only if a service point is open."""
    return _people_ahead(language, people, YOU_ARE_NEXT, attended=attended)


def _people_ahead(language: Language, people: int, if_nobody: str, *, attended: bool) -> str:
    if not people:
        return translate(language, if_nobody if attended else NO_POINT_OPEN)
    text = translate(language, PEOPLE_AHEAD, people)
    return text if attended else f"{text}. {translate(language, NO_POINT_OPEN)}"


def closed_because(language: Language, hall: Hall, opening: Opening, now: datetime) -> str:
    """Why a service issues no tickets, in a few words."""
    match opening.reason:
        case Reason.FULL if opening.opens and _days_until(hall.settings, opening.opens, now) == 0:
            return translate(language, "No more numbers for now")  # the business day ends later on this date
        case Reason.FULL:
            return translate(language, "No more numbers today")
        case Reason.CLOSING:
            return translate(language, "No more numbers before closing time")
        case Reason.DAY if opening.words:
            text = in_language(opening.words, language, hall.settings.languages)
            return translate(language, "Closed today: {reason}").format(reason=text)
        case _:
            return translate(language, "Closed at the moment")


def opens(language: Language, settings: HallSettings, opening: Opening, now: datetime) -> str:
    """When a service issues tickets again, by the hall's own clock and calendar; empty if that is unknown."""
    if opening.opens is None or opening.opens <= now:
        return ""
    at = local(settings, opening.opens)
    sentence = translate(language, _opens(at.date(), _days_until(settings, opening.opens, now), opening.reason))
    return sentence.format(time=time_of_day(at), day=at.day)


def opens_after(language: Language, settings: HallSettings, failure: Failure, now: datetime) -> str:
    """When a service that has just refused a ticket issues them again; empty if the refusal does not say."""
    text = failure.about.get("opens")
    then = datetime.fromisoformat(text) if text else None
    reason = next((one for one in Reason if one == failure.about.get("reason")), None)  # a later backend has others
    return opens(language, settings, Opening(open=False, reason=reason, opens=then), now)


def _days_until(settings: HallSettings, then: datetime, now: datetime) -> int:
    """How many days ahead a moment is on the hall's calendar: 0 is today."""
    return (local(settings, then).date() - local(settings, now).date()).days


def _opens(day: date, ahead: int, reason: Reason | None) -> str:
    if ahead <= 1:
        return (AGAIN if reason in (Reason.FULL, Reason.CLOSING) else SOON)[ahead]
    return WEEKDAYS[day.weekday()] if ahead < 7 else MONTHS[day.month - 1]


def closed(language: Language, hall: Hall, opening: Opening, now: datetime) -> str:
    """Why a service is closed and when it opens, in one line."""
    parts = (closed_because(language, hall, opening, now), opens(language, hall.settings, opening, now))
    return ". ".join(part for part in parts if part)


def closed_notice(language: Language, hall: Hall, now: datetime) -> list[str]:
    """The lines of a hall that issues no tickets at all: first why, then when it opens, and its hours."""
    services = [state(hall, service, now) for service in hall.services.values()]
    first = min(services, key=lambda one: one.opens or NEVER, default=OPEN)
    opening = by_hours(hall, None, now)
    lines = [opens(language, hall.settings, first, now), *opening_hours(language, hall, now)]
    lines = [line for line in lines if line] or [translate(language, "No service gives out numbers now.")]
    return [closed_because(language, hall, first if opening.open else opening, now), *lines]


def opening_hours(language: Language, hall: Hall, now: datetime) -> list[str]:
    """The hours of a usual week, equal days together, and today's if different; empty for a hall always open."""
    if not hall.settings.hours:
        return []
    days = enumerate(week(hall.settings.hours))
    alike = [(hours, [at for at, _ in group]) for hours, group in groupby(days, key=lambda day: day[1])]
    usual = [f"{_days(language, numbers)}  {_times(language, hours)}" for hours, numbers in alike if hours]
    return [*usual, *_today(language, hall, local(hall.settings, now).date())]


def _today(language: Language, hall: Hall, today: date) -> Iterator[str]:
    exceptional = hall.exceptional_day(today)
    if exceptional and exceptional.hours:
        reason = in_language(exceptional.reason, language, hall.settings.languages)
        times = _times(language, spans(exceptional.hours))
        yield translate(language, "Today: {times}").format(times=f"{times} ({reason})" if reason else times)


def _days(language: Language, numbers: list[int]) -> str:
    first, last = (translate(language, SHORT[number]) for number in (numbers[0], numbers[-1]))
    return first if len(numbers) == 1 else f"{first}–{last}"


def _times(language: Language, hours: tuple[Span, ...]) -> str:
    if hours == (Span(0, MIDNIGHT),):
        return translate(language, "round the clock")
    return ", ".join(f"{hour_and_minute(span.start)}–{hour_and_minute(span.end)}" for span in hours)


PEOPLE_AHEAD = "%n people are ahead of you"
NOBODY_AHEAD = "Nobody is ahead of you"
YOU_ARE_NEXT = "You are next"
NO_POINT_OPEN = "No service point is open at the moment"
SOON = ("Opens today at {time}", "Opens tomorrow at {time}")
AGAIN = ("New numbers today at {time}", "New numbers tomorrow at {time}")
"""For a service without numbers left, which may well be open."""
WEEKDAYS = (
    "Opens on Monday at {time}",
    "Opens on Tuesday at {time}",
    "Opens on Wednesday at {time}",
    "Opens on Thursday at {time}",
    "Opens on Friday at {time}",
    "Opens on Saturday at {time}",
    "Opens on Sunday at {time}",
)
MONTHS = (
    "Opens on {day} January at {time}",
    "Opens on {day} February at {time}",
    "Opens on {day} March at {time}",
    "Opens on {day} April at {time}",
    "Opens on {day} May at {time}",
    "Opens on {day} June at {time}",
    "Opens on {day} July at {time}",
    "Opens on {day} August at {time}",
    "Opens on {day} September at {time}",
    "Opens on {day} October at {time}",
    "Opens on {day} November at {time}",
    "Opens on {day} December at {time}",
)
SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
