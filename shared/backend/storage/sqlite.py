"""SQLite as the database of halls: one file, one writer at a time, nothing to set up."""

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
from shared.durable_files import OURS_ALONE, beside, left_over
from shared.hall.errors import Failure, NoHallsYet, Unfit, Unreachable
from shared.hall.field_types import HallId

log = logging.getLogger(__name__)

BUSY_TIMEOUT = 4000
"""Milliseconds to wait for another process that writes. SQLite polls for the lock, so nobody waits in order."""

WHOLLY = "PRAGMA fullfsync = ON"
"""Otherwise a Mac calls synced what is only in the memory of the disk."""

SCRUB_TIMEOUT = 100
"""Milliseconds to wait for whoever reads in the log; nobody can write meanwhile."""

POLL = 0.05
"""Seconds between two looks whether another process has written."""

LEAST_ROOM = 100_000_000
"""Bytes that should be free: several weeks of a large hall, and time to make room."""

COMPLAINTS = 3
"""How many of SQLite's own complaints are passed on; a damaged file has thousands, and one remedy."""

RESTORE = "put the last good backup in its place with `nowserving restore FILE`"

DAMAGED = (
    "The file of the database {database} is damaged, so nothing is accepted: "
    f"stop the backend, see what `nowserving check` says, and {RESTORE}."
)

FULL = "The disk with the database {database} is full: nothing was changed; make room."

NO_ROOM = 64 * 1024
"""Bytes: with fewer SQLite can't even make the index of its log, and calls that an error of the disk."""

THE_FILE = "file"
"""The one lane there is: who writes holds the whole file, so everything that waits is written together."""


