"""The chime of the hall display, played through whatever sound device there is, or none."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QLoggingCategory, QObject, QTimer, QtMsgType, QUrl, qInstallMessageHandler

from display.announcer import Silence, Voice
from shared.ui.event_loop import RESOURCES

log = logging.getLogger(__name__)

CHIME = RESOURCES / "sounds" / "chime.wav"

LONGEST = 4000
"""Milliseconds after which a chime counts as over, whatever the sound system says: calls must go on."""


def chime(parent: QObject | None = None) -> Voice:
    """The chime, or silence where Qt's multimedia can't be loaded."""
    try:
        return Chime(parent)
    except ImportError as error:  # a system without libpulse
        log.warning("there is no sound: %s", error)
        return Silence(parent=parent)


class Chime(Voice):
    """Chimes where there is a sound device at that moment: a television may be switched on after the display."""

    def __init__(self, parent: QObject | None = None, has_device: Callable[[], bool] | None = None) -> None:
        super().__init__(parent)
        self._silence = Silence(parent=self)
        self._silence.ended.connect(self.ended)
        self._too_long = QTimer(self)
        self._too_long.setSingleShot(True)
        self._too_long.setInterval(LONGEST)
        self._too_long.timeout.connect(self._over)
        with hushed():
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
        self._too_long.start()
        self._output.setDevice(self._device())
        self._player.setPosition(0)
        self._player.play()

    def close(self) -> None:
        self._too_long.stop()
        self._player.stop()

    def _status_changed(self, status: object) -> None:
        if status == self._end_of_media and self._too_long.isActive():
            self._over()

    def _over(self) -> None:
        self._too_long.stop()
        self.ended.emit()


@contextmanager
def hushed() -> Iterator[None]:
    """Qt's multimedia tells stderr about every device it does not find: once, in our log, is enough."""
    QLoggingCategory.setFilterRules("qt.multimedia*=false")
    before = qInstallMessageHandler(_noted)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _noted(kind: QtMsgType, context: object, message: str) -> None:
    log.info("%s", message)
