"""Records what programs do to files: SQLite through a file system of our own, Python through ``os``.

Python's own ``sqlite3`` can't be given a file system. So while a record is made the product gets the SQLite of `apsw`
under the same names; the files are opened again with the usual one.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest
import sqlalchemy

from shared.backend.storage import sqlite
from shared.link import outbox_store
from tests.faults.disk_after_power_cut import Record, Size, Synced, Write

SYNC_FOLDER_TOO = apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL
"""With the first sync of these files SQLite syncs the folder too."""


@contextmanager
def recording(
    root: Path, *, instead: Mapping[str, str] | None = None, log_pages: int = 1_000, mac: bool = False
) -> Iterator[Record]:
    """Record what happens in a folder while the block runs.

    ``instead``: statements, and what is executed in their place. ``log_pages``: after which SQLite empties its WAL.
    ``mac``: only what macOS calls a full sync counts as one.
    """
    record = Record(root)
    files = _Files(record, apsw.SQLITE_SYNC_FULL if mac else apsw.SQLITE_SYNC_NORMAL)
    lite = _Lite(files.name, dict(instead or {}), log_pages)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "sqlite3", lite)
        patch.setattr(sqlite, "create_engine", partial(sqlalchemy.create_engine, module=lite))
        patch.setattr(outbox_store, "sqlite3", lite)
        patch.setattr(os, "fsync", partial(_fsync, record, os.fsync))
        patch.setattr(os, "replace", partial(_rename, record, os.replace, record.add_rename))
        patch.setattr(os, "rename", partial(_rename, record, os.rename, record.add_rename))
        patch.setattr(os, "link", partial(_rename, record, os.link, record.add_link))
        yield record
    unused = set(instead or ()) - lite.executed
    assert not unused, f"nobody executes {unused} any more"
    files.unregister()


def _fsync(record: Record, original: Any, handle: Any) -> None:
    with record.lock:
        original(handle)
        record.add_sync(handle if isinstance(handle, int) else handle.fileno())


def _rename(record: Record, original: Any, tell: Any, old: Any, new: Any, **more: Any) -> None:
    with record.lock:
        record.scan()
        original(old, new, **more)
        if record.root in Path(new).parents:
            tell(Path(old), Path(new))


# ── SQLite's files ──


class _Files(apsw.VFS):
    def __init__(self, record: Record, sync: int) -> None:
        self.name = f"recorded-{id(self)}"
        self._record = record
        self._sync = sync
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802  # SQLite's own names
        if name is None:
            return super().xOpen(name, flags)
        with self._record.lock:
            return _File(name, flags, self._record, self._sync)

    def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802
        with self._record.lock:
            self._record.scan()
            super().xDelete(name, sync)
            self._record.scan()
            if sync:
                self._record.add_folder_sync(Path(name))


class _File(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], record: Record, sync: int) -> None:
        super().__init__("", name, flags)
        self._record = record
        self._path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name)
        self._number = record.number(self._path)
        self._sync = sync
        self._new_in_folder = bool(flags[0] & SYNC_FOLDER_TOO)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        with self._record.lock:
            super().xWrite(data, offset)
            self._record.add(Write(self._number, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        with self._record.lock:
            super().xTruncate(newsize)
            self._record.add(Size(self._number, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        with self._record.lock:
            super().xSync(flags)
            if flags & self._sync == self._sync:
                self._record.add(Synced(self._number))
                if self._new_in_folder:
                    self._record.add_folder_sync(self._path)
                    self._new_in_folder = False


# ── SQLite as Python offers it ──


class _Lite:
    """What the product and SQLAlchemy use of the module ``sqlite3``."""

    def __init__(self, files: str, instead: dict[str, str], log_pages: int) -> None:
        self._files = files
        self._log_pages = log_pages
        self.instead = instead
        self.executed: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)

    def connect(self, file: str | Path, **_: Any) -> _Connection:
        with _python_errors():
            raw = apsw.Connection(str(file), vfs=self._files)
            raw.execute(f"PRAGMA wal_autocheckpoint = {self._log_pages}")
        return _Connection(raw, self)


class _Connection:
    isolation_level = None

    def __init__(self, raw: apsw.Connection, lite: _Lite) -> None:
        self.raw = raw
        self.lite = lite

    @property
    def in_transaction(self) -> bool:
        return self.raw.in_transaction

    def remember_wal(self) -> None:
        """Nobody moves these files: there is nothing to check."""

    def cursor(self) -> _Cursor:
        return _Cursor(self)

    def execute(self, sql: str, given: Sequence[Any] = ()) -> _Cursor:
        return _Cursor(self).execute(sql, given)

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def backup(self, target: _Connection) -> None:
        with _python_errors(), target.raw.backup("main", self.raw, "main") as copy:
            copy.step()

    def create_function(self, name: str, arguments: int, function: Any, **_: Any) -> None:
        self.raw.create_scalar_function(name, function, arguments)

    def close(self) -> None:
        self.raw.close()


class _Cursor:
    """A cursor that fetches all rows at once."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.arraysize = 1

    @property
    def lastrowid(self) -> int:
        return self._connection.raw.last_insert_rowid()

    def execute(self, sql: str, given: Sequence[Any] = ()) -> _Cursor:
        lite = self._connection.lite
        lite.executed.add(sql)
        self.description = None
        raw = self._connection.raw.cursor()
        raw.exec_trace = self._describe
        with _python_errors():
            self._rows = raw.execute(lite.instead.get(sql, sql), given).fetchall()
        self.rowcount = self._connection.raw.changes()
        return self

    def executemany(self, sql: str, many: Sequence[Sequence[Any]]) -> _Cursor:
        changed = sum(self.execute(sql, given).rowcount for given in many)
        self.rowcount = changed
        return self

    def _describe(self, cursor: apsw.Cursor, *_: object) -> bool:
        self.description = cursor.description or None
        return True

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        return self.fetchmany(len(self._rows))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())

    def close(self) -> None:
        self._rows = []


@contextmanager
def _python_errors() -> Iterator[None]:
    try:
        yield
    except apsw.ConstraintError as error:
        raise sqlite3.IntegrityError(str(error)) from error
    except apsw.Error as error:
        raise sqlite3.OperationalError(str(error)) from error