class Sqlite:
    """A database file, and how SQLite does what every kind of database must."""

    writers = 1

    def __init__(self, url: URL, *, create: bool) -> None:
        self.path, self._is_new = _path(url, create=create)
        self.name = str(self.path)
        self._place = FileIdentity(self.path)
        self.engine = _engine(url, self._place)
        self._afresh = 0
        self._damage = ""
        """What SQLite complained of when it met damage, if it did."""
        self._damage_is_said = False

    def lane(self, hall: HallId) -> str:
        return THE_FILE

    def _require_fit(self) -> None:
        """Raises Unreachable for a file that is not the one that was opened, or in which damage was met."""
        self._place.require()
        if self._damage:
            if not self._damage_is_said:
                self._damage_is_said = True
                log.error("%s is damaged, and nothing is answered from it any more: %s", self.path, self._damage)
            raise Unreachable(DAMAGED, database=str(self.path))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Alone from the first statement on; by itself SQLite would lock only at the first write."""
        self._require_fit()
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
                self._place.require()  # what the path does not hold was not accepted
            except BaseException:
                _roll_back(connection)
                raise

    migrating = writing

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        self._require_fit()
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                _roll_back(connection)

    def hold(self, connection: Connection, names: Iterable[str]) -> None:
        """Nothing to do: whoever writes is alone."""

    def announce(self, connection: Connection, hall: HallId, seq: int) -> None:
        """Nothing to do: whoever watches the file sees that it has changed."""

    def changes(self, closed: threading.Event) -> Iterator[None]:
        """``data_version`` counts the writes of other connections: so it is always asked over the same one."""
        afresh = self._afresh
        self._require_fit()  # first: else every look would close one more connection, and with the last one the log
        with self._watching() as connection:
            seen = None
            while afresh == self._afresh:
                self._require_fit()
                version = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
                if version != seen:
                    seen = version
                    yield None
                if closed.wait(POLL):
                    return

    @contextmanager
    def _watching(self) -> Iterator[Connection]:
        """A connection that is closed for good afterwards, not kept for somebody else."""
        with self.engine.connect() as connection:
            try:
                yield connection
            finally:
                connection.invalidate()

    def start_afresh(self) -> None:
        """Open the file anew: as long as one connection to it is read-only, every other one is too."""
        self._afresh += 1  # whoever watches closes its own
        self.engine.dispose()

    def scrub(self) -> bool:
        """Empty the log, in which what was deleted still stands; not only until the next power cut."""
        self._require_fit()
        with self.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {SCRUB_TIMEOUT}")
            busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
            if not busy:
                with open(f"{self.path}-wal", "rb+") as log_file:  # noqa: PTH123  # SQLite's own name for it
                    os.fsync(log_file.fileno())
        return not busy

    def faults(self, connection: Connection) -> Iterator[str]:
        complaints = list(connection.exec_driver_sql(f"PRAGMA integrity_check({COMPLAINTS})").scalars())
        if complaints != ["ok"]:
            said = "; ".join(" ".join(str(complaint).split()) for complaint in complaints)
            yield f"The database {self.path} is damaged ({said}): stop the backend and {RESTORE}."
        for table, *_ in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(COMPLAINTS):
            yield f"The table {table} has rows of a hall or person nobody knows: {RESTORE}."
        free = shutil.disk_usage(self.path.absolute().parent).free
        if free < LEAST_ROOM:
            yield f"The disk with the database {self.path} has only {free // 1_000_000} MB left: make room."
        for part in left_over(self.path.absolute()):
            yield f"A copy of the database was begun and never ended, and people's data may be in it: remove {part}."

    def take_back(self) -> None:
        with suppress(OSError):
            if self._is_new and not self.path.stat().st_size:
                self.path.unlink()

    def require_sound(self) -> None:
        with self.reading() as connection:
            if connection.exec_driver_sql("PRAGMA quick_check(1)").scalars().one() != "ok":
                raise Unfit(DAMAGED, database=str(self.path))

    def backup(self, target: Path) -> None:
        try:
            with (
                beside(target) as part,
                closing(sqlite3.connect(self.path)) as source,
                closing(sqlite3.connect(part)) as copy,
            ):
                copy.execute(WHOLLY)
                source.backup(copy)
        except (OSError, sqlite3.Error) as error:
            raise Unfit(f"{self.path} can't be copied to {target}: {error}.") from error

    def before_upgrade(self, revision: str | None) -> Path:
        return self.path.with_suffix(f".before-upgrade-from-{revision}.db")

    def in_words(self, error: DBAPIError) -> Failure | None:
        complaint = str(error.orig)
        if "malformed" in complaint:
            self._damage = self._damage or complaint
        for part, kind, sentence in _SENTENCES:
            if part in complaint:
                return kind(sentence, database=str(self.path))
        if "disk I/O" in complaint and shutil.disk_usage(self.path.absolute().parent).free < NO_ROOM:
            return Unreachable(FULL, database=str(self.path))
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
    ("is full", Unreachable, FULL),
    ("unable to open", Unfit, "The database {database} can't be opened: check its folder and permissions."),
    ("not a database", Unfit, "The file {database} is not a database of Now Serving: choose another file."),
    ("malformed", Unreachable, DAMAGED),
)
"""A part of SQLite's complaint, and what it means."""


def _path(url: URL, *, create: bool) -> tuple[Path, bool]:
    """Where the file is, and whether it was made for this; raises Unfit."""
    if not url.database or url.database == ":memory:":
        raise Unfit("A hall needs a database file: write its path, like sqlite:///nowserving.db.")
    path = Path(url.database)
    if not path.parent.is_dir():
        raise Unfit(f"There is no folder {path.parent} for the database: make it first.")
    if not path.exists() and not create:
        raise NoHallsYet(f"There is no database {path}: make one with `nowserving init --database sqlite:///{path}`.")
    is_new = not path.exists()
    if is_new:
        with suppress(OSError):  # SQLite itself will say what is wrong
            path.touch(mode=OURS_ALONE)
    return path, is_new


def _engine(url: URL, place: FileIdentity) -> Engine:
    # hidden: what people said has no place in a log
    engine = create_engine(url, hide_parameters=True, connect_args={"factory": place.connect})
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _: Any) -> None:
    """Every connection: our own BEGIN, a log that readers do not wait for, and nothing lost at a power cut."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    cursor.execute(WHOLLY)
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what is forgotten about people is overwritten, not only let go
    cursor.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()  # which opens the log
    cursor.close()
    connection.settle()


def _roll_back(connection: Connection) -> None:
    raw = connection.connection.dbapi_connection
    if raw is not None and getattr(raw, "in_transaction", False):
        connection.exec_driver_sql("ROLLBACK")
