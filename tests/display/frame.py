"""Reads the picture on the screen, never the properties that should have led to it."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickItem, QQuickWindow

from display.app import DisplayWindow
from tests.display.waiting_room import everything

FULL, QUIET = 0.7, 0.3
"""White on night has a contrast of 0.9, a call that is over one of 0.5; the rest is for the smoothing of letters."""


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


def rows(display: DisplayWindow) -> list[QQuickItem]:
    """The calls on the screen, newest first."""
    found = [item for item in everything(display.window) if item.property("numberText")]
    return sorted(found, key=lambda item: item.property("index"))


def faults(display: DisplayWindow) -> list[str]:
    """What is wrong in the frame."""
    frame, shown, known = display.window.grabWindow(), rows(display), display.model.calls.rows
    places = [place(row).adjusted(1, 1, -1, -1) for row in shown]
    wrong = [f"{len(shown)} of {len(known)} rows"] if len(shown) != len(known) else []
    wrong += [f"{there} outside" for there in places if not frame.rect().contains(there)]
    wrong += [f"{one} over {other}" for one, other in combinations(places, 2) if one.intersects(other)]
    for row, call in zip(shown, known, strict=False):
        room = place(row)
        for item in (item for item in _below(row) if item.objectName() in ("number", "point")):
            text, there = item.property("text"), place(item)
            wrong += [f"{text} faint"] if contrast(frame, there) < (QUIET if call.over else FULL) else []
            wrong += [f"{text} cut"] if item.property("contentWidth") > item.width() + 1 else []
            wrong += [f"{text} beyond its row"] if not room.adjusted(-1, -1, 1, 1).contains(there) else []
    return wrong


def _below(item: QQuickItem) -> list[QQuickItem]:
    return [item, *(found for child in item.childItems() for found in _below(child))]
