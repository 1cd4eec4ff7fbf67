"""A speech engine that is asked at the moment: for what was not rendered beforehand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from shared.hall.field_types import Language
from shared.voice.engines.own_process import QUICKLY, finished
from shared.voice.engines.speech_engine import SpeechEngine
from shared.voice.letters_and_numbers import as_text
from shared.voice.sound_store import SoundStore
from shared.voice.voice import Utterance


class Live:
    """A link of the chain: an engine, with a deadline."""

    def __init__(self, engine: SpeechEngine, said: SoundStore) -> None:
        self.name = engine.name
        self.full_name: Callable[[Language], str] = engine.full_name
        self._engine = engine
        self._said = said

    def say(self, utterance: Utterance) -> Path:
        text, language = as_text(utterance.words), utterance.language
        what = (self._engine.name, *self._engine.voice_for(language).command, text)
        return self._said.find_or_make(lambda: finished(self._engine.speak(text, language, QUICKLY), QUICKLY), *what)
