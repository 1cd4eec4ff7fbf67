"""The QR code that leads a customer's phone to the page of their ticket, on screen and on paper."""

from __future__ import annotations

import segno
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004, 6.3.8)."""

ERROR_CORRECTION = "m"
"""Level M (ISO/IEC 18004, 6.5): readable with 15 % of it spoiled, as by a crease; a higher one has smaller modules."""


def modules_across(address: str) -> int:
    """How many modules wide an address's code is, with its quiet zone."""
    return len(segno.make(address, error=ERROR_CORRECTION, micro=False).matrix) + 2 * QUIET_ZONE


def draw_qr(painter: QPainter, address: str, square: QRect) -> None:
    """Draw the code, black on white with its quiet zone, in the middle of a square; every module is whole pixels."""
    rows = segno.make(address, error=ERROR_CORRECTION, micro=False).matrix
    size = min(square.width(), square.height())
    module = max(1, size // (len(rows) + 2 * QUIET_ZONE))
    edge = (size - module * len(rows)) // 2
    painter.fillRect(square, Qt.GlobalColor.white)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                left, top = square.x() + edge + x * module, square.y() + edge + y * module
                painter.fillRect(left, top, module, module, Qt.GlobalColor.black)
