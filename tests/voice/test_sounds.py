"""Sounds of any form become one file: trimmed, equally loud, with the silences that people make."""

from __future__ import annotations

import os
from array import array
from pathlib import Path

import pytest

from shared.voice.sound_store import SoundStore
from shared.voice.sounds import LOUDNESS, Sound, joined, read, tidied, write
from shared.voice.voice import SpeechError
from tests.voice.spoken import loudness, recording, tone


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_usual_form_of_a_wav_file_is_read_as_the_same_sound(tmp_path: Path, width: int, channels: int) -> None:
    samples = tone(0.2, rate=16_000)
    found = read(recording(tmp_path / "a.wav", samples, rate=16_000, channels=channels, width=width), "A clip")
    assert (found.rate, len(found.samples)) == (16_000, len(samples))
    assert max(abs(one - other) for one, other in zip(found.samples, samples, strict=True)) <= (width == 1) * 256


def test_silence_at_the_ends_goes_and_silence_within_stays() -> None:
    word = tone(0.3, silence=0.7) + tone(0.3, silence=0.5)
    found = tidied(Sound(22_050, word), "A clip")
    assert 0.3 + 1.2 + 0.3 <= found.seconds <= 0.3 + 1.2 + 0.3 + 0.1


@pytest.mark.parametrize("recorded", [0.03, 0.1, 0.3, 0.9])
def test_a_whisper_and_a_shout_become_equally_loud(recorded: float) -> None:
    found = tidied(Sound(22_050, tone(0.5, loudness=recorded, silence=0.3)), "A clip")
    middle = found.samples[len(found.samples) // 4 : -len(found.samples) // 4]
    assert loudness(middle) == pytest.approx(LOUDNESS, rel=0.05)


def test_nothing_is_ever_distorted() -> None:
    click = array("h", [100, -100] * 4000)
    click[4000] = -32768
    assert max(abs(one) for one in tidied(Sound(22_050, click), "A clip").samples) < 32768 * 0.9


def test_sounds_of_different_rates_are_joined_at_the_highest_and_last_as_long_as_before() -> None:
    whole = joined([(Sound(16_000, tone(0.5, rate=16_000)), 250), (Sound(44_100, tone(0.25, rate=44_100)), 100)])
    assert whole.rate == 44_100
    assert whole.seconds == pytest.approx(0.5 + 0.25 + 0.25 + 0.1, abs=0.001)
    first, silence, second = (
        whole.samples[int(at * 44_100) : int(to * 44_100)] for at, to in ((0, 0.5), (0.5, 0.75), (0.75, 1))
    )
    assert loudness(first) == pytest.approx(loudness(second), rel=0.02)
    assert not any(silence)


def test_a_faster_rate_keeps_the_tone() -> None:
    whole = joined([(Sound(8_000, tone(1, rate=8_000)), 0), (Sound(48_000, array("h", [0])), 0)])
    crossings = sum(before < 0 <= after for before, after in zip(whole.samples, whole.samples[1:], strict=False))
    assert crossings == pytest.approx(440, abs=2)


# ── broken files ──


def cut_short(file: Path) -> None:
    os.truncate(recording(file, tone(0.5)), 9_000)


def other_format(file: Path) -> None:
    data = bytearray(recording(file, tone(0.1)).read_bytes())
    data[20] = 3  # floating point
    file.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (cut_short, "A clip is cut short"),
        (other_format, "A clip is no WAV file of plain PCM"),
        (lambda file: file.write_bytes(b""), "A clip is no WAV file"),
        (lambda file: file.write_bytes(b"\xff\xfbID3 an MP3" * 99), "A clip is no WAV file"),
        (lambda file: recording(file, []), "A clip is cut short"),
        (lambda file: recording(file, [0] * 100, rate=4_000), "4000 Hz"),
        (lambda file: recording(file, bytes(31 * 8_000), rate=8_000), "31 seconds long; 30 are the most"),
        (lambda file: file.mkdir(), "A clip can't be read"),
        (str, "A clip is not there"),
    ],
)
def test_a_broken_file_is_named_in_a_sentence(tmp_path: Path, spoil: object, says: str) -> None:
    spoil(tmp_path / "a.wav")
    with pytest.raises(SpeechError, match=says):
        read(tmp_path / "a.wav", "A clip")


def test_a_recording_of_nothing_is_named() -> None:
    with pytest.raises(SpeechError, match="There is nothing to hear in a clip: record it again"):
        tidied(Sound(8_000, array("h", [3, -3] * 8_000)), "A clip")


# ── the store ──

SHORT = Sound(8_000, tone(0.1, rate=8_000))


def test_a_sound_is_made_once_and_again_if_a_power_cut_took_its_content(tmp_path: Path) -> None:
    made = []
    store = SoundStore(tmp_path / "new" / "folder", 1_000_000)

    def make() -> Sound:
        made.append("once")
        return SHORT

    file = store.find_or_make(make, "engine", "text")
    assert store.find_or_make(make, "engine", "text") == file == store.find("engine", "text")
    assert store.find("enginetext") is None
    assert len(made) == 1
    file.write_bytes(bytes(file.stat().st_size))
    assert store.find_or_make(make, "engine", "text") == file
    assert len(made) == 2
    assert read(file, "It").samples == SHORT.samples


def test_a_store_keeps_within_its_limit_and_forgets_what_was_unused_longest(tmp_path: Path) -> None:
    write(tmp_path / "one.wav", SHORT)
    size = (tmp_path / "one.wav").stat().st_size
    store = SoundStore(tmp_path / "store", 3 * size)
    for number, word in enumerate("abc"):
        os.utime(store.keep(SHORT, word), (number, number))
    assert store.find("a"), "it is used again"
    store.keep(SHORT, "d")
    assert [word for word in "abcd" if store.find(word)] == ["a", "c", "d"]


def test_a_disk_that_takes_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SpeechError, match="No sound can be kept in"):
        SoundStore(tmp_path / "file", 1).keep(SHORT, "a")
