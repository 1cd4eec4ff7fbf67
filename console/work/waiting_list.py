"""The tickets waiting for a service point, in the order it will call them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.hall.hall import Hall
from shared.hall.next_ticket import may_be_called
from shared.hall.values import Moment, Point, Ticket


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A waiting ticket as one point sees it."""

    position: int
    """The position in the calling order; 1 is called next."""
    ticket: Ticket
    due_at: datetime


def waiting_at(hall: Hall, point: Point, now: Moment) -> list[Waiting]:
    """The tickets in this point's lines, the first due first; those of its backup services count as due later.

    Those that may not be called yet stand behind all that may.
    """
    places = sorted(
        (not may_be_called(hall.tickets[place.ticket], now), place.due + penalty, place.number, place.ticket)
        for line, penalty in point.drawn_lines()
        for place in hall.lines.get(line, ())
    )
    tickets = [hall.tickets[ticket] for *_, ticket in places]
    return [Waiting(position=at, ticket=ticket, due_at=due_at(hall, ticket)) for at, ticket in enumerate(tickets, 1)]


def due_at(hall: Hall, ticket: Ticket) -> datetime:
    """When a ticket is due, on the wall clock."""
    return hall.at + timedelta(milliseconds=ticket.due - hall.order)


def by_service(rows: list[Waiting]) -> list[tuple[str, int]]:
    """How many wait for each service, the longest line first."""
    return Counter(row.ticket.service for row in rows).most_common()
