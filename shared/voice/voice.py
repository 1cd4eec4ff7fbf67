"""The interface of every voice: a recording of a hall, a speech engine, or a chain of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.hall.field_types import ClipKey, Language


@dataclass(frozen=True)
class Word:
    """One thing that is said and can be recorded by itself."""

    key: ClipKey
    """What it is, whatever the language: ``letter.A``, ``number.42``, ``point.room-1``, ``sentence.go``."""
    text: str
    """How it is written for a speech engine, in the language of its utterance."""


@dataclass(frozen=True)
class Utterance:
    """A sentence to be said in one language."""

    language: Language
    words: tuple[Word, ...]


class SpeechError(Exception):
    """A voice can't say this; the message is one sentence for the administrator: which voice, and why."""


class NotOfferedError(SpeechError):
    """A voice was never made for this, such as a word nobody recorded: nothing is broken."""


class Voice(Protocol):
    """Says utterances. It never plays anything: it makes sounds."""

    @property
    def name(self) -> str:
        """What the administrator reads: ``eSpeak NG 1.52, German``."""

    def say(self, utterance: Utterance) -> Path:
        """A WAV file with the whole utterance; blocks for a second at most, raises SpeechError."""
