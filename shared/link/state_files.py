"""How a station keeps its files: whole, for nobody else's eyes, and out of the way once they can't be read."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from shared.access.devices import Trouble, TroubleKind
from shared.hall.errors import Failure

T = TypeVar("T")

log = logging.getLogger(__name__)

MARK = ".damaged-"
STAMP = "%Y%m%d-%H%M%S"

DAMAGE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, Failure)
"""What reading a damaged file may raise; RecursionError comes of nesting without end."""

MISPLACED = (IsADirectoryError, PermissionError)
"""What reading raises where something else stands in a file's place; of any other OSError the disk is to blame."""


def read(file: Path, parse: Callable[[str], T]) -> T | None:
    """What a file says; None if there is none, or none that can be read: that one is put aside."""
    try:
        return parse(file.read_text("utf-8"))
    except FileNotFoundError:
        pass
    except (*DAMAGE, *MISPLACED) as error:
        put_aside(file, error)
    except OSError as error:
        log.warning("%s can't be read: %s", file, error)
    return None


def close_to_others(folder: Path) -> None:
    """Whatever an earlier version, or a copy, has left open to other people of this machine."""
    for path in (folder, *folder.rglob("*")):
        with contextlib.suppress(OSError):
            if not path.is_symlink():
                path.chmod(0o700 if path.is_dir() else 0o600)


# ── what can't be read ──


def put_aside(file: Path, why: object, *companions: str) -> Path | None:
    """Give it a dated name beside its old one, and say so; None where the disk takes no change.

    It is never deleted: it may hold what is on paper in somebody's hand. ``companions``: endings of what goes along.
    """
    aside = _unused(file.with_name(f"{file.name}{MARK}{datetime.now(UTC):{STAMP}}"))
    try:
        file.rename(aside)
        for ending in companions:
            with contextlib.suppress(FileNotFoundError):
                file.with_name(file.name + ending).rename(aside.with_name(aside.name + ending))
    except OSError as error:
        log.warning("%s can't be read (%s), nor put aside (%s)", file, why, error)
        return None
    close_to_others(aside)
    log.warning("%s can't be read (%s): it is put aside as %s", file, why, aside.name)
    return aside


def put_asides(folder: Path) -> list[Path]:
    """What was put aside and nobody has taken away yet."""
    return sorted(path for path in folder.rglob(f"*{MARK}*") if _when(path))


def damaged(folder: Path) -> Iterator[Trouble]:
    """The same as staff are told of it."""
    for path in put_asides(folder):
        if at := _when(path):
            yield Trouble(kind=TroubleKind.DAMAGED, what=path.name, at=at)


def _when(path: Path) -> datetime | None:
    """When it was put aside; None for what goes along with another."""
    if path.name.endswith(("-wal", "-shm", "-journal")):
        return None
    try:
        return datetime.strptime(path.name.rpartition(MARK)[2][:15], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _unused(path: Path) -> Path:
    """This name, or with a number behind it where it was used within the same second."""
    names = (path.with_name(f"{path.name}{ending}") for ending in ("", *(f"-{number}" for number in range(2, 1000))))
    return next((name for name in names if not os.path.lexists(name)), path)
