"""What the hall hears: recorded from a sound server of the tests' own, whose device goes away and comes back."""

from __future__ import annotations

import sys
import time
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from display.announcing.announcer import CHIME
from display.announcing.speaker import Speaker
from display.app import DisplayWindow
from shared.hall.set_up import DefineHall
from shared.requests.devices import SoundFault
from shared.voice.voice import SpeechError, Utterance
from tests.display.private_sound import MISSING, PrivateSound, tone
from tests.display.waiting_room import QUIET, SOON, Room
from tests.memory_link import MemoryLink

needs_sound = pytest.mark.skipif(MISSING, reason="pulseaudio is not installed: make setup installs it on Debian")

PITCHES = {"en": 20, "de": 30}
SAYING = 0.5
"""Seconds."""

MUTE_PROGRAM = """
import socket, sys, time
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
line.sendall(b"ready\\n")
time.sleep(60)
"""


class Whistle:
    """A voice that has a pitch for each language, and none for some."""

    name = "Whistle"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def say(self, utterance: Utterance) -> Path:
        if utterance.language not in PITCHES:
            raise SpeechError("Whistle has no such voice.")
        return tone(self.folder / f"{utterance.language}.wav", PITCHES[utterance.language], SAYING)


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateSound]:
    there = PrivateSound(tmp_path)
    monkeypatch.setenv("PULSE_SERVER", there.server)
    yield there
    there.close()


@pytest.fixture
def speaker(qapp, request: pytest.FixtureRequest) -> Iterator[Speaker]:
    if "sound" in request.fixturenames:
        request.getfixturevalue("sound")
    made = Speaker()
    yield made
    made.close()


def is_whole(seconds: float) -> bool:
    """Qt drops the last 20 milliseconds, and both ends lie within windows of that length."""
    return SAYING - 0.12 < seconds < SAYING + 0.05


async def played(speaker: Speaker, until, sound: Path = CHIME) -> tuple[str, float]:
    """What went wrong, and how long it took."""
    faults: list[str] = []
    began = time.monotonic()
    speaker.play(sound, 100, faults.append)
    await until(lambda: faults)
    return faults[0], time.monotonic() - began


def test_the_chime_is_short_and_small() -> None:
    with wave.open(str(CHIME)) as sound:
        assert sound.getnchannels() == 1
        assert 0.5 <= sound.getnframes() / sound.getframerate() <= 1.5
    assert CHIME.stat().st_size < 100_000


@needs_sound
async def test_calls_are_heard_whole_in_order_and_with_silence_between_them(
    link: MemoryLink, until, sound: PrivateSound, tmp_path: Path
) -> None:
    link.do(DefineHall(**{**vars(link.hall.settings), "announce_gap": 1}))
    room = await Room(link, until).live()
    display = DisplayWindow(room.station, replace(QUIET, sound=True), viewing=SOON, voice=Whistle(tmp_path))
    assert display.speaker
    await until(lambda: display.speaker.is_ready)
    sound.record()
    room.call("1", language="de"), room.call("2", "tests", language="ru")
    await until(lambda: display.announcer.announcing)
    await until(lambda: not display.announcer.announcing and not display.announcer._turns)
    said = sound.heard()
    kinds = [kind for kind, _ in said if kind != "silence"]
    assert kinds == ["chime", "30", "20", "chime", "20"]
    assert all(is_whole(seconds) for kind, seconds in said if kind in {"20", "30"})
    first_end = [kind for kind, _ in said].index("20")
    assert said[first_end + 1][0] == "silence" and said[first_end + 1][1] >= 0.95
    assert display.sound_fault == "Whistle has no such voice."  # of Russian
    display.close()
    room.station.stop()


@needs_sound
async def test_a_device_taken_away_in_the_middle_holds_up_nothing_and_once_back_the_call_is_heard(
    link: MemoryLink, until, sound: PrivateSound, tmp_path: Path
) -> None:
    room = await Room(link, until).live()
    display = DisplayWindow(room.station, replace(QUIET, sound=True), viewing=SOON, voice=Whistle(tmp_path))
    assert display.speaker
    await until(lambda: display.speaker.is_ready)
    sound.record()
    room.call("1")
    await until(lambda: any(kind == "chime" for kind, _ in sound.heard()))
    began = time.monotonic()
    sound.take_device()
    await until(lambda: display.sound_fault and not display.announcer.announcing)
    assert time.monotonic() - began < 15  # a second, and a loaded machine
    await until(lambda: display.sound_fault == SoundFault.NO_DEVICE)
    sound.give_device()
    sound.record()
    await until(lambda: display.announcer._turns and display.announcer.announcing)
    await until(lambda: not display.announcer.announcing)
    assert display.sound_fault == ""
    assert [is_whole(seconds) for kind, seconds in sound.heard() if kind == "20"] == [True]
    display.close()
    room.station.stop()


@needs_sound
async def test_a_sound_server_that_dies_takes_only_the_sound_with_it(sound: PrivateSound, speaker, until) -> None:
    await until(lambda: speaker.is_ready)
    faults: list[str] = []
    speaker.play(CHIME, 100, faults.append)
    sound.kill()
    began = time.monotonic()
    await until(lambda: faults)
    assert faults == [SoundFault.STUCK] and time.monotonic() - began < 15
    assert (await played(speaker, until))[0] in (SoundFault.NO_DEVICE, SoundFault.STUCK)
    await until(lambda: speaker.fault == SoundFault.NO_DEVICE)


async def test_without_a_sound_server_it_says_so_at_once(
    monkeypatch: pytest.MonkeyPatch, qapp, until, tmp_path: Path
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    speaker = Speaker()
    await until(lambda: speaker.fault)
    fault, took = await played(speaker, until)
    assert fault == speaker.fault == SoundFault.NO_DEVICE and took < 10
    speaker.close()


async def test_a_file_that_is_no_sound_is_said_to_be_broken(speaker, until, tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF nothing")
    assert (await played(speaker, until, broken))[0] == SoundFault.BROKEN
    assert (await played(speaker, until, tmp_path / "gone.wav"))[0] == SoundFault.BROKEN


async def test_a_player_that_never_ends_is_given_a_second(qapp, until, tmp_path: Path) -> None:
    speaker = Speaker(program=(sys.executable, "-c", MUTE_PROGRAM))
    await until(lambda: speaker.is_ready)
    fault, took = await played(speaker, until, tone(tmp_path / "tone.wav", 20, 0.1))
    assert fault == SoundFault.STUCK and 1 <= round(took, 1) < 15
    speaker.close()


async def test_a_player_that_can_not_start_passes_the_turn_on(qapp, until) -> None:
    speaker = Speaker(program=(sys.executable, "-c", "import sys; sys.exit(3)"))
    await until(lambda: speaker.fault)
    assert speaker.fault == SoundFault.NO_MULTIMEDIA
    assert (await played(speaker, until))[0] == SoundFault.NO_MULTIMEDIA
    speaker.close()
