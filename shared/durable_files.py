"""Files that are there whole or not at all, whatever dies while they are written, and stay after a power cut.

A file that was synced may be there and its name not: so folders are synced too.
"""

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

UNABLE = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)
"""What is said where nobody can sync a folder: on some shares, and where its owner lets nobody read it."""

OURS_ALONE = 0o600
"""For what only its owner may read."""

ANYBODYS = 0o666
"""For what people asked for to pass on and nobody's name is in; their umask decides."""

LEFT = 3600.0
"""Seconds after which nobody writes any more to what was begun: whoever did was killed."""


@contextmanager
def beside(target: Path, mode: int = OURS_ALONE) -> Iterator[Path]:
    """A new file to write to, beside the target, which it becomes at the end, on the disk too; raises OSError.

    If anything fails there is nothing new under either name; one that is killed leaves a ``.part`` to the next.
    What is no file, such as a terminal, is written to itself.
    """
    target = target.resolve()
    if target.exists() and not target.is_file():
        yield target
        return
    part = part_of(target)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode))
        yield part
        take_the_place_of(target, part)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def part_of(target: Path) -> Path:
    """Under which name it is written until it is whole; what others left there that were killed is gone."""
    for left in left_over(target):
        with suppress(OSError):
            left.unlink()
    return target.with_name(f".{target.name[:100]}.{os.getpid()}.part")


def left_over(target: Path) -> Iterator[Path]:
    """What somebody began to write in its place and never ended."""
    for part in target.parent.glob(f".{escape(target.name[:100])}.*.part*"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > LEFT:
                yield part


def free_name(path: Path, ending: str) -> Path:
    """This path with a time and an ending, under which nothing is kept yet: there may be several in a second."""
    stamp = f"{path.name}.before-restore-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}"
    names = (path.with_name(f"{stamp}{number}{ending}") for number in chain([""], (f"-{more}" for more in count(2))))
    return next(name for name in names if not name.exists())


def take_the_place_of(target: Path, part: Path) -> None:
    """Give what is in ``part`` the target's name in one step, which a power cut does not take back."""
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    os.replace(part, target)  # noqa: PTH105  # atomic on every platform
    sync_folder(target.parent)


def write_text(target: Path, text: str, mode: int = OURS_ALONE) -> None:
    """A text somebody wants as a file, in UTF-8; raises Unfit."""
    try:
        with beside(target, mode) as part:
            part.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise Unfit(f"{target} can't be written: {error.strerror}.") from None


def write_whole(target: Path, text: str) -> None:
    """What a program keeps for itself, for nobody's eyes but its own; raises OSError."""
    make_folder(target.parent)
    with beside(target) as part:
        part.write_text(text, "utf-8")


def make_folder(folder: Path) -> None:
    """For nobody else, with all it is in, and there after the plug was pulled; raises OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in missing:
        sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """What was made, renamed or removed in here is so for good; raises OSError."""
    if sys.platform == "win32":  # it can't, and need not: names are in the journal of its file system
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in UNABLE:
            raise
