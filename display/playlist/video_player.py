"""Plays a video without sound, frame by frame as images: Qt's own VideoOutput stays black without a graphics card."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QLoggingCategory, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame, QVideoSink

from shared.hall.units import Milliseconds

SILENT_FOR: Milliseconds = 8_000
"""A video without a frame for so long is broken, or its decoder hangs: the next page has its turn."""


class VideoPlayer(QObject):
    frame = Signal(QImage)
    ended = Signal()
    failed = Signal()
    """It can't be decoded, or has no picture."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        QLoggingCategory.setFilterRules("qt.multimedia*.info=false")  # FFmpeg describes every file it opens
        self._has_frames = False
        self._player: QMediaPlayer | None = None
        self._watchdog = QTimer(self, singleShot=True, interval=SILENT_FOR)
        self._watchdog.timeout.connect(self._hangs)
        self._breath = QTimer(self, singleShot=True)
        self._breath.timeout.connect(self._convert_latest)

    def play(self, file: Path) -> None:
        self.stop()
        # One for each turn: a player that failed once may keep its error.
        self._player = player = QMediaPlayer(self)
        sink = QVideoSink(player)
        sink.videoFrameChanged.connect(self._came)
        player.setVideoSink(sink)
        player.mediaStatusChanged.connect(self._status_changed)
        player.errorOccurred.connect(self._fail)
        self._watchdog.start()
        player.setSource(QUrl.fromLocalFile(str(file)))
        player.play()

    def again(self) -> None:
        """Play the same once more, which has just ended, without loading it anew."""
        if self._player:
            self._watchdog.start()
            self._player.setPosition(0)
            self._player.play()

    def stop(self) -> None:
        self._watchdog.stop()
        self._breath.stop()
        self._has_frames = False
        if self._player:
            self._player.disconnect(self)
            self._player.videoSink().disconnect(self)
            self._player.stop()
            self._player.deleteLater()
            self._player = None

    @Slot(QVideoFrame)
    def _came(self, frame: QVideoFrame) -> None:
        if not self._has_frames:
            self._convert(frame)
        elif not self._breath.isActive():
            self._breath.start()

    @Slot()
    def _convert_latest(self) -> None:
        if self._player:
            self._convert(self._player.videoSink().videoFrame())

    def _convert(self, frame: QVideoFrame) -> None:
        """Show a frame, then leave the thread to the calls for as long as that took: frames in between are dropped."""
        began = time.monotonic()
        image = frame.toImage() if frame.isValid() else QImage()
        if not image.isNull():
            self._has_frames = True
            self._watchdog.start()
            self.frame.emit(image)
            self._breath.setInterval(round((time.monotonic() - began) * 1000))

    @Slot(QMediaPlayer.MediaStatus)
    def _status_changed(self, status: QMediaPlayer.MediaStatus) -> None:
        if status is QMediaPlayer.MediaStatus.EndOfMedia and self._has_frames:
            self._watchdog.stop()
            self.ended.emit()
        elif status in (QMediaPlayer.MediaStatus.EndOfMedia, QMediaPlayer.MediaStatus.InvalidMedia):
            self._fail()

    @Slot()
    def _hangs(self) -> None:
        if self._has_frames:
            self.ended.emit()
        else:
            self._fail()

    @Slot()
    def _fail(self) -> None:
        self.stop()
        self.failed.emit()
