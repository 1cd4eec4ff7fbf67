"""When a service is open, and why not: business day, opening hours, exceptional days, daily limit, last ticket.

Hours are in the hall's local time, and each span belongs to the date it begins on. A local time that a change of clocks
skips is the moment of the change; one that comes twice is the first of the two. A span that lies wholly within the
skipped time lasts its length from the change on. So each span happens once, on every date there is. What reads local
time raises UnknownTimeZone if this machine does not know the hall's zone. ``wall`` is a moment in UTC everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from shared.hall.errors import ServiceClosed, ServiceClosing, ServiceFull, ServiceNotGiven
from shared.hall.field_types import Words
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.hours_grammar import Span, spans, week
from shared.hall.time_zones import instant, local
from shared.hall.values import PointStatus, Service, Visits

AN_HOUR = timedelta(hours=1)
A_WEEK = timedelta(days=7)

DAYS_BACK = 2
"""Dates before the current one, itself not counted, whose spans may still last."""

DAYS_AHEAD = (9, 400)
"""Dates, the current one counted, searched for when it opens next: a few first, many only if those have none."""


class OpenSpan(NamedTuple):
    """A span in which something is open, in UTC, its end not included."""

    start: datetime
    end: datetime


class Reason(StrEnum):
    """Why a service gives no tickets."""

    OFF = "off"
    NOT_GIVEN = "not-given"
    """No service point gives it, not even an inactive one."""
    HOURS = "hours"
    DAY = "day"
    """An exceptional day or a holiday."""
    FULL = "full"
    CLOSING = "closing"
    """Those already waiting will take all the open hours left of this business day."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Whether a service gives tickets: if so, until when; if not, why and from when on. ``by_hours``: hours alone."""

    open: bool = True
    reason: Reason | None = None
    opens: datetime | None = None
    """When it gives tickets again; None while it is open, or if that is unknown."""
    closes: datetime | None = None
    """When it closes; None while it is closed, and if that is never or more than a week away."""
    words: Words = ""
    """The reason of the exceptional day or holiday."""


OPEN = Opening()


# ── the business day ──


def business_day(settings: HallSettings, wall: datetime) -> date:
    """The hall's business day at a moment: it begins at ``day_starts`` in local time."""
    zoned = local(settings, wall)
    return zoned.date() - timedelta(days=zoned.time() < settings.day_starts)


def is_new_day(hall: Hall, wall: datetime) -> bool:
    """Whether a business day has to begin: none has yet, or the last is over. An earlier one never begins."""
    return hall.business_day is None or business_day(hall.settings, wall) > hall.business_day


def day_ahead(hall: Hall, wall: datetime) -> date | None:
    """The hall's business day if it begins in the future, as after a clock that was ahead; else None.

    A day that begins within an hour does not count: after a clock set back over midnight it is soon right again.
    """
    day = hall.business_day
    return day if day and day_begins(hall.settings, day) > wall + AN_HOUR else None


def day_begins(settings: HallSettings, day: date) -> datetime:
    return instant(settings.time_zone, datetime.combine(day, settings.day_starts))


def day_ends(hall: Hall, wall: datetime) -> datetime:
    """The moment the hall's current business day will be over."""
    today = business_day(hall.settings, wall)
    return day_begins(hall.settings, max(today, hall.business_day or today) + timedelta(days=1))


# ── the rule ──


def state(hall: Hall, service: Service, wall: datetime) -> Opening:
    """Whether a service gives tickets at a moment, by its hours, limits and queue."""
    if not service.on:
        return Opening(open=False, reason=Reason.OFF)
    if not hall.points_for(("service", service.id)):
        return Opening(open=False, reason=Reason.NOT_GIVEN)
    opening = by_hours(hall, service, wall)
    if not opening.open or is_new_day(hall, wall):
        return opening
    if service.daily_limit and hall.taken.get(service.id, 0) >= service.daily_limit:
        return _no_more(hall, service, Reason.FULL, wall)
    if hall.settings.last_ticket and not _queue_fits_open_hours_left(hall, service, wall):
        return _no_more(hall, service, Reason.CLOSING, wall)
    return opening


def gives_tickets(hall: Hall, wall: datetime) -> bool:
    """Whether any service gives tickets at a moment."""
    return any(state(hall, service, wall).open for service in hall.services.values())


def require_open(hall: Hall, service: Service, wall: datetime) -> Service:
    """The service; raises ServiceClosed, ServiceFull, ServiceClosing or ServiceNotGiven if it gives no tickets then."""
    opening = state(hall, service, wall)
    if opening.open:
        return service
    about = _refusal_details(service, opening)
    match opening.reason:
        case Reason.FULL:
            raise ServiceFull("All numbers of this service have been given out.", **about)
        case Reason.NOT_GIVEN:
            raise ServiceNotGiven("No service point gives this service.", **about)
        case Reason.CLOSING:
            raise ServiceClosing("The customers already waiting will take until closing time.", **about)
        case _:
            raise ServiceClosed("This service is closed at the moment.", **about)


def _refusal_details(service: Service, opening: Opening) -> dict[str, str]:
    about = {"service": service.id, "reason": str(opening.reason)}
    if opening.opens:
        about["opens"] = opening.opens.isoformat().replace("+00:00", "Z")
    return about


def _no_more(hall: Hall, service: Service, reason: Reason, wall: datetime) -> Opening:
    """Closed for the rest of this business day; the next one may begin with the service open."""
    next_day_begins = day_ends(hall, wall)
    opening = by_hours(hall, service, next_day_begins)
    return Opening(open=False, reason=reason, opens=next_day_begins if opening.open else opening.opens)


