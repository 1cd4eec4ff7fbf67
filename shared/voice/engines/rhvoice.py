"""RHVoice: good voices for Russian and a dozen other languages, where its program is installed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from shared.hall.field_types import Language
from shared.voice.engines.speech_engine import FILE, EngineVoice, SpeechEngine
from shared.voice.voice import SpeechError

FOLDERS = tuple(Path(folder) / "RHVoice" / "voices" for folder in ("/usr/share", "/usr/local/share"))

LANGUAGES = {
    "Albanian": "sq",
    "Brazilian-Portuguese": "pt-BR",
    "Croatian": "hr",
    "Czech": "cs",
    "English": "en",
    "Esperanto": "eo",
    "Georgian": "ka",
    "Kyrgyz": "ky",
    "Macedonian": "mk",
    "Polish": "pl",
    "Russian": "ru",
    "Serbian": "sr",
    "Slovak": "sk",
    "Tatar": "tt",
    "Turkmen": "tk",
    "Ukrainian": "uk",
    "Uzbek": "uz",
}
"""How its voices name them."""


def rhvoice(folders: tuple[Path, ...] = FOLDERS) -> SpeechEngine:
    """The engine with the voices of these folders; raises SpeechError without the program or any voice."""
    program = shutil.which("RHVoice-test")
    if program is None:
        raise SpeechError("RHVoice is not installed.")
    voices: dict[Language, EngineVoice] = {}
    for name, language in _voices(folders):
        voices.setdefault(language, EngineVoice(name, (program, "-p", name, "-o", FILE)))
    if not voices:
        raise SpeechError("RHVoice has no voice: install one of its packages of voices.")
    return SpeechEngine("RHVoice", voices)


def _voices(folders: tuple[Path, ...]) -> Iterator[tuple[str, Language]]:
    for file in sorted(file for folder in folders for file in folder.glob("*/voice.info")):
        about = dict(re.findall(r"^(\w+)=(.+?)\s*$", file.read_text("utf-8", "replace"), re.MULTILINE))
        if about.get("language") in LANGUAGES and "name" in about:
            yield about["name"], LANGUAGES[about["language"]]
