"""A speech engine: a program with voices, each for a language, that writes a text as a WAV file."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.hall.field_types import Language
from shared.languages import suited
from shared.voice.engines.own_process import ProgramError, Steps, run
from shared.voice.sounds import Sound, read, tidied
from shared.voice.voice import SpeechError

FILE = "{file}"
"""In a command: where the program shall write the sound."""


class EngineError(SpeechError):
    """An engine hung, died or wrote rubbish; it may well do so again."""


@dataclass(frozen=True)
class EngineVoice:
    """A voice and how its engine is asked to speak with it."""

    name: str
    command: tuple[str, ...]
    """The program and its arguments; the text goes to its input in UTF-8, the sound to ``FILE``."""


@dataclass(frozen=True)
class SpeechEngine:
    """A program of this machine, and the languages it has a voice for."""

    name: str
    """With its version: ``eSpeak NG 1.52``."""
    voices: Mapping[Language, EngineVoice]

    def voice_for(self, language: Language) -> EngineVoice:
        """The voice that suits a language best; raises SpeechError if there is none."""
        tag = suited(language, list(self.voices))
        if tag is None:
            raise SpeechError(f"{self.name} has no voice for this language ({language}).")
        return self.voices[tag]

    def full_name(self, language: Language) -> str:
        """``eSpeak NG 1.52, German``; raises SpeechError if it has no voice for it."""
        return f"{self.name}, {self.voice_for(language).name}"

    def speak(self, text: str, language: Language, deadline: float) -> Steps[Sound]:
        """The sound of a text. ``deadline``: seconds. Raises EngineError, or SpeechError without a voice."""
        command = self.voice_for(language).command
        with tempfile.TemporaryDirectory(prefix="nowserving-") as folder:
            file = Path(folder) / "speech.wav"
            what = f"What {self.name} said"
            try:
                yield from run([str(file) if part == FILE else part for part in command], _one_line(text), deadline)
                return tidied(read(file, what), what)
            except ProgramError as failed:
                raise EngineError(f"{self.name} {failed}.") from None
            except SpeechError as error:
                raise EngineError(str(error)) from None


def _one_line(text: str) -> str:
    """Some engines begin a new file at each line."""
    return " ".join(text.split())
