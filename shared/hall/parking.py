"""Customers set aside for a while, and those who come back: parked, resumed, reinstated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from shared.hall.errors import PointNotActive, StillInUse, TicketNotParked, TicketNotServing, TicketNotWaiting, TooLate
from shared.hall.field_types import PointId, Remark, TicketId
from shared.hall.hall import Hall
from shared.hall.messages import AtPoint, Change, Command, DoneAtPoint, Event, Events, Rule, the_ticket
from shared.hall.roles import STAFF
from shared.hall.serving import waiting_again
from shared.hall.values import MINUTE, Moment, PointStatus, Ticket, TicketState

CAME_NOT = frozenset({TicketState.NO_SHOW, TicketState.CANCELLED})
"""How a ticket ended that may have its place again."""


@dataclass(frozen=True, kw_only=True)
class ParkTicket(AtPoint):
    """The visit pauses: the customer fetches a paper or fills in a form, and the point serves others meanwhile."""

    reason: Remark = ""
    note: Remark = ""


@dataclass(frozen=True, kw_only=True)
class ResumeTicket(AtPoint):
    """A parked customer is ready and waits again, in the place they had."""


@dataclass(frozen=True, kw_only=True)
class ReinstateTicket(Command):
    """Somebody who did not come, or gave up, is there after all and waits again."""

    ticket: TicketId
    point: PointId | None = None
    """The service point that asks, if it is one: the reception has none."""


@dataclass(frozen=True, kw_only=True)
class TicketParked(DoneAtPoint):
    GONE = frozenset({"reason"})

    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class TicketResumed(DoneAtPoint):
    ticket: TicketId
    due: int


@dataclass(frozen=True, kw_only=True)
class TicketReinstated(Event):
    GONE = frozenset({"point", "goes_on"})  # when it was done at a service point

    ticket: TicketId
    due: int
    falls_back: bool = False
    """Whether it waits for its service, and no more for the one point it was sent to: that has closed."""


def park_ticket(hall: Hall, command: ParkTicket, now: Moment) -> Events:
    ticket = hall.ticket_at(command.point, command.ticket)
    if ticket.state is not TicketState.SERVING:
        raise TicketNotServing("{label} is not being served yet: start the visit first.", **ticket.named)
    return [TicketParked(ticket=ticket.id, point=command.point)]


def resume_ticket(hall: Hall, command: ResumeTicket, now: Moment) -> Events:
    if hall.point(command.point).status is PointStatus.INACTIVE:
        raise PointNotActive("This service point is closed: open it first.", point=command.point)
    ticket = hall.ticket(command.ticket)
    if ticket.state is not TicketState.PARKED:
        raise TicketNotParked("{label} is not parked.", **ticket.named)
    return [TicketResumed(ticket=ticket.id, point=command.point, due=min(ticket.due, now.order))]


def reinstate_ticket(hall: Hall, command: ReinstateTicket, now: Moment) -> Events:
    if command.point is not None:
        hall.point(command.point)
    ticket = hall.ticket(command.ticket)
    if ticket.state not in CAME_NOT:
        raise TicketNotWaiting("{label} can't be reinstated: only who did not come, or gave up, can.", **ticket.named)
    within = hall.settings.reinstate_within
    if ticket.ended_at is None or now.wall - ticket.ended_at > timedelta(minutes=within):
        raise TooLate(
            "{label} ended more than {minutes} minutes ago: take a new ticket.", minutes=str(within), **ticket.named
        )
    can_live_again(hall, ticket)
    due = now.order + hall.settings.return_after * MINUTE
    falls_back = bool(ticket.for_point) and not hall.attended(ticket.line)
    return [TicketReinstated(ticket=ticket.id, due=due, falls_back=falls_back)]


def can_live_again(hall: Hall, ticket: Ticket) -> None:
    """Raises StillInUse if somebody else has its number, or Unknown if what it waited for is no longer there."""
    if any(other.label == ticket.label and other.id != ticket.id for other in hall.tickets.values()):
        raise StillInUse("Somebody else has the number {label} by now: take a new ticket.", **ticket.named)
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
    Rule(ParkTicket, park_ticket, the_ticket, STAFF),
    Rule(ResumeTicket, resume_ticket, the_ticket, STAFF),
    Rule(ReinstateTicket, reinstate_ticket, the_ticket, STAFF),
)
CHANGES = (
    Change(TicketParked, ticket_parked),
    Change(TicketResumed, ticket_resumed),
    Change(TicketReinstated, ticket_reinstated),
)
