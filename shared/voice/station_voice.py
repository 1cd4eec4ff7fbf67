"""The voice of a station: the hall's recordings, then the engines of this machine, the best first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from shared.hall.errors import Unfit
from shared.hall.field_types import Hash
from shared.hall.hall import Hall
from shared.settings import Settings, state_path
from shared.voice.chain import Link, VoiceChain
from shared.voice.engines.espeak import espeak
from shared.voice.engines.piper import piper
from shared.voice.engines.rhvoice import rhvoice
from shared.voice.engines.speech_engine import SpeechEngine
from shared.voice.live import Live
from shared.voice.recorded import Recorded
from shared.voice.rendered import Rendered
from shared.voice.sound_store import MIB, SoundStore
from shared.voice.voice import SpeechError

log = logging.getLogger(__name__)

FindEngine = Callable[[], SpeechEngine]
"""Finds an engine of this machine; raises SpeechError if it is not there."""

AUTO, NONE = "auto", "none"
ENGINES = ("piper", "rhvoice", "system", "espeak")
"""The engines by name, the best first."""

MOST_CLIPS, MOST_WORDS, MOST_SAID = 100 * MIB, 200 * MIB, 50 * MIB
"""Bytes on disk: a word takes 30 KiB, a hall has some 200 in each language."""


def no_system_voice() -> SpeechEngine:
    raise SpeechError("The voices of this system are not used here.")


def voice_of(
    settings: Settings,
    hall: Callable[[], Hall | None],
    clip: Callable[[Hash], Path | None],
    *,
    system: FindEngine = no_system_voice,
    folder: Path | None = None,
) -> VoiceChain:
    """The voice of this station. Raises Unfit if the setting names none.

    ``clip``: where a stored recording is on this machine, None while it is not here. ``system``: the voices of the
    operating system, which only Qt can reach. ``folder``: for its sounds, in place of the usual one.
    """
    if settings.voice not in (AUTO, NONE, *ENGINES):
        raise Unfit(f"voice must be {AUTO}, {NONE}, {', '.join(ENGINES[:-1])} or {ENGINES[-1]}, not {settings.voice}.")
    return VoiceChain(partial(_links, settings.voice, hall, clip, system, folder or state_path() / "voice"))


def _links(
    wanted: str, hall: Callable[[], Hall | None], clip: Callable[[Hash], Path | None], system: FindEngine, folder: Path
) -> Sequence[Link]:
    """Recordings, then what each engine has rendered, then the engines themselves."""
    said = SoundStore(folder / "said", MOST_SAID)
    words = SoundStore(folder / "words", MOST_WORDS)
    engines = list(_engines(wanted, system, folder / "piper"))
    return [
        Recorded(hall, clip, SoundStore(folder / "clips", MOST_CLIPS), said),
        *(Rendered(engine, words, said) for engine in engines),
        *(Live(engine, said) for engine in engines),
    ]


def _engines(wanted: str, system: FindEngine, piper_voices: Path) -> Iterator[SpeechEngine]:
    """Those that are installed and wanted."""
    found: tuple[FindEngine, ...] = (partial(piper, piper_voices), rhvoice, system, espeak)
    for name, find in zip(ENGINES, found, strict=True):
        if wanted in (AUTO, name):
            try:
                yield find()
            except SpeechError as error:
                log.info("%s", error)
