"""Words that an engine has spoken beforehand, kept on disk: they sound at once, whatever becomes of the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from shared.hall.field_types import Language
from shared.voice.engines.own_process import AT_LEISURE, Steps
from shared.voice.engines.speech_engine import SpeechEngine
from shared.voice.joining_words import joined_words
from shared.voice.sound_store import SoundStore
from shared.voice.voice import SpeechError, Utterance, Word


class Rendered:
    """A link of the chain: an engine's words. It never asks the engine while somebody waits."""

    def __init__(self, engine: SpeechEngine, words: SoundStore, said: SoundStore) -> None:
        self.name = f"{engine.name}, rendered beforehand"
        self.full_name: Callable[[Language], str] = engine.full_name
        self._engine = engine
        self._words = words
        self._said = said

    def say(self, utterance: Utterance) -> Path:
        return joined_words(self._said, utterance, lambda word: self._rendered(utterance.language, word))

    def prepare(self, language: Language, word: Word) -> Steps[bool]:
        """Have the engine speak a word that is not there yet; raises SpeechError. No further voice needs it."""
        text = _plain(word)
        what = self._what(language, text)
        if not self._words.find(*what):
            self._words.keep((yield from self._engine.speak(text, language, AT_LEISURE)), *what)
        return True

    def _rendered(self, language: Language, word: Word) -> Path:
        if found := self._words.find(*self._what(language, _plain(word))):
            return found
        raise SpeechError(f"{self._engine.name} has not rendered “{_plain(word)}” yet.")

    def _what(self, language: Language, text: str) -> tuple[str, ...]:
        return (self._engine.name, *self._engine.voice_for(language).command, text)


def _plain(word: Word) -> str:
    return word.text.rstrip(",.")
