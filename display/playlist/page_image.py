"""Paints the picture of a playlist, or the present frame of its video: whole, in the middle, never distorted."""

from __future__ import annotations

from PySide6.QtCore import Property, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

from display.playlist.playlist import Playlist

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class PageImage(QQuickPaintedItem):
    playlist_changed = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._playlist: Playlist | None = None

    @Property(Playlist, notify=playlist_changed)
    def playlist(self) -> Playlist | None:
        return self._playlist

    @playlist.setter  # type: ignore[no-redef]
    def playlist(self, playlist: Playlist | None) -> None:
        self._playlist = playlist
        if playlist:
            playlist.image_changed.connect(self._repaint)
        self.playlist_changed.emit()
        self.update()

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def paint(self, painter: QPainter) -> None:
        if self._playlist is None or self._playlist.image.isNull():
            return
        image, room = self._playlist.image, self.boundingRect()
        size = image.size().toSizeF().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._playlist.is_picture)
        where = QRectF(0, 0, size.width(), size.height())
        where.moveCenter(room.center())
        painter.drawImage(where.toRect(), image)
