"""Several voices tried in order: the first that can say something says it, and each says why it could not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
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
from shared.voice.voice import NotOfferedError, SpeechError, Utterance, Voice, Word

log = logging.getLogger(__name__)

REST: Seconds = 60
"""How long a voice is left alone in a language after its engine failed: the next call should not wait for it again."""

PATIENCE = 1.0
"""Seconds after which no further voice is tried."""


class VoiceLink(Voice, Protocol):
    """A voice that knows which languages it can speak."""

    def full_name(self, language: Language) -> str:
        """Its name with that of its voice for a language; raises NotOfferedError if it has none."""


@runtime_checkable
class Preparable(Protocol):
    """A link that has its words ready before they are needed."""

    def prepare(self, language: Language, word: Word) -> Steps[bool]:
        """Whether no further voice needs to; raises SpeechError if it can't say this word."""


class VoiceChain:
    """The voice of a station. It may block for a second: ask it where the window does not wait."""

    name = "Voice"

    def __init__(self, find: Callable[[], Sequence[VoiceLink]], clock: Callable[[], float] = time.monotonic) -> None:
        """``find``: the links; asked at the first use, since it may start programs."""
        self._find = find
        self._clock = clock
        self._resting: dict[tuple[str, Language], tuple[float, str]] = {}
        self._unready: list[str] = []

    @cached_property
    def links(self) -> Sequence[VoiceLink]:
        return self._find()

    def say(self, utterance: Utterance) -> Path:
        """A WAV file with the whole utterance; raises SpeechError with what each voice said."""
        reasons = []
        began = self._clock()
        for link in self._awake(utterance.language):
            try:
                return link.say(utterance)
            except SpeechError as error:
                reasons.append(str(error))
                self._rest_if_broken(link, utterance.language, error)
            if self._clock() - began > PATIENCE:
                break
        why = " ".join(dict.fromkeys([*reasons, *self.troubles()]))
        raise SpeechError(f"No voice could say this in {own_name(utterance.language)}. {why}")

    def prepare(self, hall: Hall) -> Iterator[object]:
        """Have every word of the hall ready, step by step, none of which blocks for longer than a tenth of a second.

        Between two steps a call can be said; ``close`` it to stop.
        """
        self._unready = []
        links = [link for link in self.links if isinstance(link, Preparable)]
        for language in hall.settings.languages:
            words = vocabulary(hall, language)
            for link in links:
                if (yield from self._prepare(link, language, words)):
                    break

    def full_name(self, language: Language) -> str:
        """The first voice that can say everything in a language; raises NotOfferedError if there is none."""
        for link in self.links:
            with suppress(NotOfferedError):
                return link.full_name(language)
        raise NotOfferedError(f"No voice speaks {own_name(language)} here: {TO_INSTALL}.")

    def troubles(self) -> list[str]:
        """What is broken or has failed of late, a sentence each, for the administrator."""
        now = self._clock()
        failed = [reason for until, reason in self._resting.values() if now < until]
        return list(dict.fromkeys([*failed, *self._unready]))

    def _awake(self, language: Language) -> Iterator[VoiceLink]:
        return (link for link in self.links if self._clock() >= self._resting.get((link.name, language), (0.0, ""))[0])

    def _rest_if_broken(self, link: VoiceLink, language: Language, error: SpeechError) -> None:
        if isinstance(error, EngineError):
            log.warning("%s It is left alone for %s seconds.", error, REST)
            self._resting[link.name, language] = (self._clock() + REST, str(error))

    def _prepare(self, link: Preparable, language: Language, words: Sequence[Word]) -> Generator[object, None, bool]:
        """Whether no voice behind this one needs any of the words. An engine that fails once is not asked again."""
        enough = True
        for word in words:
            try:
                enough &= yield from link.prepare(language, word)
            except NotOfferedError:
                enough = False
            except SpeechError as error:
                enough = False
                self._unready.append(str(error))
                if isinstance(error, EngineError):
                    break
            yield word
        return enough
