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
from shared.voice.sounds import Sound, read, tidied
from shared.voice.vocabulary import missing
from shared.voice.voice import NotOfferedError, SpeechError, Utterance, Word


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
        self._unfit: dict[Hash, str] = {}
        """Why these recordings can't be heard: reading one again would keep somebody waiting who is called."""

    def say(self, utterance: Utterance) -> Path:
        for word in utterance.words:  # before any is read, so that the next voice begins at once
            self._recording(word, utterance.language)
        return joined_words(self._said, utterance, lambda word: self._clip(word, utterance.language))

    def full_name(self, language: Language) -> str:
        """Its name, if it can say all that the hall says; raises NotOfferedError with the first missing word."""
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
        content, file = self._recording(word, language)
        if found := self._clips.find(content):
            return found
        return self._clips.keep(self._tidied(content, file, _about(word, language)), content)

    def _recording(self, word: Word, language: Language) -> tuple[Hash, Path]:
        """The content of the clip and its file; raises SpeechError, without reading it, if it can't be heard."""
        hall = self._hall()
        clip = hall.clips.get(f"{language}:{word.key}") if hall else None
        if clip is None:
            raise _not_recorded(word, language)
        found = self._clips.find(clip.content) or self._file(clip.content)
        if found is None:
            raise SpeechError(f"{_about(word, language)} has not reached this machine yet.")
        if why := self._unfit.get(clip.content):
            raise SpeechError(why)
        return clip.content, found

    def _tidied(self, content: Hash, file: Path, what: str) -> Sound:
        try:
            return tidied(read(file, what), what)
        except SpeechError as error:
            self._unfit[content] = str(error)
            raise


def _not_recorded(word: Word, language: Language) -> NotOfferedError:
    return NotOfferedError(f"There is no recording of {_named(word)} in {own_name(language)}.")


def _about(word: Word, language: Language) -> str:
    return f"The recording of {_named(word)} in {own_name(language)}"


def _named(word: Word) -> str:
    return f"“{word.text.rstrip('.,')}”"
