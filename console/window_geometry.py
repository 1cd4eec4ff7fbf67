"""Where the window stands: as it stood last time, on a screen there still is, and never larger than that."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QMainWindow

from console.remembered_text import RememberedText
from shared.ui.joining_screen import FRAME

FILE = "console-window"

USUAL = QSize(1280, 800)
"""Pixels the first time, where the screen has them."""

REST = 1_000
"""Milliseconds after which a window that was moved counts as being where somebody wants it."""

MOVES = frozenset({QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange})


class WindowGeometry(QObject):
    """Puts a window that is not shown yet where it stood, and remembers where it goes."""

    def __init__(self, window: QMainWindow, remembered: RememberedText) -> None:
        super().__init__(window)
        self._window = window
        self._remembered = remembered
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self._keep)
        if not window.restoreGeometry(QByteArray.fromBase64(remembered.read(FILE).encode("ascii", "ignore"))):
            self._first()
        window.installEventFilter(self)

    def _first(self) -> None:
        """As large as usual; on a screen that is too small for it, the whole of the screen."""
        room = self._window.screen().availableSize() - FRAME
        self._window.resize(USUAL.boundedTo(room))
        if self._window.size() != USUAL:
            self._window.setWindowState(Qt.WindowState.WindowMaximized)

    def _keep(self) -> None:
        self._remembered.write(FILE, self._window.saveGeometry().toBase64().toStdString())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() in MOVES:
            self._rest.start()
        elif event.type() is QEvent.Type.Close:
            self._keep()
        return super().eventFilter(watched, event)
