"""What tests do to a database behind the back of the ledger, on either kind."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any, Protocol

from sqlalchemy import Engine, event

from shared.backend.storage.database import Database
from shared.backend.storage.sqlite import Sqlite
from tests import postgres


class Rough(Protocol):
    address: str

    def execute(self, statement: str) -> None:
        """As another program would."""

    def held(self) -> contextlib.AbstractContextManager[None]:
        """Another program is in the middle of writing to the hall ``clinic``."""

    def hurry(self, database: Database) -> None:
        """Let this database wait for others 200 milliseconds at most."""

    def read_only(self, database: Database, *, so: bool) -> None: ...


class RoughSqlite:
    def __init__(self, address: str) -> None:
        self.address = address
        self.path = address.removeprefix("sqlite:///")

    def execute(self, statement: str) -> None:
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as raw:
            raw.execute(statement)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as raw:
            raw.execute("BEGIN IMMEDIATE")
            yield
            raw.execute("ROLLBACK")

    def hurry(self, database: Database) -> None:
        _from_now_on(database.engine, "PRAGMA busy_timeout = 200")

    def read_only(self, database: Database, *, so: bool) -> None:
        _from_now_on(database.engine, f"PRAGMA query_only = {int(so)}")


class RoughPostgres:
    def __init__(self, address: str) -> None:
        self.address = address

    def execute(self, statement: str) -> None:
        with postgres.server().connect(self.address) as raw:
            raw.execute(statement.encode())

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        with postgres.server().connect(self.address) as raw:
            raw.execute("BEGIN")
            raw.execute("SELECT * FROM halls WHERE id = 'clinic' FOR NO KEY UPDATE")
            yield
            raw.execute("ROLLBACK")

    def hurry(self, database: Database) -> None:
        _from_now_on(database.engine, "SET lock_timeout = '200ms'")

    def read_only(self, database: Database, *, so: bool) -> None:
        _from_now_on(database.engine, f"SET default_transaction_read_only = {so}")


def rough(address: str) -> Rough:
    return RoughSqlite(address) if address.startswith("sqlite") else RoughPostgres(address)


def path_of(database: Database) -> str:
    """The file of an SQLite database."""
    assert isinstance(database.kind, Sqlite)
    return str(database.kind.path)


def _from_now_on(engine: Engine, statement: str) -> None:
    """Say this on every connection, the first thing; later ones overrule it."""

    def say(raw: Any, _: Any) -> None:
        raw.execute(statement)
        if hasattr(raw, "autocommit"):
            raw.commit()

    event.listen(engine, "connect", say)
    engine.dispose()
