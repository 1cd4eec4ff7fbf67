"""What a console remembers on this machine over a restart: a few words, each in a file of its own."""

from __future__ import annotations

import logging
from pathlib import Path

log = logging.getLogger(__name__)


class Remembered:
    """``folder`` is where; None remembers nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def read(self, name: str) -> str:
        """What was written last under this name, or nothing."""
        try:
            return (self._folder / name).read_text("utf-8").strip() if self._folder else ""
        except (OSError, ValueError):
            return ""

    def write(self, name: str, text: str) -> None:
        """Remember this; a full disk is logged and forgiven, for nothing depends on it."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / name).write_text(text, "utf-8")
        except OSError as error:
            log.warning("%s could not be remembered: %s", name, error)
