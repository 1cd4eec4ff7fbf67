"""Reads the picture on the screen, never the properties that should have led to it."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickItem, QQuickWindow


def place(item: QQuickItem) -> QRect:
    """Where an item lies in its window."""
    return item.mapRectToScene(item.boundingRect()).toAlignedRect()


def ink(window: QQuickWindow, item: QQuickItem) -> float:
    """How far the strongest pixel of an item stands out from its ground, from 0 to 1, where it is in the window."""
    return contrast(window.grabWindow(), place(item))


def contrast(frame: QImage, where: QRect) -> float:
    """How far the lightest and the darkest pixel of a part of the frame are apart, from 0 to 1."""
    shown = frame.copy(where.intersected(frame.rect())).convertToFormat(QImage.Format.Format_Grayscale8)
    lines = [bytes(shown.constScanLine(y))[: shown.width()] for y in range(shown.height())]
    return (max(map(max, lines)) - min(map(min, lines))) / 255 if lines else 0.0
