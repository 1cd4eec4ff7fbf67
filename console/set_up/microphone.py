"""Recording with the microphone and listening to recordings, where the machine has QtMultimedia."""

from __future__ import annotations

import io
import wave
from array import array
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QIODevice, QLoggingCategory, QObject, QTimer, QUrl, Signal

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioSource

RATE = 48_000
"""Samples a second of what is recorded, 16 bits each, on one channel."""

LONGEST = 8_000
"""Milliseconds of a recording: nothing that is said takes longer."""

QUIET = 400
"""The loudest sample of silence, of 32,768."""

AROUND = RATE // 20
"""Samples of silence that are left before and after what is said."""

BLOCK = RATE // 100


@cache
def can_sound() -> bool:
    """Whether QtMultimedia is here: a console installs none, a display does. It is loaded now and not before."""
    QLoggingCategory.setFilterRules("qt.multimedia*=false")  # what does not work here is said in the window
    try:
        import PySide6.QtMultimedia  # noqa: F401, PLC0415  # only to see whether it can be loaded
    except ImportError:
        return False
    return True


class Microphone(QObject):
    stopped = Signal(bytes)
    """A recording has ended: a WAV file without the silence around it; empty if nothing was heard."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: QAudioSource | None = None
        self._heard = bytearray()
        self._stream: QIODevice | None = None
        self._enough = QTimer(self, singleShot=True, interval=LONGEST)
        self._enough.timeout.connect(self.stop)

    @property
    def is_recording(self) -> bool:
        return self._source is not None

    def start(self) -> bool:
        """Begin to record. Returns False if this machine has no microphone that can be used."""
        from PySide6.QtMultimedia import QAudioFormat, QAudioSource, QMediaDevices  # noqa: PLC0415  # may be missing

        device = QMediaDevices.defaultAudioInput()
        form = QAudioFormat()
        form.setSampleRate(RATE)
        form.setChannelCount(1)
        form.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        if device.isNull() or not device.isFormatSupported(form):
            return False
        self._heard.clear()
        self._source = QAudioSource(device, form, self)
        self._stream = self._source.start()
        self._stream.readyRead.connect(self._listen)
        self._enough.start()
        return True

    def _listen(self) -> None:
        if self._stream:
            self._heard += self._stream.readAll().data()

    def stop(self) -> None:
        if self._source:
            self._listen()
            self._enough.stop()
            self._source.stop()
            self._source.deleteLater()
            self._source = self._stream = None
            self.stopped.emit(wav_of(bytes(self._heard)))


class ClipPlayer(QObject):
    def __init__(self, parent: QObject | None = None) -> None:
        from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer  # noqa: PLC0415  # may be missing

        super().__init__(parent)
        self._player = QMediaPlayer(self)
        self._player.setAudioOutput(QAudioOutput(self))

    def play(self, file: Path) -> None:
        self._player.setSource(QUrl())  # the same file again begins anew
        self._player.setSource(QUrl.fromLocalFile(str(file)))
        self._player.play()


def wav_of(heard: bytes) -> bytes:
    """A WAV file of 16-bit samples, without the silence around what is said; empty if there is nothing else."""
    samples = array("h", heard[: len(heard) // 2 * 2])
    starts = range(0, len(samples), BLOCK)
    loud = [at for at in starts if max(map(abs, samples[at : at + BLOCK])) > QUIET]
    if not loud:
        return b""
    said = samples[max(0, loud[0] - AROUND) : loud[-1] + BLOCK + AROUND]
    file = io.BytesIO()
    with wave.open(file, "wb") as clip:
        clip.setnchannels(1)
        clip.setsampwidth(said.itemsize)
        clip.setframerate(RATE)
        clip.writeframes(said.tobytes())
    return file.getvalue()
