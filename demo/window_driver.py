"""Hands and eyes for the real windows: touch what is named, press a key, wait for a fact, take a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

PATIENCE = 15.0
"""Seconds to wait for a fact before saying which one never came."""

MOTION = 0.4
"""Seconds after which a page has arrived: no motion of ours lasts longer than 300 ms."""


async def until(fact: Callable[[], object], what: str) -> None:
    """Wait until something is so; raises TimeoutError naming it if it never is."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not fact():  # noqa: ASYNC110  # what a window shows has no event to wait for
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise TimeoutError(f"waited in vain for: {what}") from None


async def settled() -> None:
    """Let a motion that has begun come to its end."""
    await asyncio.sleep(MOTION)


def items(root: QQuickItem) -> Iterator[QQuickItem]:
    """Everything that can be seen below an item, delegates too, which findChild does not know."""
    for child in root.childItems():
        if child.isVisible():
            yield child
            yield from items(child)


def find(window: QQuickWindow, name: str) -> QQuickItem | None:
    """The visible item of this object name."""
    return next((item for item in items(window.contentItem()) if item.objectName() == name), None)


async def touch(window: QQuickWindow, name: str) -> None:
    """Touch the middle of an item, once it is there."""
    await until(lambda: find(window, name), f"{name} on the screen")
    item = find(window, name)
    assert item is not None
    middle = item.mapToScene(item.boundingRect().center()).toPoint()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard is."""
    QTest.keyClick(widget, key, modifier)


def write(widget: QWidget, text: str) -> None:
    """Type a text into a field."""
    widget.setFocus()
    QTest.keyClicks(widget, text)


async def picture(window: QQuickWindow | QWidget, file: Path, size: QSize | None = None) -> None:
    """Save what a window shows, at this size and back."""
    before = window.size()
    if size and size != before:
        window.resize(size)
    await settled()
    image = window.grab().toImage() if isinstance(window, QWidget) else window.grabWindow()
    assert image.save(str(file)), file
    if window.size() != before:
        window.resize(before)
