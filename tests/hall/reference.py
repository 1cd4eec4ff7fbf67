"""The rules again, counted the slow way from the tickets alone: histories are compared with this."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shared.hall.calling import CallNext, TicketCalled
from shared.hall.hall import Hall
from shared.hall.serving import TicketReturned, TicketTransferred
from shared.hall.values import Point, Ticket, TicketState
from tests.hall.histories import History, Step


def penalty_of(point: Point, ticket: Ticket) -> int | None:
    """The milliseconds by which a point counts a ticket later; None if it may not serve it."""
    if ticket.for_point is not None:
        return 0 if ticket.for_point == point.id else None
    if ticket.service in point.services:
        return 0
    return point.backup_penalty * 60_000 if ticket.service in point.backup_services else None


class Eligible(NamedTuple):
    """A ticket that a point may call; sorts by who is called first."""

    due: int
    """Milliseconds on the order clock, the point's penalty included."""
    number: int
    ticket: Ticket


def eligible(step: Step, point: str) -> list[Eligible]:
    """The tickets a point may call in this step, the first to be called first."""
    return eligible_in(step.at_call, point, max(step.before.order, step.now.order))


def eligible_in(hall: Hall, point: str, now: int) -> list[Eligible]:
    """The tickets a point may call in this hall, at a moment on its order clock, the first to be called first."""
    callable_now = [ticket for ticket in waiting(hall) if ticket.not_before is None or ticket.not_before <= now]
    counted = [(penalty_of(hall.points[point], ticket), ticket) for ticket in callable_now]
    found = (Eligible(ticket.due + one, ticket.number, ticket) for one, ticket in counted if one is not None)
    return sorted(found)


def point_of(step: Step) -> str:
    assert isinstance(step.command, CallNext)
    return step.command.point


def called_by(step: Step) -> Ticket | None:
    called = [event.ticket for event in step.events if isinstance(event, TicketCalled)]
    return step.at_call.tickets[called[0]] if called else None


def waiting(hall: Hall) -> list[Ticket]:
    return [ticket for ticket in hall.tickets.values() if ticket.state is TicketState.WAITING]


def overtakings(history: History) -> Iterator[tuple[Ticket, list[Ticket]]]:
    """Every called ticket, with those that came before it and could have been called there instead.

    Left out are tickets once returned or transferred, and those for which the point counts another penalty.
    """
    moved: set[str] = set()
    for step in history.steps:
        if called := called_by(step):
            point = step.before.points[point_of(step)]
            if called.id not in moved:
                yield (
                    called,
                    [
                        ticket
                        for *_, ticket in eligible(step, point.id)
                        if ticket.number < called.number
                        and ticket.id not in moved
                        and penalty_of(point, ticket) == penalty_of(point, called)
                    ],
                )
        moved |= {event.ticket for event in step.events if isinstance(event, (TicketReturned, TicketTransferred))}


def ahead_counted_slowly(hall: Hall, ticket: Ticket) -> int:
    """How many due before the ticket wait in its line, or for a point that gives both services as its own.

    While no such point is open: how many the open points that give its service as a backup would call before it.
    """
    points = [point for point in hall.points.values() if gives_as_own(point, ticket)]
    if helpers := backups_that_call(hall, ticket):
        others = [other for other in waiting(hall) if other.id != ticket.id]
        return sum(any(called_before(point, other, ticket) for point in helpers) for other in others)
    return sum(
        other.place < ticket.place
        and (other.line == ticket.line or any(gives_as_own(point, other) for point in points))
        for other in waiting(hall)
    )


def backups_that_call(hall: Hall, ticket: Ticket) -> list[Point]:
    """The open points that give a ticket's service as a backup; none while a point is open that gives it as its own."""
    open_ones = [point for point in hall.points.values() if point.status != "inactive"]
    if any(gives_as_own(point, ticket) for point in open_ones):
        return []
    return [point for point in open_ones if penalty_of(point, ticket) is not None]


def called_before(point: Point, other: Ticket, ticket: Ticket) -> bool:
    theirs, ours = penalty_of(point, other), penalty_of(point, ticket)
    if theirs is None or ours is None:
        return False
    return (other.due + theirs, other.number) < (ticket.due + ours, ticket.number)


def gives_as_own(point: Point, ticket: Ticket) -> bool:
    """Whether a point may call this ticket, its backup services left out."""
    return ticket.for_point == point.id if ticket.for_point else ticket.service in point.services
