"""The hall display and the sign over a service point: each one window on one station."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import cast

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

from display.announcer import Announcer, Silence, Voice
from display.chime import chime
from display.qml_sizes import Viewing
from display.shown_display import ShownDisplay
from display.sign_model import SignModel
from display.view_model import DisplayModel
from shared.hall.calling import TicketCalled, TicketRecalled
from shared.hall.field_types import Language, TicketId
from shared.hall.messages import Event
from shared.hall.values import TicketState
from shared.settings import Settings
from shared.ui.clocks import wall_clock
from shared.ui.event_loop import QML
from shared.ui.joining_screen import fit
from shared.ui.qt_translations import ScreenLanguage
from shared.ui.station import Station

SIGN_INCHES = 10.0
"""The usual diagonal of a sign, in inches."""


class DisplayWindow:
    """The window of the hall display, with its chime."""

    def __init__(
        self,
        station: Station,
        settings: Settings,
        *,
        viewing: Viewing | None = None,
        voice: Voice | None = None,
        wall: Callable[[], datetime] = wall_clock,
    ) -> None:
        """A window that is not shown yet: ``show`` it, or resize it and show it yourself."""
        self.station = station
        self.voice = voice or (chime() if settings.sound else Silence())
        self.model = DisplayModel(station, viewing or viewing_of(settings), wall, settings.motion, settings.display)
        self.announcer = Announcer(self.voice, self._is_called)
        self.announcer.announced.connect(self.model.highlight)
        station.event_happened.connect(self._happened)
        self._qml = _QmlWindow("DisplayMain", {"display": self.model}, station, self.model.shown)
        self.window = self._qml.window
        self.window.widthChanged.connect(self._resized)
        self.window.heightChanged.connect(self._resized)
        self._resized()
        self.model.motion.changed.connect(self._apply_motion)
        self._apply_motion()

    def show(self, *, full_screen: bool) -> None:
        self._qml.show(full_screen=full_screen)
        self.model.warn_if_unreadable()

    def close(self) -> None:
        """Close the window and stop the chime; the station lives on."""
        self.station.event_happened.disconnect(self._happened)
        self.voice.close()
        self._qml.close()
        for part in (self.announcer, self.voice, self.model):
            shiboken6.delete(part)

    def _resized(self) -> None:
        self.model.resize(self.window.width(), self.window.height())

    def _apply_motion(self) -> None:
        self._qml.theme.setProperty("still", self.model.motion.still)

    def _happened(self, event: Event) -> None:
        """Announce calls that happen now; those that come with a fresh snapshot are only shown."""
        if isinstance(event, (TicketCalled, TicketRecalled)) and self.model.shown.shows(event.ticket, event.point):
            self.announcer.announce(event.ticket)

    def _is_called(self, ticket: TicketId) -> bool:
        live = self.station.hall.tickets.get(ticket) if self.station.hall else None
        return live is not None and live.state is TicketState.CALLED


class SignWindow:
    """The sign over one service point, named by its serial number or id."""

    def __init__(self, station: Station, settings: Settings, point: str) -> None:
        """A window that is not shown yet: ``show`` it, or resize it and show it yourself."""
        self.station = station
        self.model = SignModel(station, point, settings.screen_inches or SIGN_INCHES)
        self._qml = _QmlWindow("SignMain", {"sign": self.model}, station)
        self.window = self._qml.window

    def show(self, *, full_screen: bool) -> None:
        self._qml.show(full_screen=full_screen)

    def close(self) -> None:
        """Close the window; the station lives on."""
        self._qml.close()
        shiboken6.delete(self.model)


def viewing_of(settings: Settings) -> Viewing:
    return Viewing(inches=settings.screen_inches, farthest_seat=settings.farthest_seat)


class _QmlWindow(QObject):
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
        self._engine.addImportPath(str(Path(__file__).parent / "qml"))
        self._engine.setInitialProperties(properties)
        self._engine.loadFromModule("NowServing.Display", main)
        self.window = cast("QQuickWindow", self._engine.rootObjects()[0])
        self.theme = self._engine.singletonInstance("NowServing", "Theme")
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
