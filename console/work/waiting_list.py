"""Who waits for a service point, in the order it will call them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.hall.calling_order import may_be_called
from shared.hall.hall import Hall
from shared.hall.values import Moment, Point, Ticket


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A waiting ticket as one point sees it."""

    place: int
    """1: called next."""
    ticket: Ticket
    due_at: datetime


def waiting(hall: Hall, point: Point, now: Moment) -> list[Waiting]:
    """The tickets this point may call, due first; its backup services' count as due later.

    Those whose time has not come yet stand behind everybody who may be called.
    """
    places = sorted(
        (not may_be_called(hall.tickets[place.ticket], now), place.due + penalty, place.number, place.ticket)
        for line, penalty in point.draws()
        for place in hall.lines.get(line, ())
    )
    tickets = [hall.tickets[ticket] for *_, ticket in places]
    return [Waiting(place=at, ticket=ticket, due_at=due_at(hall, ticket)) for at, ticket in enumerate(tickets, start=1)]


def due_at(hall: Hall, ticket: Ticket) -> datetime:
    """When a ticket is due on the wall's clock."""
    return hall.at + timedelta(milliseconds=ticket.due - hall.order)


def by_service(rows: list[Waiting]) -> list[tuple[str, int]]:
    """How many wait for each service, the longest line first."""
    return Counter(row.ticket.service for row in rows).most_common()
