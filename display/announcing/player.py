"""Plays sounds for the hall display, in a process of its own: a sound system that goes away may abort or hang it.

``python -m display.announcing.player NAME`` connects to the display that listens there and plays what it is told, one
sound at a time, on the sound device there is then. It ends with the display.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLoggingCategory, QObject, QTimer, QUrl
from PySide6.QtNetwork import QLocalSocket

from shared.hall.units import Milliseconds

POLL: Milliseconds = 100
"""Between two looks at whether the sound goes on."""

STUCK_AFTER: Milliseconds = 900
"""How long a sound may stand still: the display waits for a second."""

DUMMY = b"auto_null"
"""What PulseAudio and PipeWire give programs to play to where there is no device: nobody hears it."""

NO_MULTIMEDIA = 3
"""How this process ends where Qt Multimedia can't be loaded."""


class Reply(StrEnum):
    """What the player tells the display: the first two also when the devices change."""

    READY = "ready"
    NO_DEVICE = "no-device"
    ENDED = "ended"
    BROKEN = "broken"
    """The file is no sound."""
    STUCK = "stuck"
    """The device took nothing any more; the process ends."""


class Player(QObject):
    """Plays on behalf of the other end of a connection."""

    def __init__(self, display: QLocalSocket) -> None:
        """Raises ImportError without Qt Multimedia."""
        super().__init__()
        from PySide6.QtMultimedia import (  # noqa: PLC0415  # needs libpulse, which may be missing
            QAudio,
            QAudioOutput,
            QMediaDevices,
            QMediaPlayer,
        )

        self._audio = QAudio
        self._statuses = QMediaPlayer.MediaStatus
        self._display = display
        self._devices = QMediaDevices(self)
        self._player = QMediaPlayer(self)
        self._output = QAudioOutput(self)
        self._player.setAudioOutput(self._output)
        self._position, self._stood_still = -1, 0  # milliseconds, both
        self._devices.audioOutputsChanged.connect(self._devices_changed)
        self._player.mediaStatusChanged.connect(self._status_changed)
        self._poll = QTimer(self, interval=POLL)
        self._poll.timeout.connect(self._check_progress)
        display.readyRead.connect(self._read)
        self._devices_changed()

    def _read(self) -> None:
        while self._display.canReadLine():
            percent, _, file = bytes(self._display.readLine().data()).decode().strip().partition(" ")
            self._play(Path(file), int(percent))

    def _play(self, sound: Path, percent: int) -> None:
        if not self._has_device():
            self._tell(Reply.NO_DEVICE)
            return
        scale = self._audio.VolumeScale
        self._output.setVolume(
            self._audio.convertVolume(percent / 100, scale.LogarithmicVolumeScale, scale.LinearVolumeScale)
        )
        self._output.setDevice(self._devices.defaultAudioOutput())
        self._position, self._stood_still = -1, 0
        self._player.setSource(QUrl())  # the same file may have another content
        self._poll.start()
        self._player.setSource(QUrl.fromLocalFile(str(sound)))
        self._player.play()

    def _status_changed(self, status: object) -> None:
        if self._poll.isActive() and status in (self._statuses.EndOfMedia, self._statuses.InvalidMedia):
            self._poll.stop()
            self._tell(Reply.ENDED if status == self._statuses.EndOfMedia else Reply.BROKEN)

    def _check_progress(self) -> None:
        self._stood_still = self._stood_still + POLL if self._player.position() == self._position else 0
        self._position = self._player.position()
        if self._stood_still >= STUCK_AFTER:
            self._poll.stop()
            self._tell(Reply.STUCK)
            self._display.disconnectFromServer()  # which ends the process once that is told

    def _has_device(self) -> bool:
        device = self._devices.defaultAudioOutput()
        return not device.isNull() and device.id().data() != DUMMY

    def _devices_changed(self) -> None:
        self._tell(Reply.READY if self._has_device() else Reply.NO_DEVICE)

    def _tell(self, reply: Reply) -> None:
        self._display.write(f"{reply}\n".encode())
        self._display.flush()


def main(name: str) -> int:
    app = QCoreApplication(["nowserving-player"])
    QLoggingCategory.setFilterRules("qt.multimedia*=false")  # it complains of every missing device
    display = QLocalSocket()
    display.connectToServer(name)
    if not display.waitForConnected():
        return 1
    display.disconnected.connect(app.quit)
    try:
        player = Player(display)
    except ImportError:
        return NO_MULTIMEDIA
    code = app.exec()
    del player
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
