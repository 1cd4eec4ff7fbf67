"""Small pictures, videos and recordings, and how they come into a hall."""

from __future__ import annotations

import base64
import hashlib
import io
import wave
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from shared.hall.errors import UnknownMedium
from shared.hall.roles import Actor, Role
from shared.requests.media import (
    LARGEST_PART,
    Medium,
    MediumKind,
    MediumPart,
    ReadMediumPart,
    SendMediumPart,
    StoreMedium,
)
from shared.requests.request import Request

A = TypeVar("A")

ADMIN = Actor(name="admin", role=Role.ADMINISTRATOR)


def recording(seconds: float = 0.2, rate: int = 8000, channels: int = 1) -> bytes:
    """A WAV file with silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(channels)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(b"\0\0" * channels * round(seconds * rate))
    return file.getvalue()


BEEP = recording()


class Handlers(Protocol):
    def answer(self, hall: str, request: Request[A], by: Actor) -> A: ...


def content_of(file: bytes) -> str:
    return hashlib.sha256(file).hexdigest()


def parts_of(file: bytes) -> list[SendMediumPart]:
    return [
        SendMediumPart(
            content=content_of(file),
            at=start // LARGEST_PART,
            data=base64.b64encode(file[start : start + LARGEST_PART]).decode(),
        )
        for start in range(0, len(file), LARGEST_PART)
    ]


def upload(handlers: Handlers, file: bytes, hall: str = "clinic") -> None:
    for part in parts_of(file):
        handlers.answer(hall, part, ADMIN)


def stored(handlers: Handlers, file: bytes, kind: MediumKind, name: str = "file", hall: str = "clinic") -> Medium:
    upload(handlers, file, hall)
    return handlers.answer(hall, StoreMedium(content=content_of(file), name=name, kind=kind), ADMIN)


class Shelf:
    """The media of a hall in memory, for the link of a test: ``link.asked |= shelf.answers``."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.read: list[tuple[str, int]] = []
        """Content and number of every part that was asked for."""
        self.answers: dict[type[Request[Any]], Callable[[Any], Any]] = {ReadMediumPart: self._read}

    def put(self, file: bytes) -> str:
        content = content_of(file)
        self.files[content] = file
        return content

    def _read(self, asked: ReadMediumPart) -> MediumPart:
        self.read.append((asked.content, asked.at))
        if asked.content not in self.files:
            raise UnknownMedium("This file is not in the hall: it was never uploaded here, or was removed.")
        file, start = self.files[asked.content], asked.at * LARGEST_PART
        return MediumPart(data=base64.b64encode(file[start : start + LARGEST_PART]).decode(), size=len(file))
