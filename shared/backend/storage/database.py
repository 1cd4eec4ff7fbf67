"""One database of halls, of whichever kind: opened, written to in transactions, read by many, and watched."""

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
    """What one kind of database does in its own way."""

    @property
    def name(self) -> str:
        """How people know this database; never a secret."""

    @property
    def engine(self) -> Engine: ...

    @property
    def writers(self) -> int:
        """How many transactions may write at the same time."""

    def lane(self, hall: HallId) -> str:
        """What commands of this hall wait for: one lane, one transaction at a time."""

    def writing(self) -> AbstractContextManager[Connection]: ...

    def reading(self) -> AbstractContextManager[Connection]: ...

    def migrating(self) -> AbstractContextManager[Connection]:
        """A transaction in which nobody else changes the tables' form."""

    def hold(self, connection: Connection, names: Iterable[str]) -> None:
        """Let nobody else past here with one of these names until the transaction ends."""

    def announce(self, connection: Connection, hall: HallId, seq: int) -> None:
        """Tell whoever watches, once the transaction is through."""

    def changes(self, closed: threading.Event) -> Iterator[tuple[HallId, int] | None]: ...

    def start_afresh(self) -> None:
        """Let go of connections after a failure that may have spoiled them."""

    def take_back(self) -> None:
        """Leave nothing of a database that could not be made."""

    def require_sound(self) -> None:
        """Raises Unfit, before anybody is served, for a database in which reading at any place may fail."""

    def scrub(self) -> bool:
        """Leave no trace of what was deleted in the database's own log; False: try again later."""

    def faults(self, connection: Connection) -> Iterator[str]:
        """What is wrong with the database as such and the disk it is on, a sentence each."""

    def backup(self, target: Path) -> None: ...

    def before_upgrade(self, revision: str | None) -> Path:
        """Where the copy goes that an upgrade makes first."""

    def in_words(self, error: DBAPIError) -> Failure | None:
        """What the database complains of, for a person; None for a bug of ours."""


Kinds = Mapping[str, Callable[..., Kind]]

KINDS: Kinds = {"sqlite": Sqlite, "postgresql": Postgres}


class Database:
    """An open database. ``create`` makes the tables of a new one; without it an empty one is refused.

    ``kinds`` are others for a program that has its own way with databases. Raises Unfit for an address of no known
    kind, a database that is not ours, or one newer than this program, and Unreachable for one that is away.
    """

    def __init__(self, address: str, *, create: bool = False, kinds: Kinds = KINDS) -> None:
        self.url = address_of(address)
        self.kind = kinds[self.url.get_backend_name()](self.url, create=create)
        self.engine = self.kind.engine
        self.traces = False
        """Whether something that was deleted may still stand in the database's own log."""
        try:
            with self._in_words():
                self._check(create=create)
        except Failure:
            self.close()
            self.kind.take_back()
            raise

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write, durable when it ends."""
        try:
            with self._in_words(), self.kind.writing() as connection:
                yield connection
        except Displaced:  # a new connection would have another file
            raise
        except Unreachable:
            self.kind.start_afresh()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of everything and disturbs nobody."""
        with self._in_words(), self.kind.reading() as connection:
            yield connection

    def changes(self, closed: threading.Event) -> Iterator[tuple[HallId, int] | None]:
        """What is written, by any process, until ``closed``: a hall and its last event, or None: look everywhere.

        The first is None, at once. Raises Unreachable when the database is away; then it is to be called again.
        """
        with self._in_words():
            yield from self.kind.changes(closed)

    def scrub(self) -> None:
        """Leave no trace of what was deleted, now or, if somebody is in the way, the next time this is called."""
        with self._in_words():
            self.traces = not self.kind.scrub()

    def revision(self) -> str | None:
        """The migration the database is at; None for an empty one."""
        with self._in_words(), self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found

    def upgrade(self) -> None:
        """Bring the tables to this program's version; whoever does the same meanwhile waits, and finds it done."""
        from alembic import command, config  # noqa: PLC0415  # a third of what every other start would load

        asked = config.Config()
        asked.set_main_option("script_location", str(MIGRATIONS))
        with self._in_words(), self.kind.migrating() as connection:
            asked.attributes["connection"] = connection
            command.upgrade(asked, "head")

    def backup(self, target: Path) -> None:
        """Copy everything to a new file while work goes on; raises Unfit, and leaves none, if that can't be."""
        self.kind.backup(target)

    def close(self) -> None:
        self.engine.dispose()

    def is_current(self) -> bool:
        """Whether its tables are those of this program."""
        return self.revision() == versions()[-1]

    def require_current(self) -> None:
        """Raises Unfit, and closes the database, if it is older than this program."""
        if not self.is_current():
            self.close()
            raise Unfit(OLDER)

    def require_sound(self) -> None:
        """Raises Unfit, and closes the database, if it is damaged. It reads all of it, which takes its time."""
        try:
            with self._in_words():
                self.kind.require_sound()
        except Failure:
            self.close()
            raise

    def _check(self, *, create: bool) -> None:
        tables = inspect(self.engine).get_table_names()
        revision = self.revision()  # asked second: another process may be making the tables right now
        if revision is None:
            if tables:
                raise Unfit(f"{self.kind.name} is a database of another program: choose another one.")
            if not create:
                raise NoHallsYet(f"{self.kind.name} has no halls yet: make one with `nowserving init`.")
            self.upgrade()
        elif revision not in versions():
            raise Unfit(f"{self.kind.name} was written by a newer Now Serving: install that version or a later one.")

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """What the database complains of, as a sentence for a person."""
        try:
            yield
        except DBAPIError as error:
            if failure := self.kind.in_words(error):
                raise failure from error
            raise
        except NoConnectionFree as error:
            raise database_errors.busy() from error


def address_of(address: str) -> URL:
    """The parts of a database's address; raises Unfit. What may hold a password is never repeated."""
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
    """Every form the tables ever had, by the number its migration's file begins with; the last is this program's."""
    return tuple(sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")))
