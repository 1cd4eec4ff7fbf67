"""Restores a backup over an SQLite file: killed at any step, the old or the new file is there, whole."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from shared.durable_files import OWNER_ONLY, free_name, replace_durably, sync_folder
from shared.hall.errors import Unfit

LOGS = ("-wal", "-journal")
"""Suffixes of SQLite's logs, which it would replay over whatever file it finds beside them."""

LOCK_BYTES = {"": (0x40000002, 510), "-shm": (128, 1)}
"""The bytes (first, how many) that every process with the database open locks: those of the file (SQLite's os.h,
SHARED_FIRST), and of the WAL's index, locked even if the file was moved (os_unix.c, UNIX_SHM_DMS)."""

DISK_FULL_CODES = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def copy_of(backup: Path, part: Path) -> None:
    """Copy a backup and its log, if it has one, into one new file; raises Unfit if it can't be read or copied."""
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY))
        shutil.copyfile(backup, part)
        for log in LOGS:
            if _beside(backup, log).exists():
                shutil.copyfile(_beside(backup, log), _beside(part, log))
        with closing(sqlite3.connect(part)) as copy:
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            copy.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    except (OSError, sqlite3.Error) as error:
        if _is_disk_full(error):
            raise Unfit(
                f"{backup} can't be copied into {part.parent}, and nothing was changed: {error}. Make room there."
            ) from error
        raise Unfit(f"{backup} can't be read as a backup, and nothing was changed: {error}.") from error


def _is_disk_full(error: OSError | sqlite3.Error) -> bool:
    """Whether the disk may be full, so that the backup itself may be sound."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DISK_FULL_CODES


def put(part: Path, path: Path) -> Path | None:
    """Give the copy the database's name; returns where the old file is kept, if any; raises Unfit if it can't.

    The old file and its log are made one file first, if sound: then the change from old to new is one atomic step.
    """
    try:
        with _exclusive(path):
            pass
        _checkpoint(path)
        with _exclusive(path):
            kept = _set_aside(path)
            replace_durably(path, part)
    except OSError as error:
        raise Unfit(f"{path} can't be put in its place: {error.strerror}.") from error
    return kept


def clear(part: Path) -> None:
    """Remove the copy and its logs, if it was not put in place."""
    for name in (part, *(_beside(part, end) for end in (*LOGS, "-shm"))):
        with suppress(OSError):
            name.unlink(missing_ok=True)


def _checkpoint(path: Path) -> None:
    """Write the WAL of a sound database into its file, as the last connection to close does."""
    if not path.exists():
        return
    with suppress(sqlite3.Error):
        # Read-only: a connection that may write would remove the log of a damaged file when it closes.
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as reader:
            sound = reader.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        if sound:
            with closing(sqlite3.connect(path)) as old:
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _set_aside(path: Path) -> Path | None:
    """Give the old file a second name, and move its remaining logs to it, which would damage the new file.

    Returns that name, or the log's if there was no file.
    """
    present = [end for end in ("", *LOGS) if _beside(path, end).exists()]
    aside = free_name(path.with_suffix(""), ".db")
    for end in LOGS:
        if end in present:
            os.rename(_beside(path, end), _beside(aside, end))  # noqa: PTH104  # as below
    _beside(path, "-shm").unlink(missing_ok=True)
    if "" in present:
        try:
            os.link(path, aside)  # the file keeps its own name until the new one takes it
        except OSError:  # a file system without hard links
            os.rename(path, aside)  # noqa: PTH104
    sync_folder(path.parent)
    return _beside(aside, present[0]) if present else None


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """Lock the database, however damaged, until the block ends; raises Unfit if any program has it open."""
    try:
        import fcntl  # noqa: PLC0415  # not on Windows, where an open file can't be replaced anyway
    except ImportError:
        yield
        return
    with ExitStack() as opened:
        for end, (first, size) in LOCK_BYTES.items():
            if _beside(path, end).exists():
                number = os.open(_beside(path, end), os.O_RDWR)
                opened.callback(os.close, number)
                try:
                    fcntl.lockf(number, fcntl.LOCK_EX | fcntl.LOCK_NB, size, first)
                except OSError:
                    raise Unfit(
                        f"{path} is in use, and nothing was changed: stop the backend and every program that has it "
                        "open, and try again."
                    ) from None
        yield


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)
