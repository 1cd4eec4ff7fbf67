"""Several voices tried in order: the first that can say something says it, and each says why it could not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol, runtime_checkable

from shared.hall.field_types import Language
from shared.hall.hall import Hall
from shared.hall.units import Seconds
from shared.languages import own_name
from shared.voice.engines.espeak import TO_INSTALL
from shared.voice.engines.own_process import Steps
from shared.voice.engines.speech_engine import EngineError
from shared.voice.vocabulary import vocabulary
from shared.voice.voice import SpeechError, Utterance, Voice, Word

log = logging.getLogger(__name__)

REST: Seconds = 60
"""How long a voice is left alone after its engine failed: the next call should not wait for it again."""

PATIENCE = 1.0
"""Seconds after which no further voice is tried."""


class Link(Voice, Protocol):
    """A voice that knows which languages it can speak."""

    def full_name(self, language: Language) -> str:
        """Its name with that of its voice for a language; raises SpeechError if it has none."""


@runtime_checkable
class Preparable(Protocol):
    """A link that has its words ready before they are needed."""

    def prepare(self, language: Language, word: Word) -> Steps[bool]:
        """Whether no further voice needs to; raises SpeechError if it can't say this word."""


class VoiceChain:
    """The voice of a station. All of it may block for a second: ask it where nobody waits for the window."""

    name = "Voice"

    def __init__(self, find: Callable[[], Sequence[Link]], clock: Callable[[], float] = time.monotonic) -> None:
        """``find``: the links; asked at the first use, since it may start programs."""
        self._find = find
        self._clock = clock
        self._resting: dict[str, tuple[float, str]] = {}

    @cached_property
    def links(self) -> Sequence[Link]:
        return self._find()

    def say(self, utterance: Utterance) -> Path:
        """A WAV file with the whole utterance; raises SpeechError with what each voice said."""
        reasons = []
        began = self._clock()
        for link in self._awake():
            try:
                return link.say(utterance)
            except SpeechError as error:
                reasons.append(str(error))
                self._rest_if_broken(link, error)
            if self._clock() - began > PATIENCE:
                break
        raise SpeechError(" ".join([*reasons, *self.troubles()]) or f"There is no voice: {TO_INSTALL}.")

    def prepare(self, hall: Hall) -> Iterator[object]:
        """Have every word of the hall ready, step by step, none of which blocks for longer than a tenth of a second.

        Between two steps a call can be said; ``close`` it to stop.
        """
        for language in hall.settings.languages:
            for word in vocabulary(hall, language):
                yield from self._prepare(language, word)
                yield word

    def full_name(self, language: Language) -> str:
        """The first voice that can say everything in a language; raises SpeechError if there is none."""
        reasons = []
        for link in self.links:
            try:
                return link.full_name(language)
            except SpeechError as error:
                reasons.append(str(error))
        raise SpeechError(f"No voice speaks {own_name(language)} here: {TO_INSTALL}. {' '.join(reasons)}".rstrip())

    def troubles(self) -> list[str]:
        """What has failed of late, a sentence each, for the administrator."""
        now = self._clock()
        return list(dict.fromkeys(reason for until, reason in self._resting.values() if now < until))

    def _awake(self) -> Iterator[Link]:
        return (link for link in self.links if self._clock() >= self._resting.get(link.name, (0.0, ""))[0])

    def _rest_if_broken(self, link: Link, error: SpeechError) -> None:
        if isinstance(error, EngineError):
            log.warning("%s It is left alone for %s seconds.", error, REST)
            self._resting[link.name] = (self._clock() + REST, str(error))

    def _prepare(self, language: Language, word: Word) -> Iterator[object]:
        for link in self._awake():
            if isinstance(link, Preparable):
                try:
                    if (yield from link.prepare(language, word)):
                        return
                except SpeechError as error:
                    self._rest_if_broken(link, error)
