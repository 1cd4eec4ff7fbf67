"""What a station remembers over a restart: the last hall it knew, on its own disk."""

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

    def load(self) -> Hall | None:
        """The hall as it was last known, or None if there is nothing that can be read."""
        try:
            return decode_hall(json.loads(self._file.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError, Failure):
            return None

    def save(self, hall: Hall) -> None:
        """Remember this hall; a full disk is logged and forgiven, for nothing depends on the memory."""
        # A name of our own: other windows of this hall save theirs at the same moment.
        beside = self._file.with_suffix(f".{os.getpid()}.new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(encode_hall(hall)), "utf-8")
            os.replace(beside, self._file)  # noqa: PTH105  # atomic on every platform
        except OSError as error:
            log.warning("the hall could not be remembered: %s", error)

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)
