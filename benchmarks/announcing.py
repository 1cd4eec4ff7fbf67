"""How soon a call is heard: from the event at the display to the first sound on a sound server, with clips at hand."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject

from benchmarks.measured import Measured, percentile
from display.announcer import Announcer
from display.speaker import Speaker
from display.speech import Saying
from shared.hall.display_values import Display
from shared.hall.units import Milliseconds
from shared.ui.event_loop import application
from shared.voice.voice import Utterance
from tests.display.bursts import HALL, called
from tests.display.private_sound import MISSING, PrivateSound

CALLS = 20
PROMISED: Milliseconds = 300


class Clips:
    """Everything to say is a file already; here, the chime is all there is to wait for."""

    fault = ""

    def make(self, utterances: tuple[Utterance, ...], done: Callable[[], None]) -> list[Saying]:
        return [Saying(is_made=True) for _ in utterances]


def measure() -> Iterator[Measured]:
    if MISSING:
        print("pulseaudio is not installed, so nobody can listen: make setup installs it on Debian")
        return
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = application("benchmark")
    with tempfile.TemporaryDirectory() as folder:
        sound = PrivateSound(Path(folder))
        os.environ["PULSE_SERVER"] = sound.server
        speaker = Speaker(app)
        _until(lambda: speaker.is_ready)
        waits = [_seconds_to_first_sound(sound, speaker, app) * 1000 for _ in range(CALLS)]
        speaker.close()
        sound.close()
    yield Measured(
        what="call → first sound, p95 of 20",
        value=percentile(waits, 95),
        against="the promise",
        peer=PROMISED,
        unit="ms",
        limit=1,
    )


def _seconds_to_first_sound(sound: PrivateSound, speaker: Speaker, parent: QObject) -> float:
    hall = called(HALL, "1")
    display = Display(id="hall", name="")
    announcer = Announcer(lambda: (hall, display), speaker, Clips(), lambda: datetime.now(UTC), parent=parent)
    sound.record()
    began = time.monotonic()
    announcer.announce(hall.calls[0])
    _until(sound.anything_heard)
    took = time.monotonic() - began
    _until(lambda: not announcer.announcing)
    announcer.close()
    return took


def _until(fact: Callable[[], object]) -> None:
    app = application("benchmark")
    while not fact():
        app.processEvents()
        time.sleep(0.001)
