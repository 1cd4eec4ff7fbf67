"""Piper: voices that sound like people, each a file that an administrator has put on this machine."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from shared.voice.engines.speech_engine import FILE, EngineVoice, SpeechEngine
from shared.voice.voice import SpeechError

SYSTEM_VOICES = Path("/usr/share/piper-voices")
"""Where packages of Linux systems put them."""


def piper(voices: Path) -> SpeechEngine:
    """The engine with the voices of a folder and of the system; raises SpeechError without the engine or any voice."""
    name, command = _engine()
    files = [file for folder in (voices, SYSTEM_VOICES) for file in _voices(folder)]
    if not files:
        raise SpeechError(f"Piper has no voice: put one (.onnx and .onnx.json) into {voices}.")
    spoken = {_language(file): EngineVoice(file.stem, (*command, "-m", str(file), "-f", FILE)) for file in files[::-1]}
    return SpeechEngine(name, spoken)


def _engine() -> tuple[str, tuple[str, ...]]:
    """Its package, asked by this Python in a process of its own, or a program: one of this name only sets up mice."""
    try:
        return f"Piper {version('piper-tts')}", (sys.executable, "-m", "piper")
    except PackageNotFoundError:
        if program := shutil.which("piper"):
            return "Piper", (program,)
    raise SpeechError("Piper is not installed: install the package piper-tts.")


def _voices(folder: Path) -> Iterable[Path]:
    files = sorted(folder.rglob("*.onnx")) if folder.is_dir() else []
    return (file for file in files if file.with_name(f"{file.name}.json").is_file())


def _language(voice: Path) -> str:
    """``de-DE`` of ``de_DE-thorsten-medium.onnx``."""
    return voice.stem.partition("-")[0].replace("_", "-")
