"""An utterance put together from the sounds of its words, with the silence between them that people make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from shared.hall.units import Milliseconds
from shared.voice.sound_store import SoundStore
from shared.voice.sounds import joined, read
from shared.voice.voice import Utterance, Word

BETWEEN_WORDS: Milliseconds = 30
"""Beside what each sound keeps at its own ends."""
AFTER_A_PART: Milliseconds = 280
"""Before the point, and after a sentence."""
AT_THE_END: Milliseconds = 150
"""Some sound devices swallow the last moment."""


def joined_words(said: SoundStore, utterance: Utterance, file_of: Callable[[Word], Path]) -> Path:
    """The whole utterance; raises SpeechError for the first word without a sound."""
    files = [file_of(word) for word in utterance.words]
    silences = _silences(utterance.words)
    what = [f"{file.name} {silence}" for file, silence in zip(files, silences, strict=True)]
    return said.find_or_make(
        lambda: joined([(read(file, "A sound of a word"), pause) for file, pause in zip(files, silences, strict=True)]),
        *what,
    )


def _silences(words: Sequence[Word]) -> list[Milliseconds]:
    ends = [*(word.text.endswith((",", ".")) or word.key.startswith("sentence.") for word in words[:-1])]
    return [*(AFTER_A_PART if end else BETWEEN_WORDS for end in ends), AT_THE_END]
