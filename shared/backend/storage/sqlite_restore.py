"""A backup in the place of an SQLite file, so that whatever dies on the way one of the two is there, whole."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from shared.durable_files import OURS_ALONE, free_name, sync_folder, take_the_place_of
from shared.hall.errors import Unfit

LOGS = ("-wal", "-journal")
"""What SQLite would play over whatever file it finds beside it."""

HELD = {"": (0x40000002, 510), "-shm": (128, 1)}
"""The bytes that everybody who has a database open holds: of its file, from where on and how many (SQLite's os.h,
SHARED_FIRST), and of its log's index, by which it is found open though its file was moved (os_unix.c, UNIX_SHM_DMS)."""

FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def copy_of(backup: Path, part: Path) -> None:
    """A copy with its log, if it has one, in one new file; raises Unfit."""
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OURS_ALONE))
        shutil.copyfile(backup, part)
        for log in LOGS:
            if _beside(backup, log).exists():
                shutil.copyfile(_beside(backup, log), _beside(part, log))
        with closing(sqlite3.connect(part)) as copy:
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            copy.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    except (OSError, sqlite3.Error) as error:
        if _is_of_the_disk(error):
            raise Unfit(
                f"{backup} can't be copied into {part.parent}, and nothing was changed: {error}. Make room there."
            ) from error
        raise Unfit(f"{backup} can't be read as a backup, and nothing was changed: {error}.") from error


def _is_of_the_disk(error: OSError | sqlite3.Error) -> bool:
    """Whether it is the copy for which there is no room, and the backup as good as ever."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in FULL


def put(part: Path, path: Path) -> Path | None:
    """Give the copy the database's name; where what was there is kept now, if anything was. Raises Unfit.

    What was there is made one file first, as far as it is sound: then the change from the old to the new is one step.
    """
    try:
        with _alone(path):
            pass
        _settle(path)
        with _alone(path):
            kept = _keep(path)
            take_the_place_of(path, part)
    except OSError as error:
        raise Unfit(f"{path} can't be put in its place: {error.strerror}.") from error
    return kept


def clear(part: Path) -> None:
    """Leave nothing of a copy that was not put in its place."""
    for name in (part, *(_beside(part, end) for end in (*LOGS, "-shm"))):
        with suppress(OSError):
            name.unlink(missing_ok=True)


def _settle(path: Path) -> None:
    """Bring what stands in the log into the file, as everybody does who closes it last."""
    if not path.exists():
        return
    with suppress(sqlite3.Error):
        # Only to be read: whoever may write a damaged file and closes it takes its log away.
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as seen:
            sound = seen.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        if sound:
            with closing(sqlite3.connect(path)) as old:
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _keep(path: Path) -> Path | None:
    """Another name for what was there, and for a log that could not be brought in: it would spoil the new file.

    The first of what is kept: the file, if there was one.
    """
    there = [end for end in ("", *LOGS) if _beside(path, end).exists()]
    aside = free_name(path.with_suffix(""), ".db")
    for end in LOGS:
        if end in there:
            os.rename(_beside(path, end), _beside(aside, end))  # noqa: PTH104  # as below
    _beside(path, "-shm").unlink(missing_ok=True)
    if "" in there:
        try:
            os.link(path, aside)  # the file keeps its own name until the new one takes it
        except OSError:  # a file system without a second name for a file
            os.rename(path, aside)  # noqa: PTH104
    sync_folder(path.parent)
    return _beside(aside, there[0]) if there else None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else has the database open meanwhile; raises Unfit if somebody has, however damaged it is."""
    try:
        import fcntl  # noqa: PLC0415  # on Windows an open file can't be replaced anyway
    except ImportError:
        yield
        return
    with ExitStack() as opened:
        for end, (first, size) in HELD.items():
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
