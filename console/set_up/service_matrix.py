"""Which service point gives which service: a table to change with a click or the space bar."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QTableView

from console import sentences
from console.controls import tabular_font
from console.eliding import ElidingHeadings
from console.set_up.set_up_model import SetUpModel
from console.table import Index, TypeAhead, make_read_only
from shared.hall.values import Point, Service
from shared.ui.widget_theme import theme

SIGNS = {"": "", "primary": "●", "backup": "○"}

NARROWEST = 96
"""Pixels of a service's column at least: eight stand beside one another in the smallest window."""

HIGHEST = 64
"""Pixels of a service's name above its column at most: four lines, fewer of a taller script."""

WIDEST = 240
"""Pixels of the service points' names at most."""


class Assignments(QAbstractTableModel):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__()
        self.model = model
        self.points: list[Point] = []
        self.services: list[Service] = []

    def refresh(self) -> None:
        points, services = self.model.points, self.model.services
        same = [point.id for point in points] == [point.id for point in self.points]
        if same and [service.id for service in services] == [service.id for service in self.services]:
            self.points, self.services = points, services
            if points and services:
                self.dataChanged.emit(self.index(0, 0), self.index(len(points) - 1, len(services) - 1))
                self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(points) - 1)
                self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(services) - 1)
        else:
            self.beginResetModel()
            self.points, self.services = points, services
            self.endResetModel()

    def mark(self, index: Index) -> str:
        return self.model.mark(self.points[index.row()], self.services[index.column()].id)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's name and default
        return 0 if parent.isValid() else len(self.points)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's name and default
        return 0 if parent.isValid() else len(self.services)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802  # Qt's name
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation is Qt.Orientation.Horizontal:
            return sentences.service_line(self.model.hall, self.services[section].id)
        point = self.points[section]
        return f"{point.serial_number}   {sentences.point_name(self.model.hall, point)}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        mark = self.mark(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return SIGNS[mark]
            case Qt.ItemDataRole.FontRole:
                return tabular_font(theme().largeText)
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignCenter
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(theme().accent if mark == "primary" else theme().quietInk)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(index, mark)
            case _:
                return None

    def _spoken(self, index: Index, mark: str) -> str:
        marks = {"": self.tr("no"), "primary": self.tr("primary"), "backup": self.tr("backup")}
        point = sentences.point_name(self.model.hall, self.points[index.row()])
        return f"{point}, {sentences.localized(self.model.hall, self.services[index.column()].name)}: {marks[mark]}"


class ServiceMatrix(QTableView):
    point_chosen = Signal(str)

    def __init__(self, model: SetUpModel) -> None:
        super().__init__()
        self.assignments = Assignments(model)
        self.setModel(self.assignments)
        make_read_only(self, self.tr("Which service point gives which service"), selectable=True)
        self.setHorizontalHeader(ElidingHeadings(Qt.Orientation.Horizontal, HIGHEST))
        self.setVerticalHeader(ElidingHeadings(Qt.Orientation.Vertical))
        self.setCornerButtonEnabled(False)
        self.setWordWrap(False)
        self.verticalHeader().setDefaultSectionSize(theme().smallestTouch)
        self.verticalHeader().setMinimumWidth(150)
        self.verticalHeader().setMaximumWidth(WIDEST)
        self.verticalHeader().setHighlightSections(False)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(NARROWEST)
        header.setSectionResizeMode(header.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        header.setMinimumHeight(2 * theme().margin + theme().gap)
        self._ahead = TypeAhead()
        self.clicked.connect(self.toggle)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def toggle(self, index: Index) -> None:
        point, service = self.assignments.points[index.row()], self.assignments.services[index.column()]
        self.assignments.model.toggle(point, service.id)

    def _on_current_changed(self, index: Index) -> None:
        if index.isValid():
            self.point_chosen.emit(self.assignments.points[index.row()].id)

    def choose(self, point_id: str) -> None:
        """Move to the row of this point, keeping the column."""
        ids = [other.id for other in self.assignments.points]
        if point_id in ids and self.assignments.services:
            side = max(0, self.currentIndex().column())
            self.setCurrentIndex(self.assignments.index(ids.index(point_id), side))

    def keyboardSearch(self, search: str) -> None:  # noqa: N802  # Qt's name
        """Typing leads to the service point of this number or name."""
        rows = range(self.assignments.rowCount())
        names = [str(self.assignments.headerData(row, Qt.Orientation.Vertical)) for row in rows]
        row = self._ahead.find(search, names, self.currentIndex().row())
        if row is not None and self.assignments.services:
            self.setCurrentIndex(self.assignments.index(row, max(0, self.currentIndex().column())))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return) and self.currentIndex().isValid():
            self.toggle(self.currentIndex())
        else:
            super().keyPressEvent(event)
