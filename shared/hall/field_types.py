"""The types of text fields: ids, names and sentences in one language or in several."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias

from shared.hall.field_limits import (
    CLIP_KEY,
    COMMAND_ID,
    DEVICE,
    HASH,
    ID,
    LANGUAGE,
    LOGIN,
    MEDIUM_NAME,
    NAME,
    OUTCOME,
    PAGE_TEXT,
    PASSWORD,
    REMARK,
    TEXT,
    TICKER,
    VERSION,
    WEB_ADDRESS,
    without_direction_marks,
)

Id: TypeAlias = Annotated[str, ID]
HallId: TypeAlias = Annotated[str, ID]
ServiceId: TypeAlias = Annotated[str, ID]
PrecedenceId: TypeAlias = Annotated[str, ID]
PointId: TypeAlias = Annotated[str, ID]
TicketId: TypeAlias = Annotated[str, ID]
CommandId: TypeAlias = Annotated[str, COMMAND_ID]
Language: TypeAlias = Annotated[str, LANGUAGE]
Login: TypeAlias = Annotated[str, LOGIN]
Password: TypeAlias = Annotated[str, PASSWORD]
DeviceName: TypeAlias = Annotated[str, DEVICE]
Version: TypeAlias = Annotated[str, VERSION]
Outcome: TypeAlias = Annotated[str, OUTCOME]
ClipKey: TypeAlias = Annotated[str, CLIP_KEY]
MediumName: TypeAlias = Annotated[str, MEDIUM_NAME]
WebAddress: TypeAlias = Annotated[str, WEB_ADDRESS]
Hash: TypeAlias = Annotated[str, HASH]
"""SHA-256 of a secret, hexadecimal."""
Remark: TypeAlias = Annotated[str, REMARK]
"""What staff write about a customer: stored with the notes, and left out of everything else that stores a command."""

Words: TypeAlias = Annotated[str | Mapping[Language, str], TEXT]
"""A text: one for all languages, or one for each (``{"en": "Cash desk", …}``)."""

TickerText: TypeAlias = Annotated[str | Mapping[Language, str], TICKER]
"""The line that runs below the calls of a hall display."""

PageText: TypeAlias = Annotated[str | Mapping[Language, str], PAGE_TEXT]
"""The lines of a page on a hall display."""

Name: TypeAlias = Annotated[str | Mapping[Language, str], NAME]
"""A text that names something: it may hold no invisible characters."""


def in_language(words: Words, language: Language, fallbacks: Sequence[Language] = ()) -> str:
    """The text in ``language``, else in the first fallback it has, else in any; empty if there is none.

    ``de-AT`` is answered in ``de`` where nothing is nearer (RFC 4647, 3.4).
    """
    text = words if isinstance(words, str) else words.get(language_found(words, language, fallbacks), "")
    return without_direction_marks(text)


def language_found(words: Words, language: Language, fallbacks: Sequence[Language] = ()) -> Language:
    """The language ``in_language`` finds the text in; empty for a text that is the same in all."""
    if isinstance(words, str):
        return ""
    for wanted in (language, *fallbacks):
        while wanted:
            if wanted in words:
                return wanted
            wanted = wanted.rpartition("-")[0]  # noqa: PLW2901  # the look-up of RFC 4647
    return next(iter(words), "")


def new_id() -> str:
    """A UUIDv7 (RFC 9562, 5.7): made by the sender of a command, unique, sorts by time."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return str(uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62))
