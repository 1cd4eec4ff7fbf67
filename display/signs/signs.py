"""The signs of one machine: a window on each screen if there are enough, else all their points in one window."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication

from display.signs.sign_model import find_point
from display.signs.sign_window import SignWindow
from shared.hall.values import Call
from shared.requests.devices import Trouble
from shared.settings import Settings
from shared.ui.station import Station


def points_of(given: Sequence[str]) -> list[str]:
    """The points of all ``--point``, each of which may name several: ``1,2,3``."""
    named = (name.strip() for text in given for name in text.split(","))
    return list(dict.fromkeys(filter(None, named)))


class Signs(QObject):
    """All signs of one station, laid out anew when a screen is connected or disconnected."""

    sound_fault = ""
    """They make no sound."""
    page_troubles: tuple[Trouble, ...] = ()
    """They play nothing."""

    def __init__(
        self,
        station: Station,
        settings: Settings,
        points: Sequence[str],
        screens: Callable[[], Sequence[QScreen]] = QGuiApplication.screens,
    ) -> None:
        super().__init__()
        self.windows: list[SignWindow] = []
        self._station = station
        self._settings = settings
        self._points = tuple(points)
        self._screens = screens
        self._full_screen = settings.full_screen
        app = QApplication.instance()
        assert isinstance(app, QGuiApplication), "the program made it before its first window"
        for screens_changed in (app.screenAdded, app.screenRemoved):
            screens_changed.connect(self._rearrange_later)

    def show(self, *, full_screen: bool) -> None:
        """Show every window on its screen; those shown before close once the new ones are there."""
        self._full_screen = full_screen
        earlier, self.windows = self.windows, []
        for group, screen in zip(self._groups(), self._screens(), strict=False):
            sign = SignWindow(self._station, self._settings, *group)
            sign.window.setScreen(screen)
            sign.show(full_screen=full_screen)
            self.windows.append(sign)
        for sign in earlier:
            sign.close()

    def shows(self, call: Call) -> bool:
        """Whether a call is to one of these points."""
        found = (find_point(self._station.hall, point) for point in self._points) if self._station.hall else ()
        return any(point is not None and point.id == call.point for point in found)

    def close(self) -> None:
        """Close the windows; the station lives on."""
        for sign in self.windows:
            sign.close()
        shiboken6.delete(self)

    def _groups(self) -> list[tuple[str, ...]]:
        """The points of each window."""
        one_each = 1 < len(self._points) <= len(self._screens())
        return [(point,) for point in self._points] if one_each else [self._points]

    def _rearrange_later(self) -> None:
        QTimer.singleShot(0, self, self._rearrange)  # the list of screens is still changing

    def _rearrange(self) -> None:
        if len(self._groups()) != len(self.windows):
            self.show(full_screen=self._full_screen)
