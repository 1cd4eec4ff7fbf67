"""Checks that the path of an SQLite database still names the files that are open, so that no commit is lost.

SQLite goes on silently with a file that was moved, removed or replaced, and with a WAL that has lost its name.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from shared.hall.errors import Unreachable

log = logging.getLogger(__name__)

Identity = tuple[int, int]
"""Device and inode."""


class Files(NamedTuple):
    """The file, its WAL and the WAL's index; a writer that has others of these open misses what all others write."""

    file: Identity | None
    wal: Identity | None = None
    shm: Identity | None = None


class Displaced(Unreachable):
    """The path names other files than those that are open; to open it anew would damage both."""

    @classmethod
    def type_name(cls) -> str:
        return Unreachable.type_name()


class TrackedConnection(sqlite3.Connection):
    """A connection that knows which files it has open; opening it raises Displaced if the path names others by now."""

    def __init__(self, identity: FileIdentity, *arguments: Any, **options: Any) -> None:
        identity.require()
        before = identity.current()
        super().__init__(*arguments, **options)
        self._identity = identity
        if before.file and identity.current().file != before.file:
            super().close()
            raise identity.displaced()
        self.files = Files(before.file)
        identity.remember(self)

    def remember_wal(self) -> None:
        """Remember the WAL and its index too, now that they are open."""
        self.files = self._identity.current()._replace(file=self.files.file)

    def close(self) -> None:
        self._identity.forget(self)
        super().close()


class FileIdentity:
    """The path of one database, and this process's connections to it."""

    def __init__(self, path: Path) -> None:
        self._connections: weakref.WeakSet[TrackedConnection] = weakref.WeakSet()
        self._path = path
        self._file: Identity | None = None
        """The first file the path named: any other is another database, until a restart of the program."""
        self._lost: frozenset[Files] = frozenset()
        """Files that were open when the path no longer named them, even if closed by now: to open the file without its
        WAL would begin another WAL, over which the first may be put back."""
        self._lock = threading.Lock()

    def connect(self, *arguments: Any, **options: Any) -> TrackedConnection:
        """In place of ``sqlite3.connect``; raises Displaced."""
        return TrackedConnection(self, *arguments, **options)

    def remember(self, opened: TrackedConnection) -> None:
        with self._lock:
            self._connections.add(opened)

    def forget(self, opened: TrackedConnection) -> None:
        with self._lock:
            self._connections.discard(opened)

    def current(self) -> Files:
        """The files the path names now."""
        return Files(*(_identity(f"{self._path}{suffix}") for suffix in ("", "-wal", "-shm")))

    def require(self) -> None:
        """Raises Displaced unless the path names the open files; logs when that begins and when it is over."""
        with self._lock:  # against a close meanwhile: that of the last connection removes the WAL
            current = self.current()
            self._file = self._file or current.file
            held = {Files(self._file), *(opened.files for opened in self._connections), *self._lost}
            lost = any(had and had != now for files in held for had, now in zip(files, current, strict=True))
            was_lost, self._lost = bool(self._lost), frozenset(held) if lost else frozenset()
        if lost and not was_lost:
            log.error("%s is not the file that is open, or its -wal or -shm is gone: requests are refused", self._path)
        if was_lost and not lost:
            log.warning("%s is the file that is open again", self._path)
        if lost:
            raise self.displaced()

    def displaced(self) -> Displaced:
        return Displaced(
            "The file of the database was moved, removed or replaced while this program had it open, "
            "so nothing is accepted: put it back, or stop this program and start it again."
        )


def _identity(path: str) -> Identity | None:
    with suppress(OSError):
        found = os.stat(path)  # noqa: PTH116  # at every commit: a Path would cost more than the call
        return found.st_dev, found.st_ino
    return None
