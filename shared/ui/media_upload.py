"""Sends a file from this machine to the hall, part by part, off the GUI thread."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImageReader

from shared.hall.errors import Failure, Invalid, TooLarge, Unreachable
from shared.hall.field_limits import MEDIUM_NAME
from shared.hall.field_types import Hash
from shared.requests.media import (
    LARGEST,
    LARGEST_PART,
    MIB,
    ListMedia,
    Medium,
    MediumKind,
    SendMediumPart,
    StoreMedium,
)
from shared.requests.request import Request
from shared.ui.media_files import FIRST_RETRY, LAST_RETRY, THREAD
from shared.ui.media_folder import digest_of
from shared.ui.station import Station

TRIED_AT = QSize(64, 64)
"""Pixels: a picture is decoded as small as this to see whether it can be."""


@dataclass(frozen=True)
class _File:
    """A file that was looked at."""

    path: Path
    content: Hash
    parts: int
    """How many it is sent in."""

    def part(self, at: int) -> str:
        """Base64; raises Invalid."""
        try:
            with self.path.open("rb") as file:
                file.seek(at * LARGEST_PART)
                return base64.b64encode(file.read(LARGEST_PART)).decode()
        except OSError as error:
            raise _unreadable(self.path, error) from error


class MediaUpload(QObject):
    """One file on its way to the hall. An outage is waited for; a file the hall has already is there at once."""

    progressed = Signal(int)
    """Percent."""
    stored = Signal(object)
    """The Medium."""
    failed = Signal(object)
    """The Failure, for good."""

    def __init__(self, station: Station, file: Path, kind: MediumKind, parent: QObject | None = None) -> None:
        super().__init__(parent or station)
        self._station = station
        self._path = file
        self._kind = kind
        self._is_over = False
        self._pause = FIRST_RETRY

    def start(self) -> None:
        look = partial(_looked_at, self._path, self._kind)
        self._station.in_background(look, self._looked, self._fail, thread=THREAD)

    def cancel(self) -> None:
        """Say nothing any more; what was sent is forgotten by the hall within a day."""
        self._is_over = True

    def _looked(self, file: _File) -> None:
        def listed(media: tuple[Medium, ...]) -> None:
            known = next((medium for medium in media if medium.content == file.content), None)
            if known:
                self._store(known)
            else:
                self._send(file, 0)

        self._request(ListMedia(), listed)

    def _send(self, file: _File, at: int) -> None:
        """Send this part and then all others; after the last one the hall puts the file together."""
        if self._is_over:
            return
        self.progressed.emit(at * 100 // file.parts)
        if at == file.parts:
            name = _name_of(self._path)
            self._request(StoreMedium(content=file.content, name=name, kind=self._kind), self._store)
            return
        self._station.in_background(partial(file.part, at), partial(self._part, file, at), self._fail, thread=THREAD)

    def _part(self, file: _File, at: int, data: str) -> None:
        part = SendMediumPart(content=file.content, at=at, data=data)
        self._request(part, lambda _: self._send(file, at + 1))

    def _store(self, medium: Medium) -> None:
        if not self._is_over:
            self._is_over = True
            self.progressed.emit(100)
            self.stored.emit(medium)

    def _request(self, request: Request[Any], done: Any) -> None:
        """Ask the hall, again and again while it can't be reached."""

        def answered(answer: Any) -> None:
            self._pause = FIRST_RETRY
            if not self._is_over:
                done(answer)

        def failed(failure: Failure) -> None:
            if not isinstance(failure, Unreachable):
                self._fail(failure)
            elif not self._is_over:
                QTimer.singleShot(self._pause, self, partial(self._request, request, done))
                self._pause = min(LAST_RETRY, self._pause * 2)

        if not self._is_over:
            self._station.request(request, answered, failed)

    def _fail(self, failure: Failure) -> None:
        if not self._is_over:
            self._is_over = True
            self.failed.emit(failure)


def _looked_at(path: Path, kind: MediumKind) -> _File:
    """Read the file once; raises TooLarge, or Invalid for one that can't be read or shown."""
    try:
        size = path.stat().st_size
        if not size:
            raise Invalid("This file is empty: choose another one.", field="content")
        if size > LARGEST[kind]:
            most = str(LARGEST[kind] // MIB)
            raise TooLarge(
                "This file is too large: it may have at most {most} MiB. Make it smaller, then try again.", most=most
            )
        if kind is MediumKind.PICTURE:
            _require_decodable(path)
        return _File(path, digest_of(path), -(-size // LARGEST_PART))
    except OSError as error:
        raise _unreadable(path, error) from error


def _require_decodable(path: Path) -> None:
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    reader.setScaledSize(size.scaled(TRIED_AT, Qt.AspectRatioMode.KeepAspectRatio) if size.isValid() else TRIED_AT)
    if reader.read().isNull():
        raise Invalid(
            "This picture can't be shown: its file is damaged, of another kind or has too many pixels. "
            "Save it anew as PNG or JPEG, of at most 8,000 pixels a side, then try again.",
            field="content",
        )


def _name_of(path: Path) -> str:
    """The file's name, as far as it is one a hall takes."""
    name = "".join(sign for sign in path.name if sign.isprintable())[-MEDIUM_NAME.longest :]
    return name if MEDIUM_NAME.fits(name) else ""


def _unreadable(path: Path, error: OSError) -> Invalid:
    return Invalid(
        "{file} can't be read ({why}): choose it again.", field="content", file=path.name, why=error.strerror or ""
    )
