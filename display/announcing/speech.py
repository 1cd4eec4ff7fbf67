"""Makes what is said into sounds while the chime plays, never on the thread of the windows."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.hall.errors import Failure
from shared.hall.hall import Hall
from shared.requests.devices import SoundFault
from shared.voice.chain import VoiceChain
from shared.voice.voice import SpeechError, Utterance, Voice

log = logging.getLogger(__name__)

MOMENT = 0.05
"""Seconds a program that makes words beforehand is waited for at a time: a call may come."""

InBackground = Callable[[Callable[[], Any], Callable[[Any], None], Callable[[Failure], None]], None]


@dataclass
class Saying:
    """One utterance on its way to a sound."""

    sound: Path | None = None
    is_made: bool = False
    """It has a sound, or never will."""
    fault: str = SoundFault.VOICE_LATE
    """Why there is no sound; of one that is not made yet: it comes too late."""


class BackgroundSpeech:
    """Says utterances with a voice, one after another, on a thread of its own."""

    def __init__(self, voice: Voice, in_background: InBackground) -> None:
        self._voice = voice
        self._in_background = in_background
        self._under_way: list[Saying] = []

    def make(self, utterances: tuple[Utterance, ...], done: Callable[[], None]) -> list[Saying]:
        """Begin to make these; ``done`` is called once all are made, or can't be. With a voice that hangs, none is."""
        if any(not saying.is_made for saying in self._under_way):
            return [Saying(is_made=True, fault=SoundFault.VOICE_HANGS) for _ in utterances]
        self._under_way = sayings = [Saying() for _ in utterances]
        for saying, utterance in zip(sayings, utterances, strict=True):
            self._say(saying, utterance, lambda: done() if all(one.is_made for one in sayings) else None)
        return sayings

    def _say(self, saying: Saying, utterance: Utterance, done: Callable[[], None]) -> None:
        def made(sound: Path | None, fault: str) -> None:
            saying.sound, saying.fault, saying.is_made = sound, fault, True
            done()

        self._in_background(
            lambda: _said(self._voice, utterance),
            lambda answer: made(*answer),
            lambda _: made(None, SoundFault.VOICE_FAILS),
        )


class Preparing:
    """Has every word of the hall made beforehand, and again when its set-up changes; what is to be said goes first."""

    def __init__(self, voice: VoiceChain, in_background: InBackground) -> None:
        self._voice = voice
        self._in_background = in_background
        self._prepared: object = None
        self._steps: Iterator[object] = iter(())

    def prepare(self, hall: Hall) -> None:
        """Begin with the words of this hall, unless they are the same as the last time."""
        points = {point.id: point.name for point in hall.points.values()}
        spoken = hall.settings.languages, hall.settings.offline_tickets, hall.services, points, hall.clips
        if spoken != self._prepared:
            self._prepared = spoken
            self._steps = self._voice.prepare(hall)
            self._take_step(self._steps)

    def _take_step(self, steps: Iterator[object]) -> None:
        def go_on(step: object) -> None:
            if step is not _DONE and steps is self._steps:
                self._take_step(steps)

        self._in_background(lambda: _next(steps), go_on, _not_prepared)


_DONE = object()


def _next(steps: Iterator[object]) -> object:
    """The next step, and a moment's wait if it is a program that runs."""
    step = next(steps, _DONE)
    if isinstance(step, subprocess.Popen):
        with suppress(subprocess.TimeoutExpired):
            step.wait(MOMENT)
    return step


def _not_prepared(failure: Failure) -> None:
    log.warning("words are not made beforehand: %s", failure.detail)


def _said(voice: Voice, utterance: Utterance) -> tuple[Path | None, str]:
    """The sound, or why there is none."""
    try:
        return voice.say(utterance), ""
    except SpeechError as error:
        return None, str(error)
