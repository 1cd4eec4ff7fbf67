"""What a station remembers over a restart: the last hall it knew, and where its pages are, on its own disk."""

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
    """One file for one hall: for its address, or for the place a paired station belongs to."""

    def __init__(self, folder: Path, address: str) -> None:
        self._file = folder / f"hall-{hashlib.sha256(address.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.json"
        self.pages = ""
        """Where phones reach the hall's pages, as far as was ever known."""

    def beside(self, what: str) -> Path:
        """A file for something else to be kept for the same hall."""
        return self._file.with_name(f"{what}-{self._file.stem.removeprefix('hall-')}")

    def load(self) -> Hall | None:
        """The hall as it was last known, or None if there is nothing that can be read; what can't be is put aside."""
        kept = read(self._file, _hall_and_pages)
        if kept is None:
            return None
        hall, self.pages = kept
        return hall

    def save(self, hall: Hall, pages: str | None = None) -> None:
        """Remember this hall; a full disk is logged and forgiven, for nothing depends on the memory.

        ``pages``: where phones reach its own; None if the hall has not said, and what was known stays.
        """
        self.pages = self.pages if pages is None else pages
        try:
            write_whole(self._file, json.dumps({**encode_hall(hall), "pages": self.pages}))
        except OSError as error:
            log.warning("the hall could not be remembered: %s", error)

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)


def remembered(folder: Path) -> list[Hall]:
    """Every hall the stations of this machine remember. Nothing is put aside: who only looks changes nothing."""
    found = []
    for file in sorted(folder.glob("hall-*.json")):
        with contextlib.suppress(OSError, *DAMAGE):
            found.append(_hall_and_pages(file.read_text("utf-8"))[0])
    return found


def _hall_and_pages(text: str) -> tuple[Hall, str]:
    """The hall in a file, and where its pages are; raises DAMAGE."""
    kept = json.loads(text)
    return decode_hall(kept), str(kept.get("pages", ""))
