"""Sounds of a voice: read from WAV files whatever their form, trimmed, made equally loud, and joined into one file."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from shared.hall.units import Milliseconds
from shared.voice.voice import SpeechError

RATES = range(8_000, 96_001)
"""Samples per second of the files that are read."""

LONGEST = 30
"""Seconds of a sound; the longest name takes ten."""

LOUDNESS = 10 ** (-20 / 20)
"""Of the voice in every sound, as a share of the loudest possible: -20 dB, which leaves room for its peaks."""
PEAK = 10 ** (-1 / 20)
"""Of the loudest sample: -1 dB, below which no converter distorts."""
MOST_GAIN = 16
"""What a whisper is made louder by at most: more would only be noise."""

AUDIBLE = 1 / 40
"""Of a sound's own peak: what is softer at its ends is silence, or breath."""
SILENT = 30
"""Of 32767: a recording whose loudest sample is below holds nothing but the noise of its device."""
WINDOW: Milliseconds = 10
KEPT: Milliseconds = 40
"""Of the silence at both ends: a consonant begins softly."""

Samples = array  # of "h": 16 bits with a sign


@dataclass(frozen=True)
class Sound:
    """One channel of 16 bits."""

    rate: int
    """Samples per second."""
    samples: Samples[int]
    """-32768 to 32767 each."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def read(file: Path, what: str) -> Sound:
    """The sound of a WAV file, its channels mixed; raises SpeechError about ``what`` if it is none, or too long."""
    try:
        with wave.open(str(file), "rb") as opened:
            rate, channels, width, frames = (
                opened.getframerate(),
                opened.getnchannels(),
                opened.getsampwidth(),
                opened.getnframes(),
            )
            if rate not in RATES or not 1 <= channels <= 8 or not 1 <= width <= 4:
                raise SpeechError(f"{what} is no sound that can be played here: {rate} Hz, {8 * width} bits.")
            if frames > LONGEST * rate:
                raise SpeechError(f"{what} is {frames // rate} seconds long; {LONGEST} are the most.")
            data = opened.readframes(frames)
    except FileNotFoundError:
        raise SpeechError(f"{what} is not there.") from None
    except OSError as error:
        raise SpeechError(f"{what} can't be read: {error.strerror}.") from None
    except (wave.Error, EOFError, ZeroDivisionError, RuntimeError) as error:  # RuntimeError: a chunk that goes on
        raise SpeechError(f"{what} is no WAV file of plain PCM ({str(error) or 'it ends too early'}).") from None
    if not frames or len(data) != frames * channels * width:
        raise SpeechError(f"{what} is cut short: record or import it again.")
    return Sound(rate, _mixed(_sixteen_bits(data, width), channels))


def write(file: Path, sound: Sound) -> None:
    """Write a WAV file; raises OSError."""
    with wave.open(str(file), "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(sound.rate)
        opened.writeframes(sound.samples.tobytes())


def is_whole(file: Path) -> bool:
    """Whether a file of ours is as it was written: a power cut leaves its name without its content."""
    try:
        with wave.open(str(file), "rb") as opened:
            return 0 < opened.getnframes() * 2 < file.stat().st_size
    except (OSError, wave.Error, EOFError, RuntimeError):
        return False


def tidied(sound: Sound, what: str) -> Sound:
    """The sound without silence at its ends, as loud as every other; raises SpeechError if there is nothing to hear."""
    step = sound.rate * WINDOW // 1000
    starts = range(0, len(sound.samples), step)
    peaks = [_peak(sound.samples[at : at + step]) for at in starts]
    peak = max(peaks, default=0)
    if peak < SILENT:
        raise SpeechError(f"There is nothing to hear in {what[:1].lower()}{what[1:]}: record it again.")
    audible = [at for at, window in zip(starts, peaks, strict=True) if window >= peak * AUDIBLE]
    margin = sound.rate * KEPT // 1000
    voiced = [sample for at in audible for sample in sound.samples[at : at + step]]
    gain = min(MOST_GAIN, LOUDNESS * 32767 / sqrt(sum(one * one for one in voiced) / len(voiced)), PEAK * 32767 / peak)
    kept = sound.samples[max(0, audible[0] - margin) : audible[-1] + step + margin]
    return Sound(sound.rate, array("h", [int(sample * gain) for sample in kept]))


def joined(parts: Sequence[tuple[Sound, Milliseconds]]) -> Sound:
    """Several sounds one after another, each with this much silence after it, at the highest of their rates."""
    rate = max(sound.rate for sound, _ in parts)
    whole = array("h")
    for sound, silence in parts:
        whole.extend(_at_rate(sound, rate))
        whole.frombytes(bytes(2 * (rate * silence // 1000)))
    return Sound(rate, whole)


def _peak(samples: Samples[int]) -> int:
    return max(max(samples), -min(samples))  # noqa: PLW3301  # one call with each sample would take their number


def _sixteen_bits(data: bytes, width: int) -> Samples[int]:
    """PCM of one to four bytes as 16 bits: the upper two bytes; a single one has no sign."""
    if width == 1:
        return array("h", [(value - 128) << 8 for value in data])
    upper = bytearray(len(data) // width * 2)
    upper[0::2], upper[1::2] = data[width - 2 :: width], data[width - 1 :: width]
    return array("h", bytes(upper))


def _mixed(samples: Samples[int], channels: int) -> Samples[int]:
    if channels == 1:
        return samples
    each: Iterable[tuple[int, ...]] = zip(*(samples[one::channels] for one in range(channels)), strict=True)
    return array("h", [sum(values) // channels for values in each])


def _at_rate(sound: Sound, rate: int) -> Samples[int]:
    """The samples at a higher rate, with straight lines between them: nobody hears the difference in speech."""
    if sound.rate == rate:
        return sound.samples
    samples = [*sound.samples, sound.samples[-1]]
    places = (divmod(number * sound.rate, rate) for number in range(len(sound.samples) * rate // sound.rate))
    return array("h", [samples[at] + (samples[at + 1] - samples[at]) * part // rate for at, part in places])
