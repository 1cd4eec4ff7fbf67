"""What a station remembers over a restart: the last hall it knew, and where its pages are, on its own disk."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from pathlib import Path

from shared.hall.errors import Failure
from shared.hall.hall import Hall
from shared.hall.wire import decode_hall, encode_hall

log = logging.getLogger(__name__)


class Memory:
    """One file for one hall: for its address, or for the place a paired station belongs to."""

    def __init__(self, folder: Path, address: str) -> None:
        self._file = folder / f"hall-{hashlib.sha256(address.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.json"
        self.pages = ""
        """Where phones reach the hall's pages, as far as was ever known."""

    def beside(self, what: str) -> Path:
        """A file for something else to be kept for the same hall."""
        return self._file.with_name(f"{what}-{self._file.stem.removeprefix('hall-')}")

    def load(self) -> Hall | None:
        """The hall as it was last known, or None if there is nothing that can be read."""
        kept = _read(self._file)
        if kept is None:
            return None
        hall, self.pages = kept
        return hall

    def save(self, hall: Hall, pages: str | None = None) -> None:
        """Remember this hall; a full disk is logged and forgiven, for nothing depends on the memory.

        ``pages``: where phones reach its own; None if the hall has not said, and what was known stays.
        """
        self.pages = self.pages if pages is None else pages
        # A name of our own: other windows of this hall save theirs at the same moment.
        beside = self._file.with_suffix(f".{os.getpid()}.new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps({**encode_hall(hall), "pages": self.pages}), "utf-8")
            os.replace(beside, self._file)  # noqa: PTH105  # atomic on every platform
        except OSError as error:
            log.warning("the hall could not be remembered: %s", error)
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)


def remembered(folder: Path) -> list[Hall]:
    """Every hall the stations of this machine remember."""
    return [kept[0] for file in sorted(folder.glob("hall-*.json")) if (kept := _read(file))]


def _read(file: Path) -> tuple[Hall, str] | None:
    """The hall in a file, and where its pages are; None if there is nothing that can be read."""
    try:
        kept = json.loads(file.read_text("utf-8"))
        return decode_hall(kept), str(kept.get("pages", ""))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, Failure):
        return None
