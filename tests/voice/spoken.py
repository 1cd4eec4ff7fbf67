"""A small hall to speak for, sounds of known length and loudness, programs that pretend to be engines."""

from __future__ import annotations

import stat
import sys
import wave
from array import array
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from math import pi, sin, sqrt
from pathlib import Path

from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.values import Call, Point, Service, frozen
from shared.voice.engines.speech_engine import EngineVoice, SpeechEngine
from shared.voice.sounds import Sound, read
from shared.voice.voice import SpeechError, Utterance, Word
from tests.hall.builders import MORNING

ROOM = {"en": "Room 3", "de": "Zimmer 3", "ru": "Кабинет 3", "ar": "غرفة 3"}

HALL = Hall(
    id="clinic",
    settings=HallSettings(name="Clinic", languages=("en", "de", "ru", "ar")),
    services=frozen({"x-ray": Service(id="x-ray", name="X-ray", prefix="A", first=6, last=7, digits=2)}),
    points=frozen({"room-3": Point(id="room-3", serial_number=3, name=ROOM)}),
)


def called(label: str, point: str = "room-3") -> Call:
    return Call(ticket="t", label=label, service="x-ray", precedence="regular", language="en", point=point, at=MORNING)


def speaking(*languages: str) -> Hall:
    """The hall with these languages."""
    return replace(HALL, settings=replace(HALL.settings, languages=languages))


def said(*keys: str, language: str = "en") -> Utterance:
    return Utterance(language, tuple(Word(key, key.partition(".")[2]) for key in keys))


# ── sounds ──


def tone(seconds: float, *, rate: int = 22_050, loudness: float = 0.3, silence: float = 0.0) -> array[int]:
    """A tone of this loudness (of the loudest possible), with silence at both ends."""
    quiet = array("h", bytes(2 * int(silence * rate)))
    heard = (int(32767 * loudness * sin(2 * pi * 440 * one / rate)) for one in range(int(seconds * rate)))
    return quiet + array("h", heard) + quiet


def recording(file: Path, samples: Iterable[int], *, rate: int = 22_050, channels: int = 1, width: int = 2) -> Path:
    """A WAV file with these samples of 16 bits on each channel."""
    frames = b"".join(_sample(one, width) * channels for one in samples)
    with wave.open(str(file), "wb") as opened:
        opened.setnchannels(channels)
        opened.setsampwidth(width)
        opened.setframerate(rate)
        opened.writeframes(frames)
    return file


def _sample(value: int, width: int) -> bytes:
    return bytes([(value >> 8) + 128]) if width == 1 else bytes(width - 2) + value.to_bytes(2, "little", signed=True)


def loudness(samples: Iterable[int]) -> float:
    """Root mean square, of the loudest possible."""
    squares = [one * one for one in samples]
    return sqrt(sum(squares) / len(squares)) / 32767


def heard(file: Path) -> list[float]:
    """When it begins and ends to sound, again and again, in seconds: silences below a fifth of a second are none."""
    sound = read(file, "It")
    step = sound.rate // 100
    loud = [at / 100 for at in range(len(sound.samples) // step) if _loud(sound, at * step, step)]
    edges = [[one] for one in loud[:1]]
    for before, after in pairwise(loud):
        if after - before > 0.2:
            edges[-1].append(before)
            edges.append([after])
    edges[-1].append(loud[-1])
    return [moment for pair in edges for moment in pair]


def _loud(sound: Sound, at: int, step: int) -> bool:
    return loudness(sound.samples[at : at + step]) > 0.01


# ── engines ──


def program(folder: Path, name: str, script: str) -> Path:
    """An executable Python script."""
    file = folder / name
    file.write_text(f"#!{sys.executable} -IS\n{script}")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def engine(folder: Path, name: str, script: str, *languages: str) -> SpeechEngine:
    """An engine whose program is this script."""
    voice = EngineVoice("Nobody", (str(program(folder, name, script)),))
    return SpeechEngine(name, dict.fromkeys(languages or ("en",), voice))


HANGS = """
import os, subprocess, sys, time
child = subprocess.Popen(["sleep", "600"])
open(__file__ + ".pids", "a").write(f"{os.getpid()} {child.pid}\\n")
time.sleep(600)
"""
CRASHES = "import os, sys\nprint('out of phonemes', file=sys.stderr)\nsys.stderr.flush()\nos.abort()"
WRITES_RUBBISH = "open('speech.wav', 'wb').write(b'RIFF is all I can' * 999)"
WRITES_NOTHING = ""
SPEAKS = """
import sys, wave
text = sys.stdin.buffer.read().decode()
with open(__file__ + ".said", "a") as said:
    said.write(text + "\\n")
with wave.open("speech.wav", "wb") as sound:
    sound.setnchannels(1); sound.setsampwidth(2); sound.setframerate(22050)
    sound.writeframes((b"\\x28\\x23" * 25 + b"\\xd8\\xdc" * 25) * 220)
"""


class Deaf:
    """A link of the chain that can say nothing."""

    def __init__(self, name: str, error: SpeechError) -> None:
        self.name = name
        self.asked = 0
        self._error = error

    def say(self, utterance: Utterance) -> Path:
        self.asked += 1
        raise self._error

    def full_name(self, language: str) -> str:
        raise self._error
