"""What a hall says to people, in one language or in several, and the ids it says it with."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias

from shared.hall.field_limits import (
    COMMAND_ID,
    DEVICE,
    HASH,
    ID,
    LANGUAGE,
    LOGIN,
    NAME,
    OUTCOME,
    PASSWORD,
    REMARK,
    TEXT,
    VERSION,
    unturned,
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
Hash: TypeAlias = Annotated[str, HASH]
"""SHA-256 of a secret, hexadecimal."""
Remark: TypeAlias = Annotated[str, REMARK]
"""What a person says about a customer: kept with the notes of colleagues, and in nothing else that a command leaves."""

Words: TypeAlias = Annotated[str | Mapping[Language, str], TEXT]
"""A name or sentence: one for everybody, or one for each language (``{"en": "Cash desk", …}``)."""

Name: TypeAlias = Annotated[str | Mapping[Language, str], NAME]
"""The same, naming something: all of it is seen."""


def in_language(words: Words, language: Language, fallbacks: Sequence[Language] = ()) -> str:
    """The words in ``language``, else in the first fallback there is, else in any.

    ``de-AT`` is answered in ``de`` where nothing is nearer (RFC 4647, 3.4).
    """
    return unturned(words if isinstance(words, str) else words.get(said_in(words, language, fallbacks), ""))


def said_in(words: Words, language: Language, fallbacks: Sequence[Language] = ()) -> Language:
    """The language that ``in_language`` finds the words in; empty for words that are for everybody."""
    if isinstance(words, str):
        return ""
    for wanted in (language, *fallbacks):
        while wanted:
            if wanted in words:
                return wanted
            wanted = wanted.rpartition("-")[0]  # noqa: PLW2901  # the look-up is exactly this
    return next(iter(words), "")


def new_id() -> str:
    """A UUIDv7 (RFC 9562, 5.7): made by whoever sends a command, sorts by time, never meets another."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return str(uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62))
