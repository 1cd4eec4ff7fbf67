"""A station's copy of its hall on disk, shown after a restart until the hall answers, with its pages' address."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from pathlib import Path

from shared.durable_files import write_whole
from shared.hall.hall import Hall
from shared.hall.json_codec import decode_hall, encode_hall
from shared.link.state_files import DAMAGE, read

log = logging.getLogger(__name__)


class StationMemory:
    """The file for one hall, named by the key of a paired hall, or by the address of another."""

    def __init__(self, folder: Path, key: str) -> None:
        self._file = folder / f"hall-{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.json"
        self.pages = ""
        """Where phones reach the hall's pages, as last known; empty if they can't, or it never was."""

    def sibling_file(self, prefix: str) -> Path:
        """The path of another file for the same hall."""
        return self._file.with_name(f"{prefix}-{self._file.stem.removeprefix('hall-')}")

    def load(self) -> Hall | None:
        """The hall as it was last known; None if the file is missing or can't be read. A damaged one is put aside."""
        stored = read(self._file, _hall_and_pages)
        if stored is None:
            return None
        hall, self.pages = stored
        return hall

    def save(self, hall: Hall, pages: str | None = None) -> None:
        """Write this hall to disk; a full disk is only logged, because nothing depends on the file.

        ``pages``: where phones reach the hall's pages; None keeps what was last known.
        """
        self.pages = self.pages if pages is None else pages
        try:
            write_whole(self._file, json.dumps({**encode_hall(hall), "pages": self.pages}))
        except OSError as error:
            log.warning("the hall could not be saved: %s", error)

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)


def remembered_halls(folder: Path) -> list[Hall]:
    """Every hall the stations of this machine remember. A file that can't be read is skipped and stays."""
    found = []
    for file in sorted(folder.glob("hall-*.json")):
        with contextlib.suppress(OSError, *DAMAGE):
            found.append(_hall_and_pages(file.read_text("utf-8"))[0])
    return found


def _hall_and_pages(text: str) -> tuple[Hall, str]:
    """The hall in a file, and where its pages are; raises DAMAGE."""
    stored = json.loads(text)
    return decode_hall(stored), str(stored.get("pages", ""))
