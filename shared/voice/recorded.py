"""The voice of a hall that has recorded its own words: every word of an utterance must be among its clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from shared.hall.field_types import Hash, Language
from shared.hall.hall import Hall
from shared.languages import own_name
from shared.voice.engines.own_process import Steps
from shared.voice.joining_words import joined_words
from shared.voice.sound_store import SoundStore
from shared.voice.sounds import read, tidied
from shared.voice.vocabulary import missing
from shared.voice.voice import SpeechError, Utterance, Word


class Recorded:
    """A link of the chain: the hall's own clips."""

    name = "Recordings of the hall"

    def __init__(
        self, hall: Callable[[], Hall | None], file: Callable[[Hash], Path | None], clips: SoundStore, said: SoundStore
    ) -> None:
        """``file``: where a stored recording is on this machine; None while it is not here."""
        self._hall = hall
        self._file = file
        self._clips = clips
        self._said = said

    def say(self, utterance: Utterance) -> Path:
        return joined_words(self._said, utterance, lambda word: self._clip(word, utterance.language))

    def full_name(self, language: Language) -> str:
        """Its name, if it can say all that the hall says; raises SpeechError with the first missing word."""
        if (hall := self._hall()) and (lacking := missing(hall, language)):
            raise _not_recorded(lacking[0], language)
        return self.name

    def prepare(self, language: Language, word: Word) -> Steps[bool]:
        """Have a clip trimmed and made as loud as the others before it is needed; raises SpeechError.

        It is never enough: where one word is not recorded, a voice behind this one says the whole.
        """
        self._clip(word, language)
        yield from ()
        return False

    def _clip(self, word: Word, language: Language) -> Path:
        hall = self._hall()
        clip = hall.clips.get(f"{language}:{word.key}") if hall else None
        if clip is None:
            raise _not_recorded(word, language)
        if found := self._clips.find(clip.content):
            return found
        stored = self._file(clip.content)
        what = f"The recording of {_named(word)} in {own_name(language)}"
        if stored is None:
            raise SpeechError(f"{what} has not reached this machine yet.")
        return self._clips.keep(tidied(read(stored, what), what), clip.content)


def _not_recorded(word: Word, language: Language) -> SpeechError:
    return SpeechError(f"There is no recording of {_named(word)} in {own_name(language)}.")


def _named(word: Word) -> str:
    return f"“{word.text.rstrip('.,')}”"
