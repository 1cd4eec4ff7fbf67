"""The business day: what is left of yesterday ends, and numbering starts again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from shared.hall.calling import CallNext
from shared.hall.errors import BusinessDayRight
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Answer, Change, Command, Event, Events, Rule
from shared.hall.opening import business_day, day_ahead, is_new_day
from shared.hall.roles import ADMINISTRATORS, THE_CLOCK
from shared.hall.serving import ClosedBy, TicketServed
from shared.hall.values import Moment, TicketState, frozen


@dataclass(frozen=True, kw_only=True)
class StartBusinessDay(Command):
    """The clock's own command. Any other command first does the same if the day has changed."""


@dataclass(frozen=True, kw_only=True)
class CorrectBusinessDay(Command):
    """The day that is kept lies in the future, for a clock was ahead: it is today again, and goes on as it is."""

    kept: date
    """The day its sender saw, so that no other is changed."""


@dataclass(frozen=True, kw_only=True)
class TicketExpired(Event):
    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class BusinessDayStarted(Event):
    day: date


@dataclass(frozen=True, kw_only=True)
class BusinessDayCorrected(Event):
    """The one event by which the day goes back. Numbers go on: to begin again would give somebody's a second time."""

    day: date
    tickets: tuple[TicketId, ...]
    """Those of the day that was kept, live or ended; reports count them to this one."""


def start_business_day(hall: Hall, command: Command, now: Moment) -> Events:
    """What has to happen first if the hall's day is over; nothing if it is not."""
    if not is_new_day(hall, now.wall):
        return []
    left_over = [_closed(hall, ticket) for ticket in hall.tickets]
    return [*left_over, BusinessDayStarted(day=business_day(hall.settings, now.wall))]


def correct_business_day(hall: Hall, command: CorrectBusinessDay, now: Moment) -> Events:
    if command.kept != hall.business_day or day_ahead(hall, now.wall) is None:
        raise BusinessDayRight("The business day is not in the future, and nothing was changed.")
    tickets = (*hall.tickets, *(ticket.id for ticket in hall.ended))
    return [BusinessDayCorrected(day=business_day(hall.settings, now.wall), tickets=tickets)]


def _closed(hall: Hall, ticket: TicketId) -> Event:
    left = hall.tickets[ticket]
    if left.state is TicketState.SERVING:
        return TicketServed(ticket=left.id, point=str(left.point), closed_by=ClosedBy.END_OF_DAY)
    return TicketExpired(ticket=left.id)


def next_morning(command: Command, closed: Events) -> Command:
    """The command as its sender would give it, had they seen the day's end: what that closed is held no longer.

    A refusal starts no day, so a console that still shows yesterday's customer would be refused for ever.
    """
    if isinstance(command, CallNext) and any(getattr(event, "ticket", None) == command.holding for event in closed):
        return replace(command, holding=None)
    return command


def ticket_expired(hall: Hall, event: TicketExpired) -> Hall:
    ticket = hall.tickets[event.ticket]
    return hall.with_ticket(replace(ticket, state=TicketState.EXPIRED, ended_at=event.at))


def business_day_started(hall: Hall, event: BusinessDayStarted) -> Hall:
    points = {name: replace(point, last=None) for name, point in hall.points.items()}
    return replace(
        hall,
        business_day=event.day,
        counters=frozen(),
        taken=frozen(),
        visits=frozen(),
        calls=(),
        ended=(),
        points=frozen(points),
    )


def business_day_corrected(hall: Hall, event: BusinessDayCorrected) -> Hall:
    return replace(hall, business_day=event.day)


def _the_day(hall: Hall, command: Command, events: Events) -> Answer:
    return {"business_day": hall.business_day}


RULES = (
    Rule(StartBusinessDay, start_business_day, _the_day, THE_CLOCK),
    Rule(CorrectBusinessDay, correct_business_day, _the_day, ADMINISTRATORS),
)
CHANGES = (
    Change(TicketExpired, ticket_expired),
    Change(BusinessDayStarted, business_day_started),
    Change(BusinessDayCorrected, business_day_corrected),
)
