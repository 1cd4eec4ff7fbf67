"""The chime of the hall display, on the default sound device; silence where there is none."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QLoggingCategory, QObject, QTimer, QtMsgType, QUrl, qInstallMessageHandler

from display.announcer import Silence, Voice
from shared.hall.units import Milliseconds
from shared.ui.event_loop import RESOURCES

log = logging.getLogger(__name__)

CHIME = RESOURCES / "sounds" / "chime.wav"

MAX_CHIME: Milliseconds = 4000
"""After this time a chime counts as over, whatever the sound system says: calls must go on."""


def chime(parent: QObject | None = None) -> Voice:
    """The chime, or silence where Qt Multimedia can't be loaded."""
    try:
        return Chime(parent)
    except ImportError as error:  # a system without libpulse
        log.warning("there is no sound: %s", error)
        return Silence(parent=parent)


class Chime(Voice):
    """Uses the sound device there is at each chime, if any; raises ImportError without Qt Multimedia."""

    def __init__(self, parent: QObject | None = None, has_device: Callable[[], bool] | None = None) -> None:
        super().__init__(parent)
        self._silence = Silence(parent=self)
        self._silence.ended.connect(self.ended)
        self._timeout = QTimer(self)
        self._timeout.setSingleShot(True)
        self._timeout.setInterval(MAX_CHIME)
        self._timeout.timeout.connect(self._over)
        with multimedia_messages_logged():
            from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer  # noqa: PLC0415  # may be missing

            self._device = QMediaDevices.defaultAudioOutput
            self._has_device = has_device or (lambda: not self._device().isNull())
            self._end_of_media = QMediaPlayer.MediaStatus.EndOfMedia
            self._player = QMediaPlayer(self)
            self._output = QAudioOutput(self)
            self._player.setAudioOutput(self._output)
            self._player.setSource(QUrl.fromLocalFile(str(CHIME)))
        self._player.mediaStatusChanged.connect(self._status_changed)

    def play(self) -> None:
        if not self._has_device():
            self._silence.play()
            return
        self._timeout.start()
        self._output.setDevice(self._device())
        self._player.setPosition(0)
        self._player.play()

    def close(self) -> None:
        self._timeout.stop()
        self._player.stop()

    def _status_changed(self, status: object) -> None:
        if status == self._end_of_media and self._timeout.isActive():
            self._over()

    def _over(self) -> None:
        self._timeout.stop()
        self.ended.emit()


@contextmanager
def multimedia_messages_logged() -> Iterator[None]:
    """Silence Qt Multimedia for good, which complains of every missing device, and log what else Qt says meanwhile."""
    QLoggingCategory.setFilterRules("qt.multimedia*=false")
    before = qInstallMessageHandler(_log_message)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _log_message(kind: QtMsgType, context: object, message: str) -> None:
    log.info("%s", message)
