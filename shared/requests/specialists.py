"""Requests of staff at work: who is at which service point, one's own day, notes and reasons for parking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.hall.field_types import CommandId, PointId, Remark, TicketId
from shared.hall.messages import DoneAtPoint, Event
from shared.hall.roles import STAFF
from shared.hall.serving import ClosedBy, TicketMovedOn, TicketNoShow, TicketServed
from shared.hall.undo import LastUndone
from shared.requests.request import Done, Request


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A specialist at a service point: they took it, are still signed in, and have not closed or left it."""

    point: PointId
    login: str
    console: str
    """The name their console gave when it took the point."""
    since: datetime


@dataclass(frozen=True, kw_only=True)
class ReadSeats(Request[tuple[Seat, ...]]):
    """Who works at which service point now."""

    ANSWER = tuple[Seat, ...]
    ALLOWED = STAFF


@dataclass(frozen=True, kw_only=True)
class OwnDay:
    """What a specialist did this business day, at all points together."""

    served: int = 0
    """Services given: a visit of two services counts twice if the same person gave both."""
    no_shows: int = 0
    """Tickets that were called and did not come."""


@dataclass(frozen=True, kw_only=True)
class ReadOwnDay(Request[OwnDay]):
    """The sender's own day."""

    ANSWER = OwnDay
    ALLOWED = STAFF


@dataclass(frozen=True, kw_only=True)
class KeepNote(Request[Done]):
    """Store a note about a visit for colleagues; a retry with the same ``id`` is one note."""

    ANSWER = Done
    ALLOWED = STAFF

    ticket: TicketId
    text: Remark
    id: CommandId


@dataclass(frozen=True, kw_only=True)
class ParkedFor:
    """A parked ticket, and why it is parked."""

    ticket: TicketId
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReadReasons(Request[tuple[ParkedFor, ...]]):
    """Why tickets are parked now, where somebody gave a reason."""

    ANSWER = tuple[ParkedFor, ...]
    ALLOWED = STAFF


def own_day(events: Iterable[tuple[Event, bool]]) -> OwnDay:
    """Sum up a day's events, each with whether the specialist caused it; what was undone does not count."""
    served = no_shows = 0
    latest: dict[PointId, OwnDay] = {}
    """What the last action at each point added: its undo subtracts that."""
    for event, is_theirs in events:
        if isinstance(event, LastUndone):
            undone = latest.pop(event.point, OwnDay())
            served, no_shows = served - undone.served, no_shows - undone.no_shows
        elif isinstance(event, DoneAtPoint):
            added = _counts(event) if is_theirs else OwnDay()
            before = latest.get(event.point, OwnDay()) if event.goes_on else OwnDay()
            latest[event.point] = OwnDay(served=before.served + added.served, no_shows=before.no_shows + added.no_shows)
            served, no_shows = served + added.served, no_shows + added.no_shows
    return OwnDay(served=served, no_shows=no_shows)


def _counts(event: DoneAtPoint) -> OwnDay:
    given = isinstance(event, TicketMovedOn) or (isinstance(event, TicketServed) and event.closed_by is ClosedBy.POINT)
    return OwnDay(served=int(given), no_shows=int(isinstance(event, TicketNoShow)))


REQUESTS: tuple[type[Request[Any]], ...] = (ReadSeats, ReadOwnDay, KeepNote, ReadReasons)
