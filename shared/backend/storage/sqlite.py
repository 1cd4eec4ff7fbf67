"""SQLite as the database of halls: one file, one writer at a time, no server."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from shared.backend.storage.database_errors import BUSY
from shared.backend.storage.file_identity import FileIdentity
from shared.durable_files import OWNER_ONLY, abandoned_files, replacing
from shared.hall.errors import Failure, NoHallsYet, Unfit, Unreachable
from shared.hall.field_types import HallId

log = logging.getLogger(__name__)

BUSY_TIMEOUT = 4000
"""Milliseconds to wait for another process that writes. SQLite polls for the lock: waiters are not served in order."""

FULL_FSYNC = "PRAGMA fullfsync = ON"
"""Otherwise a Mac reports as synced what is only in the disk's own cache."""

SCRUB_TIMEOUT = 100
"""Milliseconds to wait for readers of the WAL; nobody can write meanwhile."""

POLL_SECONDS = 0.05
"""Seconds between two checks whether another connection, ours or another process's, has written."""

LEAST_FREE = 100_000_000
"""Bytes that should be free: several weeks of a large hall."""

MOST_COMPLAINTS = 3
"""How many of SQLite's messages are passed on; a damaged file has thousands, and one remedy."""

RESTORE_ADVICE = "put the last good backup in its place with `nowserving restore FILE`"

DAMAGED_SENTENCE = (
    "The file of the database {database} is damaged, so nothing is accepted: "
    f"stop the backend, see what `nowserving check` says, and {RESTORE_ADVICE}."
)

DISK_FULL_SENTENCE = "The disk with the database {database} is full: nothing was changed; make room."

LEAST_FOR_WAL = 64 * 1024
"""Bytes: with fewer free on the disk, SQLite can't make the index of its WAL, and reports an I/O error."""

ONLY_QUEUE_KEY = "file"
"""Key of the only write queue: a writer locks the whole file, so everything that waits is written together."""


class Sqlite:
    """A database file: implements ``database.Kind``."""

    writers = 1

    def __init__(self, url: URL, *, create: bool) -> None:
        self.path, self._is_new = _existing_or_new_file(url, create=create)
        self.name = str(self.path)
        self._identity = FileIdentity(self.path)
        self.engine = _engine(url, self._identity)
        self._generation = 0
        """How often ``reconnect`` was called: ``changes`` ends when it is called again."""
        self._damage = ""
        """SQLite's message when it first met damage; empty while it has not."""
        self._damage_logged = False

    def queue_key(self, hall: HallId) -> str:
        return ONLY_QUEUE_KEY

    def _require_usable(self) -> None:
        """Raises Displaced if the file is not the one that was opened, Unreachable if damage was met in it."""
        self._identity.require()
        if self._damage:
            if not self._damage_logged:
                self._damage_logged = True
                log.error("%s is damaged, and requests are refused from now on: %s", self.path, self._damage)
            raise Unreachable(DAMAGED_SENTENCE, database=str(self.path))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Locked from the first statement on; by default SQLite would lock only at the first write."""
        self._require_usable()
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
                self._identity.require()  # raises if the commit went to a file that is no longer at the path
            except BaseException:
                _roll_back(connection)
                raise

    migrating = writing  # BEGIN IMMEDIATE locks out other migrations too

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        self._require_usable()
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                _roll_back(connection)

    def lock(self, connection: Connection, names: Iterable[str]) -> None:
        """Nothing to do: there is one writer at a time."""

    def announce(self, connection: Connection, hall: HallId, seq: int) -> None:
        """Nothing to do: ``changes`` polls the file."""

    def changes(self, closed: threading.Event) -> Iterator[None]:
        """Yields None at once and after writes of other connections, ours too, until ``closed`` or ``reconnect``."""
        generation = self._generation
        # Before connecting: otherwise each new try of the ledger's watcher would close a connection, and closing the
        # last one can delete the WAL: then the files that were open can't all be put back.
        self._require_usable()
        with self._unpooled_connection() as connection:  # one for all the time: data_version counts others' writes
            seen = None
            while generation == self._generation:
                self._require_usable()
                version = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
                if version != seen:
                    seen = version
                    yield None
                if closed.wait(POLL_SECONDS):
                    return

    @contextmanager
    def _unpooled_connection(self) -> Iterator[Connection]:
        """A connection that is closed afterwards and not returned to the pool."""
        with self.engine.connect() as connection:
            try:
                yield connection
            finally:
                connection.invalidate()

    def reconnect(self) -> None:
        """Close the idle connections and have ``changes`` close its own; those in use are dropped once returned.

        As long as one that met a read-only file is open, each new one is read-only too.
        """
        self._generation += 1  # so that ``changes`` closes its connection
        self.engine.dispose()

    def scrub(self) -> bool:
        """Truncate the WAL, durably, so that deleted rows can't be read in it; False if a reader was in the way."""
        self._require_usable()
        with self.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {SCRUB_TIMEOUT}")
            busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
            if not busy:
                with open(f"{self.path}-wal", "rb+") as wal_file:  # noqa: PTH123  # SQLite's own name for it
                    os.fsync(wal_file.fileno())
        return not busy

    def faults(self, connection: Connection) -> Iterator[str]:
        complaints = list(connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_COMPLAINTS})").scalars())
        if complaints != ["ok"]:
            messages = "; ".join(" ".join(str(complaint).split()) for complaint in complaints)
            yield f"The database {self.path} is damaged ({messages}): stop the backend and {RESTORE_ADVICE}."
        for table, *_ in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(MOST_COMPLAINTS):
            yield f"The table {table} has rows of a hall or person that does not exist: {RESTORE_ADVICE}."
        free = shutil.disk_usage(self.path.absolute().parent).free
        if free < LEAST_FREE:
            yield f"The disk with the database {self.path} has only {free // 1_000_000} MB left: make room."
        for copy in abandoned_files(self.path.absolute()):
            yield f"A copy of the database was never finished, and may hold people's data: remove {copy}."

    def remove_empty_file(self) -> None:
        with suppress(OSError):
            if self._is_new and not self.path.stat().st_size:
                self.path.unlink()

    def require_sound(self) -> None:
        with self.reading() as connection:
            if connection.exec_driver_sql("PRAGMA quick_check(1)").scalars().one() != "ok":
                # Unfit: we don't start. Damage met later is Unreachable: stations keep what they have, and try again.
                raise Unfit(DAMAGED_SENTENCE, database=str(self.path))

    def backup(self, target: Path) -> None:
        try:
            with (
                replacing(target) as temporary,
                closing(sqlite3.connect(self.path)) as source,
                closing(sqlite3.connect(temporary)) as copy,
            ):
                copy.execute(FULL_FSYNC)
                source.backup(copy)
        except (OSError, sqlite3.Error) as error:
            raise Unfit(f"{self.path} can't be copied to {target}: {error}.") from error

    def upgrade_backup_path(self, revision: str | None) -> Path:
        return self.path.with_suffix(f".before-upgrade-from-{revision}.db")

    def as_failure(self, error: DBAPIError) -> Failure | None:
        """After a message of damage every later transaction is refused."""
        complaint = str(error.orig)
        if "malformed" in complaint:
            self._damage = self._damage or complaint
        for fragment, failure_type, sentence in _SENTENCES:
            if fragment in complaint:
                return failure_type(sentence, database=str(self.path))
        if "disk I/O" in complaint and shutil.disk_usage(self.path.absolute().parent).free < LEAST_FOR_WAL:
            return Unreachable(DISK_FULL_SENTENCE, database=str(self.path))
        if isinstance(error, OperationalError):
            return Unreachable(
                "The database {database} can't be used{cause}.", database=str(self.path), cause=f": {complaint}"
            )
        return None


