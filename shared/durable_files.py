"""Atomic, durable writes: a file is there whole or not at all, also after a crash or a power cut."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from glob import escape
from itertools import chain, count
from pathlib import Path

from shared.hall.errors import Unfit

UNSYNCABLE = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)
"""Errors of a folder that can't be synced: on some shares, or if it may not be read."""

OWNER_ONLY = 0o600
"""The mode of a file that only its owner may read."""

READABLE_BY_UMASK = 0o666
"""The mode of a file that people want to pass on and that names nobody; the umask decides."""

STALE_AFTER = 3600.0
"""Seconds after which an unfinished file counts as abandoned: its writer was killed."""
NAME_KEPT = 100  # characters of a target's name at the start of its temporary file's


@contextmanager
def replacing(target: Path, mode: int = OWNER_ONLY) -> Iterator[Path]:
    """A temporary file beside the target, which replaces it durably at the end of the block; raises OSError.

    On failure the target stays as it was. The ``.part`` of a killed writer is removed by one an hour later.
    A target that is not a regular file, such as a terminal, is written to directly.
    """
    target = target.resolve()
    if target.exists() and not target.is_file():
        yield target
        return
    part = temporary_file_for(target)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode))
        yield part
        replace_durably(target, part)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def temporary_file_for(target: Path) -> Path:
    """The path of a temporary file for this target; abandoned ones are removed."""
    for abandoned in abandoned_files(target):
        with suppress(OSError):
            abandoned.unlink()
    return target.with_name(f".{target.name[:NAME_KEPT]}.{os.getpid()}.part")


def abandoned_files(target: Path) -> Iterator[Path]:
    """The temporary files for this target that killed writers have left."""
    for part in target.parent.glob(f".{escape(target.name[:NAME_KEPT])}.*.part*"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > STALE_AFTER:
                yield part


def free_name(path: Path, ending: str) -> Path:
    """A free path beside this one for what a restore replaces: with the time and, within one second, a number."""
    stamp = f"{path.name}.before-restore-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}"
    names = (path.with_name(f"{stamp}{number}{ending}") for number in chain([""], (f"-{more}" for more in count(2))))
    return next(name for name in names if not name.exists())


def replace_durably(target: Path, part: Path) -> None:
    """Replace the target by ``part`` atomically and durably; raises OSError."""
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    os.replace(part, target)  # noqa: PTH105  # atomic on every platform
    sync_folder(target.parent)


def write_text(target: Path, text: str, mode: int = OWNER_ONLY) -> None:
    """Write a text somebody asked for, in UTF-8; raises Unfit if it can't be written."""
    try:
        with replacing(target, mode) as part:
            part.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise Unfit(f"{target} can't be written: {error.strerror}.") from None


def write_whole(target: Path, text: str) -> None:
    """Write a program's own file, which only its owner can read, in a folder made if missing; raises OSError."""
    make_folder(target.parent)
    with replacing(target) as part:
        part.write_text(text, "utf-8")


def make_folder(folder: Path) -> None:
    """Make a private folder and its parents durably; raises OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in missing:
        sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, because a power cut may take even a synced file's name; raises OSError."""
    if sys.platform == "win32":  # it can't, and need not: its file system journals names
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in UNSYNCABLE:
            raise
