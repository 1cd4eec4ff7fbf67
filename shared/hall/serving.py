"""What becomes of a called ticket: served, no-show, returned, transferred.

Rules raise what ``Hall.ticket_at`` may; those for a customer not served yet, what ``Hall.called_at`` may.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shared.hall.calling_order import due_at_issue
from shared.hall.errors import Invalid, ServiceNotGiven, TooEarly, UnknownOutcome
from shared.hall.field_types import Outcome, PointId, Remark, ServiceId, TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Change, DoneAtPoint, Events, Rule, TicketCommand, ticket_answer
from shared.hall.roles import STAFF
from shared.hall.units import MINUTE, SECOND, OrderTime, Seconds, seconds
from shared.hall.values import Moment, Ticket, TicketState


class Placement(StrEnum):
    """When a transferred ticket is due."""

    KEEP_DUE = "by-time"
    """As before."""
    DUE_NOW = "first"
    """Now, or as before if it is overdue; others may be overdue longer and are called first."""
    AS_ISSUED_NOW = "last"
    """As if it were issued now: the allowance of its precedence begins again."""


class ClosedBy(StrEnum):
    """What ended a visit: somebody at the point, or the end of the business day."""

    POINT = "point"
    END_OF_DAY = "end-of-day"


@dataclass(frozen=True, kw_only=True)
class StartService(TicketCommand):
    """The customer has come: serving begins."""


@dataclass(frozen=True, kw_only=True)
class FinishService(TicketCommand):
    """Serving ends, also without StartService: the visit is over, or goes on to the next of its services."""

    outcome: Outcome = ""
    """How it ended at this service: one of the hall's outcomes, for reports."""
    note: Remark = ""
    """For colleagues: kept with the visit's notes, never in an event."""


@dataclass(frozen=True, kw_only=True)
class MarkNoShow(TicketCommand):
    """The customer has not come and is not called any more."""


@dataclass(frozen=True, kw_only=True)
class ReturnToQueue(TicketCommand):
    """The customer waits again, and is due after the hall's ``return_after``."""


@dataclass(frozen=True, kw_only=True)
class TransferTicket(TicketCommand):
    """The customer is sent to another service, or to one service point, and keeps the label."""

    to_service: ServiceId | None = None
    to_point: PointId | None = None
    place: Placement = Placement.KEEP_DUE
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
    """Serving has ended for one service of a visit, and the customer waits for the next."""

    ticket: TicketId
    service: ServiceId
    then: tuple[ServiceId, ...]
    due: OrderTime
    outcome: str = ""
    """Of the service that has ended, not of ``service``; the waiting ticket carries it."""


@dataclass(frozen=True, kw_only=True)
class TicketNoShow(DoneAtPoint):
    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class TicketReturned(DoneAtPoint):
    ticket: TicketId
    due: OrderTime
    not_before: OrderTime | None = None


@dataclass(frozen=True, kw_only=True)
class TicketTransferred(DoneAtPoint):
    ticket: TicketId
    service: ServiceId
    for_point: PointId | None
    due: OrderTime


def start_service(hall: Hall, command: StartService, now: Moment) -> Events:
    ticket = hall.called_at(command.point, command.ticket)
    return [ServiceStarted(ticket=ticket.id, point=command.point)]


def finish_service(hall: Hall, command: FinishService, now: Moment) -> Events:
    """Also raises UnknownOutcome."""
    ticket = hall.ticket_at(command.point, command.ticket)
    return [event_of_finishing(hall, command.point, ticket, command.outcome, now)]


def event_of_finishing(
    hall: Hall, point: PointId, ticket: Ticket, outcome: str, now: Moment
) -> TicketServed | TicketMovedOn:
    """The event that ends the visit or moves it on; raises UnknownOutcome if the hall does not have this outcome."""
    if outcome and outcome not in hall.settings.outcomes:
        raise UnknownOutcome("This hall has no such outcome: choose one from its list.")
    then = tuple(service_id for service_id in ticket.then if service_id in hall.services)
    if not then:
        return TicketServed(ticket=ticket.id, point=point, outcome=outcome)
    due = due_at_issue(now.order, hall.precedences[ticket.precedence].allowance)
    return TicketMovedOn(ticket=ticket.id, point=point, service=then[0], then=then[1:], due=due, outcome=outcome)


def mark_no_show(hall: Hall, command: MarkNoShow, now: Moment) -> Events:
    """Also raises TooEarly as long as the hall owes calls or time."""
    ticket = hall.called_at(command.point, command.ticket)
    _require_called_enough(hall, ticket, now)
    return [TicketNoShow(ticket=ticket.id, point=command.point)]


