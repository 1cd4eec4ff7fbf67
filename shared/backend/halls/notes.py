"""What staff wrote down about a visit: it may name people, so it is kept apart from the journal and its events."""

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
from shared.hall.input_checks import remarks
from shared.hall.messages import Command, Note
from shared.hall.roles import Actor

REASON = "reason"
"""What the keys of notes begin with that say why somebody was parked."""


def keep(rows: RowBuffer, hall: HallId, command: Command, by: Actor, at: datetime) -> None:
    """Write down what a command says about its customer beside what it does."""
    ticket = getattr(command, "ticket", None) or getattr(command, "holding", None)
    for field in remarks(command) if ticket else ():
        if text := getattr(command, field).strip():
            key = command.command_id if field == "note" else _key(command.command_id, field)
            row = {"hall_id": hall, "command_id": key, "ticket": ticket, "at": at, "author": by.name, "text": text}
            rows.insert(tables.notes, row)


def add(
    connection: Connection, hall: HallId, identity: str, ticket: TicketId, text: str, by: Actor, at: datetime
) -> None:
    """Write down what somebody says without doing anything; nothing happens if this note is there already.

    Raises CommandIdReused if the id is another note's.
    """
    if is_there(connection, hall, identity, ticket, text):
        return
    key = _key(identity)
    row = {"hall_id": hall, "command_id": key, "ticket": ticket, "at": at, "author": by.name, "text": text}
    is_new = insert_unless_there(connection, tables.notes, row)
    if not is_new and not is_there(connection, hall, identity, ticket, text):
        raise CommandIdReused("This id was already used for another note: make a new one.")


def is_there(connection: Connection, hall: HallId, identity: str, ticket: TicketId, text: str) -> bool:
    """Whether this very note is kept; under its bare id that is one from before notes had keys of their own."""
    return (ticket, text) in (_said(connection, hall, _key(identity)), _said(connection, hall, identity))


def erase(connection: Connection, hall: HallId, ticket: TicketId, at: datetime) -> None:
    """Forget what was written about a ticket, and leave a mark without words: a note that comes late is not added."""
    rows = tables.notes.c
    connection.execute(delete(tables.notes).where(rows.hall_id == hall, rows.ticket == ticket))
    mark = {"hall_id": hall, "command_id": _key(ticket, "erased"), "ticket": ticket, "at": at, "author": "", "text": ""}
    connection.execute(insert(tables.notes), mark)


def is_erased(connection: Connection, hall: HallId, ticket: TicketId) -> bool:
    return _said(connection, hall, _key(ticket, "erased")) is not None


def _key(identity: str, kind: str = "note") -> str:
    """No command has it, for no command_id holds a colon; a hash, for an id may be as long as a key."""
    return f"{kind}:{hashlib.sha256(identity.encode()).hexdigest()[:56]}"


def _said(connection: Connection, hall: HallId, key: str) -> tuple[TicketId, str] | None:
    """Which ticket the note with this key is about, and what it says."""
    rows = tables.notes.c
    query = select(rows.ticket, rows.text).where(rows.hall_id == hall, rows.command_id == key)
    found = connection.execute(query).first()
    return (found.ticket, found.text) if found else None


def reasons(connection: Connection, hall: HallId, since: Mapping[TicketId, datetime]) -> dict[TicketId, str]:
    """Why these tickets were parked, each at its time or later, as far as somebody said so."""
    rows = tables.notes.c
    query = select(rows.ticket, rows.at, rows.text).where(
        rows.hall_id == hall, rows.ticket.in_(since), rows.command_id.startswith(f"{REASON}:")
    )
    return {row.ticket: row.text for row in connection.execute(query) if row.at >= since[row.ticket]}


def about(connection: Connection, hall: HallId, ticket: TicketId) -> list[Note]:
    """What was written about a ticket, the oldest first."""
    rows = tables.notes.c
    query = select(rows.at, rows.author, rows.text).where(rows.hall_id == hall, rows.ticket == ticket, rows.text != "")
    return [Note(at=row.at, author=row.author, text=row.text) for row in connection.execute(query.order_by(rows.at))]
