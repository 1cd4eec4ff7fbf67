"""Handles requests of staff at work: who works where, one's own day, notes and reasons for parking."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

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
from shared.requests.request import Done, Request
from shared.requests.specialists import KeepNote, OwnDay, ParkedFor, ReadOwnDay, ReadReasons, ReadSeats, Seat, own_day

COUNTED_EVENTS = tuple(name for name, kind in EVENTS.items() if issubclass(kind, (DoneAtPoint, LastUndone)))


def _seats(context: RequestContext, hall_id: HallId, request: ReadSeats, by: Actor) -> tuple[Seat, ...]:
    with context.ledger.database.reading() as connection:
        return tuple(seats.taken(connection, hall_id))


def _own_day(context: RequestContext, hall_id: HallId, request: ReadOwnDay, by: Actor) -> OwnDay:
    with context.ledger.database.reading() as connection:
        return own_day(_today(connection, hall_id, by.name))


def _today(connection: Connection, hall_id: HallId, login: str) -> Iterator[tuple[Event, bool]]:
    """The actions at points this business day, each with whether it is by ``login``, in whichever role."""
    rows = tables.journal.c
    began = select(rows.seq).where(rows.hall_id == hall_id, rows.type == BusinessDayStarted.type_name())
    since = connection.scalar(began.order_by(rows.seq.desc()).limit(1)) or 0
    today = (rows.hall_id == hall_id, rows.seq > since, rows.type.in_(COUNTED_EVENTS))
    for actor, body in connection.execute(select(rows.actor, rows.body).where(*today).order_by(rows.seq)):
        is_theirs = actor.partition(":")[2] == login
        yield _event(json.loads(body), is_theirs=is_theirs), is_theirs


def _event(body: dict[str, Any], *, is_theirs: bool) -> Event:
    """Decodes what colleagues did only as far as it is counted: to decode it all takes three times as long."""
    if is_theirs or body["type"] == LastUndone.type_name():
        return decode_event(body)
    return DoneAtPoint(point=body["point"], goes_on=body.get("goes_on", False))


def _keep_note(context: RequestContext, hall_id: HallId, request: KeepNote, by: Actor) -> Done:
    """Store a note; raises UnknownTicket, TooLate, Invalid, CommandIdReused."""
    text = request.text.strip()
    if not text:
        raise Invalid("A note can't be empty.")
    current, now = context.ledger.hall(hall_id), context.ledger.wall()
    with context.ledger.database.writing() as connection:
        if not notes.is_there(connection, hall_id, request.id, request.ticket, text):
            _require_open(connection, current, request.ticket, now)
        notes.add(connection, hall_id, request.id, request.ticket, text, by, now)
    return Done()


def _reasons(context: RequestContext, hall_id: HallId, request: ReadReasons, by: Actor) -> tuple[ParkedFor, ...]:
    tickets = context.ledger.hall(hall_id).tickets
    since = {ticket.id: ticket.parked_at for ticket in tickets.values() if ticket.parked_at}
    with context.ledger.database.reading() as connection:
        found = notes.reasons(connection, hall_id, since)
    return tuple(ParkedFor(ticket=ticket, reason=reason) for ticket, reason in found.items())


def _require_open(connection: Connection, hall: Hall, ticket: TicketId, now: datetime) -> None:
    """Raises UnknownTicket; TooLate if the ticket ended before today, or ended and its notes were erased."""
    if notes.is_erased(connection, hall.id, ticket) or not _ended_today(connection, hall, ticket, now):
        contacts.require_live(connection, hall.id, ticket)


def _ended_today(connection: Connection, hall: Hall, ticket: TicketId, now: datetime) -> bool:
    """Whether the visit ended in the hall's business day that still lasts."""
    # the row's business_day alone does not tell: a later rating changes it, and a visit may be ended after its day
    rows = tables.tickets.c
    query = select(rows.business_day, rows.ended_at).where(rows.hall_id == hall.id, rows.id == ticket)
    found = connection.execute(query).first()
    if found is None or found.ended_at is None or is_new_day(hall, now):
        return False
    return bool(found.business_day == hall.business_day == business_day(hall.settings, found.ended_at))


HANDLERS: Mapping[type[Request[Any]], Callable[[RequestContext, HallId, Any, Actor], Any]] = {
    ReadSeats: _seats,
    ReadOwnDay: _own_day,
    KeepNote: _keep_note,
    ReadReasons: _reasons,
}
