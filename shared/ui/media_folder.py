"""Keeps media on disk by content: each file is whole and checked, or it is not there. Everything here blocks."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from shared.durable_files import make_folder, replace_durably
from shared.hall.errors import Unfit
from shared.hall.field_types import Hash
from shared.requests.media import LARGEST_PART, MediumPart

log = logging.getLogger(__name__)

PART = ".part"
"""Ends the name of a file whose parts are still coming."""


@dataclass(frozen=True)
class MediaFolder:
    path: Path

    def file(self, content: Hash) -> Path:
        return self.path / content

    def tidy(self, named: Collection[Hash], known: Collection[Hash]) -> frozenset[Hash]:
        """Delete what is not named, or not what its name says; the rest. ``known``: those checked before."""
        try:
            make_folder(self.path)
            for file in self.path.iterdir():
                if file.name.removesuffix(PART) not in named:
                    _delete(file)
            here = frozenset(content for content in named if self.file(content).is_file())
            damaged = {content for content in here - {*known} if digest_of(self.file(content)) != content}
            for content in damaged:
                _delete(self.file(content))
        except OSError as error:
            raise _unwritable(error) from error
        return here - damaged

    def next_part(self, content: Hash) -> int:
        """Which part comes next; the first ones may be here since before a restart."""
        part = self.path / f"{content}{PART}"
        return part.stat().st_size // LARGEST_PART if part.is_file() else 0

    def add(self, content: Hash, at: int, part: MediumPart) -> bool:
        """Add the next part; whether the file is whole now. Raises Unfit for a full disk or a damaged file."""
        file = self.path / f"{content}{PART}"
        try:
            make_folder(self.path)
            with file.open("r+b" if at else "wb") as written:
                written.seek(at * LARGEST_PART)
                written.write(base64.b64decode(part.data))
                written.truncate()
                here = written.tell()
            if here < part.size:
                return False
            if digest_of(file) == content:
                replace_durably(self.file(content), file)
                return True
            file.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(error) from error
        raise Unfit("A picture, video or recording arrived damaged on this device: it is fetched again.")


def _delete(file: Path) -> None:
    """What can't be deleted takes room, and is in nobody's way."""
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s can't be deleted: %s", file, error)


def digest_of(file: Path) -> Hash:
    """The SHA-256 of a file, which is never in memory as a whole; raises OSError."""
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _unwritable(error: OSError) -> Unfit:
    return Unfit(
        "The disk of this device does not take the pictures, videos and recordings of its hall ({why}): "
        "make room on it, or let it be written to.",
        why=error.strerror or type(error).__name__,
    )
