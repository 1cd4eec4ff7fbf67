"""The window of one sign, over one service point or several."""

from __future__ import annotations

import shiboken6

from display.qml_window import QmlWindow
from display.signs.sign_grid import SignGrid
from shared.settings import Settings
from shared.ui.station import Station

SIGN_INCHES = 10.0
"""The usual diagonal of a sign, in inches."""


class SignWindow:
    """The sign over one service point or several, each named by its serial number or id."""

    def __init__(self, station: Station, settings: Settings, *points: str) -> None:
        """A window that is not shown yet: ``show`` it, or resize it and show it yourself."""
        self.station = station
        self.model = SignGrid(station, points, settings.screen_inches or SIGN_INCHES)
        self._qml = QmlWindow("SignMain", {"grid": self.model}, station)
        self.window = self._qml.window

    def show(self, *, full_screen: bool) -> None:
        self._qml.show(full_screen=full_screen)

    def close(self) -> None:
        """Close the window; the station lives on."""
        self._qml.close()
        shiboken6.delete(self.model)
