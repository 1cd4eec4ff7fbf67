"""What becomes of a called customer: served, not come, sent back to wait, sent elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shared.hall.calling_order import due_at_issue, seconds
from shared.hall.errors import Invalid, ServiceNotGiven, TooEarly, UnknownOutcome
from shared.hall.field_types import Outcome, PointId, Remark, ServiceId, TicketId
from shared.hall.hall import Hall
from shared.hall.messages import AtPoint, Change, DoneAtPoint, Events, Rule, the_ticket
from shared.hall.roles import STAFF
from shared.hall.values import MINUTE, Moment, Ticket, TicketState


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
    """This service is given: the visit is over, or goes on to the next of its services."""

    outcome: Outcome = ""
    """One of the hall's outcomes, for reports."""
    note: Remark = ""


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
    note: Remark = ""


@dataclass(frozen=True, kw_only=True)
class ServiceStarted(DoneAtPoint):
    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class TicketServed(DoneAtPoint):
    ticket: TicketId
    closed_by: ClosedBy = ClosedBy.POINT
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class TicketMovedOn(DoneAtPoint):
    """One service of a visit is given, the next one is waited for."""

    ticket: TicketId
    service: ServiceId
    then: tuple[ServiceId, ...]
    due: int
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class TicketNoShow(DoneAtPoint):
    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class TicketReturned(DoneAtPoint):
    ticket: TicketId
    due: int
    not_before: int | None = None


@dataclass(frozen=True, kw_only=True)
class TicketTransferred(DoneAtPoint):
    ticket: TicketId
    service: ServiceId
    for_point: PointId | None
    due: int


def start_service(hall: Hall, command: StartService, now: Moment) -> Events:
    ticket = hall.called_at(command.point, command.ticket)
    return [ServiceStarted(ticket=ticket.id, point=command.point)]


def finish_service(hall: Hall, command: FinishService, now: Moment) -> Events:
    ticket = hall.ticket_at(command.point, command.ticket)
    return [given(hall, command.point, ticket, command.outcome, now)]


def given(hall: Hall, point: PointId, ticket: Ticket, outcome: str, now: Moment) -> TicketServed | TicketMovedOn:
    """The end of a service: the visit's, or the way to its next one. Raises UnknownOutcome."""
    if outcome and outcome not in hall.settings.outcomes:
        raise UnknownOutcome("This is no outcome of this hall: choose one of its own.")
    to_come = tuple(service for service in ticket.then if service in hall.services)
    if not to_come:
        return TicketServed(ticket=ticket.id, point=point, outcome=outcome)
    due = due_at_issue(now, hall.precedences[ticket.precedence])
    return TicketMovedOn(ticket=ticket.id, point=point, service=to_come[0], then=to_come[1:], due=due, outcome=outcome)


def mark_no_show(hall: Hall, command: MarkNoShow, now: Moment) -> Events:
    ticket = hall.called_at(command.point, command.ticket)
    _called_enough(hall, ticket, now)
    return [TicketNoShow(ticket=ticket.id, point=command.point)]


def _called_enough(hall: Hall, ticket: Ticket, now: Moment) -> None:
    """Raises TooEarly for a customer who has not had the time this hall gives them."""
    owed = owed_before_no_show(hall, ticket, now)
    if owed.recalls:
        raise TooEarly(
            "Call {label} again first; calls still to make: {recalls}.", recalls=str(owed.recalls), **ticket.named
        )
    if owed.seconds:
        raise TooEarly("Wait {seconds} s more for {label}.", seconds=str(owed.seconds), **ticket.named)


class Owed(NamedTuple):
    """What a hall still owes a called customer before they count as not having come."""

    recalls: int
    seconds: int


def owed_before_no_show(hall: Hall, ticket: Ticket, now: Moment) -> Owed:
    """How often this customer is still to be called again, and how long to be waited for since the last call."""
    until = (ticket.last_call or 0) + hall.settings.no_show_after * 1000
    return Owed(
        recalls=max(0, hall.settings.recalls_before_no_show - ticket.recalls),
        seconds=max(0, -(-(until - now.order) // 1000)),
    )


def return_to_queue(hall: Hall, command: ReturnToQueue, now: Moment) -> Events:
    ticket = hall.called_at(command.point, command.ticket)
    due = now.order + hall.settings.return_after * MINUTE
    not_before = due if hall.settings.auto_call else None  # else it would be called back at once
    return [TicketReturned(ticket=ticket.id, point=command.point, due=due, not_before=not_before)]


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
    service = hall.service(str(command.to_service)).id
    if not hall.points_for(("service", service)):
        raise ServiceNotGiven("No service point gives this service.", service=service)
    return service, None


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
    served = replace(ticket, state=TicketState.SERVED, ended_at=event.at, outcome=event.outcome)
    after = hall.with_ticket(served)
    return after if event.closed_by is ClosedBy.END_OF_DAY else with_visit(after, ticket, event.at)


def ticket_moved_on(hall: Hall, event: TicketMovedOn) -> Hall:
    before = hall.tickets[event.ticket]
    ticket = replace(
        waiting_again(before, due=event.due),
        service=event.service,
        then=event.then,
        for_point=None,
        outcome=event.outcome,
        came_for=before.came_for or before.service,
    )
    return with_visit(hall.with_ticket(ticket), before, event.at)


def with_visit(hall: Hall, visited: Ticket, ended_at: datetime, count: int = 1) -> Hall:
    """The hall with this visit counted as one of its service's today; or not any more, with a count of -1."""
    began_at = visited.started_at or visited.called_at or ended_at
    return hall.with_visit(visited.service, count * seconds(ended_at - began_at), count)


def ticket_no_show(hall: Hall, event: TicketNoShow) -> Hall:
    ticket = hall.tickets[event.ticket]
    return hall.with_ticket(replace(ticket, state=TicketState.NO_SHOW, ended_at=event.at))


def ticket_returned(hall: Hall, event: TicketReturned) -> Hall:
    return hall.with_ticket(waiting_again(hall.tickets[event.ticket], due=event.due, not_before=event.not_before))


def ticket_transferred(hall: Hall, event: TicketTransferred) -> Hall:
    before = hall.tickets[event.ticket]
    ticket = waiting_again(before, due=event.due)
    came_for = before.came_for or (before.service if event.service != before.service else None)
    return hall.with_ticket(replace(ticket, service=event.service, for_point=event.for_point, came_for=came_for))


def waiting_again(ticket: Ticket, due: int, not_before: int | None = None) -> Ticket:
    """The ticket back in its line, as if it had not been called yet."""
    return replace(
        ticket,
        state=TicketState.WAITING,
        due=due,
        not_before=not_before,
        point=None,
        called_at=None,
        started_at=None,
        last_call=None,
        recalls=0,
        parked_at=None,
    )


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
    Change(TicketMovedOn, ticket_moved_on),
    Change(TicketNoShow, ticket_no_show),
    Change(TicketReturned, ticket_returned),
    Change(TicketTransferred, ticket_transferred),
)
