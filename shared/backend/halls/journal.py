"""Reads and writes a hall's journal, and the rows of other tables that follow from its events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, select

from shared.backend.storage import tables
from shared.backend.storage.row_buffer import RowBuffer, TableRow
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.calling import TicketCalled, TicketRecalled
from shared.hall.errors import HallUnreadable, Refused, UnknownHall
from shared.hall.field_limits import ID
from shared.hall.hall import Hall
from shared.hall.json_codec import decode_event, decode_hall, encode, encode_event, encode_hall
from shared.hall.messages import Command, Event
from shared.hall.roles import Actor
from shared.hall.rules import evolve

SNAPSHOT_EVERY = 2000
"""Events between two snapshots: a start replays hardly more than these, in about a tenth of a second."""


@dataclass(frozen=True)
class Entry:
    """One row of the journal for the event feed: the event as the JSON text it was written with."""

    seq: int
    type: str
    body: str


def last_seq(connection: Connection, hall_id: str) -> int:
    """The number of the hall's last event; raises UnknownHall if there is no such hall."""
    return _seq(connection, hall_id, select(tables.halls.c.seq))


def lock(connection: Connection, hall_id: str) -> int:
    """``last_seq``, and a lock on the hall until this transaction ends; raises UnknownHall."""
    # key_share: transactions that only refer to the hall, such as adding a device, need not wait
    return _seq(connection, hall_id, select(tables.halls.c.seq).with_for_update(key_share=True))


def _seq(connection: Connection, hall_id: str, query: Select[int]) -> int:
    """The number ``query`` finds; raises UnknownHall. A URL may hold any text: what can't be an id is not looked up."""
    seq = connection.scalar(query.where(tables.halls.c.id == hall_id)) if ID.fits(hall_id) else None
    if seq is None:
        raise UnknownHall(f"There is no hall {hall_id[: ID.longest]!r}.")
    return seq


_TIME_OF_EVENT = select(tables.journal.c.at).where(
    tables.journal.c.hall_id == bindparam("hall"), tables.journal.c.seq == bindparam("event_seq")
)


def has_last_event_of(connection: Connection, hall: Hall) -> bool:
    """Whether the journal has this hall's last event; after a restore its number may be that of another event."""
    at = connection.scalar(_TIME_OF_EVENT, {"hall": hall.id, "event_seq": hall.seq})
    return not hall.seq or (at is not None and encode(at) == encode(hall.at))


def entries_after(connection: Connection, hall_id: str, after_seq: int, limit: int = 1000) -> list[Entry]:
    """The events after ``after_seq``, in order, at most ``limit``."""
    rows = tables.journal.c
    query = select(rows.seq, rows.type, rows.body).where(rows.hall_id == hall_id, rows.seq > after_seq)
    return [Entry(*row) for row in connection.execute(query.order_by(rows.seq).limit(limit))]


def load(connection: Connection, hall_id: str) -> Hall:
    """The hall from its last snapshot and the events since; raises HallUnreadable if a row is damaged."""
    rows = tables.snapshots.c
    body = connection.scalar(select(rows.body).where(rows.hall_id == hall_id))
    with _readable(hall_id):
        snapshot = decode_hall(json.loads(body)) if body else Hall(id=hall_id)
    return catch_up(connection, snapshot)


def catch_up(connection: Connection, hall: Hall) -> Hall:
    """The hall with all events since its own last one; raises HallUnreadable if a row is damaged."""
    while entries := entries_after(connection, hall.id, hall.seq):
        for entry in entries:
            with _readable(hall.id):
                hall = evolve(hall, decode_event(json.loads(entry.body)))
    return hall


