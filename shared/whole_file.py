"""Files that are there whole or not at all, whatever dies while they are written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.hall.errors import Unfit

OURS_ALONE = 0o600
"""For what only its owner may read."""

ANYBODYS = 0o666
"""For what people asked for to pass on; their umask decides."""


@contextmanager
def beside(target: Path, mode: int = OURS_ALONE) -> Iterator[Path]:
    """A new file to write to, beside the target, which it becomes at the end, on the disk too; raises OSError.

    If anything fails there is nothing new under either name; a program that is killed leaves ``.nowserving-….part``.
    What is no file, such as a terminal, is written to itself.
    """
    target = target.resolve()
    if target.exists() and not target.is_file():
        yield target
        return
    part = target.with_name(f".nowserving-{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode))
        yield part
        take_the_place_of(target, part)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def take_the_place_of(target: Path, part: Path) -> None:
    """Give what is in ``part`` the target's name in one step, which a power cut does not take back."""
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    os.replace(part, target)  # noqa: PTH105  # atomic on every platform
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Let names in a folder survive a power cut, where folders can be opened."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def write_text(target: Path, text: str) -> None:
    """A text somebody wants as a file, in UTF-8; raises Unfit."""
    try:
        with beside(target, ANYBODYS) as part:
            part.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise Unfit(f"{target} can't be written: {error.strerror}.") from None
