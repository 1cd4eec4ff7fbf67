"""What the desk answers to those at work: who works where, what their day came to, a note that is kept at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from shared.access.request import Done, Request
from shared.access.specialists import KeepNote, OwnDay, ParkedFor, ReadOwnDay, ReadReasons, ReadSeats, Seat, own_day
from shared.backend.halls import notes, seats
from shared.backend.request_handlers import contacts
from shared.backend.request_handlers.request_context import RequestContext
from shared.backend.storage import tables
from shared.hall.business_day import BusinessDayStarted
from shared.hall.errors import Invalid
from shared.hall.field_types import HallId, TicketId
from shared.hall.hall import Hall
from shared.hall.json_codec import decode_event
from shared.hall.messages import DoneAtPoint, Event
from shared.hall.opening import business_day, is_new_day
from shared.hall.roles import Actor
from shared.hall.rules import EVENTS
from shared.hall.undo import LastUndone

COUNTED = tuple(name for name, kind in EVENTS.items() if issubclass(kind, (DoneAtPoint, LastUndone)))


def _seats(context: RequestContext, hall: HallId, asked: ReadSeats, by: Actor) -> tuple[Seat, ...]:
    with context.ledger.database.reading() as connection:
        return tuple(seats.taken(connection, hall))


def _own_day(context: RequestContext, hall: HallId, asked: ReadOwnDay, by: Actor) -> OwnDay:
    with context.ledger.database.reading() as connection:
        return own_day(_today(connection, hall, by.name))


def _today(connection: Connection, hall: HallId, login: str) -> Iterator[tuple[Event, bool]]:
    """What was done at points this business day. The journal says whose it is, as ``role:login``; a role may change."""
    rows = tables.journal.c
    began = select(rows.seq).where(rows.hall_id == hall, rows.type == BusinessDayStarted.type_name())
    since = connection.scalar(began.order_by(rows.seq.desc()).limit(1)) or 0
    query = select(rows.actor, rows.body).where(rows.hall_id == hall, rows.seq > since, rows.type.in_(COUNTED))
    for actor, body in connection.execute(query.order_by(rows.seq)):
        theirs = actor.partition(":")[2] == login
        yield _event(json.loads(body), theirs), theirs


def _event(body: dict[str, Any], theirs: bool) -> Event:
    """Of what colleagues did only the order counts: to read it all takes three times as long."""
    if theirs or body["type"] == LastUndone.type_name():
        return decode_event(body)
    return DoneAtPoint(point=body["point"], goes_on=body.get("goes_on", False))


def _keep_note(context: RequestContext, hall: HallId, asked: KeepNote, by: Actor) -> Done:
    """Raises UnknownTicket, TooLate, Invalid, CommandIdReused."""
    text = asked.text.strip()
    if not text:
        raise Invalid("A note says something.")
    known, now = context.ledger.hall(hall), context.ledger.wall()
    with context.ledger.database.writing() as connection:
        if not notes.is_there(connection, hall, asked.id, asked.ticket, text):
            _require_open(connection, known, asked.ticket, now)
        notes.add(connection, hall, asked.id, asked.ticket, text, by, now)
    return Done()


def _reasons(context: RequestContext, hall: HallId, asked: ReadReasons, by: Actor) -> tuple[ParkedFor, ...]:
    since = {ticket.id: ticket.parked_at for ticket in context.ledger.hall(hall).tickets.values() if ticket.parked_at}
    with context.ledger.database.reading() as connection:
        found = notes.reasons(connection, hall, since)
    return tuple(ParkedFor(ticket=ticket, reason=reason) for ticket, reason in found.items())


def _require_open(connection: Connection, hall: Hall, ticket: TicketId, now: datetime) -> None:
    """A visit that is over keeps its notes, so one that comes late joins them on the same day, unless it was erased.

    Raises UnknownTicket, TooLate.
    """
    if notes.is_erased(connection, hall.id, ticket) or not _ended_today(connection, hall, ticket, now):
        contacts.require_live(connection, hall.id, ticket)


def _ended_today(connection: Connection, hall: Hall, ticket: TicketId, now: datetime) -> bool:
    """The row's day alone does not tell: a rating the day after moves it on, and a day's end ends visits after it."""
    rows = tables.tickets.c
    query = select(rows.business_day, rows.ended_at).where(rows.hall_id == hall.id, rows.id == ticket)
    found = connection.execute(query).first()
    if found is None or found.ended_at is None or is_new_day(hall, now):
        return False
    return bool(found.business_day == hall.business_day == business_day(hall.settings, found.ended_at))


ANSWERS: Mapping[type[Request[Any]], Callable[[RequestContext, HallId, Any, Actor], Any]] = {
    ReadSeats: _seats,
    ReadOwnDay: _own_day,
    KeepNote: _keep_note,
    ReadReasons: _reasons,
}
