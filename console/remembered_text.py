"""What a console remembers on this machine over a restart: short texts, each in a file of its own."""

from __future__ import annotations

import logging
from pathlib import Path

from shared.durable_files import write_whole
from shared.link.state_files import read

log = logging.getLogger(__name__)


class RememberedText:
    """The texts in ``folder``; None remembers nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def read(self, name: str) -> str:
        """What was written last under this name; empty without any, or if its file is damaged."""
        return (read(self._folder / name, str.strip) or "") if self._folder else ""

    def write(self, name: str, text: str) -> None:
        """Remember this; a failure is only logged, because nothing depends on it."""
        if self._folder is None:
            return
        try:
            write_whole(self._folder / name, text)
        except OSError as error:
            log.warning("%s could not be remembered: %s", name, error)
