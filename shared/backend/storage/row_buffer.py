"""Rows on their way into the tables: gathered while a batch is decided, then written a table at a time.

A statement costs the same for one row as for a hundred, and a row touched by ten commands is written once.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Connection, Delete, Insert, Table, Update, bindparam, delete, insert, update

from shared.backend.storage import tables
from shared.backend.storage.upsert import insert_or_overwrite
from shared.hall.field_types import HallId

Row: TypeAlias = dict[str, Any]


class RowBuffer:
    """What one transaction is going to write."""

    def __init__(self) -> None:
        self._new: dict[Table, list[Row]] = defaultdict(list)
        self._current: dict[Table, dict[tuple[str, ...], Row]] = defaultdict(dict)
        self._gone: dict[Table, dict[tuple[str, ...], Row]] = defaultdict(dict)
        self._seqs: dict[HallId, int] = {}

    def insert(self, table: Table, row: Row) -> None:
        self._new[table].append(row)

    def replace(self, table: Table, row: Row) -> None:
        """Insert a row, or overwrite the one with the same key."""
        key = _key(table, row)
        self._gone[table].pop(key, None)
        self._current[table][key] = row

    def delete(self, table: Table, row: Row) -> None:
        """Delete the row with the key that this one names."""
        key = _key(table, row)
        self._current[table].pop(key, None)
        self._gone[table][key] = {f"its_{name}": row[name] for name in _keys(table)}

    def advance(self, hall: HallId, seq: int) -> None:
        """The number of the hall's last event."""
        self._seqs[hall] = seq

    def write(self, connection: Connection) -> None:
        """Write all of it."""
        for table, new in self._new.items():
            connection.execute(_insert(table), new)
        for table, current in self._current.items():
            if current:
                insert_or_overwrite(connection, table, [*current.values()])
        for table, gone in self._gone.items():
            if gone:
                connection.execute(_delete(table), [*gone.values()])
        if self._seqs:
            connection.execute(_advance(), [{"hall": hall, "its_seq": seq} for hall, seq in self._seqs.items()])


def _key(table: Table, row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in _keys(table))


# ── statements, each made once: to make one costs many times as much as to execute it ──


@cache
def _keys(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _delete(table: Table) -> Delete:
    return delete(table).where(*(table.c[name] == bindparam(f"its_{name}") for name in _keys(table)))


@cache
def _advance() -> Update:
    return update(tables.halls).where(tables.halls.c.id == bindparam("hall")).values(seq=bindparam("its_seq"))
