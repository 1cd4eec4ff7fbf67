"""One database of halls: how it is opened, written to by one, read by many, and told to have changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command as alembic
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from shared.hall.errors import Failure, Unfit, Unreachable

MIGRATIONS = Path(__file__).parent / "migrations"

OLDER = "The database is older than this program: run `nowserving upgrade`, which backs it up first."

OURS_ALONE = 0o600
"""Who may open the file may do everything in every hall. SQLite gives its log the same permissions."""

BUSY_TIMEOUT = 4000
"""Milliseconds to wait for another process that writes. SQLite polls for the lock, so nobody waits in order."""


class Database:
    """An open database. ``create`` makes a new one; without it a missing file is refused.

    Raises Unfit for an address of no known kind, a database that is not ours, or one newer than this program.
    """

    def __init__(self, address: str, *, create: bool = False) -> None:
        self.url = _url(address)
        self.path = _path(self.url, address, create=create)
        self.engine = _engine(self.url)
        self._watcher: Connection | None = None
        self._watcher_is_old = False
        with _in_words(self.path):
            self._check(create=create)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write; alone from its first statement on, durable when it ends."""
        with self._afresh_after_a_failure(), _in_words(self.path), self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise

    @contextmanager
    def _afresh_after_a_failure(self) -> Iterator[None]:
        """After a failure open the file anew: as long as one connection to it is read-only, every other one is too."""
        try:
            yield
        except Unreachable:
            self._watcher_is_old = True  # closed by the thread that uses it
            self.engine.dispose()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of everything and disturbs nobody."""
        with _in_words(self.path), self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                _roll_back(connection)

    def version(self) -> int:
        """A number that changes whenever another connection, of any process, has written."""
        with _in_words(self.path), self._watching() as connection:
            return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())

    @contextmanager
    def _watching(self) -> Iterator[Connection]:
        """Always the same connection, for ``data_version`` counts the writes of the others."""
        if self._watcher_is_old:
            self._watcher_is_old = False
            self._close_watcher()
        if self._watcher is None:
            self._watcher = self.engine.connect()
        yield self._watcher

    def revision(self) -> str | None:
        """The migration the database is at; None for an empty one."""
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def upgrade(self) -> None:
        """Bring the tables to this program's version."""
        with _in_words(self.path), self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            alembic.upgrade(_config(connection), "head")
            connection.exec_driver_sql("COMMIT")

    def backup(self, target: Path) -> None:
        """Copy everything to a new file while work goes on; raises Unfit, and leaves none, if that can't be."""
        try:
            target.touch(mode=OURS_ALONE)
            with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
        except (OSError, sqlite3.Error) as error:
            target.unlink(missing_ok=True)
            raise Unfit(f"{self.path} can't be copied to {target}: {error}.") from error

    def close(self) -> None:
        self._close_watcher()
        self.engine.dispose()

    def _close_watcher(self) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.invalidate()  # closed for good, and not kept for somebody else
            watcher.close()

    def _check(self, *, create: bool) -> None:
        tables = inspect(self.engine).get_table_names()
        revision = self.revision()  # asked second: another process may be making the tables right now
        if revision is None:
            if tables:
                raise Unfit(f"{self.path} is a database of another program: choose another file.")
            if not create:
                raise Unfit(f"{self.path} has no halls yet: make one with `nowserving init`.")
            self.upgrade()
        elif not _is_known(revision):
            raise Unfit(f"{self.path} was written by a newer Now Serving: install that version or a later one.")

    def is_current(self) -> bool:
        """Whether its tables are those of this program."""
        return self.revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()

    def require_current(self) -> None:
        """Raises Unfit, and closes the database, if it is older than this program."""
        if not self.is_current():
            self.close()
            raise Unfit(OLDER)


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError:
        raise Unfit(f"{address!r} is no address of a database: write one like sqlite:///nowserving.db.") from None
    if url.get_backend_name() != "sqlite":
        raise Unfit(
            f"A {url.get_backend_name()} database can't be used: write an address like sqlite:///nowserving.db."
        )
    if not url.database or url.database == ":memory:":
        raise Unfit("A hall needs a database file: write its path, like sqlite:///nowserving.db.")
    return url


def _path(url: URL, address: str, *, create: bool) -> Path:
    path = Path(str(url.database))
    if not path.parent.is_dir():
        raise Unfit(f"There is no folder {path.parent} for the database: make it first.")
    if not path.exists() and not create:
        raise Unfit(f"There is no database {path}: make one with `nowserving init --database {address}`.")
    if not path.exists():
        with suppress(OSError):  # SQLite itself will say what is wrong
            path.touch(mode=OURS_ALONE)
    return path


def _engine(url: URL) -> Engine:
    engine = create_engine(url)
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _: Any) -> None:
    """Every connection: our own BEGIN, a log that readers do not wait for, and nothing lost at a power cut."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _roll_back(connection: Connection) -> None:
    raw = connection.connection.dbapi_connection
    if raw is not None and getattr(raw, "in_transaction", False):
        connection.exec_driver_sql("ROLLBACK")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _is_known(revision: str) -> bool:
    try:
        return ScriptDirectory(str(MIGRATIONS)).get_revision(revision) is not None
    except CommandError:
        return False


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """What the database engine complains of, as a sentence for a person."""
    try:
        yield
    except OperationalError as error:
        raise _failure(path, str(error.orig)) from error
    except DatabaseError as error:
        if "not a database" in str(error.orig):
            raise Unfit(f"{path} is not a database of Now Serving: choose another file.") from error
        if "malformed" in str(error.orig):
            raise Unfit(f"The database {path} is damaged: put a backup in its place.") from error
        raise
    except NoConnectionFree as error:
        raise Unreachable("The database is busy with another program; please try again.") from error


def _failure(path: Path, complaint: str) -> Failure:
    if "locked" in complaint or "busy" in complaint:
        return Unreachable("The database is busy with another program; please try again.")
    if "readonly" in complaint or "read-only" in complaint:
        return Unreachable(f"The database {path} can't be written: its file or folder is read-only.")
    if "full" in complaint:
        return Unreachable(f"The disk with the database {path} is full: nothing was changed; make room.")
    if "unable to open" in complaint:
        return Unfit(f"The database {path} can't be opened: check its folder and permissions.")
    return Unreachable(f"The database {path} can't be used: {complaint}.")
