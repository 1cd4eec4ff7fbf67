"""When a hall is open: its business day, its hours and days apart, its limits; all of it from the hall and the time.

Hours stand on the hall's own clock, and each span belongs to the date it begins on. Where a clock skips a time, that
time is the moment of the jump; where it shows a time twice, the first showing counts. A span the jump swallows whole
lasts its length from the jump on. So each span happens once, on every date there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from shared.hall.errors import ServiceClosed, ServiceClosing, ServiceFull, ServiceNotGiven
from shared.hall.field_types import Words
from shared.hall.hall import Hall
from shared.hall.hours_grammar import Span, spans, week
from shared.hall.time_zones import zone
from shared.hall.values import HallSettings, PointStatus, Service, Visits

AN_HOUR = timedelta(hours=1)

NEAR, FAR = 9, 400
"""Days ahead in which an opening is looked for: usually the first are enough; none within the last means never."""


class Open(NamedTuple):
    """A time in which something is open, in UTC, its end not included."""

    start: datetime
    end: datetime


class Reason(StrEnum):
    """Why a service gives no tickets."""

    OFF = "off"
    NOT_GIVEN = "not-given"
    """By no service point, open or closed."""
    HOURS = "hours"
    DAY = "day"
    FULL = "full"
    CLOSING = "closing"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Whether a service gives tickets, since when not, and from when on again."""

    open: bool = True
    reason: Reason | None = None
    opens: datetime | None = None
    """When it gives tickets again; None while it is open, or if nobody can know."""
    closes: datetime | None = None
    """When it closes; None while it is closed, or if that is more than a week away."""
    words: Words = ""
    """Why this date is not like others."""


OPEN = Opening()


# ── the clock on the hall's wall ──


def local(settings: HallSettings, moment: datetime) -> datetime:
    """A moment as the clock on the hall's wall shows it."""
    return moment.astimezone(zone(settings.time_zone))


@lru_cache(4096)
def instant(name: str, there: datetime) -> datetime:
    """The moment, in UTC, at which the clock on a wall first shows this time or has jumped past it."""
    wall = there.replace(tzinfo=zone(name))
    found = wall.astimezone(UTC)
    if found.astimezone(wall.tzinfo).replace(tzinfo=None) == there:
        return found
    before, after = wall.replace(fold=1).astimezone(UTC), found
    then = after.astimezone(wall.tzinfo).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(wall.tzinfo).utcoffset() == then:
            after = middle
        else:
            before = middle
    return after


def business_day(settings: HallSettings, wall: datetime) -> date:
    """The hall's own day at a moment: it begins at ``day_starts`` on the hall's clock."""
    there = local(settings, wall)
    return there.date() - timedelta(days=there.time() < settings.day_starts)


def is_new_day(hall: Hall, wall: datetime) -> bool:
    """Whether the hall's day is over. It never moves backwards, whatever a clock does."""
    return hall.business_day is None or business_day(hall.settings, wall) > hall.business_day


def day_ahead(hall: Hall, wall: datetime) -> date | None:
    """The day that is kept, if a clock that was ahead began it too early: no other begins until it is over.

    Not for a clock set back over its own midnight: an hour later that is right by itself.
    """
    day = hall.business_day
    return day if day and day_begins(hall.settings, day) > wall + AN_HOUR else None


def day_begins(settings: HallSettings, day: date) -> datetime:
    """The moment a business day begins."""
    return instant(settings.time_zone, datetime.combine(day, settings.day_starts))


def day_ends(hall: Hall, wall: datetime) -> datetime:
    """The moment the business day that is being kept will be over."""
    today = business_day(hall.settings, wall)
    return day_begins(hall.settings, max(today, hall.business_day or today) + timedelta(days=1))


# ── the rule ──


def state(hall: Hall, service: Service, wall: datetime) -> Opening:
    """Whether a service gives tickets at a moment; if not why, and when it will."""
    if not service.on:
        return Opening(open=False, reason=Reason.OFF)
    if not hall.points_for(("service", service.id)):
        return Opening(open=False, reason=Reason.NOT_GIVEN)
    now = by_hours(hall, service, wall)
    if not now.open or is_new_day(hall, wall):
        return now
    if service.daily_limit and hall.taken.get(service.id, 0) >= service.daily_limit:
        return _no_more(hall, service, Reason.FULL, wall)
    if hall.settings.last_ticket and not _fits(hall, service, wall):
        return _no_more(hall, service, Reason.CLOSING, wall)
    return now


def gives_numbers(hall: Hall, wall: datetime) -> bool:
    """Whether any service gives tickets at a moment."""
    return any(state(hall, service, wall).open for service in hall.services.values())


def require_open(hall: Hall, service: Service, wall: datetime) -> Service:
    """The service if it gives tickets at a moment.

    Raises ServiceClosed, ServiceFull, ServiceClosing or ServiceNotGiven.
    """
    now = state(hall, service, wall)
    if now.open:
        return service
    about = _about(service, now)
    match now.reason:
        case Reason.FULL:
            raise ServiceFull("All numbers of this service have been given out.", **about)
        case Reason.NOT_GIVEN:
            raise ServiceNotGiven("No service point gives this service.", **about)
        case Reason.CLOSING:
            raise ServiceClosing("Those who wait already will take until closing time.", **about)
        case _:
            raise ServiceClosed("This service is closed at the moment.", **about)


