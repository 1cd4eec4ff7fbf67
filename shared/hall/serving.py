"""What becomes of a called customer: served, not come, sent back to wait, sent elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from shared.hall.due import MINUTE, due_at_issue, seconds
from shared.hall.errors import Invalid
from shared.hall.hall import Hall, Moment, Ticket, TicketState
from shared.hall.messages import AtPoint, Change, Event, Events, Rule, the_ticket
from shared.hall.roles import STAFF
from shared.hall.words import PointId, ServiceId, TicketId


class Placement(StrEnum):
    """Where a transferred ticket waits: as if it had come for this service at once, due now, or as if it came now."""

    BY_TIME = "by-time"
    FIRST = "first"
    LAST = "last"


class ClosedBy(StrEnum):
    """What ended a visit: somebody at the point, or the end of the business day."""

    POINT = "point"
    END_OF_DAY = "end-of-day"


@dataclass(frozen=True, kw_only=True)
class StartService(AtPoint):
    """The customer has come: the visit begins."""


@dataclass(frozen=True, kw_only=True)
class FinishService(AtPoint):
    """The visit is over."""


@dataclass(frozen=True, kw_only=True)
class MarkNoShow(AtPoint):
    """The customer has not come and is not called any more."""


@dataclass(frozen=True, kw_only=True)
class ReturnToQueue(AtPoint):
    """The customer waits again, due after the hall's tolerance."""


@dataclass(frozen=True, kw_only=True)
class TransferTicket(AtPoint):
    """The customer is sent to another service, or to one service point, keeping the number."""

    to_service: ServiceId | None = None
    to_point: PointId | None = None
    place: Placement = Placement.BY_TIME


@dataclass(frozen=True, kw_only=True)
class ServiceStarted(Event):
    ticket: TicketId
    point: PointId


@dataclass(frozen=True, kw_only=True)
class TicketServed(Event):
    ticket: TicketId
    point: PointId
    closed_by: ClosedBy = ClosedBy.POINT


@dataclass(frozen=True, kw_only=True)
class TicketNoShow(Event):
    ticket: TicketId
    point: PointId


@dataclass(frozen=True, kw_only=True)
class TicketReturned(Event):
    ticket: TicketId
    point: PointId
    due: int


@dataclass(frozen=True, kw_only=True)
class TicketTransferred(Event):
    ticket: TicketId
    point: PointId
    service: ServiceId
    for_point: PointId | None
    due: int


def start_service(hall: Hall, command: StartService, now: Moment) -> Events:
    ticket = hall.called_at(command.point, command.ticket)
    return [ServiceStarted(ticket=ticket.id, point=command.point)]


def finish_service(hall: Hall, command: FinishService, now: Moment) -> Events:
    ticket = hall.ticket_at(command.point, command.ticket)
    return [TicketServed(ticket=ticket.id, point=command.point)]


def mark_no_show(hall: Hall, command: MarkNoShow, now: Moment) -> Events:
    ticket = hall.called_at(command.point, command.ticket)
    return [TicketNoShow(ticket=ticket.id, point=command.point)]


def return_to_queue(hall: Hall, command: ReturnToQueue, now: Moment) -> Events:
    ticket = hall.called_at(command.point, command.ticket)
    due = now.order + hall.settings.return_after * MINUTE
    return [TicketReturned(ticket=ticket.id, point=command.point, due=due)]


def transfer_ticket(hall: Hall, command: TransferTicket, now: Moment) -> Events:
    ticket = hall.ticket_at(command.point, command.ticket)
    service, for_point = _destination(hall, ticket, command)
    return [
        TicketTransferred(
            ticket=ticket.id,
            point=command.point,
            service=service,
            for_point=for_point,
            due=_due_there(hall, ticket, command.place, now),
        )
    ]


def _destination(hall: Hall, ticket: Ticket, command: TransferTicket) -> tuple[ServiceId, PointId | None]:
    """The service a transferred ticket waits for, and the one point if it waits for a point."""
    if (command.to_service is None) == (command.to_point is None):
        raise Invalid("A transfer goes to a service or to a service point: name one of them.")
    if command.to_point is not None:
        return ticket.service, hall.point(command.to_point).id
    return hall.service(str(command.to_service)).id, None


def _due_there(hall: Hall, ticket: Ticket, place: Placement, now: Moment) -> int:
    match place:
        case Placement.BY_TIME:
            return ticket.due
        case Placement.FIRST:
            return min(ticket.due, now.order)
        case Placement.LAST:  # pragma: no branch  # mypy proves there is no fourth
            return due_at_issue(now, hall.precedences[ticket.precedence])


def service_started(hall: Hall, event: ServiceStarted) -> Hall:
    ticket = hall.tickets[event.ticket]
    return hall.with_ticket(replace(ticket, state=TicketState.SERVING, started_at=event.at))


def ticket_served(hall: Hall, event: TicketServed) -> Hall:
    ticket = hall.tickets[event.ticket]
    after = hall.with_ticket(replace(ticket, state=TicketState.SERVED, ended_at=event.at))
    if event.closed_by is ClosedBy.END_OF_DAY:
        return after
    return after.with_visit(ticket.service, seconds(event.at - (ticket.started_at or ticket.called_at or event.at)))


def ticket_no_show(hall: Hall, event: TicketNoShow) -> Hall:
    ticket = hall.tickets[event.ticket]
    return hall.with_ticket(replace(ticket, state=TicketState.NO_SHOW, ended_at=event.at))


def ticket_returned(hall: Hall, event: TicketReturned) -> Hall:
    return hall.with_ticket(waiting_again(hall.tickets[event.ticket], due=event.due))


def ticket_transferred(hall: Hall, event: TicketTransferred) -> Hall:
    before = hall.tickets[event.ticket]
    ticket = waiting_again(before, due=event.due)
    came_for = before.came_for or (before.service if event.service != before.service else None)
    return hall.with_ticket(replace(ticket, service=event.service, for_point=event.for_point, came_for=came_for))


def waiting_again(ticket: Ticket, due: int) -> Ticket:
    """The ticket back in its line, as if it had not been called yet."""
    return replace(ticket, state=TicketState.WAITING, point=None, called_at=None, started_at=None, recalls=0, due=due)


RULES = (
    Rule(StartService, start_service, the_ticket, STAFF),
    Rule(FinishService, finish_service, the_ticket, STAFF),
    Rule(MarkNoShow, mark_no_show, the_ticket, STAFF),
    Rule(ReturnToQueue, return_to_queue, the_ticket, STAFF),
    Rule(TransferTicket, transfer_ticket, the_ticket, STAFF),
)
CHANGES = (
    Change(ServiceStarted, service_started),
    Change(TicketServed, ticket_served),
    Change(TicketNoShow, ticket_no_show),
    Change(TicketReturned, ticket_returned),
    Change(TicketTransferred, ticket_transferred),
)
