"""Insert or overwrite (upsert), which SQLAlchemy spells differently for each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]

_INSERT: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_or_overwrite(connection: Connection, table: Table, rows: Row | Sequence[Row]) -> None:
    """Insert whole rows, or overwrite those with the same primary key."""
    connection.execute(_overwriting(connection.dialect.name, table), rows)


@cache
def _overwriting(dialect: str, table: Table) -> Any:
    """Built once: building the statement costs many times as much as executing it."""
    statement = _INSERT[dialect](table)
    changed = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)


def insert_unless_there(connection: Connection, table: Table, row: Row) -> bool:
    """Insert a row; returns False, and changes nothing, if one has its key or its value in a unique column."""
    statement = _INSERT[connection.dialect.name](table).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(statement, row).first() is not None  # not every driver has a rowcount
