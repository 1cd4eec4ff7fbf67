"""Requests about a hall's media: pictures, videos and recordings, stored by content and sent in parts.

A file is sent in parts of at most ``LARGEST_PART`` bytes, so that no request is larger than any host takes, and a line
that breaks costs one part; then it is stored under the SHA-256 of its bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from shared.hall.field_limits import TextFormat
from shared.hall.field_types import Hash, MediumName
from shared.hall.roles import ADMINISTRATORS, DEVICES, STAFF
from shared.requests.request import Done, Request

LARGEST_PART = 256 * 1024
"""Bytes of a part; all but the last have exactly as many."""

PART = TextFormat(LARGEST_PART // 3 * 4 + 4, r"[A-Za-z0-9+/]*={0,2}", "A part is base64.")

MIB = 1024 * 1024
LARGEST_HALL = 512 * MIB
"""Bytes of all media of a hall together."""


class MediumKind(StrEnum):
    PICTURE = "picture"
    VIDEO = "video"
    CLIP = "clip"
    """A recording of a letter, a number or a name."""


LARGEST: dict[MediumKind, int] = {MediumKind.PICTURE: 10 * MIB, MediumKind.VIDEO: 200 * MIB, MediumKind.CLIP: 2 * MIB}
"""Bytes of one medium."""

LARGEST_SIDE = 8_000
"""Pixels of a picture: decoded it then takes a quarter of a gigabyte, which is all Qt gives to one."""

CLIP_SECONDS = (0.1, 10)
"""The shortest and the longest recording."""

CLIP_RATES = (8_000, 48_000)
"""Hertz: the lowest and the highest sample rate of a recording."""


@dataclass(frozen=True, kw_only=True)
class Medium:
    """A stored picture, video or recording."""

    content: Hash
    name: MediumName
    """That of the file it came from."""
    kind: MediumKind
    size: int
    """Bytes."""
    added_at: datetime


@dataclass(frozen=True, kw_only=True)
class MediumPart:
    data: Annotated[str, PART]
    """Base64."""
    size: int
    """Bytes of the whole medium."""


@dataclass(frozen=True, kw_only=True)
class ListMedia(Request[tuple[Medium, ...]]):
    """The media of this hall, by name."""

    ANSWER = tuple[Medium, ...]
    ALLOWED = STAFF


@dataclass(frozen=True, kw_only=True)
class SendMediumPart(Request[Done]):
    """Send a part of a new medium; parts that are never stored are forgotten within a day."""

    ANSWER = Done
    ALLOWED = ADMINISTRATORS

    content: Hash
    """Of the whole."""
    at: int
    """Which part, from 0."""
    data: Annotated[str, PART]
    """Base64."""


@dataclass(frozen=True, kw_only=True)
class StoreMedium(Request[Medium]):
    """Store the medium whose parts were sent. Refused if a part is missing or the whole is not of this kind."""

    ANSWER = Medium
    ALLOWED = ADMINISTRATORS

    content: Hash
    name: MediumName
    kind: MediumKind


@dataclass(frozen=True, kw_only=True)
class ReadMediumPart(Request[MediumPart]):
    """A part of a stored medium."""

    ANSWER = MediumPart
    ALLOWED = STAFF | DEVICES

    content: Hash
    at: int
    """Which part, from 0."""


@dataclass(frozen=True, kw_only=True)
class RemoveMedium(Request[Done]):
    """Remove a medium for good; refused while a display or a clip uses it."""

    ANSWER = Done
    ALLOWED = ADMINISTRATORS

    content: Hash


REQUESTS: tuple[type[Request[Any]], ...] = (ListMedia, SendMediumPart, StoreMedium, ReadMediumPart, RemoveMedium)