def _about(service: Service, now: Opening) -> dict[str, str]:
    about = {"service": service.id, "reason": str(now.reason)}
    if now.opens:
        about["opens"] = now.opens.isoformat().replace("+00:00", "Z")
    return about


def _no_more(hall: Hall, service: Service, reason: Reason, wall: datetime) -> Opening:
    """No more tickets on this business day; the next one may begin with the service open."""
    tomorrow = day_ends(hall, wall)
    then = by_hours(hall, service, tomorrow)
    return Opening(open=False, reason=reason, opens=tomorrow if then.open else then.opens)


# ── the last ticket ──


def _fits(hall: Hall, service: Service, wall: datetime) -> bool:
    """Whether somebody who comes now will be called before closing time, as far as today has shown."""
    until = day_ends(hall, wall)
    first = business_day(hall.settings, wall) - timedelta(days=2)  # the night before may reach into this day
    today = [time_ for time_ in times(hall, service, first, 5) if wall < time_.end and time_.start < until]
    if any(until < time_.end for time_ in today):
        return True  # it stays open over the end of the business day
    left = sum((time_.end - max(wall, time_.start) for time_ in today), timedelta())
    return timedelta(seconds=queue_seconds(hall, service)) <= left


def queue_seconds(hall: Hall, service: Service) -> float:
    """How long those who wait for a service will take the points that give it; with none active, as with one."""
    had = hall.visits.get(service.id, Visits())
    mean = had.seconds / had.count if had.count else service.visit_minutes * 60
    giving = sum(point.status is PointStatus.ACTIVE for point in hall.points_for(("service", service.id)))
    return hall.waiting(service.id) * mean / max(1, giving)


# ── hours and days apart ──


def by_hours(hall: Hall, service: Service | None, wall: datetime) -> Opening:
    """Whether hall and service are open by their hours alone; without a service, the hall."""
    if not (hall.settings.hours or hall.days or hall.holidays or (service and service.hours)):
        return OPEN
    first = local(hall.settings, wall).date() - timedelta(days=2)
    for ahead in (NEAR, FAR):
        for time_ in times(hall, service, first, 2 + ahead):
            if time_.start <= wall < time_.end:
                far = time_.end - wall > timedelta(days=7)
                return Opening(closes=None if far else time_.end)
            if time_.start > wall:
                return _closed(hall, wall, time_.start)
    return _closed(hall, wall, None)


def _closed(hall: Hall, wall: datetime, opens: datetime | None) -> Opening:
    apart = hall.day_apart(local(hall.settings, wall).date())
    if apart is None:
        return Opening(open=False, reason=Reason.HOURS, opens=opens)
    return Opening(open=False, reason=Reason.DAY, opens=opens, words=apart.reason)


def times(hall: Hall, service: Service | None, first: date, days: int) -> Sequence[Open]:
    """When hall and service are open together, of what begins on some days from ``first`` on."""
    dates = [first + timedelta(days=number) for number in range(days)]
    usual = week(hall.settings.hours)
    ours = tuple(spans(apart.hours) if (apart := hall.day_apart(day)) else usual[day.weekday()] for day in dates)
    given = week(service.hours) if service and service.hours else None
    theirs = tuple(given[day.weekday()] for day in dates) if given else None
    return _together(hall.settings.time_zone, first, ours, theirs)


Dates: TypeAlias = tuple[tuple[Span, ...], ...]
"""The spans of one date after another."""


@lru_cache(256)
def _together(zone: str, first: date, ours: Dates, theirs: Dates | None) -> Sequence[Open]:
    """Asked at every touch and for every tile of a kiosk, and the same all day: so it is kept."""
    open_hall = _from(zone, first, ours)
    return open_hall if theirs is None else _common(open_hall, _from(zone, first, theirs))


def _from(zone: str, first: date, dates: Dates) -> Sequence[Open]:
    found = (opened(zone, first + timedelta(days=number), written) for number, written in enumerate(dates))
    return _joined(one for times_ in found for one in times_)


@lru_cache(4096)
def opened(zone: str, day: date, written: tuple[Span, ...]) -> tuple[Open, ...]:
    """The spans of a date in UTC; none of a date that this zone has left out."""
    midnight = datetime.combine(day, time())
    if instant(zone, midnight) == instant(zone, midnight + timedelta(days=1)):
        return ()
    return tuple(_opened(zone, midnight, span) for span in written)


def _opened(zone: str, midnight: datetime, span: Span) -> Open:
    start, end = (instant(zone, midnight + timedelta(minutes=minutes)) for minutes in span)
    return Open(start, end if end > start else start + timedelta(minutes=span.end - span.start))


def _joined(all_times: Iterable[Open]) -> list[Open]:
    """The times without seams: what meets or overlaps is one."""
    joined: list[Open] = []
    for one in sorted(all_times):
        if joined and one.start <= joined[-1].end:
            joined[-1] = Open(joined[-1].start, max(joined[-1].end, one.end))
        else:
            joined.append(one)
    return joined


def _common(ours: Sequence[Open], theirs: Sequence[Open]) -> list[Open]:
    """When both are open, of times without seams."""
    found: list[Open] = []
    mine = their = 0
    while mine < len(ours) and their < len(theirs):
        both = Open(max(ours[mine].start, theirs[their].start), min(ours[mine].end, theirs[their].end))
        found += [both] if both.start < both.end else []
        mine, their = (mine + 1, their) if ours[mine].end <= theirs[their].end else (mine, their + 1)
    return found
