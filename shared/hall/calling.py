"""Calling customers to a service point: the next one, and the same one again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.hall.errors import PointHasTicket, PointNotActive, ServiceNotGiven, TicketNotWaiting, TooEarly
from shared.hall.field_types import Outcome, Remark, TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Answer, Change, DoneAtPoint, Events, PointCommand, Rule, TicketCommand, ticket_answer
from shared.hall.next_ticket import How, Why, may_be_called, next_for, reasons_for
from shared.hall.roles import STAFF
from shared.hall.serving import TicketMovedOn, TicketServed, event_of_finishing, ticket_moved_on
from shared.hall.values import Call, Moment, Point, PointStatus, Ticket, TicketState


@dataclass(frozen=True, kw_only=True)
class CallNext(PointCommand):
    """Finish the visit at the point, if there is one, and call the customer who is due first."""

    holding: TicketId | None = None
    """The ticket the console believes the point has; refused if it has another, or has none."""
    outcome: Outcome = ""
    """The outcome of the visit that ends; see FinishService."""
    note: Remark = ""
    """A note about that visit."""


@dataclass(frozen=True, kw_only=True)
class CallTicket(TicketCommand):
    """Call this waiting or parked customer, though others may be due before."""


@dataclass(frozen=True, kw_only=True)
class Recall(TicketCommand):
    """The customer has not come: call the same ticket again."""


@dataclass(frozen=True, kw_only=True)
class TicketCalled(DoneAtPoint):
    ticket: TicketId
    why: Why


@dataclass(frozen=True, kw_only=True)
class TicketRecalled(DoneAtPoint):
    ticket: TicketId


def call_next(hall: Hall, command: CallNext, now: Moment) -> Events:
    point = _require_ready(hall, hall.point(command.point), command.holding)
    finished = _finish_current(hall, point, command, now)
    for event in finished:
        if isinstance(event, TicketMovedOn):  # its ticket may be the next one here
            hall = ticket_moved_on(hall, event)
    chosen = next_for(hall, point, now)
    if chosen is None:
        return finished
    reasons = reasons_for(hall, point, chosen, now)
    return [*finished, TicketCalled(ticket=chosen.id, point=point.id, why=reasons, goes_on=bool(finished))]


def _finish_current(hall: Hall, point: Point, command: CallNext, now: Moment) -> list[TicketServed | TicketMovedOn]:
    if point.ticket is None:
        return []
    return [event_of_finishing(hall, point.id, hall.tickets[point.ticket], command.outcome, now)]


def call_ticket(hall: Hall, command: CallTicket, now: Moment) -> Events:
    point = _require_ready(hall, hall.point(command.point), holding=None)
    ticket = hall.ticket(command.ticket)
    if ticket.state not in (TicketState.WAITING, TicketState.PARKED):
        raise TicketNotWaiting("{label} is not waiting.", **ticket.id_and_label)
    if not point.gives(ticket.service) and ticket.for_point != point.id:
        raise ServiceNotGiven("This service point does not give the service {label} waits for.", **ticket.id_and_label)
    if not may_be_called(ticket, now):
        raise TooEarly("It is too early to call {label}.", **ticket.id_and_label)
    return [TicketCalled(ticket=ticket.id, point=point.id, why=reasons_for(hall, point, ticket, now, How.BY_HAND))]


def may_call_later(hall: Hall) -> bool:
    """Whether the mere passing of time may cause an automatic call: a point is free, and a ticket has a not_before."""
    waiting = (ticket for ticket in hall.tickets.values() if ticket.state is TicketState.WAITING)
    return hall.settings.auto_call and bool(_free_points(hall)) and any(one.not_before is not None for one in waiting)


def _free_points(hall: Hall) -> list[Point]:
    return [point for point in hall.points.values() if point.status is PointStatus.ACTIVE and not point.ticket]


def automatic_call(hall: Hall, now: Moment) -> TicketCalled | None:
    """The automatic call due now, at the free point whose last action is oldest; None if nobody can be called."""
    for point in sorted(_free_points(hall), key=lambda one: (one.last.at if one.last else 0, one.serial_number)):
        if chosen := next_for(hall, point, now):
            reasons = reasons_for(hall, point, chosen, now, How.AUTOMATICALLY)
            return TicketCalled(ticket=chosen.id, point=point.id, why=reasons)
    return None


def _require_ready(hall: Hall, point: Point, holding: TicketId | None) -> Point:
    if point.status is not PointStatus.ACTIVE:
        raise PointNotActive("This service point is not open: open it before you call.", point=point.id)
    if point.ticket and point.ticket != holding:
        has = hall.tickets[point.ticket]
        raise PointHasTicket("This service point already has {label}.", point=point.id, **has.id_and_label)
    if holding:
        hall.ticket_at(point.id, holding)
    return point


def recall(hall: Hall, command: Recall, now: Moment) -> Events:
    ticket = hall.called_at(command.point, command.ticket)
    return [TicketRecalled(ticket=ticket.id, point=command.point)]


def ticket_called(hall: Hall, event: TicketCalled) -> Hall:
    before = hall.tickets[event.ticket]
    ticket = replace(
        before,
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


def _called_answer(hall: Hall, command: CallNext, events: Events) -> Answer:
    for event in events:
        if isinstance(event, TicketCalled):
            return {"ticket": hall.ticket(event.ticket), "why": event.why}
    return {"ticket": None, "why": None}


RULES = (
    Rule(CallNext, call_next, _called_answer, STAFF),
    Rule(CallTicket, call_ticket, ticket_answer, STAFF),
    Rule(Recall, recall, ticket_answer, STAFF),
)
CHANGES = (Change(TicketCalled, ticket_called), Change(TicketRecalled, ticket_recalled))
