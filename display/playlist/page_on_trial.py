"""Keeps on disk which page is shown: if the display dies of it, the page is skipped at the next start."""

from __future__ import annotations

import contextlib
import json
import logging
from pathlib import Path

from PySide6.QtCore import QSysInfo

from shared.hall.display_values import PlaylistItem, PlaylistKind

log = logging.getLogger(__name__)


class PageOnTrial:
    """All web pages count as one: they share an engine.

    The file is removed in an orderly end. One that a power cut left is of another boot, and says nothing against a
    page; where the machine can't tell its boots apart, a power cut counts as a death.
    """

    def __init__(self, file: Path | None) -> None:
        """``file`` None: nothing is kept."""
        self._file = file
        self._noted = ""
        self._deadly = self._take_left_behind()
        if self._deadly:
            log.warning("the display died while it showed a page, which is skipped until it starts again")

    def is_deadly(self, page: PlaylistItem) -> bool:
        return bool(self._deadly) and _name(page) == self._deadly

    def begin(self, page: PlaylistItem) -> None:
        """This page is about to be decoded or loaded. A text harms nobody: the one before may still be at work."""
        name = _name(page)
        if self._file and name and name != self._noted:
            self._noted = name
            try:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._file.write_text(json.dumps({"boot": _boot(), "page": name}), "utf-8")  # a crash loses no writes
            except OSError as error:
                log.warning("the page shown can't be noted: %s", error)

    def end(self) -> None:
        """The display ends in order."""
        if self._file:
            with contextlib.suppress(OSError):
                self._file.unlink(missing_ok=True)

    def _take_left_behind(self) -> str:
        """The page an earlier run of this boot died with, if it did; the file goes, so that it is tried again later."""
        if self._file is None:
            return ""
        try:
            left = json.loads(self._file.read_text("utf-8"))
            page = str(left["page"]) if left["boot"] == _boot() else ""
        except (OSError, ValueError, KeyError, TypeError):  # none, or not a whole one
            page = ""
        self.end()
        return page


def _name(page: PlaylistItem) -> str:
    """What tells it from others, also after it moved in the playlist; empty for a text."""
    return "web" if page.kind is PlaylistKind.WEB else page.content or ""


def _boot() -> str:
    return bytes(QSysInfo.bootUniqueId().data()).decode(errors="replace")
