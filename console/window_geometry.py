"""Saves where the window stands, and restores it on a screen there still is, never larger than that."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QMainWindow

from console.remembered_text import RememberedText
from shared.hall.units import Milliseconds
from shared.ui.joining_screen import FRAME

FILE = "console-window"

USUAL = QSize(1280, 800)
"""Pixels, the first time, if the screen has them."""

SAVE_AFTER: Milliseconds = 1_000
"""How long after its last move the geometry of a window is saved; at once when it closes."""

MOVES = frozenset({QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange})


class WindowGeometry(QObject):
    """Puts a window that is not shown yet where it stood last time, and saves where it is moved."""

    def __init__(self, window: QMainWindow, remembered: RememberedText) -> None:
        super().__init__(window)
        self._window = window
        self._remembered = remembered
        self._save_timer = QTimer(self, interval=SAVE_AFTER, singleShot=True)
        self._save_timer.timeout.connect(self._save)
        if not window.restoreGeometry(QByteArray.fromBase64(remembered.read(FILE).encode("ascii", "ignore"))):
            self._set_first_size()
        window.installEventFilter(self)

    def _set_first_size(self) -> None:
        """As large as usual; on a screen that is too small for it, the whole of the screen."""
        room = self._window.screen().availableSize() - FRAME
        self._window.resize(USUAL.boundedTo(room))
        if self._window.size() != USUAL:
            self._window.setWindowState(Qt.WindowState.WindowMaximized)

    def _save(self) -> None:
        self._remembered.write(FILE, self._window.saveGeometry().toBase64().toStdString())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() in MOVES:
            self._save_timer.start()
        elif event.type() is QEvent.Type.Close:
            self._save()
        return super().eventFilter(watched, event)
