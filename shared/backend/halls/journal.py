"""The journal of a hall in its table: reading what happened, and recording what was decided with all that follows."""

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
from shared.backend.storage.row_buffer import Row, RowBuffer
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
"""Events between two snapshots: what a start-up replays at most, in about a tenth of a second."""


@dataclass(frozen=True)
class Entry:
    """One row of the journal as the feed passes it on: the event as the JSON text it was written with."""

    seq: int
    type: str
    body: str


def last_seq(connection: Connection, hall: str) -> int:
    """The number of the hall's last event; raises UnknownHall."""
    return _seq(connection, hall, select(tables.halls.c.seq))


def lock(connection: Connection, hall: str) -> int:
    """``last_seq``, and nobody else writes to the hall till this transaction ends; raises UnknownHall."""
    # key_share: who only refers to the hall, as a new device does, need not wait
    return _seq(connection, hall, select(tables.halls.c.seq).with_for_update(key_share=True))


def _seq(connection: Connection, hall: str, query: Select[int]) -> int:
    """An address can name anything: what can be no hall's id is not looked for."""
    seq = connection.scalar(query.where(tables.halls.c.id == hall)) if ID.fits(hall) else None
    if seq is None:
        raise UnknownHall(f"There is no hall {hall[: ID.longest]!r}.")
    return seq


_AT = select(tables.journal.c.at).where(
    tables.journal.c.hall_id == bindparam("hall"), tables.journal.c.seq == bindparam("its_seq")
)
"""Made once: it goes with every question."""


def tells(connection: Connection, hall: Hall) -> bool:
    """Whether the hall's last event is one of this journal; another one has the same number at another time."""
    at = connection.scalar(_AT, {"hall": hall.id, "its_seq": hall.seq})
    return not hall.seq or (at is not None and encode(at) == encode(hall.at))


def entries_after(connection: Connection, hall: str, after: int, limit: int = 1000) -> list[Entry]:
    """What happened after an event, in order, at most ``limit`` of it."""
    rows = tables.journal.c
    query = select(rows.seq, rows.type, rows.body).where(rows.hall_id == hall, rows.seq > after)
    return [Entry(*row) for row in connection.execute(query.order_by(rows.seq).limit(limit))]


def load(connection: Connection, hall: str) -> Hall:
    """The hall from its last snapshot and what happened since; raises HallUnreadable."""
    rows = tables.snapshots.c
    body = connection.scalar(select(rows.body).where(rows.hall_id == hall))
    with _readable(hall):
        snapshot = decode_hall(json.loads(body)) if body else Hall(id=hall)
    return catch_up(connection, snapshot)


def catch_up(connection: Connection, hall: Hall) -> Hall:
    """The hall with everything that happened since it was last seen; raises HallUnreadable."""
    while entries := entries_after(connection, hall.id, hall.seq):
        for entry in entries:
            with _readable(hall.id):
                hall = evolve(hall, decode_event(json.loads(entry.body)))
    return hall


@contextmanager
def _readable(hall: str) -> Iterator[None]:
    """What reading a damaged row may raise, for a person."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Refused) as error:
        raise HallUnreadable(
            "What is kept of the hall {hall} can't be read, so nothing is accepted there: "
            "an administrator sees with `nowserving check` what is damaged.",
            hall=hall,
        ) from error


def record(rows: RowBuffer, before: Hall, events: Sequence[Event], command: Command, by: Actor) -> Hall:
    """Gather the rows of events and of all that follows from them; the hall after them."""
    hall = before
    for event in events:
        earlier, hall = hall, evolve(hall, event)
        rows.insert(tables.journal, _journal_row(hall, event, command, by))
        _follow(rows, earlier, hall, event)
    if events:
        rows.advance(hall.id, hall.seq)
    if before.seq // SNAPSHOT_EVERY != hall.seq // SNAPSHOT_EVERY:
        rows.replace(tables.snapshots, {"hall_id": hall.id, "seq": hall.seq, "body": _json(encode_hall(hall))})
    return hall


def create_hall(connection: Connection, hall: str) -> None:
    """A new hall without events; nothing happens if it is there already."""
    insert_unless_there(connection, tables.halls, {"id": hall, "seq": 0, "created_at": datetime.now(UTC)})


def commands_done(connection: Connection, hall: str, prefix: str) -> set[str]:
    """The ids that begin so, of the commands by which anything ever happened to the hall."""
    rows = tables.journal.c
    query = select(rows.command_id).where(rows.hall_id == hall, rows.command_id.startswith(prefix, autoescape=True))
    return set(connection.scalars(query))


def remove_hall(connection: Connection, hall: str) -> None:
    """A hall and all that is kept about it, but for the audit."""
    for table in reversed(tables.metadata.sorted_tables):
        if "hall_id" in table.c and table is not tables.audit:
            connection.execute(delete(table).where(table.c.hall_id == hall))
    connection.execute(delete(tables.halls).where(tables.halls.c.id == hall))


def _journal_row(hall: Hall, event: Event, command: Command, by: Actor) -> Row:
    return {
        "hall_id": hall.id,
        "seq": hall.seq,
        "type": event.type_name(),
        "at": event.at,
        "command_id": command.command_id,
        "actor": f"{by.role}:{by.name}",
        "body": _json(encode_event(event)),
    }


def _follow(rows: RowBuffer, before: Hall, hall: Hall, event: Event) -> None:
    """Bring every row up to date that the event changed; it need not name it: a day that ends empties points."""
    for ticket in event.tickets_touched():
        row = _row(hall, tables.tickets, hall.ticket(ticket))
        rows.replace(tables.tickets, {**row, "business_day": hall.business_day})
    for table, earlier, values in (
        (tables.services, before.services, hall.services),
        (tables.precedences, before.precedences, hall.precedences),
        (tables.service_points, before.points, hall.points),
    ):
        if earlier is not values:
            _follow_all(rows, hall, table, earlier, values)
    if isinstance(event, (TicketCalled, TicketRecalled)):
        rows.insert(tables.calls, _call_row(hall, event))


def _follow_all(
    rows: RowBuffer, hall: Hall, table: Table, earlier: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    for name, value in values.items():
        if earlier.get(name) is not value:
            rows.replace(table, _row(hall, table, value))
    for gone in earlier.keys() - values.keys():
        rows.delete(table, {"hall_id": hall.id, "id": gone})


def _call_row(hall: Hall, event: TicketCalled | TicketRecalled) -> Row:
    return {
        "hall_id": hall.id,
        "seq": hall.seq,
        "ticket": event.ticket,
        "point": event.point,
        "at": event.at,
        "recall": isinstance(event, TicketRecalled),
        "why": encode(event.why) if isinstance(event, TicketCalled) else None,
    }


def _row(hall: Hall, table: Table, value: Any) -> Row:
    """A value as a row: its fields of the same names, those that are not plain as JSON."""
    row: Row = {"hall_id": hall.id}
    for name in _common(table, type(value)):  # type: ignore[arg-type]  # mypy: a type is hashable
        plain = getattr(value, name)
        row[name] = plain if isinstance(plain, datetime) else encode(plain)
    return row


@cache
def _common(table: Table, kind: type[Any]) -> tuple[str, ...]:
    """The fields of a value that its table has too."""
    return tuple(field.name for field in fields(kind) if field.name in table.c)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
