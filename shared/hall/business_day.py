"""The business day: at its start yesterday's tickets end, and numbering starts again."""

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
    """Start today's business day if it has not begun. Other commands do so by themselves, before they act."""


@dataclass(frozen=True, kw_only=True)
class CorrectBusinessDay(Command):
    """Set a business day that lies in the future, because a clock was ahead, to today; nothing else changes."""

    kept: date
    """The hall's day as the sender saw it: refused if it is another by now."""


@dataclass(frozen=True, kw_only=True)
class TicketExpired(Event):
    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class BusinessDayStarted(Event):
    day: date


@dataclass(frozen=True, kw_only=True)
class BusinessDayCorrected(Event):
    """The one event by which the day goes back. Numbers go on: starting again would give some a second time."""

    day: date
    tickets: tuple[TicketId, ...]
    """All tickets of the wrong day, live or ended: reports count them under the right one."""


def start_business_day(hall: Hall, command: Command, now: Moment) -> Events:
    """The events that end the hall's day and start the next; none if the day is not over."""
    if not is_new_day(hall, now.wall):
        return []
    left_over = [_end_of_day(hall, ticket_id) for ticket_id in hall.tickets]
    return [*left_over, BusinessDayStarted(day=business_day(hall.settings, now.wall))]


def correct_business_day(hall: Hall, command: CorrectBusinessDay, now: Moment) -> Events:
    if command.kept != hall.business_day or day_ahead(hall, now.wall) is None:
        raise BusinessDayRight("The business day is not in the future: nothing was changed.")
    tickets = (*hall.tickets, *(ticket.id for ticket in hall.ended))
    return [BusinessDayCorrected(day=business_day(hall.settings, now.wall), tickets=tickets)]


def _end_of_day(hall: Hall, ticket_id: TicketId) -> Event:
    left = hall.tickets[ticket_id]
    if left.state is TicketState.SERVING:
        return TicketServed(ticket=left.id, point=str(left.point), closed_by=ClosedBy.END_OF_DAY)
    return TicketExpired(ticket=left.id)


def adapted_to_new_day(command: Command, closed: Events) -> Command:
    """A CallNext without ``holding`` if the end of the day has closed that ticket; any other command as it is.

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


def _day_answer(hall: Hall, command: Command, events: Events) -> Answer:
    return {"business_day": hall.business_day}


RULES = (
    Rule(StartBusinessDay, start_business_day, _day_answer, THE_CLOCK),
    Rule(CorrectBusinessDay, correct_business_day, _day_answer, ADMINISTRATORS),
)
CHANGES = (
    Change(TicketExpired, ticket_expired),
    Change(BusinessDayStarted, business_day_started),
    Change(BusinessDayCorrected, business_day_corrected),
)
