"""Who does not wait but may come back: those whose visit is parked, and those who did not come or gave up."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.hall.hall import Hall
from shared.hall.parking import CAME_NOT
from shared.hall.values import NEVER, Point, Ticket, TicketState


def parked(hall: Hall) -> list[Ticket]:
    """Those whose visit is parked, the first to come first."""
    tickets = (ticket for ticket in hall.tickets.values() if ticket.state is TicketState.PARKED)
    return sorted(tickets, key=lambda ticket: ticket.number)


def came_not(hall: Hall, wall: datetime) -> list[Ticket]:
    """Those who may have their place again, the last to go first."""
    tickets = (ticket for ticket in hall.ended if may_come_back(hall, ticket, wall))
    return sorted(tickets, key=lambda ticket: ticket.ended_at or NEVER, reverse=True)


def may_come_back(hall: Hall, ticket: Ticket, wall: datetime) -> bool:
    """Whether somebody who did not come, or gave up, may still have their place again."""
    within = timedelta(minutes=hall.settings.reinstate_within)
    return ticket.state in CAME_NOT and ticket.ended_at is not None and wall - ticket.ended_at <= within


def concerns(point: Point, ticket: Ticket) -> bool:
    """Whether those who work at a point look after this ticket."""
    return ticket.service in (*point.services, *point.backup_services) or point.id in (ticket.point, ticket.for_point)


def set_aside(hall: Hall, point: Point, wall: datetime) -> list[Ticket]:
    """Everybody a point may bring back."""
    return [ticket for ticket in (*parked(hall), *came_not(hall, wall)) if concerns(point, ticket)]