# ── the last ticket ──


def _queue_fits_open_hours_left(hall: Hall, service: Service, wall: datetime) -> bool:
    """Whether those who wait now can be served within the open hours left of this business day, breaks not counted."""
    end_of_day = day_ends(hall, wall)
    first = business_day(hall.settings, wall) - timedelta(days=DAYS_BACK)
    around = open_times(hall, service, first, DAYS_BACK + 3)  # up to the second date after: a day one ahead ends on it
    today = [span for span in around if wall < span.end and span.start < end_of_day]
    if any(end_of_day < span.end for span in today):
        return True  # it stays open over the end of the business day
    left = sum((span.end - max(wall, span.start) for span in today), timedelta())
    return timedelta(seconds=queue_seconds(hall, service)) <= left


def queue_seconds(hall: Hall, service: Service) -> float:
    """The seconds in which the active points that give a service, one at least, could serve all who wait for it."""
    visits = hall.visits.get(service.id, Visits())
    mean = visits.seconds / visits.count if visits.count else service.visit_minutes * 60
    giving = sum(point.status is PointStatus.ACTIVE for point in hall.points_for(("service", service.id)))
    return hall.waiting(service.id) * mean / max(1, giving)


# ── opening hours and exceptional days ──


def by_hours(hall: Hall, service: Service | None, wall: datetime) -> Opening:
    """Whether a service, or without one the hall, is open by hours and exceptional days alone."""
    if not (hall.settings.hours or hall.days or hall.holidays or (service and service.hours)):
        return OPEN
    first = local(hall.settings, wall).date() - timedelta(days=DAYS_BACK)
    for ahead in DAYS_AHEAD:
        for span in open_times(hall, service, first, DAYS_BACK + ahead):
            if span.start <= wall < span.end:
                return Opening(closes=None if span.end - wall > A_WEEK else span.end)
            if span.start > wall:
                return _closed(hall, wall, span.start)
    return _closed(hall, wall, None)


def _closed(hall: Hall, wall: datetime, opens: datetime | None) -> Opening:
    exception = hall.exceptional_day(local(hall.settings, wall).date())
    if exception is None:
        return Opening(open=False, reason=Reason.HOURS, opens=opens)
    return Opening(open=False, reason=Reason.DAY, opens=opens, words=exception.reason)


def open_times(hall: Hall, service: Service | None, first: date, days: int) -> Sequence[OpenSpan]:
    """When hall and service are both open, in spans that begin on the ``days`` dates from ``first`` on."""
    dates = [first + timedelta(days=number) for number in range(days)]
    usual_week = week(hall.settings.hours)
    hall_spans = tuple(
        spans(exception.hours) if (exception := hall.exceptional_day(day)) else usual_week[day.weekday()]
        for day in dates
    )
    service_week = week(service.hours) if service and service.hours else None
    service_spans = tuple(service_week[day.weekday()] for day in dates) if service_week else None
    return _both_open(hall.settings.time_zone, first, hall_spans, service_spans)


SpansByDate: TypeAlias = tuple[tuple[Span, ...], ...]
"""The spans of one date after another."""


@lru_cache(256)
def _both_open(
    zone_name: str, first: date, hall_spans: SpansByDate, service_spans: SpansByDate | None
) -> Sequence[OpenSpan]:
    """Cached: every touch and every tile of a kiosk asks for it, and it is the same all day."""
    open_hall = _in_utc(zone_name, first, hall_spans)
    return open_hall if service_spans is None else _intersection(open_hall, _in_utc(zone_name, first, service_spans))


def _in_utc(zone_name: str, first: date, dates: SpansByDate) -> Sequence[OpenSpan]:
    found = (open_spans(zone_name, first + timedelta(days=number), spans_) for number, spans_ in enumerate(dates))
    return _merged(span for of_date in found for span in of_date)


@lru_cache(4096)
def open_spans(zone_name: str, day: date, local_spans: tuple[Span, ...]) -> tuple[OpenSpan, ...]:
    """The spans of a date in UTC; none for a date that this zone has left out."""
    midnight = datetime.combine(day, time())
    if instant(zone_name, midnight) == instant(zone_name, midnight + timedelta(days=1)):
        return ()
    return tuple(_open_span(zone_name, midnight, span) for span in local_spans)


def _open_span(zone_name: str, midnight: datetime, span: Span) -> OpenSpan:
    start, end = (instant(zone_name, midnight + timedelta(minutes=minutes)) for minutes in span)
    return OpenSpan(start, end if end > start else start + timedelta(minutes=span.end - span.start))


def _merged(all_spans: Iterable[OpenSpan]) -> list[OpenSpan]:
    """The spans in order, those that meet or overlap merged."""
    merged: list[OpenSpan] = []
    for span in sorted(all_spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = OpenSpan(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _intersection(hall_open: Sequence[OpenSpan], service_open: Sequence[OpenSpan]) -> list[OpenSpan]:
    """When both are open; each is merged already."""
    found: list[OpenSpan] = []
    hall_at = service_at = 0
    while hall_at < len(hall_open) and service_at < len(service_open):
        of_hall, of_service = hall_open[hall_at], service_open[service_at]
        both = OpenSpan(max(of_hall.start, of_service.start), min(of_hall.end, of_service.end))
        found += [both] if both.start < both.end else []
        hall_ends_first = of_hall.end <= of_service.end
        hall_at, service_at = (hall_at + 1, service_at) if hall_ends_first else (hall_at, service_at + 1)
    return found
