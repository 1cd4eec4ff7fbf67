"""Makes what is said into sounds while the chime plays, never on the thread of the windows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.hall.errors import Failure
from shared.hall.field_types import Language
from shared.requests.devices import SoundFault
from shared.voice.voice import SpeechError, Utterance, Voice

log = logging.getLogger(__name__)

InBackground = Callable[[Callable[[], Any], Callable[[Any], None], Callable[[Failure], None]], None]


@dataclass
class Saying:
    """One utterance on its way to a sound."""

    sound: Path | None = None
    is_made: bool = False
    """It has a sound, or never will."""


class BackgroundSpeech:
    """Says utterances with a voice, one after another, on a thread of its own."""

    def __init__(self, voice: Callable[[], Voice], in_background: InBackground) -> None:
        """``voice`` gives the voice of the hall as it is now; it is asked on the other thread."""
        self._voice = voice
        self._in_background = in_background
        self._faults: dict[Language, str] = {}
        self._under_way: list[Saying] = []

    @property
    def fault(self) -> str:
        """Why the last announcement in some language could not be said; empty if everything could."""
        return next(iter(self._faults.values()), "")

    def make(self, utterances: tuple[Utterance, ...], done: Callable[[], None]) -> list[Saying]:
        """Begin to make these; ``done`` is called once all are made, or can't be. With a voice that hangs, none is."""
        if any(not saying.is_made for saying in self._under_way):
            self._faults.update((utterance.language, SoundFault.VOICE_HANGS) for utterance in utterances)
            return [Saying(is_made=True) for _ in utterances]
        self._under_way = sayings = [Saying() for _ in utterances]
        for saying, utterance in zip(sayings, utterances, strict=True):
            self._say(saying, utterance, lambda: done() if all(one.is_made for one in sayings) else None)
        return sayings

    def _say(self, saying: Saying, utterance: Utterance, done: Callable[[], None]) -> None:
        def made(sound: Path | None, fault: str) -> None:
            saying.sound, saying.is_made = sound, True
            self._faults.pop(utterance.language, None)
            if fault:
                log.warning("%s can't be said: %s", utterance.language, fault)
                self._faults[utterance.language] = fault
            done()

        self._in_background(
            lambda: _said(self._voice(), utterance),
            lambda answer: made(*answer),
            lambda failure: made(None, SoundFault.VOICE_FAILS),
        )


def _said(voice: Voice, utterance: Utterance) -> tuple[Path | None, str]:
    """The sound, or why there is none."""
    try:
        return voice.say(utterance), ""
    except SpeechError as error:
        return None, str(error)
