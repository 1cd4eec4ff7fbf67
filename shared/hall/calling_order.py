"""Who is next: the earliest due of those a service point may serve.

A ticket is due at its issue plus the allowance of its precedence, fixed for good at issue. Lateness is
then bounded by arithmetic: nobody is overtaken by a ticket that came later than the difference of the
two allowances. Static urgency after Jackson (1960), "Some problems in queueing with dynamic priorities".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.hall.field_types import PrecedenceId
from shared.hall.hall import Hall
from shared.hall.values import MINUTE, Line, Moment, Place, Point, Precedence, Ticket


class How(StrEnum):
    """Who chose the ticket."""

    NEXT = "next"
    BY_HAND = "by-hand"
    AUTOMATICALLY = "automatically"


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why this ticket and no other: shown to the specialist, kept with the call."""

    due_at: datetime
    precedence: PrecedenceId
    waited: int
    """Seconds since its issue."""
    passed_over: int
    """How many eligible tickets came earlier and still wait."""
    lead: int
    """Seconds by which the earliest of them came before it."""
    how: How = How.NEXT


def due_at_issue(now: Moment, precedence: Precedence) -> int:
    """When a ticket issued now is due, on the order clock."""
    return now.order + precedence.allowance * MINUTE


def may_be_called(ticket: Ticket, now: Moment) -> bool:
    """Whether its time to be called has come, as an appointment's has not long before the time agreed."""
    return ticket.not_before is None or ticket.not_before <= now.order


def next_for(hall: Hall, point: Point, now: Moment) -> Ticket | None:
    """The least (due, number) among the tickets this point may call now, penalties counted; None if there is none."""
    heads = ((place, penalty) for line, penalty in point.draws() if (place := _first(hall, line, now)))
    first = min(heads, key=lambda head: (head[0].due + head[1], head[0].number), default=None)
    return hall.tickets[first[0].ticket] if first else None


def _first(hall: Hall, line: Line, now: Moment) -> Place | None:
    return next((place for place in hall.lines.get(line, ()) if may_be_called(hall.tickets[place.ticket], now)), None)


def reasons_for(hall: Hall, point: Point, chosen: Ticket, now: Moment, how: How = How.NEXT) -> Why:
    """The reasons for calling ``chosen`` at ``point`` now."""
    passed = list(_came_before(hall, point, chosen, now))
    lead = max((chosen.issued_at - other.issued_at for other in passed), default=timedelta())
    return Why(
        due_at=now.wall + timedelta(milliseconds=chosen.due - now.order),
        precedence=chosen.precedence,
        waited=seconds(now.wall - chosen.issued_at),
        passed_over=len(passed),
        lead=seconds(lead),
        how=how,
    )


def _came_before(hall: Hall, point: Point, chosen: Ticket, now: Moment) -> Iterator[Ticket]:
    """Found where they stand in front: the cost grows with those passed over, who are few, not with all who wait."""
    for line, _ in point.draws():
        arrivals = hall.arrivals.get(line, ())
        earlier = (hall.tickets[arrival.ticket] for arrival in arrivals[: bisect_left(arrivals, chosen.arrival)])
        yield from (ticket for ticket in earlier if may_be_called(ticket, now))


def seconds(span: timedelta) -> int:
    """Whole seconds, never less than none: a clock set back does not make anybody wait a negative time."""
    return max(0, int(span.total_seconds()))
