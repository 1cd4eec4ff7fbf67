"""Stores staff's notes about visits, apart from the journal and its events, because they may name people."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from shared.backend.storage import tables
from shared.backend.storage.row_buffer import RowBuffer
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.errors import CommandIdReused
from shared.hall.field_types import HallId, TicketId
from shared.hall.input_checks import remark_fields
from shared.hall.messages import Command, Note
from shared.hall.roles import Actor

REASON = "reason"
"""The prefix of the keys of reasons for parking."""


def keep(rows: RowBuffer, hall: HallId, command: Command, by: Actor, at: datetime) -> None:
    """Buffer the remarks of a command, its note and reason, as notes of its ticket."""
    ticket = getattr(command, "ticket", None) or getattr(command, "holding", None)
    for field in remark_fields(command) if ticket else ():
        if text := getattr(command, field).strip():
            key = command.command_id if field == "note" else _key(command.command_id, field)
            row = {"hall_id": hall, "command_id": key, "ticket": ticket, "at": at, "author": by.name, "text": text}
            rows.insert(tables.notes, row)


def add(
    connection: Connection, hall: HallId, identity: str, ticket: TicketId, text: str, by: Actor, at: datetime
) -> None:
    """Store a note that comes without a command, unless it is there already.

    Raises CommandIdReused if the id belongs to another note.
    """
    if is_there(connection, hall, identity, ticket, text):
        return
    key = _key(identity)
    row = {"hall_id": hall, "command_id": key, "ticket": ticket, "at": at, "author": by.name, "text": text}
    is_new = insert_unless_there(connection, tables.notes, row)
    if not is_new and not is_there(connection, hall, identity, ticket, text):
        raise CommandIdReused("This id was already used for another note: make a new one.")


def is_there(connection: Connection, hall: HallId, identity: str, ticket: TicketId, text: str) -> bool:
    """Whether this very note is stored, also under its bare id, as it was before notes had keys of their own."""
    return (ticket, text) in (_find(connection, hall, _key(identity)), _find(connection, hall, identity))


def erase(connection: Connection, hall: HallId, ticket: TicketId, at: datetime) -> None:
    """Delete a ticket's notes and leave an empty one as a tombstone, which ``is_erased`` finds."""
    rows = tables.notes.c
    connection.execute(delete(tables.notes).where(rows.hall_id == hall, rows.ticket == ticket))
    row = {"hall_id": hall, "command_id": _key(ticket, "erased"), "ticket": ticket, "at": at, "author": "", "text": ""}
    connection.execute(insert(tables.notes), row)


def is_erased(connection: Connection, hall: HallId, ticket: TicketId) -> bool:
    return _find(connection, hall, _key(ticket, "erased")) is not None


def _key(identity: str, kind: str = "note") -> str:
    """A key no command has: no command_id holds a colon. Hashed, because an id may be as long as a key."""
    return f"{kind}:{hashlib.sha256(identity.encode()).hexdigest()[:56]}"


def _find(connection: Connection, hall: HallId, key: str) -> tuple[TicketId, str] | None:
    """The ticket and text of the note with this key."""
    rows = tables.notes.c
    query = select(rows.ticket, rows.text).where(rows.hall_id == hall, rows.command_id == key)
    found = connection.execute(query).first()
    return (found.ticket, found.text) if found else None


def reasons(connection: Connection, hall: HallId, since: Mapping[TicketId, datetime]) -> dict[TicketId, str]:
    """Why these tickets are parked, each reason stored since it was parked; tickets without one are left out."""
    rows = tables.notes.c
    query = select(rows.ticket, rows.at, rows.text).where(
        rows.hall_id == hall, rows.ticket.in_(since), rows.command_id.startswith(f"{REASON}:")
    )
    return {row.ticket: row.text for row in connection.execute(query) if row.at >= since[row.ticket]}


def of_ticket(connection: Connection, hall: HallId, ticket: TicketId) -> list[Note]:
    """The notes about a ticket, the oldest first."""
    rows = tables.notes.c
    query = select(rows.at, rows.author, rows.text).where(rows.hall_id == hall, rows.ticket == ticket, rows.text != "")
    return [Note(at=row.at, author=row.author, text=row.text) for row in connection.execute(query.order_by(rows.at))]
