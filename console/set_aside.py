"""The tickets that don't wait but may come back: parked ones, no-shows and cancelled ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.hall.hall import Hall
from shared.hall.parking import REINSTATABLE
from shared.hall.values import NEVER, Point, Ticket, TicketState


def parked(hall: Hall) -> list[Ticket]:
    """The parked tickets, the earliest issued first."""
    tickets = (ticket for ticket in hall.tickets.values() if ticket.state is TicketState.PARKED)
    return sorted(tickets, key=lambda ticket: ticket.number)


def reinstatable(hall: Hall, wall: datetime) -> list[Ticket]:
    """The tickets that may be reinstated, the last to end first."""
    tickets = (ticket for ticket in hall.ended if may_come_back(hall, ticket, wall))
    return sorted(tickets, key=lambda ticket: ticket.ended_at or NEVER, reverse=True)


def may_come_back(hall: Hall, ticket: Ticket, wall: datetime) -> bool:
    """Whether this no-show or cancelled ticket may still be reinstated."""
    within = timedelta(minutes=hall.settings.reinstate_within)
    return ticket.state in REINSTATABLE and ticket.ended_at is not None and wall - ticket.ended_at <= within


def concerns(point: Point, ticket: Ticket) -> bool:
    """Whether a point gives this ticket's service, had it last, or is the one it was sent to."""
    return ticket.service in (*point.services, *point.backup_services) or point.id in (ticket.point, ticket.for_point)


def set_aside_at(hall: Hall, point: Point, wall: datetime) -> list[Ticket]:
    """The tickets a point may bring back."""
    return [ticket for ticket in (*parked(hall), *reinstatable(hall, wall)) if concerns(point, ticket)]
