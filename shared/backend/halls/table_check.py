"""Compares every row of a hall's tables with its journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, func, select

from shared.backend.storage import tables
from shared.hall.calling import TicketCalled, TicketRecalled
from shared.hall.errors import Invalid
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.json_codec import decode, encode
from shared.hall.messages import Event, Happened
from shared.hall.values import Ticket

Row = Mapping[str, Any]

ROWS_AT_ONCE = 500
"""Rows read in one query, so that the memory of a check does not grow with the history."""

REMEDY = (
    "Tickets are given and called correctly, but reports may be wrong: "
    "put the last good backup in its place with `nowserving restore FILE`."
)

SHOWN = 60
"""Characters of a value shown in a sentence."""


class TicketTally:
    """Compares the rows of all tickets, each once it can't change any more."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._connection = connection
        self._hall = hall_id
        self._days: dict[TicketId, date | None] = {}
        self._ended: list[Row] = []
        self._found = 0

    def follow(self, before: Hall, event: Event, after: Hall) -> Iterator[str]:
        """Note the tickets of one event; now and then compares those that can't change any more, and reports faults."""
        self._days.update(dict.fromkeys(event.tickets_touched(), after.business_day))
        if after.ended is not before.ended:
            kept = {ticket.id for ticket in after.ended} | after.tickets.keys()
            self._ended += [self._row(ticket) for ticket in before.ended if ticket.id not in kept]
        if len(self._ended) >= ROWS_AT_ONCE:
            yield from self._compare()

    def end(self, hall: Hall) -> Iterator[str]:
        """Report faults of the other tickets, live and ended, and rows that are not in the journal."""
        for ticket in (*hall.ended, *hall.tickets.values()):
            self._ended.append(self._row(ticket))
            if len(self._ended) >= ROWS_AT_ONCE:
                yield from self._compare()
        yield from self._compare()
        unknown = _count(self._connection, tables.tickets, self._hall) - self._found
        if unknown > 0:
            yield f"{self._hall}: the table of tickets has {unknown} the journal does not know. {REMEDY}"

    def _row(self, ticket: Ticket) -> Row:
        return {**row_of(tables.tickets, ticket), "business_day": encode(self._days.pop(ticket.id, None))}

    def _compare(self) -> Iterator[str]:
        expected, self._ended = self._ended, []
        rows = tables.tickets.c
        ids = [row["id"] for row in expected]
        query = select(tables.tickets).where(rows.hall_id == self._hall, rows.id.in_(ids))
        found = {row["id"]: dict(row) for row in self._connection.execute(query).mappings()}
        for row in expected:
            self._found += row["id"] in found
            yield from _compare(self._hall, tables.tickets, f"ticket {row['label']}", row, found.get(row["id"]))


def calls_differ(connection: Connection, hall_id: str, happened: Sequence[Happened]) -> Iterator[str]:
    """Faults of the table of calls, for these consecutive events."""
    rows = tables.calls.c
    first, last = happened[0].seq, happened[-1].seq
    query = select(tables.calls).where(rows.hall_id == hall_id, rows.seq >= first, rows.seq <= last)
    found: dict[int, Row] = {row["seq"]: dict(row) for row in connection.execute(query).mappings()}
    for entry in happened:
        if isinstance(entry.event, (TicketCalled, TicketRecalled)):
            expected = _call(entry.seq, entry.event)
            yield from _compare(hall_id, tables.calls, f"call {entry.seq}", expected, found.pop(entry.seq, None))
    if found:
        yield f"{hall_id}: the table of calls has call {min(found)}, which never happened. {REMEDY}"


def set_up_differs(connection: Connection, hall: Hall) -> Iterator[str]:
    """Faults of the tables of services, precedences and service points."""
    yield from _compare_all(connection, hall.id, tables.services, "service", hall.services)
    yield from _compare_all(connection, hall.id, tables.precedences, "precedence", hall.precedences)
    yield from _compare_all(connection, hall.id, tables.service_points, "service point", hall.points)


def _compare_all(
    connection: Connection, hall_id: str, table: Table, what: str, values: Mapping[str, Any]
) -> Iterator[str]:
    query = select(table).where(table.c.hall_id == hall_id)
    found: dict[str, Row] = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    for name, value in values.items():
        yield from _compare(hall_id, table, f"{what} {name}", row_of(table, value), found.pop(name, None))
    for name in found:
        yield f"{hall_id}: the table {table.name} has a {what} {name}, which the journal does not know. {REMEDY}"


def _compare(hall_id: str, table: Table, what: str, expected: Row, found: Row | None) -> Iterator[str]:
    if found is None:
        yield f"{hall_id}: {what} is missing in the table {table.name}. {REMEDY}"
    elif wrong := [text for name, value in expected.items() for text in _differences(name, found[name], value)]:
        yield f"{hall_id}: {what} in the table {table.name} differs from the journal: {', '.join(wrong)}. {REMEDY}"


def _differences(name: str, found: Any, expected: Any) -> Iterator[str]:
    """The differences, compared as values: an earlier release wrote rows without later fields."""
    if is_dataclass(expected) and isinstance(found, dict):
        try:
            read = decode(type(expected), found, strict=False)
        except Invalid:
            yield f"{name} can't be read"
            return
        for field in fields(expected):
            yield from _differences(f"{name}.{field.name}", getattr(read, field.name), getattr(expected, field.name))
    elif encode(found) != encode(expected):
        yield "{} {} instead of {}".format(name, *_shortened(repr(encode(found)), repr(encode(expected))))


def _shortened(one: str, other: str) -> list[str]:
    """Both texts from shortly before they differ."""
    same_until = next((index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    start = max(0, same_until - SHOWN // 3) if max(len(one), len(other)) > SHOWN else 0
    return [
        f"{'…' * (start > 0)}{text[start : start + SHOWN]}{'…' * (len(text) > start + SHOWN)}" for text in (one, other)
    ]


def row_of(table: Table, value: Any) -> Row:
    """A value as the row it should have: its fields of the same names, as JSON."""
    assert is_dataclass(value)  # for mypy
    return {field.name: encode(getattr(value, field.name)) for field in fields(value) if field.name in table.c}


def _call(seq: int, event: TicketCalled | TicketRecalled) -> Row:
    return {
        "seq": seq,
        "ticket": event.ticket,
        "point": event.point,
        "at": encode(event.at),
        "recall": isinstance(event, TicketRecalled),
        "why": event.why if isinstance(event, TicketCalled) else None,
    }


def _count(connection: Connection, table: Table, hall_id: str) -> int:
    return int(connection.scalar(select(func.count()).select_from(table).where(table.c.hall_id == hall_id)) or 0)


def first_few(sentences: Iterable[str], most: int, and_more: str) -> Iterator[str]:
    """The first ``most`` sentences, and ``and_more`` if there are others."""
    for number, sentence in enumerate(sentences):
        if number == most:
            yield and_more
            return
        yield sentence
