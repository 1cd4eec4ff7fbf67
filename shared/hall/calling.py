"""Calling customers to a service point: the next one, and the same one again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.hall.due import Why, next_for, why
from shared.hall.errors import PointHasTicket, PointNotActive
from shared.hall.hall import Call, Hall, Moment, Point, PointStatus, Ticket, TicketState
from shared.hall.messages import Answer, AtPoint, Change, Command, Event, Events, Rule, the_ticket
from shared.hall.roles import STAFF
from shared.hall.serving import TicketServed
from shared.hall.words import PointId, TicketId


@dataclass(frozen=True, kw_only=True)
class CallNext(Command):
    """The one key of the day: finish with the ticket the point has, and call whoever is due first."""

    point: PointId
    holding: TicketId | None = None
    """The ticket the console believes the point has; refused if the hall knows better."""


@dataclass(frozen=True, kw_only=True)
class Recall(AtPoint):
    """The customer has not come: call the same ticket again."""


@dataclass(frozen=True, kw_only=True)
class TicketCalled(Event):
    ticket: TicketId
    point: PointId
    why: Why


@dataclass(frozen=True, kw_only=True)
class TicketRecalled(Event):
    ticket: TicketId
    point: PointId


def call_next(hall: Hall, command: CallNext, now: Moment) -> Events:
    point = _ready(hall, hall.point(command.point), command.holding)
    finished = [TicketServed(ticket=point.ticket, point=point.id)] if point.ticket else []
    chosen = next_for(hall, point)
    if chosen is None:
        return finished
    return [*finished, TicketCalled(ticket=chosen.id, point=point.id, why=why(hall, point, chosen, now))]


def _ready(hall: Hall, point: Point, holding: TicketId | None) -> Point:
    if point.status is not PointStatus.ACTIVE:
        raise PointNotActive("This service point is not active: activate it before you call.", point=point.id)
    if point.ticket and point.ticket != holding:
        label = hall.tickets[point.ticket].label
        raise PointHasTicket(f"This service point already has {label}.", point=point.id, ticket=point.ticket)
    if holding:
        hall.ticket_at(point.id, holding)
    return point


def recall(hall: Hall, command: Recall, now: Moment) -> Events:
    ticket = hall.called_at(command.point, command.ticket)
    return [TicketRecalled(ticket=ticket.id, point=command.point)]


def ticket_called(hall: Hall, event: TicketCalled) -> Hall:
    waiting = hall.tickets[event.ticket]
    ticket = replace(waiting, state=TicketState.CALLED, point=event.point, called_at=event.at)
    return hall.with_ticket(ticket).with_call(_call(ticket, event, times=1))


def ticket_recalled(hall: Hall, event: TicketRecalled) -> Hall:
    before = hall.tickets[event.ticket]
    ticket = replace(before, recalls=before.recalls + 1)
    return hall.with_ticket(ticket).with_call(_call(ticket, event, times=ticket.recalls + 1))


def _call(ticket: Ticket, event: TicketCalled | TicketRecalled, times: int) -> Call:
    return Call(
        ticket=ticket.id,
        label=ticket.label,
        service=ticket.service,
        precedence=ticket.precedence,
        language=ticket.language,
        point=event.point,
        at=event.at,
        times=times,
    )


def _next_called(hall: Hall, command: CallNext, events: Events) -> Answer:
    for event in events:
        if isinstance(event, TicketCalled):
            return {"ticket": hall.ticket(event.ticket), "why": event.why}
    return {"ticket": None, "why": None}


RULES = (
    Rule(CallNext, call_next, _next_called, STAFF),
    Rule(Recall, recall, the_ticket, STAFF),
)
CHANGES = (
    Change(TicketCalled, ticket_called),
    Change(TicketRecalled, ticket_recalled),
)
