"""Files on their way to the hall, one after another."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from shared.hall.errors import Failure
from shared.requests.media import Medium, MediumKind
from shared.ui.media_upload import MediaUpload
from shared.ui.station import Station


@dataclass(frozen=True, kw_only=True)
class QueuedFile:
    file: Path
    kind: MediumKind
    about: str = ""
    """What it is for: the key of what a recording says."""


class UploadQueue(QObject):
    changed = Signal()
    stored = Signal(object, object)
    """A QueuedFile, and its Medium in the hall."""
    failed = Signal(object, object)
    """A QueuedFile, and the Failure; the others go on."""

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.percent = 0
        """How much of the current file is in the hall."""
        self._waiting: deque[QueuedFile] = deque()
        self.current: QueuedFile | None = None
        self._upload: MediaUpload | None = None

    @property
    def left(self) -> int:
        """How many files wait behind the current one."""
        return len(self._waiting)

    def add(self, *files: QueuedFile) -> None:
        self._waiting.extend(files)
        if self.current is None:
            self._next()

    def cancel(self) -> None:
        """Stop the current file and forget the others; what is stored already stays."""
        self._waiting.clear()
        if self._upload:
            self._upload.cancel()
        self._next()

    def _next(self) -> None:
        if self._upload:
            self._upload.deleteLater()
        self._upload, self.percent = None, 0
        self.current = self._waiting.popleft() if self._waiting else None
        if self.current:
            self._upload = MediaUpload(self.station, self.current.file, self.current.kind, self)
            self._upload.progressed.connect(self._on_progress)
            self._upload.stored.connect(self._on_stored)
            self._upload.failed.connect(self._on_failed)
            self._upload.start()
        self.changed.emit()

    def _on_progress(self, percent: int) -> None:
        self.percent = percent
        self.changed.emit()

    def _on_stored(self, medium: Medium) -> None:
        sent = self.current
        self._next()
        self.stored.emit(sent, medium)

    def _on_failed(self, failure: Failure) -> None:
        sent = self.current
        self._next()
        self.failed.emit(sent, failure)