_SENTENCES: tuple[tuple[str, type[Failure], str], ...] = (
    ("locked", Unreachable, BUSY),
    ("busy", Unreachable, BUSY),
    ("readonly", Unreachable, "The database {database} can't be written: its file or folder is read-only."),
    ("read-only", Unreachable, "The database {database} can't be written: its file or folder is read-only."),
    ("is full", Unreachable, DISK_FULL_SENTENCE),
    ("unable to open", Unfit, "The database {database} can't be opened: check its folder and permissions."),
    ("not a database", Unfit, "The file {database} is not a database of Now Serving: choose another file."),
    ("malformed", Unreachable, DAMAGED_SENTENCE),
)
"""Fragments of SQLite's messages, and the failure each means."""


def _existing_or_new_file(url: URL, *, create: bool) -> tuple[Path, bool]:
    """The path of the file, created with no bytes if there is none, and whether it was; raises Unfit or NoHallsYet."""
    if not url.database or url.database == ":memory:":
        raise Unfit("A hall needs a database file: write its path, like sqlite:///nowserving.db.")
    path = Path(url.database)
    if not path.parent.is_dir():
        raise Unfit(f"There is no folder {path.parent} for the database: make it first.")
    if not path.exists() and not create:
        raise NoHallsYet(f"There is no database {path}: make one with `nowserving init --database sqlite:///{path}`.")
    is_new = not path.exists()
    if is_new:
        with suppress(OSError):  # SQLite reports what is wrong
            path.touch(mode=OWNER_ONLY)
    return path, is_new


def _engine(url: URL, identity: FileIdentity) -> Engine:
    # hide_parameters: personal data must not get into the program's log
    engine = create_engine(url, hide_parameters=True, connect_args={"factory": identity.connect})
    event.listen(engine, "connect", _configure_connection)
    return engine


def _configure_connection(connection: Any, _: Any) -> None:
    """Configure a new connection: our own BEGIN, readers that do not wait (WAL), durable commits."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    cursor.execute(FULL_FSYNC)
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # personal data that is deleted is overwritten
    cursor.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()  # opens the WAL
    cursor.close()
    connection.remember_wal()


def _roll_back(connection: Connection) -> None:
    raw = connection.connection.dbapi_connection
    if raw is not None and getattr(raw, "in_transaction", False):
        connection.exec_driver_sql("ROLLBACK")
