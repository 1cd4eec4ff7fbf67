"""The ticket a service point calls next, and the reasons for it, kept with the call."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.hall.calling_order import Place
from shared.hall.field_types import PrecedenceId
from shared.hall.hall import Hall
from shared.hall.units import Seconds, seconds
from shared.hall.values import Line, Moment, Point, Ticket


class How(StrEnum):
    """How the ticket was chosen."""

    NEXT = "next"
    BY_HAND = "by-hand"
    AUTOMATICALLY = "automatically"


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why this ticket and no other: shown to the specialist, kept with the call."""

    due_at: datetime
    precedence: PrecedenceId
    waited: Seconds
    """From its issue to the call."""
    passed_over: int
    """How many tickets that this point could have called came earlier and still wait."""
    lead: Seconds
    """How much earlier than this ticket the first of them came."""
    how: How = How.NEXT


def may_be_called(ticket: Ticket, now: Moment) -> bool:
    """Whether the ticket may be called yet; an appointment that checked in early may not."""
    return ticket.not_before is None or ticket.not_before <= now.order


def next_for(hall: Hall, point: Point, now: Moment) -> Ticket | None:
    """The least (due, number) among the tickets this point may call now, penalties counted; None if there is none."""
    heads = ((_first_callable(hall, line, now), penalty) for line, penalty in point.drawn_lines())
    first = min((place._replace(due=place.due + penalty) for place, penalty in heads if place), default=None)
    return hall.tickets[first.ticket] if first else None


def _first_callable(hall: Hall, line: Line, now: Moment) -> Place | None:
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
    """The tickets passed over: found in time that grows with their number, not with that of all who wait."""
    for line, _ in point.drawn_lines():
        arrivals = hall.arrivals.get(line, ())
        earlier = (hall.tickets[arrival.ticket] for arrival in arrivals[: bisect_left(arrivals, chosen.arrival)])
        yield from (ticket for ticket in earlier if may_be_called(ticket, now))
