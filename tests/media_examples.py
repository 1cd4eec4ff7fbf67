"""Small pictures, videos and recordings, and how they come into a hall."""

from __future__ import annotations

import base64
import hashlib
import io
import wave
from typing import Protocol, TypeVar

from shared.hall.roles import Actor, Role
from shared.requests.media import LARGEST_PART, Medium, MediumKind, SendMediumPart, StoreMedium
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
