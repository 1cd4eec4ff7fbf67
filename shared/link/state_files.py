"""The files in a station's state folder: read, kept private, and put aside once they are damaged."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from shared.hall.errors import Failure
from shared.requests.devices import Trouble, TroubleKind

T = TypeVar("T")

log = logging.getLogger(__name__)

PUT_ASIDE = ".damaged-"
STAMP = "%Y%m%d-%H%M%S"

DAMAGE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, Failure)
"""What parsing a damaged file may raise; RecursionError for endless nesting."""

MISPLACED = (IsADirectoryError, PermissionError)
"""What reading raises if the path is no readable file; any other OSError is the disk's fault."""


def read(file: Path, parse: Callable[[str], T]) -> T | None:
    """The parsed content of a file; None if there is none or it can't be read. A damaged file is put aside."""
    try:
        return parse(file.read_text("utf-8"))
    except FileNotFoundError:
        pass
    except (*DAMAGE, *MISPLACED) as error:
        put_aside(file, error)
    except OSError as error:
        log.warning("%s can't be read: %s", file, error)
    return None


def restrict_to_owner(folder: Path) -> None:
    """Take away other users' access to a folder and all in it, which an earlier version or a copy may have left."""
    for path in (folder, *folder.rglob("*")):
        with contextlib.suppress(OSError):
            if not path.is_symlink():
                path.chmod(0o700 if path.is_dir() else 0o600)


def put_aside(file: Path, why: object, *companions: str) -> Path | None:
    """Rename a damaged file to a dated name beside it, and log that; None, and logged too, if the disk takes no change.

    It is never deleted: it may hold tickets people have in hand. ``companions``: endings of files that go along.
    """
    aside = _free_name(file.with_name(f"{file.name}{PUT_ASIDE}{datetime.now(UTC):{STAMP}}"))
    try:
        file.rename(aside)
        for ending in companions:
            with contextlib.suppress(FileNotFoundError):
                file.with_name(file.name + ending).rename(aside.with_name(aside.name + ending))
    except OSError as error:
        log.warning("%s can't be read (%s) or put aside (%s)", file, why, error)
        return None
    restrict_to_owner(aside)
    log.warning("%s can't be read (%s): it was put aside as %s", file, why, aside.name)
    return aside


def files_put_aside(folder: Path) -> list[Path]:
    """The files put aside that nobody has removed yet."""
    return sorted(path for path in folder.rglob(f"*{PUT_ASIDE}*") if _put_aside_at(path))


def damage_troubles(folder: Path) -> Iterator[Trouble]:
    """The files put aside, for the console."""
    for path in files_put_aside(folder):
        if at := _put_aside_at(path):
            yield Trouble(kind=TroubleKind.DAMAGED, what=path.name, at=at)


def _put_aside_at(path: Path) -> datetime | None:
    """When a file was put aside; None for a companion of another."""
    if path.name.endswith(("-wal", "-shm", "-journal")):
        return None
    try:
        return datetime.strptime(path.name.rpartition(PUT_ASIDE)[2][:15], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _free_name(path: Path) -> Path:
    """This path, or with a number behind it if a file was put aside within the same second."""
    names = (path.with_name(f"{path.name}{ending}") for ending in ("", *(f"-{number}" for number in range(2, 1000))))
    return next((name for name in names if not os.path.lexists(name)), path)
