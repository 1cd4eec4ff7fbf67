"""The kiosk's window: locked to the whole screen, or a window among others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import shiboken6
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow
from PySide6.QtWidgets import QApplication

from kiosk import qr_item  # noqa: F401  # registers the QR code with QML
from kiosk.page_timings import PageTimings
from kiosk.printer.printer import Printer
from kiosk.view_model import KioskModel
from shared.ui.event_loop import QML
from shared.ui.joining_screen import fit
from shared.ui.qt_translations import ScreenLanguage
from shared.ui.station import Station

OWN_QML = Path(__file__).parent / "qml"

USUAL_INCHES = 21.5
"""The diagonal of most kiosks' screens."""

TOUCHES = frozenset({QEvent.Type.TouchBegin, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.KeyPress})


class Kiosk:
    """The customer's touchscreen for one station."""

    def __init__(
        self,
        station: Station,
        printer: Printer | None = None,
        *,
        paper: int = 80,
        size: QSize | None = None,
        inches: float = 0.0,
        timings: PageTimings | None = None,
        wall: Callable[[], datetime] | None = None,
        own_series: bool = False,
    ) -> None:
        """``paper`` is in millimetres, ``size`` in pixels; ``inches`` is the screen's diagonal, 0 for the usual one.

        ``own_series``: the station's link is an outbox, which numbers tickets by this kiosk's own series.
        """
        self.model = KioskModel(station, ScreenLanguage(), printer, paper, timings, wall, own_series=own_series)
        self._engine = QQmlApplicationEngine()
        for folder in (QML, OWN_QML):
            self._engine.addImportPath(str(folder))
        self._engine.setInitialProperties({"kiosk": self.model, "inches": inches or USUAL_INCHES})
        self._engine.loadFromModule("NowServing.Kiosk", "Kiosk")
        window = self._engine.rootObjects()[0]
        assert isinstance(window, QQuickWindow)
        self.window = window
        self.window.resize(size or QSize(1280, 800))
        if size is None:
            fit(self.window)
        self._event_filter = _EventFilter(self.model)
        self.window.installEventFilter(self._event_filter)
        self.model.language_changed.connect(self._engine.retranslate)
        self.model.nearly_over.connect(QApplication.beep)

    def show(self, *, full_screen: bool = False) -> None:
        """Show the window among others, or locked to the whole screen for customers alone."""
        if full_screen:
            self._fill_screen()
        else:
            self.window.show()

    def _fill_screen(self) -> None:
        """Cover the whole screen, without a cursor or a way to close the window.

        Without the frameless hint and the geometry, bare X leaves the window larger than the screen.
        """
        self._event_filter.locked = True
        self.window.setFlag(Qt.WindowType.FramelessWindowHint)
        self.window.setGeometry(self.window.screen().geometry())
        self.window.showFullScreen()
        QGuiApplication.setOverrideCursor(Qt.CursorShape.BlankCursor)

    def close(self) -> None:
        """Close the window; the model outlives the QML engine."""
        if self._event_filter.locked:
            QGuiApplication.restoreOverrideCursor()
        self._event_filter.locked = False
        self.window.removeEventFilter(self._event_filter)
        self.window.close()
        shiboken6.delete(self._engine)


class _EventFilter(QObject):
    """Tells the model of every touch, and keeps a locked window open."""

    def __init__(self, model: KioskModel) -> None:
        super().__init__()
        self.locked = False
        self._model = model

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() in TOUCHES:
            self._model.touched()
        if event.type() is QEvent.Type.Close and self.locked:
            event.ignore()
            return True
        return False
