"""Calling customers to a service point: the next one, and the same one again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.hall.calling_order import How, Why, may_be_called, next_for, reasons_for
from shared.hall.errors import PointHasTicket, PointNotActive, ServiceNotGiven, TicketNotWaiting, TooEarly
from shared.hall.field_types import Outcome, Remark, TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Answer, AtPoint, Change, DoneAtPoint, Events, PointCommand, Rule, the_ticket
from shared.hall.roles import STAFF
from shared.hall.serving import TicketMovedOn, TicketServed, given, ticket_moved_on
from shared.hall.values import Call, Moment, Point, PointStatus, Ticket, TicketState


@dataclass(frozen=True, kw_only=True)
class CallNext(PointCommand):
    """The one key of the day: finish with the ticket the point has, and call whoever is due first."""

    holding: TicketId | None = None
    """The ticket the console believes the point has; refused if the hall knows better."""
    outcome: Outcome = ""
    """What the visit that ends came to; as of FinishService."""
    note: Remark = ""


@dataclass(frozen=True, kw_only=True)
class CallTicket(AtPoint):
    """Call this customer, who waits or was parked, before whoever would be next."""


@dataclass(frozen=True, kw_only=True)
class Recall(AtPoint):
    """The customer has not come: call the same ticket again."""


@dataclass(frozen=True, kw_only=True)
class TicketCalled(DoneAtPoint):
    ticket: TicketId
    why: Why


@dataclass(frozen=True, kw_only=True)
class TicketRecalled(DoneAtPoint):
    ticket: TicketId


def call_next(hall: Hall, command: CallNext, now: Moment) -> Events:
    point = _ready(hall, hall.point(command.point), command.holding)
    finished = _finished(hall, point, command, now)
    for event in finished:
        if isinstance(event, TicketMovedOn):  # and may be the next one here
            hall = ticket_moved_on(hall, event)
    chosen = next_for(hall, point, now)
    if chosen is None:
        return finished
    reasons = reasons_for(hall, point, chosen, now)
    return [*finished, TicketCalled(ticket=chosen.id, point=point.id, why=reasons, goes_on=bool(finished))]


def _finished(hall: Hall, point: Point, command: CallNext, now: Moment) -> list[TicketServed | TicketMovedOn]:
    if point.ticket is None:
        return []
    return [given(hall, point.id, hall.tickets[point.ticket], command.outcome, now)]


def call_ticket(hall: Hall, command: CallTicket, now: Moment) -> Events:
    point = _ready(hall, hall.point(command.point), holding=None)
    ticket = hall.ticket(command.ticket)
    if ticket.state not in (TicketState.WAITING, TicketState.PARKED):
        raise TicketNotWaiting("{label} is not waiting.", **ticket.named)
    if not point.gives(ticket.service) and ticket.for_point != point.id:
        raise ServiceNotGiven("This service point does not give the service {label} waits for.", **ticket.named)
    if not may_be_called(ticket, now):
        raise TooEarly("It is too early to call {label}.", **ticket.named)
    return [TicketCalled(ticket=ticket.id, point=point.id, why=reasons_for(hall, point, ticket, now, How.BY_HAND))]


def may_call_later(hall: Hall) -> bool:
    """Whether a hall that calls by itself has a point free and somebody for whom it is too early."""
    waiting = (ticket for ticket in hall.tickets.values() if ticket.state is TicketState.WAITING)
    return hall.settings.auto_call and bool(_free(hall)) and any(ticket.not_before is not None for ticket in waiting)


def _free(hall: Hall) -> list[Point]:
    return [point for point in hall.points.values() if point.status is PointStatus.ACTIVE and not point.ticket]


def automatic(hall: Hall, now: Moment) -> TicketCalled | None:
    """The call a hall that calls by itself makes now, to the point free longest; None if there is none to make."""
    for point in sorted(_free(hall), key=lambda point: (point.last.at if point.last else 0, point.serial_number)):
        if chosen := next_for(hall, point, now):
            reasons = reasons_for(hall, point, chosen, now, How.AUTOMATICALLY)
            return TicketCalled(ticket=chosen.id, point=point.id, why=reasons)
    return None


def _ready(hall: Hall, point: Point, holding: TicketId | None) -> Point:
    if point.status is not PointStatus.ACTIVE:
        raise PointNotActive("This service point is not active: activate it before you call.", point=point.id)
    if point.ticket and point.ticket != holding:
        here = hall.tickets[point.ticket]
        raise PointHasTicket("This service point already has {label}.", point=point.id, **here.named)
    if holding:
        hall.ticket_at(point.id, holding)
    return point


def recall(hall: Hall, command: Recall, now: Moment) -> Events:
    ticket = hall.called_at(command.point, command.ticket)
    return [TicketRecalled(ticket=ticket.id, point=command.point)]


def ticket_called(hall: Hall, event: TicketCalled) -> Hall:
    waiting = hall.tickets[event.ticket]
    ticket = replace(
        waiting,
        state=TicketState.CALLED,
        point=event.point,
        called_at=event.at,
        started_at=None,
        last_call=event.order,
        recalls=0,
        parked_at=None,
    )
    return hall.with_ticket(ticket).with_call(_call(ticket, event, times=1))


def ticket_recalled(hall: Hall, event: TicketRecalled) -> Hall:
    before = hall.tickets[event.ticket]
    ticket = replace(before, recalls=before.recalls + 1, last_call=event.order)
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
    Rule(CallTicket, call_ticket, the_ticket, STAFF),
    Rule(Recall, recall, the_ticket, STAFF),
)
CHANGES = (
    Change(TicketCalled, ticket_called),
    Change(TicketRecalled, ticket_recalled),
)
