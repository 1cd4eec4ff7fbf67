"""Opening, pausing and closing a service point."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.hall.errors import Invalid, PointAlreadyActive, PointHasTicket, PointNotActive, PointNotPaused
from shared.hall.field_limits import LONGEST_PAUSE
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Change, DoneAtPoint, Events, PointCommand, Rule, point_answer
from shared.hall.roles import STAFF
from shared.hall.units import Minutes
from shared.hall.values import Moment, Point, PointStatus


@dataclass(frozen=True, kw_only=True)
class ActivatePoint(PointCommand):
    """The point opens: a specialist begins to serve there."""


@dataclass(frozen=True, kw_only=True)
class PausePoint(PointCommand):
    """The point calls nobody for a while. A paused point may say so again, with the ``minutes`` from now on."""

    GONE = frozenset({"reason"})

    minutes: Minutes = 0
    """How long the pause is meant to last; 0: not said. It never ends by itself."""


@dataclass(frozen=True, kw_only=True)
class ResumePoint(PointCommand):
    """The pause is over."""


@dataclass(frozen=True, kw_only=True)
class DeactivatePoint(PointCommand):
    """The point closes. A customer who was transferred to it waits for their service again."""


@dataclass(frozen=True, kw_only=True)
class PointActivated(DoneAtPoint): ...


@dataclass(frozen=True, kw_only=True)
class PointPaused(DoneAtPoint):
    VERSION = 2  # with ``until``
    GONE = frozenset({"reason"})

    until: datetime | None = None
    """When the specialist means to be back; None: not said."""


@dataclass(frozen=True, kw_only=True)
class PointResumed(DoneAtPoint): ...


@dataclass(frozen=True, kw_only=True)
class PointDeactivated(DoneAtPoint):
    tickets: tuple[TicketId, ...] = ()
    """The tickets sent to this point by name: they wait for their services from now on."""


def activate_point(hall: Hall, command: ActivatePoint, now: Moment) -> Events:
    point = hall.point(command.point)
    if point.status is not PointStatus.INACTIVE:
        raise PointAlreadyActive("This service point is already open.", point=point.id)
    return [PointActivated(point=point.id)]


def pause_point(hall: Hall, command: PausePoint, now: Moment) -> Events:
    point = hall.point(command.point)
    if point.status is PointStatus.INACTIVE or (point.status is PointStatus.PAUSED and not command.minutes):
        raise PointNotActive("Only an active service point can pause.", point=point.id)
    if not 0 <= command.minutes <= LONGEST_PAUSE:
        raise Invalid("A pause is meant to last 0 to {most} minutes.", field="minutes", most=str(LONGEST_PAUSE))
    _require_empty(hall, point)
    until = now.wall + timedelta(minutes=command.minutes) if command.minutes else None
    return [PointPaused(point=point.id, until=until)]


def resume_point(hall: Hall, command: ResumePoint, now: Moment) -> Events:
    point = hall.point(command.point)
    if point.status is not PointStatus.PAUSED:
        raise PointNotPaused("This service point is not paused.", point=point.id)
    return [PointResumed(point=point.id)]


def deactivate_point(hall: Hall, command: DeactivatePoint, now: Moment) -> Events:
    point = hall.point(command.point)
    if point.status is PointStatus.INACTIVE:
        raise PointNotActive("This service point is already closed.", point=point.id)
    _require_empty(hall, point)
    sent_here = tuple(ticket.id for ticket in hall.tickets.values() if ticket.for_point == point.id)
    return [PointDeactivated(point=point.id, tickets=sent_here)]


def _require_empty(hall: Hall, point: Point) -> None:
    if point.ticket:
        raise PointHasTicket("Finish with {label} first.", point=point.id, **hall.tickets[point.ticket].id_and_label)


def point_activated(hall: Hall, event: PointActivated | PointResumed) -> Hall:
    point = hall.points[event.point]
    return hall.with_point(replace(point, status=PointStatus.ACTIVE, back_at=None))


def point_paused(hall: Hall, event: PointPaused) -> Hall:
    point = hall.points[event.point]
    return hall.with_point(replace(point, status=PointStatus.PAUSED, back_at=event.until))


def point_deactivated(hall: Hall, event: PointDeactivated) -> Hall:
    for ticket_id in event.tickets:
        hall = hall.with_ticket(replace(hall.tickets[ticket_id], for_point=None))
    return hall.with_point(replace(hall.points[event.point], status=PointStatus.INACTIVE, back_at=None))


RULES = (
    Rule(ActivatePoint, activate_point, point_answer, STAFF),
    Rule(PausePoint, pause_point, point_answer, STAFF),
    Rule(ResumePoint, resume_point, point_answer, STAFF),
    Rule(DeactivatePoint, deactivate_point, point_answer, STAFF),
)
CHANGES = (
    Change(PointActivated, point_activated),
    Change(PointPaused, point_paused),
    Change(PointResumed, point_activated),
    Change(PointDeactivated, point_deactivated),
)
