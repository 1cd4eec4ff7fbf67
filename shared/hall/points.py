"""Opening and closing a service point for the day, and a pause in between."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.hall.errors import PointAlreadyActive, PointHasTicket, PointNotActive, PointNotPaused
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Change, DoneAtPoint, Events, PointCommand, Rule, the_point
from shared.hall.roles import STAFF
from shared.hall.values import Moment, Point, PointStatus


@dataclass(frozen=True, kw_only=True)
class ActivatePoint(PointCommand):
    """A specialist begins to serve at a point."""


@dataclass(frozen=True, kw_only=True)
class PausePoint(PointCommand):
    """A point calls nobody for a while."""

    GONE = frozenset({"reason"})


@dataclass(frozen=True, kw_only=True)
class ResumePoint(PointCommand):
    """The pause is over."""


@dataclass(frozen=True, kw_only=True)
class DeactivatePoint(PointCommand):
    """The point closes. Whoever was sent to it by name waits for their service again."""


@dataclass(frozen=True, kw_only=True)
class PointActivated(DoneAtPoint): ...


@dataclass(frozen=True, kw_only=True)
class PointPaused(DoneAtPoint):
    GONE = frozenset({"reason"})


@dataclass(frozen=True, kw_only=True)
class PointResumed(DoneAtPoint): ...


@dataclass(frozen=True, kw_only=True)
class PointDeactivated(DoneAtPoint):
    tickets: tuple[TicketId, ...] = ()
    """Those sent to this point by name: from now on they wait for their services."""


def activate_point(hall: Hall, command: ActivatePoint, now: Moment) -> Events:
    point = hall.point(command.point)
    if point.status is not PointStatus.INACTIVE:
        raise PointAlreadyActive("This service point is already open.", point=point.id)
    return [PointActivated(point=point.id)]


def pause_point(hall: Hall, command: PausePoint, now: Moment) -> Events:
    point = hall.point(command.point)
    if point.status is not PointStatus.ACTIVE:
        raise PointNotActive("Only an active service point can pause.", point=point.id)
    _empty(hall, point)
    return [PointPaused(point=point.id)]


def resume_point(hall: Hall, command: ResumePoint, now: Moment) -> Events:
    point = hall.point(command.point)
    if point.status is not PointStatus.PAUSED:
        raise PointNotPaused("This service point is not paused.", point=point.id)
    return [PointResumed(point=point.id)]


def deactivate_point(hall: Hall, command: DeactivatePoint, now: Moment) -> Events:
    point = hall.point(command.point)
    if point.status is PointStatus.INACTIVE:
        raise PointNotActive("This service point is already closed.", point=point.id)
    _empty(hall, point)
    sent_here = tuple(ticket.id for ticket in hall.tickets.values() if ticket.for_point == point.id)
    return [PointDeactivated(point=point.id, tickets=sent_here)]


def _empty(hall: Hall, point: Point) -> None:
    if point.ticket:
        raise PointHasTicket("Finish with {label} first.", point=point.id, **hall.tickets[point.ticket].named)


def point_activated(hall: Hall, event: PointActivated | PointResumed) -> Hall:
    point = hall.points[event.point]
    return hall.with_point(replace(point, status=PointStatus.ACTIVE))


def point_paused(hall: Hall, event: PointPaused) -> Hall:
    point = hall.points[event.point]
    return hall.with_point(replace(point, status=PointStatus.PAUSED))


def point_deactivated(hall: Hall, event: PointDeactivated) -> Hall:
    for ticket in event.tickets:
        hall = hall.with_ticket(replace(hall.tickets[ticket], for_point=None))
    return hall.with_point(replace(hall.points[event.point], status=PointStatus.INACTIVE))


RULES = (
    Rule(ActivatePoint, activate_point, the_point, STAFF),
    Rule(PausePoint, pause_point, the_point, STAFF),
    Rule(ResumePoint, resume_point, the_point, STAFF),
    Rule(DeactivatePoint, deactivate_point, the_point, STAFF),
)
CHANGES = (
    Change(PointActivated, point_activated),
    Change(PointPaused, point_paused),
    Change(PointResumed, point_activated),
    Change(PointDeactivated, point_deactivated),
)
