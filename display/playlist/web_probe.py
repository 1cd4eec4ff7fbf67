"""Shows a web page on one pixel as a display would, in a process of its own: exit status 0 if it lives."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtQml import QQmlApplicationEngine

from display.playlist import web_pages
from display.qml_window import DISPLAY_QML
from shared.ui.event_loop import application, run


class WebProbe(QObject):
    """The probe as a program of the display's own event loop: what a web page does to that counts too."""

    shown = Signal()
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.status = 1
        self._engine = QQmlApplicationEngine()

    def start(self) -> None:
        self._engine.addImportPath(str(DISPLAY_QML))
        self._engine.exit.connect(self._end)
        self._engine.loadFromModule("NowServing.Display", "WebProbe")
        if not self._engine.rootObjects():
            self.ended.emit()

    def _end(self, status: int) -> None:
        self.status = status
        self.ended.emit()

    def stop(self) -> None:
        """There is nothing to stop."""

    def close(self) -> None:
        self._engine.deleteLater()


def main() -> int:
    web_pages.prepare()
    app = application("display")
    probe = WebProbe()
    run(app, probe)
    return probe.status


if __name__ == "__main__":
    sys.exit(main())
