"""Gathers the rows of a transaction while a batch of commands is decided, then writes them table by table.

A statement costs nearly the same for a hundred rows as for one, and a row changed by ten commands is written once.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Connection, Delete, Insert, Table, Update, bindparam, delete, insert, update

from shared.backend.storage import tables
from shared.backend.storage.upsert import insert_or_overwrite
from shared.hall.field_types import HallId

TableRow: TypeAlias = dict[str, Any]


class RowBuffer:
    """The rows one transaction is going to write."""

    def __init__(self) -> None:
        self._new: dict[Table, list[TableRow]] = defaultdict(list)
        self._replaced: dict[Table, dict[tuple[str, ...], TableRow]] = defaultdict(dict)
        self._deleted: dict[Table, dict[tuple[str, ...], TableRow]] = defaultdict(dict)
        self._seqs: dict[HallId, int] = {}

    def insert(self, table: Table, row: TableRow) -> None:
        """Add a row the table does not have; ``write`` inserts first, then replaces, then deletes."""
        self._new[table].append(row)

    def replace(self, table: Table, row: TableRow) -> None:
        """Insert a row, or overwrite the one with the same key."""
        key = _key(table, row)
        self._deleted[table].pop(key, None)
        self._replaced[table][key] = row

    def delete(self, table: Table, row: TableRow) -> None:
        """Delete the row with this key, if there is one; ``row`` needs no more than the key."""
        key = _key(table, row)
        self._replaced[table].pop(key, None)
        self._deleted[table][key] = {f"its_{name}": row[name] for name in _key_columns(table)}

    def advance(self, hall: HallId, seq: int) -> None:
        """Set the number of the hall's last event."""
        self._seqs[hall] = seq

    def write(self, connection: Connection) -> None:
        for table, new in self._new.items():
            connection.execute(_insert(table), new)
        for table, replaced in self._replaced.items():
            if replaced:
                insert_or_overwrite(connection, table, [*replaced.values()])
        for table, deleted in self._deleted.items():
            if deleted:
                connection.execute(_delete(table), [*deleted.values()])
        if self._seqs:
            connection.execute(_advance(), [{"hall": hall, "its_seq": seq} for hall, seq in self._seqs.items()])


def _key(table: Table, row: TableRow) -> tuple[str, ...]:
    return tuple(row[name] for name in _key_columns(table))


# ── statements, each built once: building one costs many times as much as executing it ──


@cache
def _key_columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _delete(table: Table) -> Delete:
    return delete(table).where(*(table.c[name] == bindparam(f"its_{name}") for name in _key_columns(table)))


@cache
def _advance() -> Update:
    return update(tables.halls).where(tables.halls.c.id == bindparam("hall")).values(seq=bindparam("its_seq"))