@contextmanager
def _readable(hall_id: str) -> Iterator[None]:
    """Turns what reading a damaged row raises into HallUnreadable."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Refused) as error:
        raise HallUnreadable(
            "The stored data of hall {hall} can't be read, so the hall accepts nothing: "
            "an administrator can see with `nowserving check` what is damaged.",
            hall=hall_id,
        ) from error


def record(rows: RowBuffer, before: Hall, events: Sequence[Event], command: Command, by: Actor) -> Hall:
    """Buffer the rows of events and of all tables they change; returns the hall after the events."""
    hall = before
    for event in events:
        earlier, hall = hall, evolve(hall, event)
        rows.insert(tables.journal, _journal_row(hall, event, command, by))
        _update_tables(rows, earlier, hall, event)
    if events:
        rows.advance(hall.id, hall.seq)
    if before.seq // SNAPSHOT_EVERY != hall.seq // SNAPSHOT_EVERY:
        rows.replace(tables.snapshots, {"hall_id": hall.id, "seq": hall.seq, "body": _json(encode_hall(hall))})
    return hall


def create_hall(connection: Connection, hall_id: str) -> None:
    """Create a hall without events, unless it is there already."""
    insert_unless_there(connection, tables.halls, {"id": hall_id, "seq": 0, "created_at": datetime.now(UTC)})


def commands_done(connection: Connection, hall_id: str, prefix: str) -> set[str]:
    """The ids, with this prefix, of commands that have events in the hall's journal."""
    rows = tables.journal.c
    query = select(rows.command_id).where(rows.hall_id == hall_id, rows.command_id.startswith(prefix, autoescape=True))
    return set(connection.scalars(query))


def remove_hall(connection: Connection, hall_id: str) -> None:
    """Delete a hall with all its rows except those of the audit."""
    for table in reversed(tables.metadata.sorted_tables):
        if "hall_id" in table.c and table is not tables.audit:
            connection.execute(delete(table).where(table.c.hall_id == hall_id))
    connection.execute(delete(tables.halls).where(tables.halls.c.id == hall_id))


def _journal_row(hall: Hall, event: Event, command: Command, by: Actor) -> TableRow:
    return {
        "hall_id": hall.id,
        "seq": hall.seq,
        "type": event.type_name(),
        "at": event.at,
        "command_id": command.command_id,
        "actor": f"{by.role}:{by.name}",
        "body": _json(encode_event(event)),
    }


def _update_tables(rows: RowBuffer, before: Hall, hall: Hall, event: Event) -> None:
    """Buffer every row the event changed, also those it does not name: the end of a day empties points."""
    for ticket in event.tickets_touched():
        row = _row(hall, tables.tickets, hall.ticket(ticket))
        rows.replace(tables.tickets, {**row, "business_day": hall.business_day})
    for table, earlier, values in (
        (tables.services, before.services, hall.services),
        (tables.precedences, before.precedences, hall.precedences),
        (tables.service_points, before.points, hall.points),
    ):
        if earlier is not values:
            _update_table(rows, hall, table, earlier, values)
    if isinstance(event, (TicketCalled, TicketRecalled)):
        rows.insert(tables.calls, _call_row(hall, event))


def _update_table(
    rows: RowBuffer, hall: Hall, table: Table, earlier: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    for name, value in values.items():
        if earlier.get(name) is not value:
            rows.replace(table, _row(hall, table, value))
    for gone in earlier.keys() - values.keys():
        rows.delete(table, {"hall_id": hall.id, "id": gone})


def _call_row(hall: Hall, event: TicketCalled | TicketRecalled) -> TableRow:
    return {
        "hall_id": hall.id,
        "seq": hall.seq,
        "ticket": event.ticket,
        "point": event.point,
        "at": event.at,
        "recall": isinstance(event, TicketRecalled),
        "why": encode(event.why) if isinstance(event, TicketCalled) else None,
    }


def _row(hall: Hall, table: Table, value: Any) -> TableRow:
    """A value as a row: its fields of the same names, as JSON if they are not plain."""
    row: TableRow = {"hall_id": hall.id}
    for name in _shared_fields(table, type(value)):  # type: ignore[arg-type]  # mypy: a type is hashable
        plain = getattr(value, name)
        row[name] = plain if isinstance(plain, datetime) else encode(plain)
    return row


@cache
def _shared_fields(table: Table, kind: type[Any]) -> tuple[str, ...]:
    """The fields of a value that its table has too."""
    return tuple(field.name for field in fields(kind) if field.name in table.c)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
