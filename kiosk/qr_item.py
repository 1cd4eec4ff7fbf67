"""The QR code of a ticket's page as an item of the kiosk's screen."""

from __future__ import annotations

from PySide6.QtCore import Property, QRect, Signal
from PySide6.QtGui import QPainter
from PySide6.QtQml import QmlElement
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

from shared.ui.qr import draw_qr

QML_IMPORT_NAME = "NowServing.Kiosk.Core"
QML_IMPORT_MAJOR_VERSION = 1


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