def _require_called_enough(hall: Hall, ticket: Ticket, now: Moment) -> None:
    owed = owed_before_no_show(hall, ticket, now)
    if owed.recalls:
        raise TooEarly(
            "Call {label} again first; calls still to make: {recalls}.",
            recalls=str(owed.recalls),
            **ticket.id_and_label,
        )
    if owed.seconds:
        raise TooEarly("Wait {seconds} s more for {label}.", seconds=str(owed.seconds), **ticket.id_and_label)


class Owed(NamedTuple):
    """What has to happen before a called ticket may be marked as a no-show."""

    recalls: int
    """How many more calls."""
    seconds: Seconds
    """How much longer to wait."""


def owed_before_no_show(hall: Hall, ticket: Ticket, now: Moment) -> Owed:
    """What the hall still owes a called ticket; both are 0 once it may be marked as a no-show."""
    wait = (ticket.last_call or 0) + hall.settings.no_show_after * SECOND - now.order
    return Owed(
        recalls=max(0, hall.settings.recalls_before_no_show - ticket.recalls),
        seconds=max(0, -(-wait // SECOND)),  # rounded up
    )


def return_to_queue(hall: Hall, command: ReturnToQueue, now: Moment) -> Events:
    ticket = hall.called_at(command.point, command.ticket)
    due = now.order + hall.settings.return_after * MINUTE
    # Without not_before, a hall that calls by itself would call the same customer again at once.
    not_before = due if hall.settings.auto_call else None
    return [TicketReturned(ticket=ticket.id, point=command.point, due=due, not_before=not_before)]


def transfer_ticket(hall: Hall, command: TransferTicket, now: Moment) -> Events:
    """Also raises Invalid, ServiceNotGiven, UnknownService or UnknownPoint, for where it goes."""
    ticket = hall.ticket_at(command.point, command.ticket)
    service_id, for_point = _destination(hall, ticket, command)
    return [
        TicketTransferred(
            ticket=ticket.id,
            point=command.point,
            service=service_id,
            for_point=for_point,
            due=_due_after_transfer(hall, ticket, command.place, now),
        )
    ]


def _destination(hall: Hall, ticket: Ticket, command: TransferTicket) -> tuple[ServiceId, PointId | None]:
    """The service a transferred ticket waits for, and the one point if it waits for a point."""
    if (command.to_service is None) == (command.to_point is None):
        raise Invalid("A transfer goes to a service or to a service point: name one of them.")
    if command.to_point is not None:
        return ticket.service, hall.point(command.to_point).id
    service_id = hall.service(str(command.to_service)).id
    if not hall.points_for(("service", service_id)):
        raise ServiceNotGiven("No service point gives this service.", service=service_id)
    return service_id, None


def _due_after_transfer(hall: Hall, ticket: Ticket, placement: Placement, now: Moment) -> OrderTime:
    match placement:
        case Placement.KEEP_DUE:
            return ticket.due
        case Placement.DUE_NOW:
            return min(ticket.due, now.order)
        case Placement.AS_ISSUED_NOW:  # pragma: no branch  # mypy proves there is no fourth
            return due_at_issue(now.order, hall.precedences[ticket.precedence].allowance)


def service_started(hall: Hall, event: ServiceStarted) -> Hall:
    ticket = hall.tickets[event.ticket]
    return hall.with_ticket(replace(ticket, state=TicketState.SERVING, started_at=event.at))


def ticket_served(hall: Hall, event: TicketServed) -> Hall:
    ticket = hall.tickets[event.ticket]
    served = replace(ticket, state=TicketState.SERVED, ended_at=event.at, outcome=event.outcome)
    after = hall.with_ticket(served)
    counts = event.closed_by is ClosedBy.POINT  # otherwise nobody knows when it really ended
    return after.with_visits(ticket.service, 1, length_at_service(ticket, event.at)) if counts else after


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
    return hall.with_ticket(ticket).with_visits(before.service, 1, length_at_service(before, event.at))


def length_at_service(ticket: Ticket, ended_at: datetime) -> Seconds:
    """How long the ticket was served at one service, or was at its point if StartService was never sent."""
    return seconds(ended_at - (ticket.started_at or ticket.called_at or ended_at))


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


def waiting_again(ticket: Ticket, due: OrderTime, not_before: OrderTime | None = None) -> Ticket:
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
    Rule(StartService, start_service, ticket_answer, STAFF),
    Rule(FinishService, finish_service, ticket_answer, STAFF),
    Rule(MarkNoShow, mark_no_show, ticket_answer, STAFF),
    Rule(ReturnToQueue, return_to_queue, ticket_answer, STAFF),
    Rule(TransferTicket, transfer_ticket, ticket_answer, STAFF),
)
CHANGES = (
    Change(ServiceStarted, service_started),
    Change(TicketServed, ticket_served),
    Change(TicketMovedOn, ticket_moved_on),
    Change(TicketNoShow, ticket_no_show),
    Change(TicketReturned, ticket_returned),
    Change(TicketTransferred, ticket_transferred),
)
