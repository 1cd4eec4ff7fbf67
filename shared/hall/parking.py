"""Tickets set aside and back again: parking, resuming, reinstating a no-show or a cancelled ticket."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from shared.hall.errors import PointNotActive, StillInUse, TicketNotParked, TicketNotServing, TicketNotWaiting, TooLate
from shared.hall.field_types import PointId, Remark, TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Change, Command, DoneAtPoint, Event, Events, Rule, TicketCommand, ticket_answer
from shared.hall.roles import STAFF
from shared.hall.serving import waiting_again
from shared.hall.units import MINUTE, OrderTime
from shared.hall.values import Moment, PointStatus, Ticket, TicketState

REINSTATABLE = frozenset({TicketState.NO_SHOW, TicketState.CANCELLED})
"""The states a ticket can be reinstated from."""


@dataclass(frozen=True, kw_only=True)
class ParkTicket(TicketCommand):
    """The visit pauses: the customer fetches a paper or fills in a form, and the point serves others meanwhile."""

    reason: Remark = ""
    """Why the visit pauses, for colleagues: kept with the visit's notes, never in an event."""
    note: Remark = ""
    """Any other note, kept in the same way."""


@dataclass(frozen=True, kw_only=True)
class ResumeTicket(TicketCommand):
    """A parked customer is ready and waits again, due now at the latest."""


@dataclass(frozen=True, kw_only=True)
class ReinstateTicket(Command):
    """The customer of a no-show or a cancelled ticket is there after all and waits again."""

    ticket: TicketId
    point: PointId | None = None
    """The service point the command is sent from; None: the reception."""


@dataclass(frozen=True, kw_only=True)
class TicketParked(DoneAtPoint):
    GONE = frozenset({"reason"})

    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class TicketResumed(DoneAtPoint):
    ticket: TicketId
    due: OrderTime


@dataclass(frozen=True, kw_only=True)
class TicketReinstated(Event):
    GONE = frozenset({"point", "goes_on"})  # when it was done at a service point

    ticket: TicketId
    due: OrderTime
    falls_back: bool = False
    """Whether it waits for its service, because the one point it waited for has closed."""


def park_ticket(hall: Hall, command: ParkTicket, now: Moment) -> Events:
    ticket = hall.ticket_at(command.point, command.ticket)
    if ticket.state is not TicketState.SERVING:
        raise TicketNotServing("{label} is not being served yet: start the visit first.", **ticket.id_and_label)
    return [TicketParked(ticket=ticket.id, point=command.point)]


def resume_ticket(hall: Hall, command: ResumeTicket, now: Moment) -> Events:
    if hall.point(command.point).status is PointStatus.INACTIVE:
        raise PointNotActive("This service point is closed: open it first.", point=command.point)
    ticket = hall.ticket(command.ticket)
    if ticket.state is not TicketState.PARKED:
        raise TicketNotParked("{label} is not parked.", **ticket.id_and_label)
    return [TicketResumed(ticket=ticket.id, point=command.point, due=min(ticket.due, now.order))]


def reinstate_ticket(hall: Hall, command: ReinstateTicket, now: Moment) -> Events:
    if command.point is not None:
        hall.point(command.point)
    ticket = hall.ticket(command.ticket)
    if ticket.state not in REINSTATABLE:
        raise TicketNotWaiting(
            "{label} can't be reinstated: it is neither a no-show nor cancelled.", **ticket.id_and_label
        )
    within = hall.settings.reinstate_within
    if ticket.ended_at is None or now.wall - ticket.ended_at > timedelta(minutes=within):
        raise TooLate(
            "{label} ended more than {minutes} minutes ago: take a new ticket.",
            minutes=str(within),
            **ticket.id_and_label,
        )
    require_restorable(hall, ticket)
    due = now.order + hall.settings.return_after * MINUTE
    falls_back = bool(ticket.for_point) and not hall.attended(ticket.line)
    return [TicketReinstated(ticket=ticket.id, due=due, falls_back=falls_back)]


def require_restorable(hall: Hall, ticket: Ticket) -> None:
    """Raises StillInUse if another ticket has its label, or Unknown if its service, precedence or point is gone."""
    if any(other.label == ticket.label and other.id != ticket.id for other in hall.tickets.values()):
        raise StillInUse("Somebody else has the number {label} now: take a new ticket.", **ticket.id_and_label)
    hall.service(ticket.service)
    hall.precedence(ticket.precedence)
    if ticket.for_point:
        hall.point(ticket.for_point)


def ticket_parked(hall: Hall, event: TicketParked) -> Hall:
    ticket = hall.tickets[event.ticket]
    return hall.with_ticket(replace(ticket, state=TicketState.PARKED, parked_at=event.at))


def ticket_resumed(hall: Hall, event: TicketResumed) -> Hall:
    return hall.with_ticket(waiting_again(hall.tickets[event.ticket], due=event.due))


def ticket_reinstated(hall: Hall, event: TicketReinstated) -> Hall:
    ended = hall.ticket(event.ticket)
    for_point = None if event.falls_back else ended.for_point
    hall = hall.with_ticket(replace(waiting_again(ended, due=event.due), ended_at=None, for_point=for_point))
    return hall.with_taken(ended.came_for or ended.service, 1) if ended.state is TicketState.CANCELLED else hall


RULES = (
    Rule(ParkTicket, park_ticket, ticket_answer, STAFF),
    Rule(ResumeTicket, resume_ticket, ticket_answer, STAFF),
    Rule(ReinstateTicket, reinstate_ticket, ticket_answer, STAFF),
)
CHANGES = (
    Change(TicketParked, ticket_parked),
    Change(TicketResumed, ticket_resumed),
    Change(TicketReinstated, ticket_reinstated),
)
