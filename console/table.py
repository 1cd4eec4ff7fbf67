"""A table whose rows come and go without losing the place a person looks at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QTableView

from console.controls import figures

R = TypeVar("R")
SORT = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


def to_be_read(table: QTableView, name: str, *, chosen_from: bool) -> None:
    """A table as all of ours are: nobody types into it, and the Tab key leaves it."""
    modes = QAbstractItemView.SelectionMode
    table.setAccessibleName(name)
    table.setSelectionMode(modes.SingleSelection if chosen_from else modes.NoSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.horizontalHeader().setHighlightSections(False)


@dataclass(frozen=True, kw_only=True)
class Column(Generic[R]):
    """What one column says of a row, how it sorts, and how it looks."""

    title: str
    text: Callable[[R], str]
    key: Callable[[R], Any] | None = None
    """What it sorts by, when that is not its text."""
    ink: Callable[[R], str | None] = lambda _: None
    bold: bool = False
    figures: int | None = None
    """Pixels of its text, when its figures stand below one another: they then are of one width."""


class Rows(QAbstractTableModel, Generic[R]):
    """Rows told apart by ``id_of``; new ones slip in where they belong."""

    def __init__(self, columns: Sequence[Column[R]], id_of: Callable[[R], str]) -> None:
        super().__init__()
        self.columns = columns
        self.rows: list[R] = []
        self._id_of = id_of

    def show(self, rows: list[R]) -> None:
        """Show these rows: those that stay keep their place and selection."""
        if not self._slip_in(rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))

    def _slip_in(self, rows: list[R]) -> bool:
        """Take away and put in rows one by one; False if those that stay have changed their order."""
        wanted = [self._id_of(row) for row in rows]
        for at in reversed(range(len(self.rows))):
            if self._id_of(self.rows[at]) not in wanted:
                self.beginRemoveRows(QModelIndex(), at, at)
                del self.rows[at]
                self.endRemoveRows()
        shown = {self._id_of(row) for row in self.rows}
        for at, row in enumerate(rows):
            if wanted[at] not in shown:
                self.beginInsertRows(QModelIndex(), at, at)
                self.rows.insert(at, row)
                self.endInsertRows()
        return [self._id_of(row) for row in self.rows] == wanted

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's name and default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's name and default
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802  # Qt's name
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column, row = self.columns[index.column()], self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return column.text(row)
            case Qt.ItemDataRole.UserRole:
                return (column.key or column.text)(row)
            case Qt.ItemDataRole.ForegroundRole:
                ink = column.ink(row)
                return QColor(ink) if ink else None
            case Qt.ItemDataRole.FontRole:
                return _font(column)
            case _:
                return None


def _font(column: Column[R]) -> QFont | None:
    return figures(column.figures, bold=column.bold) if column.figures else None
