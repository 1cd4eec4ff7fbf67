"""The live preview of a hall display for the console: the display's own QML, with a sample of calls of this hall."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtQml import QQmlComponent
from PySide6.QtQuickWidgets import QQuickWidget
from PySide6.QtWidgets import QSizePolicy, QWidget

from display.preview.sample_hall import sample_hall
from display.qml_window import DISPLAY_QML
from display.screen.legibility import illegible, shape_of
from display.screen.qml_sizes import Viewing
from display.screen.shown_display import DEFAULT
from display.screen.view_model import DisplayModel
from shared.hall.display_values import Display
from shared.hall.hall import Hall
from shared.link.link import Link
from shared.ui.clocks import wall_clock
from shared.ui.event_loop import QML
from shared.ui.station import Station


class DisplayPreview(QWidget):
    """A hall display as it is being set up, in the shape of its screen, as large as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._hall: Hall | None = None
        self._display = DEFAULT
        self._station = Station(cast("Link", None), parent=self)  # never started: it only holds the sample
        self._screen = QQuickWidget(self)  # before the model: what QML reads outlives it
        self._model = DisplayModel(self._station, Viewing(), wall_clock, parent=self)
        engine = self._screen.engine()
        engine.addImportPath(str(QML))
        engine.addImportPath(str(DISPLAY_QML))
        self._screen.setResizeMode(QQuickWidget.ResizeMode.SizeRootObjectToView)
        # Not the widget's loadFromModule: it keeps Python's lock while Qt's loading thread may wait for it, for ever.
        self._component = QQmlComponent(engine)
        self._component.loadFromModule("NowServing.Display", "DisplayScreen")
        item = self._component.createWithInitialProperties({"display": self._model})
        self._screen.setContent(self._component.url(), self._component, item)

    def show_draft(self, hall: Hall, display: Display) -> None:
        """Draw this display with a sample of calls of this hall."""
        self._hall, self._display = hall, display
        self._station.hall = sample_hall(hall, display, wall_clock())
        self._fit()
        self._station.changed.emit()

    def illegible(self) -> str:
        """Why the display last shown can't be read from its farthest seat, and what would fit; empty if it can be."""
        return illegible(self._hall, self._display) if self._hall else ""

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(480, 270)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the picture the shape of its screen, in the middle of this widget."""
        width, height = shape_of(self._display)
        scale = min(self.width() / width, self.height() / height)
        place = QRect(0, 0, round(width * scale), round(height * scale))
        place.moveCenter(self.rect().center())
        self._screen.setGeometry(place)
        self._model.resize(max(1, place.width()), max(1, place.height()))
