"""Drives the real windows: touches a named item, presses a key, waits for a condition, takes a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

TIMEOUT = 15.0
"""Seconds to wait for a condition."""

MOTION_SECONDS = 0.4
"""Seconds after which an animation is over: none of ours lasts longer than 300 ms."""


async def until(condition: Callable[[], object], awaited: str) -> None:
    """Wait until ``condition`` is true; raises TimeoutError, which names what was ``awaited``, after TIMEOUT."""
    try:
        async with asyncio.timeout(TIMEOUT):
            while not condition():  # noqa: ASYNC110  # what a window shows has no event to wait for
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise TimeoutError(f"waited in vain for: {awaited}") from None


async def settled() -> None:
    """Wait for the end of an animation that has begun."""
    await asyncio.sleep(MOTION_SECONDS)


def items(root: QQuickItem) -> Iterator[QQuickItem]:
    """Every visible item below ``root``, delegates included, which findChild does not find."""
    for child in root.childItems():
        if child.isVisible():
            yield child
            yield from items(child)


def find(window: QQuickWindow, name: str) -> QQuickItem | None:
    """The visible item of this object name."""
    return next((item for item in items(window.contentItem()) if item.objectName() == name), None)


async def touch(window: QQuickWindow, name: str) -> None:
    """Touch the middle of the item of this object name, once it is visible; raises TimeoutError."""
    await until(lambda: find(window, name), f"{name} on the screen")
    item = find(window, name)
    assert item is not None
    middle = item.mapToScene(item.boundingRect().center()).toPoint()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key in a widget."""
    QTest.keyClick(widget, key, modifier)


def write(widget: QWidget, text: str) -> None:
    """Type a text into a field."""
    widget.setFocus()
    QTest.keyClicks(widget, text)


async def picture(window: QQuickWindow | QWidget, file: Path, size: QSize | None = None) -> None:
    """Save what a window shows as a picture, at ``size`` if given; its own size is restored."""
    before = window.size()
    if size and size != before:
        window.resize(size)
    await settled()
    image = window.grab().toImage() if isinstance(window, QWidget) else window.grabWindow()
    assert image.save(str(file)), file
    if window.size() != before:
        window.resize(before)
