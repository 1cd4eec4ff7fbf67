"""Insert or overwrite: the one statement that databases agree on and SQLAlchemy has a function each for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]

_INSERT: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_or_overwrite(connection: Connection, table: Table, rows: Row | Sequence[Row]) -> None:
    """Insert rows of the same columns, or overwrite those with the same key."""
    statement = _INSERT[connection.dialect.name](table)
    columns = rows if isinstance(rows, Mapping) else rows[0]
    changed = {name: statement.excluded[name] for name in columns if not table.c[name].primary_key}
    keys = [column.name for column in table.primary_key]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def insert_unless_there(connection: Connection, table: Table, row: Row) -> bool:
    """Insert a row; False, and nothing happens, if there is one with the same key or another name that is unique."""
    statement = _INSERT[connection.dialect.name](table).on_conflict_do_nothing()
    return bool(connection.execute(statement, row).rowcount == 1)
