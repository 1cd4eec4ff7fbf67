"""What the rules say, counted the slow way, from the tickets alone: what the histories are held against."""

from __future__ import annotations

from collections.abc import Iterator

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


def eligible(step: Step, point: str) -> list[tuple[int, int, Ticket]]:
    """Who waits and may be called to a point in this step, the first to be called first."""
    return eligible_in(step.at_call, point, max(step.before.order, step.now.order))


def eligible_in(hall: Hall, point: str, now: int) -> list[tuple[int, int, Ticket]]:
    """The same of a hall, at a moment on its order clock."""
    callable_now = [ticket for ticket in waiting(hall) if ticket.not_before is None or ticket.not_before <= now]
    counted = [(penalty_of(hall.points[point], ticket), ticket) for ticket in callable_now]
    return sorted((ticket.due + penalty, ticket.number, ticket) for penalty, ticket in counted if penalty is not None)


def point_of(step: Step) -> str:
    assert isinstance(step.command, CallNext)
    return step.command.point


def called_by(step: Step) -> Ticket | None:
    called = [event.ticket for event in step.events if isinstance(event, TicketCalled)]
    return step.at_call.tickets[called[0]] if called else None


def waiting(hall: Hall) -> list[Ticket]:
    return [ticket for ticket in hall.tickets.values() if ticket.state is TicketState.WAITING]


def overtaken(history: History) -> Iterator[tuple[Ticket, list[Ticket]]]:
    """Every ticket called, and those who came before it and could have been called there in its stead.

    Tickets once returned or transferred aside, and those for whom the point counts another penalty.
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
    """Those due before it that wait for the same, or for a point that serves both first-hand.

    Where no such point is open, it is those whom the open points that help out would call first.
    """
    points = [point for point in hall.points.values() if first_hand(point, ticket)]
    if helpers := helping_out(hall, ticket):
        others = [other for other in waiting(hall) if other.id != ticket.id]
        return sum(any(called_before(point, other, ticket) for point in helpers) for other in others)
    return sum(
        other.place < ticket.place and (other.line == ticket.line or any(first_hand(point, other) for point in points))
        for other in waiting(hall)
    )


def helping_out(hall: Hall, ticket: Ticket) -> list[Point]:
    """The open points that serve a ticket as a backup while none is open that serves it first-hand."""
    open_ones = [point for point in hall.points.values() if point.status != "inactive"]
    if any(first_hand(point, ticket) for point in open_ones):
        return []
    return [point for point in open_ones if penalty_of(point, ticket) is not None]


def called_before(point: Point, other: Ticket, ticket: Ticket) -> bool:
    theirs, ours = penalty_of(point, other), penalty_of(point, ticket)
    if theirs is None or ours is None:
        return False
    return (other.due + theirs, other.number) < (ticket.due + ours, ticket.number)


def first_hand(point: Point, ticket: Ticket) -> bool:
    """Whether a point serves this ticket, its backup services aside."""
    return ticket.for_point == point.id if ticket.for_point else ticket.service in point.services
