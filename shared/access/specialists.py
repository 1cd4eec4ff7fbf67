"""Who works at which service point, and what came of their day: for colleagues, and never part of the hall."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.access.request import Done, Request
from shared.hall.field_types import CommandId, PointId, Remark, TicketId
from shared.hall.messages import DoneAtPoint, Event
from shared.hall.roles import STAFF
from shared.hall.serving import ClosedBy, TicketMovedOn, TicketNoShow, TicketServed
from shared.hall.undo import LastUndone


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Somebody who took a service point, is signed in still, and has not closed or left it."""

    point: PointId
    login: str
    console: str
    """Theirs, by the name it gave when it took the point."""
    since: datetime


@dataclass(frozen=True, kw_only=True)
class ReadSeats(Request[tuple[Seat, ...]]):
    """Who works where at this moment."""

    ANSWER = tuple[Seat, ...]
    ALLOWED = STAFF


@dataclass(frozen=True, kw_only=True)
class OwnDay:
    """What somebody did this business day, whichever points they worked at."""

    served: int = 0
    """Services given: a visit of two services counts twice if the same person gave both."""
    no_shows: int = 0


@dataclass(frozen=True, kw_only=True)
class ReadOwnDay(Request[OwnDay]):
    """The day of whoever asks."""

    ANSWER = OwnDay
    ALLOWED = STAFF


@dataclass(frozen=True, kw_only=True)
class KeepNote(Request[Done]):
    """Write down something about a visit at once, for colleagues; asked again with the same ``id`` it is one note."""

    ANSWER = Done
    ALLOWED = STAFF

    ticket: TicketId
    text: Remark
    id: CommandId


@dataclass(frozen=True, kw_only=True)
class ParkedFor:
    """A visit that pauses, and why."""

    ticket: TicketId
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReadReasons(Request[tuple[ParkedFor, ...]]):
    """Why visits are parked at this moment: those of which somebody said so."""

    ANSWER = tuple[ParkedFor, ...]
    ALLOWED = STAFF


def own_day(events: Iterable[tuple[Event, bool]]) -> OwnDay:
    """What a day's events, each with whether it was theirs, come to; what was taken back did not happen."""
    served = no_shows = 0
    latest: dict[PointId, tuple[int, int]] = {}
    """What was counted of the last press at each point: that is what its undo takes back."""
    for event, theirs in events:
        if isinstance(event, LastUndone):
            undone = latest.pop(event.point, (0, 0))
            served, no_shows = served - undone[0], no_shows - undone[1]
        elif isinstance(event, DoneAtPoint):
            more = _counts(event) if theirs else (0, 0)
            before = latest.get(event.point, (0, 0)) if event.goes_on else (0, 0)
            latest[event.point] = before[0] + more[0], before[1] + more[1]
            served, no_shows = served + more[0], no_shows + more[1]
    return OwnDay(served=served, no_shows=no_shows)


def _counts(event: DoneAtPoint) -> tuple[int, int]:
    given = isinstance(event, TicketMovedOn) or (isinstance(event, TicketServed) and event.closed_by is ClosedBy.POINT)
    return int(given), int(isinstance(event, TicketNoShow))


REQUESTS: tuple[type[Request[Any]], ...] = (ReadSeats, ReadOwnDay, KeepNote, ReadReasons)
