"""One database of halls, SQLite or PostgreSQL: opening, checking, transactions, changes, upgrade and backup."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from shared.backend.storage import database_errors
from shared.backend.storage.file_identity import Displaced
from shared.backend.storage.postgres import Postgres
from shared.backend.storage.sqlite import Sqlite
from shared.hall.errors import Failure, NoHallsYet, Unfit, Unreachable
from shared.hall.field_types import HallId

MIGRATIONS = Path(__file__).parent / "migrations"

OLDER = "The database is older than this program: run `nowserving upgrade`, which backs it up first."


class Kind(Protocol):
    """What SQLite and PostgreSQL do differently; all may raise SQLAlchemy's errors, which ``Database`` translates."""

    @property
    def name(self) -> str:
        """The database's name in messages to people; never holds a secret."""

    @property
    def engine(self) -> Engine: ...

    @property
    def writers(self) -> int:
        """How many transactions may write at once."""

    def queue_key(self, hall: HallId) -> str:
        """Which write queue this hall's commands wait in: one transaction at a time in each."""

    def writing(self) -> AbstractContextManager[Connection]: ...
    def reading(self) -> AbstractContextManager[Connection]: ...

    def migrating(self) -> AbstractContextManager[Connection]:
        """A transaction that holds the lock on migrations."""

    def lock(self, connection: Connection, names: Iterable[str]) -> None:
        """Lock these names until the transaction ends: other transactions that lock one of them wait."""

    def announce(self, connection: Connection, hall: HallId, seq: int) -> None:
        """Tell all that watch ``changes``, once the transaction is committed."""

    def changes(self, closed: threading.Event) -> Iterator[tuple[HallId, int] | None]: ...

    def reconnect(self) -> None:
        """Close connections after a failure that may have broken them; the next ones are opened anew."""

    def remove_empty_file(self) -> None:
        """Remove the empty file of a database that could not be created."""

    def require_sound(self) -> None:
        """Read the whole database before anybody is served; raises Unfit if it is damaged."""

    def scrub(self) -> bool:
        """Remove deleted rows from the write-ahead log too; False if a reader is in the way: try again later."""

    def faults(self, connection: Connection) -> Iterator[str]:
        """What is wrong with the database itself and its disk, a sentence each."""

    def backup(self, target: Path) -> None: ...

    def upgrade_backup_path(self, revision: str | None) -> Path:
        """Where the backup goes that an upgrade makes first."""

    def as_failure(self, error: DBAPIError) -> Failure | None:
        """The failure an error of the database means; None for a bug of ours."""


Kinds = Mapping[str, Callable[..., Kind]]

KINDS: Kinds = {"sqlite": Sqlite, "postgresql": Postgres}


class Database:
    """An open database. ``create`` makes the tables of a new one; without it an empty one is refused.

    ``kinds`` are other implementations, such as the serverless one. Raises Unfit for an unknown kind of database, one
    of another program or a newer one, NoHallsYet for an empty one, and Unreachable for one that is away.
    """

    def __init__(self, address: str, *, create: bool = False, kinds: Kinds = KINDS) -> None:
        self.url = address_of(address)
        self.kind = kinds[self.url.get_backend_name()](self.url, create=create)
        self.engine = self.kind.engine
        self.needs_scrub = False
        """Whether deleted rows may still be in the write-ahead log."""
        try:
            with self._translating_errors():
                self._check(create=create)
        except Failure:
            self.close()
            self.kind.remove_empty_file()
            raise

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write, durable when the block ends without an error; raises Unreachable or Unfit."""
        try:
            with self._translating_errors(), self.kind.writing() as connection:
                yield connection
        except Displaced:  # not reconnect: a new connection would open another file
            raise
        except Unreachable:
            self.kind.reconnect()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only transaction that sees one state of everything and blocks nobody; raises Unreachable or Unfit."""
        with self._translating_errors(), self.kind.reading() as connection:
            yield connection

    def changes(self, closed: threading.Event) -> Iterator[tuple[HallId, int] | None]:
        """What any process writes, until ``closed``: a hall and its last event, or None if it may be any hall.

        Yields None at once. Ends early after a failed write, and raises Unreachable or Unfit when the database is away:
        call it again then.
        """
        with self._translating_errors():
            yield from self.kind.changes(closed)

    def scrub(self) -> None:
        """Remove deleted rows from the write-ahead log; sets ``needs_scrub`` if a reader is in the way."""
        with self._translating_errors():
            self.needs_scrub = not self.kind.scrub()

    def revision(self) -> str | None:
        """The number of the last migration of the database, None if it is empty; raises Unreachable or Unfit."""
        with self._translating_errors(), self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found

    def upgrade(self) -> None:
        """Migrate the tables to this program's version; another process that does so waits, then does nothing."""
        from alembic import command, config  # noqa: PLC0415  # a third of what every other start would load

        configuration = config.Config()
        configuration.set_main_option("script_location", str(MIGRATIONS))
        with self._translating_errors(), self.kind.migrating() as connection:
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")

    def backup(self, target: Path) -> None:
        """Copy everything to a new file while work goes on; raises Unfit, and leaves no file, if it fails."""
        self.kind.backup(target)

    def close(self) -> None:
        self.engine.dispose()

    def is_current(self) -> bool:
        """Whether its tables are those of this program."""
        return self.revision() == versions()[-1]

    def require_current(self) -> None:
        """Raises Unfit, and closes the database, if its tables are older than this program."""
        if not self.is_current():
            self.close()
            raise Unfit(OLDER)

    def require_sound(self) -> None:
        """Raises Unfit, and closes the database, if it is damaged; SQLite reads all of it, a gigabyte a second."""
        try:
            with self._translating_errors():
                self.kind.require_sound()
        except Failure:
            self.close()
            raise

    def _check(self, *, create: bool) -> None:
        tables = inspect(self.engine).get_table_names()
        revision = self.revision()  # after the tables: another process may be creating them right now
        if revision is None:
            if tables:
                raise Unfit(f"{self.kind.name} is a database of another program: choose another one.")
            if not create:
                raise NoHallsYet(f"{self.kind.name} has no halls yet: make one with `nowserving init`.")
            self.upgrade()
        elif revision not in versions():
            raise Unfit(f"{self.kind.name} was written by a newer Now Serving: install that version or a later one.")

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        """Turn errors of the database into failures with a sentence for a person."""
        try:
            yield
        except DBAPIError as error:
            if failure := self.kind.as_failure(error):
                raise failure from error
            raise
        except NoConnectionFree as error:
            raise database_errors.busy() from error


def address_of(address: str) -> URL:
    """The parts of a database's address; raises Unfit, with a message that repeats no password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        shown = "This" if set("@?") & set(address) else repr(address)
        raise Unfit(f"{shown} is no address of a database: write one like sqlite:///nowserving.db.") from None
    if url.get_backend_name() not in KINDS:
        raise Unfit(
            f"A {url.get_backend_name()} database can't be used: "
            "write an address like sqlite:///nowserving.db or postgresql://USER@HOST/DATABASE."
        )
    return url


@cache
def versions() -> tuple[str, ...]:
    """The numbers of all migrations, in order; the last is this program's."""
    return tuple(sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")))
