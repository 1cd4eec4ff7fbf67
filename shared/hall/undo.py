"""Taking back what was just done at a service point: whatever it was, everything is as before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.hall.errors import NothingToUndo, TooLate
from shared.hall.field_types import PointId, TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Answer, Change, DoneAtPoint, Event, Events, PointCommand, Rule
from shared.hall.parking import can_live_again
from shared.hall.roles import STAFF
from shared.hall.serving import with_visit
from shared.hall.values import Call, Last, Moment, Point, PointStatus, Ticket, TicketState

UNDO_WITHIN = 10_000
"""Milliseconds: long enough to notice a slip, too short for a customer to have walked away."""


@dataclass(frozen=True, kw_only=True)
class UndoLast(PointCommand):
    """The last thing done at this service point was a slip: take it back."""


@dataclass(frozen=True, kw_only=True)
class LastUndone(Event):
    point: PointId
    what: str
    """The name of the event taken back."""
    tickets: tuple[TicketId, ...]


def remember(before: Hall, after: Hall, event: Event) -> Hall:
    """The hall after an event, its service point knowing how to take it back."""
    if not isinstance(event, DoneAtPoint):
        return after
    point = before.points[event.point]
    start = Last(what="", at=event.order, wall=event.at, status=point.status)
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
        raise NothingToUndo("There is nothing to take back at this service point.", point=point.id)
    if now.order - point.last.at > UNDO_WITHIN:
        raise TooLate(
            "Only what was done in the last {seconds} seconds can be taken back.", seconds=str(UNDO_WITHIN // 1000)
        )
    for ticket in hall.tickets.values():
        if point.last.status is PointStatus.INACTIVE and ticket.for_point == point.id:
            raise TooLate("{label} waits for this service point: close it instead.", **ticket.named)
    for before, after in zip(point.last.before, point.last.after, strict=True):
        if not hall.knows(after.id) or hall.ticket(after.id) != after:
            raise TooLate("{label} has moved on since: this can't be taken back.", **after.named)
        can_live_again(hall, before)
    tickets = tuple(ticket.id for ticket in point.last.before)
    return [LastUndone(point=point.id, what=point.last.what, tickets=tickets)]


def last_undone(hall: Hall, event: LastUndone) -> Hall:
    last = hall.points[event.point].last
    assert last is not None, "a journal says so only after something was done"
    for ticket in reversed(last.before):  # the one that was called leaves the point before the one that was there
        hall = hall.with_ticket(ticket)
    hall = _uncounted(hall, last)
    as_before = {ticket.id: ticket for ticket in last.before}
    point: Point = replace(hall.points[event.point], status=last.status, last=None)
    return replace(hall.with_point(point), calls=tuple(_calls(hall, as_before)))


def _uncounted(hall: Hall, last: Last) -> Hall:
    """The hall without what was counted when this was done."""
    for before, after in zip(last.before, last.after, strict=True):
        if after.state is TicketState.SERVED or after.then != before.then:
            hall = with_visit(hall, before, last.wall, count=-1)
    return hall


def _calls(hall: Hall, as_before: dict[TicketId, Ticket]) -> Iterator[Call]:
    """The calls as if what was taken back had not happened."""
    for call in hall.calls:
        before = as_before.get(call.ticket)
        if before is None:
            yield call
        elif before.point and before.called_at:
            yield replace(call, point=before.point, times=before.recalls + 1)


def _undone(hall: Hall, command: UndoLast, events: Events) -> Answer:
    return {"undone": next(event.what for event in events if isinstance(event, LastUndone))}


RULES = (Rule(UndoLast, undo_last, _undone, STAFF),)
CHANGES = (Change(LastUndone, last_undone),)
