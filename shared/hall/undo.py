"""Undo: the last action at a service point is taken back, and everything is as before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.hall.errors import NothingToUndo, TooLate
from shared.hall.field_types import PointId, TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Answer, Change, DoneAtPoint, Event, Events, PointCommand, Rule
from shared.hall.parking import require_restorable
from shared.hall.roles import STAFF
from shared.hall.serving import length_at_service
from shared.hall.units import SECOND, Milliseconds
from shared.hall.values import Call, Last, Moment, Point, PointStatus, Ticket, TicketState

UNDO_WITHIN: Milliseconds = 10_000
"""Long enough to notice a slip, too short for a customer to have walked away."""


@dataclass(frozen=True, kw_only=True)
class UndoLast(PointCommand):
    """Take back the last action at this service point."""


@dataclass(frozen=True, kw_only=True)
class LastUndone(Event):
    point: PointId
    what: str
    """The type name of the event taken back, or of the last one of several."""
    tickets: tuple[TicketId, ...]


def with_last_action(before: Hall, after: Hall, event: Event) -> Hall:
    """``after``, with the event added to what its service point can take back."""
    if not isinstance(event, DoneAtPoint):
        return after
    point = before.points[event.point]
    start = Last(what="", at=event.order, wall=event.at, status=point.status, back_at=point.back_at)
    known = point.last if event.goes_on and point.last else start
    last = replace(
        known,
        what=event.type_name(),
        before=(*known.before, *map(before.ticket, event.tickets_touched())),
        after=(*known.after, *map(after.ticket, event.tickets_touched())),
    )
    return after.with_point(replace(after.points[event.point], last=last))


def undo_last(hall: Hall, command: UndoLast, now: Moment) -> Events:
    point = hall.point(command.point)
    if point.last is None:
        raise NothingToUndo("There is nothing to undo at this service point.", point=point.id)
    if now.order - point.last.at > UNDO_WITHIN:
        raise TooLate(
            "Only what was done in the last {seconds} seconds can be undone.", seconds=str(UNDO_WITHIN // SECOND)
        )
    for ticket in hall.tickets.values():
        if point.last.status is PointStatus.INACTIVE and ticket.for_point == point.id:
            raise TooLate("{label} waits for this service point: close it instead.", **ticket.id_and_label)
    for before, after in zip(point.last.before, point.last.after, strict=True):
        if not hall.knows(after.id) or hall.ticket(after.id) != after:
            raise TooLate("{label} has moved on since: this can't be undone.", **after.id_and_label)
        require_restorable(hall, before)
    tickets = tuple(ticket.id for ticket in point.last.before)
    return [LastUndone(point=point.id, what=point.last.what, tickets=tickets)]


def last_undone(hall: Hall, event: LastUndone) -> Hall:
    last = hall.points[event.point].last
    assert last is not None, "a journal holds this event only after something was done"
    for ticket in reversed(last.before):  # the called ticket leaves the point before the earlier one returns to it
        hall = hall.with_ticket(ticket)
    hall = _without_visits(hall, last)
    as_before = {ticket.id: ticket for ticket in last.before}
    point: Point = replace(hall.points[event.point], status=last.status, back_at=last.back_at, last=None)
    return replace(hall.with_point(point), calls=tuple(_calls_before(hall, as_before)))


def _without_visits(hall: Hall, last: Last) -> Hall:
    """The hall without the customers, and their time at one service, that this action counted."""
    for before, after in zip(last.before, last.after, strict=True):
        if after.state is TicketState.SERVED or after.then != before.then:
            hall = hall.with_visits(before.service, -1, -length_at_service(before, last.wall))
    return hall


def _calls_before(hall: Hall, as_before: dict[TicketId, Ticket]) -> Iterator[Call]:
    """The calls as if the action had not happened."""
    for call in hall.calls:
        before = as_before.get(call.ticket)
        if before is None:
            yield call
        elif before.point and before.called_at:
            yield replace(call, point=before.point, times=before.recalls + 1)


def _undo_answer(hall: Hall, command: UndoLast, events: Events) -> Answer:
    return {"undone": next(event.what for event in events if isinstance(event, LastUndone))}


RULES = (Rule(UndoLast, undo_last, _undo_answer, STAFF),)
CHANGES = (Change(LastUndone, last_undone),)
