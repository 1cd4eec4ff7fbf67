"""Insert or overwrite: the one statement that databases agree on and SQLAlchemy has a function each for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]

_INSERT: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_or_overwrite(connection: Connection, table: Table, rows: Row | Sequence[Row]) -> None:
    """Insert whole rows, or overwrite those with the same key."""
    connection.execute(_overwriting(connection.dialect.name, table), rows)


@cache
def _overwriting(dialect: str, table: Table) -> Any:
    """Made once: to make the statement costs many times as much as to execute it."""
    statement = _INSERT[dialect](table)
    changed = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)


def insert_unless_there(connection: Connection, table: Table, row: Row) -> bool:
    """Insert a row; False, and nothing happens, if there is one with the same key or another name that is unique."""
    statement = _INSERT[connection.dialect.name](table).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(statement, row).first() is not None  # a rowcount is not to be had from every driver
