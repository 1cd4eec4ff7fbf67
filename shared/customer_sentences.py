"""What kiosk and pages both say: who is ahead, why a service gives no numbers, when it will, a week's hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby

from shared.catalogue import translate
from shared.formats import hour_and_minute, time_of_day
from shared.hall.errors import Failure
from shared.hall.field_types import Language, in_language
from shared.hall.hall import Hall
from shared.hall.hours_grammar import MIDNIGHT, Span, spans, week
from shared.hall.issuing import Queue
from shared.hall.opening import OPEN, Opening, Reason, by_hours, local, state
from shared.hall.values import HallSettings

NEVER = datetime.max.replace(tzinfo=UTC)


def before_taking(language: Language, queue: Queue) -> str:
    """What a ticket taken now would say of those ahead of it, and whether anybody is there who calls."""
    return _queue(language, queue.ahead, NOBODY_AHEAD, attended=queue.attended)


def ahead(language: Language, people: int, *, attended: bool) -> str:
    """What a ticket that waits says. Nobody is next where no service point is open that could call them."""
    return _queue(language, people, YOU_ARE_NEXT, attended=attended)


def _queue(language: Language, people: int, if_nobody: str, *, attended: bool) -> str:
    if not people:
        return translate(language, if_nobody if attended else NO_POINT_OPEN)
    said = translate(language, PEOPLE_AHEAD, people)
    return said if attended else f"{said}. {translate(language, NO_POINT_OPEN)}"


def closed_because(language: Language, hall: Hall, shown: Opening, now: datetime) -> str:
    """Why a service gives no numbers, in a few words."""
    match shown.reason:
        case Reason.FULL if shown.opens and _ahead(hall.settings, shown.opens, now) == 0:
            return translate(language, "No more numbers for now")  # the business day ends on the date it is already
        case Reason.FULL:
            return translate(language, "No more numbers today")
        case Reason.CLOSING:
            return translate(language, "No more numbers before closing time")
        case Reason.DAY if shown.words:
            said = in_language(shown.words, language, hall.settings.languages)
            return translate(language, "Closed today: {reason}").format(reason=said)
        case _:
            return translate(language, "Closed at the moment")


def opens(language: Language, settings: HallSettings, shown: Opening, now: datetime) -> str:
    """When it gives numbers again, by the hall's own clock and calendar; nothing if nobody can know."""
    if shown.opens is None or shown.opens <= now:
        return ""
    there = local(settings, shown.opens)
    sentence = translate(language, _opens(there.date(), _ahead(settings, shown.opens, now), shown.reason))
    return sentence.format(time=time_of_day(there), day=there.day)


def opens_after(language: Language, settings: HallSettings, failure: Failure, now: datetime) -> str:
    """The same of a service that has just refused a ticket, as far as it said so."""
    said = failure.about.get("opens")
    then = datetime.fromisoformat(said) if said else None
    reason = next((one for one in Reason if one == failure.about.get("reason")), None)  # a later backend has others
    return opens(language, settings, Opening(open=False, reason=reason, opens=then), now)


def _ahead(settings: HallSettings, then: datetime, now: datetime) -> int:
    """Days from now on the hall's calendar."""
    return (local(settings, then).date() - local(settings, now).date()).days


def _opens(day: date, ahead: int, reason: Reason | None) -> str:
    if ahead <= 1:
        return (AGAIN if reason in (Reason.FULL, Reason.CLOSING) else SOON)[ahead]
    return WEEKDAYS[day.weekday()] if ahead < 7 else MONTHS[day.month - 1]


def closed(language: Language, hall: Hall, shown: Opening, now: datetime) -> str:
    """Both in one line: why not now, and from when on."""
    parts = (closed_because(language, hall, shown, now), opens(language, hall.settings, shown, now))
    return ". ".join(part for part in parts if part)


def closed_notice(language: Language, hall: Hall, now: datetime) -> list[str]:
    """What a hall says that gives no numbers at all: why, when it opens, and its hours."""
    services = [state(hall, service, now) for service in hall.services.values()]
    first = min(services, key=lambda one: one.opens or NEVER, default=OPEN)
    shown = by_hours(hall, None, now)
    lines = [opens(language, hall.settings, first, now), *opening_hours(language, hall, now)]
    said = [line for line in lines if line] or [translate(language, "No service gives out numbers now.")]
    return [closed_because(language, hall, first if shown.open else shown, now), *said]


def opening_hours(language: Language, hall: Hall, now: datetime) -> list[str]:
    """The hours of a usual week, days alike together, and what is different today; nothing for a hall always open."""
    if not hall.settings.hours:
        return []
    days = enumerate(week(hall.settings.hours))
    alike = [(written, [at for at, _ in group]) for written, group in groupby(days, key=lambda day: day[1])]
    usual = [f"{_days(language, numbers)}  {_times(language, written)}" for written, numbers in alike if written]
    return [*usual, *_today(language, hall, local(hall.settings, now).date())]


def _today(language: Language, hall: Hall, today: date) -> Iterator[str]:
    apart = hall.day_apart(today)
    if apart and apart.hours:
        reason = in_language(apart.reason, language, hall.settings.languages)
        times = _times(language, spans(apart.hours))
        yield translate(language, "Today: {times}").format(times=f"{times} ({reason})" if reason else times)


def _days(language: Language, numbers: list[int]) -> str:
    first, last = (translate(language, SHORT[number]) for number in (numbers[0], numbers[-1]))
    return first if len(numbers) == 1 else f"{first}–{last}"


def _times(language: Language, written: tuple[Span, ...]) -> str:
    if written == (Span(0, MIDNIGHT),):
        return translate(language, "round the clock")
    return ", ".join(f"{hour_and_minute(span.start)}–{hour_and_minute(span.end)}" for span in written)


PEOPLE_AHEAD = "%n people are ahead of you"
NOBODY_AHEAD = "Nobody is ahead of you"
YOU_ARE_NEXT = "You are next"
NO_POINT_OPEN = "No service point is open at the moment"
SOON = ("Opens today at {time}", "Opens tomorrow at {time}")
AGAIN = ("New numbers today at {time}", "New numbers tomorrow at {time}")
"""Where no number is left it may well be open."""
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
