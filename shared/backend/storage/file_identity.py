"""Whether the path of a database still names the files that are open: what is answered must be there at the next start.

SQLite goes on with a file that was moved, removed or replaced, and with a log whose name is gone, and tells nobody.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any

from shared.hall.errors import Unreachable

log = logging.getLogger(__name__)

PARTS = ("", "-wal", "-shm")
"""The file, its log and the log's index: a writer that has another one of any of them writes past all others."""

Identity = tuple[int, int]
"""Device and inode."""


class Displaced(Unreachable):
    """The path names other files than those that are open, and whoever opened it anew would spoil both."""

    @classmethod
    def type_name(cls) -> str:
        return Unreachable.type_name()


class Opened(sqlite3.Connection):
    """A connection that knows which files it has open."""

    def __init__(self, place: FileIdentity, *arguments: Any, **named: Any) -> None:
        place.require()
        before = place.named()
        super().__init__(*arguments, **named)
        self._place = place
        if before[0] and place.named()[0] != before[0]:
            super().close()
            raise place.displaced()
        self.has: tuple[Identity | None, ...] = (before[0], None, None)
        place.remember(self)

    def settle(self) -> None:
        """Remember the log too, now that it is open."""
        self.has = (self.has[0], *self._place.named()[1:])

    def close(self) -> None:
        self._place.forget(self)
        super().close()


class FileIdentity:
    """The path of one database, and who has it open here."""

    def __init__(self, path: Path) -> None:
        self._connections: weakref.WeakSet[Opened] = weakref.WeakSet()
        self._path = path
        self._file: Identity | None = None
        """What the path named first: another one is another database, until the program starts anew."""
        self._missed: frozenset[tuple[Identity | None, ...]] = frozenset()
        """What was open when the path no longer named it; closed by now, perhaps, but whoever opened the file without
        its log would begin another one, over which the first may be put back."""
        self._lock = threading.Lock()

    def connect(self, *arguments: Any, **named: Any) -> Opened:
        """In place of ``sqlite3.Connection``; raises Displaced."""
        return Opened(self, *arguments, **named)

    def remember(self, opened: Opened) -> None:
        with self._lock:
            self._connections.add(opened)

    def forget(self, opened: Opened) -> None:
        with self._lock:
            self._connections.discard(opened)

    def named(self) -> tuple[Identity | None, ...]:
        """What the path names now."""
        return tuple(_identity(f"{self._path}{part}") for part in PARTS)

    def require(self) -> None:
        """Raises Displaced unless the path names what is open; said once in the log, and its end."""
        with self._lock:  # nobody closes meanwhile, with whom the log would go
            named = self.named()
            self._file = self._file or named[0]
            held = {(self._file, None, None), *(opened.has for opened in self._connections), *self._missed}
            lost = any(had and had != now for has in held for had, now in zip(has, named, strict=True))
            was, self._missed = bool(self._missed), frozenset(held) if lost else frozenset()
        if lost and not was:
            log.error("%s is not the file that is open, or its -wal or -shm is gone: nothing is answered", self._path)
        if was and not lost:
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
        found = os.stat(path)  # noqa: PTH116  # at every commit: a Path would cost more than the look itself
        return found.st_dev, found.st_ino
    return None
