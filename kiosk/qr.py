"""The QR code that leads a customer's phone to the page of their ticket, on screen and on paper."""

from __future__ import annotations

import segno
from PySide6.QtCore import Property, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

QML_IMPORT_NAME = "NowServing.Kiosk.Core"
QML_IMPORT_MAJOR_VERSION = 1

QUIET = 4
"""Modules of white around the code: ISO/IEC 18004 asks for four."""


def draw_qr(painter: QPainter, address: str, square: QRect) -> None:
    """Draw the code, black on white with its quiet zone, in the middle of a square; every module is whole pixels."""
    rows = segno.make(address, error="m", micro=False).matrix
    size = min(square.width(), square.height())
    module = max(1, size // (len(rows) + 2 * QUIET))
    edge = (size - module * len(rows)) // 2
    painter.fillRect(square, Qt.GlobalColor.white)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                left, top = square.x() + edge + x * module, square.y() + edge + y * module
                painter.fillRect(left, top, module, module, Qt.GlobalColor.black)


@QmlElement
class QrCode(QQuickPaintedItem):
    """The code on screen; nothing while there is no address."""

    address_changed = Signal()

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._address = ""

    def paint(self, painter: QPainter) -> None:
        if self._address:
            draw_qr(painter, self._address, QRect(0, 0, int(self.width()), int(self.height())))

    def _get_address(self) -> str:
        return self._address

    def _set_address(self, address: str) -> None:
        if address != self._address:
            self._address = address
            self.address_changed.emit()
            self.update()

    address = Property(str, _get_address, _set_address, notify=address_changed)
