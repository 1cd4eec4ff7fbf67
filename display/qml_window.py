"""A window of the display's own QML, in the language of what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

from display.screen.shown_display import ShownDisplay
from shared.hall.field_types import Language
from shared.ui.event_loop import QML
from shared.ui.joining_screen import fit
from shared.ui.qt_translations import ScreenLanguage
from shared.ui.station import Station

DISPLAY_QML = Path(__file__).parent / "qml"


class QmlWindow(QObject):
    """A QML window in the hall's own language, or that of the display it shows."""

    def __init__(
        self, main: str, properties: dict[str, QObject], station: Station, shown: ShownDisplay | None = None
    ) -> None:
        super().__init__()
        self._station = station
        self._shown = shown
        self._language: Language = ""
        self._screen_language = ScreenLanguage(self)
        self._engine = QQmlApplicationEngine()
        self._apply_language()
        self._engine.addImportPath(str(QML))
        self._engine.addImportPath(str(DISPLAY_QML))
        self._engine.setInitialProperties(properties)
        self._engine.loadFromModule("NowServing.Display", main)
        self.window = cast("QQuickWindow", self._engine.rootObjects()[0])
        self.theme = cast("QObject", self._engine.singletonInstance("NowServing", "Theme"))
        station.changed.connect(self._apply_language)
        if shown:
            shown.changed.connect(self._apply_language)

    def show(self, *, full_screen: bool) -> None:
        """Show it; full screen without a frame and with the screen's geometry: bare X servers ignore showFullScreen."""
        if not full_screen:
            fit(self.window)
            self.window.show()
            return
        self.window.setFlag(Qt.WindowType.FramelessWindowHint)
        self.window.setCursor(Qt.CursorShape.BlankCursor)
        self.window.setGeometry(self.window.screen().geometry())
        self.window.showFullScreen()

    def close(self) -> None:
        """Close the window by deleting its engine, before the models go: QML must not read a deleted model."""
        self._station.changed.disconnect(self._apply_language)
        shiboken6.delete(self._engine)
        shiboken6.delete(self)

    def _apply_language(self) -> None:
        hall = self._shown.hall if self._shown else self._station.hall
        if hall and hall.settings.languages[0] != self._language:
            self._language = hall.settings.languages[0]
            self._screen_language.speak(self._language, hall.settings.languages)
            self._engine.retranslate()
