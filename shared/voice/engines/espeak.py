"""eSpeak NG: some hundred languages in a few megabytes; the program where it is installed, else a package's library."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from shared.hall.field_types import Language
from shared.voice.engines import espeak_worker
from shared.voice.engines.own_process import QUICKLY, ProgramError, finished, run
from shared.voice.engines.speech_engine import FILE, EngineVoice, SpeechEngine
from shared.voice.voice import SpeechError

SPEED = "145"
"""Words per minute; its usual 175 are too quick for a hall."""

TO_INSTALL = "install the package espeak-ng of this system, or nowserving[voice]"

DATA = re.compile(r"text-to-speech: (\S+).*Data at: (.+)")
"""What ``espeak-ng --version`` says."""


class Tongue(NamedTuple):
    """A language file of eSpeak."""

    name: str
    voice: str
    """By which the engine knows it."""
    suits: dict[Language, int]
    """Which languages it speaks, and how well: 1 is best."""


def espeak() -> SpeechEngine:
    """The engine; raises SpeechError if it is not installed."""
    program = shutil.which("espeak-ng")
    return _program(program) if program else _package()


def _program(program: str) -> SpeechEngine:
    try:
        found = DATA.search(finished(run([program, "--version"], "", QUICKLY), QUICKLY))
    except ProgramError as failed:
        raise SpeechError(f"eSpeak NG {failed}.") from None
    if not found:
        raise SpeechError(f"{program} does not say where its voices are: install it again.")
    return _engine(
        found[1], Path(found[2].strip()), lambda voice: (program, "-v", voice, "-s", SPEED, "-w", FILE, "--stdin")
    )


def _package() -> SpeechEngine:
    spec = find_spec("espeakng_loader")
    if spec is None or spec.origin is None:
        raise SpeechError(f"eSpeak NG is not installed: {TO_INSTALL}.")
    folder = Path(spec.origin).parent
    library = next(iter(sorted(folder.glob("*espeak-ng*.*"))), folder)
    python = (sys.executable, "-I", "-S", espeak_worker.__file__, str(library))  # alone it starts in 30 ms
    return _engine(
        f"(espeakng-loader {version('espeakng-loader')})",
        folder / "espeak-ng-data",
        lambda voice: (*python, str(folder), voice, SPEED, FILE),
    )


def _engine(release: str, data: Path, command: Callable[[str], tuple[str, ...]]) -> SpeechEngine:
    best: dict[Language, tuple[int, EngineVoice]] = {}
    for tongue in _tongues(data / "lang"):
        for language, rank in tongue.suits.items():
            if language not in best or rank < best[language][0]:
                best[language] = (rank, EngineVoice(tongue.name, command(tongue.voice)))
    if not best:
        raise SpeechError(f"eSpeak NG has no voices in {data}: install it again.")
    return SpeechEngine(f"eSpeak NG {release}", {language: voice for language, (_, voice) in best.items()})


def _tongues(folder: Path) -> Iterator[Tongue]:
    """Its language files: ``name German``, ``language de``, and how well it stands in for others: ``language en 2``."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            text = file.read_bytes().decode("utf-8", "replace")
            suits = re.findall(r"^language +(\S+)(?: +(\d+))?", text, re.MULTILINE)
            name = re.search(r"^name +(.+?)\s*$", text, re.MULTILINE)
            if suits:
                yield Tongue(name[1] if name else file.name, suits[0][0], {tag: int(rank or 1) for tag, rank in suits})
