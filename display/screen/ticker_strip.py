"""A part of a running line as a picture: moving a picture costs a fraction of what painting its letters anew does."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Property, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPainter
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1


def _property(name: str, kind: type) -> Any:
    """A property of QML that has the strip painted anew."""
    return partial(Property, kind, lambda strip: strip.shown[name], lambda strip, value: strip.show(name, value))


@QmlElement
class TickerStrip(QQuickPaintedItem):
    """What a line of text shows from ``offset`` on, painted once: no graphics chip takes all of a long line."""

    changed = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self.shown: dict[str, Any] = {"text": "", "pixelSize": 16.0, "ink": QColor(), "offset": 0.0, "lineWidth": 0.0}

    def show(self, name: str, value: object) -> None:
        if self.shown[name] != value:
            self.shown[name] = value
            self.changed.emit()
            self.update()

    def paint(self, painter: QPainter) -> None:
        font = QFont(QGuiApplication.font())
        font.setPixelSize(max(1, round(self.shown["pixelSize"])))
        painter.setFont(font)
        painter.setPen(self.shown["ink"])
        whole_line = QRectF(-self.shown["offset"], 0, self.shown["lineWidth"], self.height())
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(whole_line, flags, self.shown["text"])

    text = _property("text", str)(notify=changed)
    pixelSize = _property("pixelSize", float)(notify=changed)  # noqa: N815  # QML's name for it
    ink = _property("ink", QColor)(notify=changed)
    offset = _property("offset", float)(notify=changed)
    lineWidth = _property("lineWidth", float)(notify=changed)  # noqa: N815  # QML's name for it
