"""A table whose rows come and go without losing the place a person looks at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QElapsedTimer,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView

from console.controls import tabular_font
from console.eliding import ElidingCells

R = TypeVar("R")
SORT = Qt.ItemDataRole.UserRole
ROW_ID = SORT + 1
ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
Index = QModelIndex | QPersistentModelIndex


def make_read_only(table: QTableView, name: str, *, selectable: bool) -> None:
    """Make a table read-only, with rows or cells to choose if ``selectable``; the Tab key leaves it."""
    modes = QAbstractItemView.SelectionMode
    table.setAccessibleName(name)
    table.setSelectionMode(modes.SingleSelection if selectable else modes.NoSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setItemDelegate(ElidingCells(table))
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)


class TypeAhead:
    """Finds the line that somebody types the beginning of, or of a word in it."""

    def __init__(self) -> None:
        self._typed = ""
        self._since = QElapsedTimer()

    def find(self, typed: str, lines: list[str], current: int) -> int | None:
        """The next line from ``current`` on that fits what was typed, or None; a pause begins a new search."""
        again = self._since.isValid() and self._since.elapsed() <= QApplication.keyboardInputInterval()
        self._since.start()
        self._typed = (self._typed if again else "") + typed.casefold()
        start = current + (len(self._typed) == 1)
        order = [(start + step) % len(lines) for step in range(len(lines))]
        return next((at for at in order if self._fits(lines[at].casefold())), None)

    def _fits(self, line: str) -> bool:
        words = line.split()
        return any(" ".join(words[at:]).startswith(self._typed) for at in range(len(words)))


@dataclass(frozen=True, kw_only=True)
class Column(Generic[R]):
    """What one column says of a row, how it sorts, and how it looks."""

    title: str
    text: Callable[[R], str]
    key: Callable[[R], Any] | None = None
    """What it sorts by, if not by its text."""
    ink: Callable[[R], str | None] = lambda _: None
    bold: bool = False
    full_text: Callable[[R], str] | None = None
    """The tooltip, where the text is shorter."""
    font_size: int | None = None
    """Pixels of its text, with figures of one width; None for the usual font."""


class TableRows(QAbstractTableModel, Generic[R]):
    """Rows with an id each, by ``id_of``, so that those that stay can be told from new ones."""

    def __init__(self, columns: Sequence[Column[R]], id_of: Callable[[R], str]) -> None:
        super().__init__()
        self.columns = columns
        self.rows: list[R] = []
        self._id_of = id_of

    def show(self, rows: list[R]) -> None:
        """Show these rows; selected ones that stay are still selected, unless the rows change their order."""
        if not self._insert_and_remove(rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))

    def _insert_and_remove(self, rows: list[R]) -> bool:
        """Remove and insert rows one by one. Returns False if those that stay have changed their order."""
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
        words = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        if role in words and orientation is Qt.Orientation.Horizontal:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column, row = self.columns[index.column()], self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(row)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return (column.full_text or column.text)(row)
            case Qt.ItemDataRole.UserRole:
                return (column.key or column.text)(row)
            case _ if role == ROW_ID:
                return self._id_of(row)
            case Qt.ItemDataRole.ForegroundRole:
                ink = column.ink(row)
                return QColor(ink) if ink else None
            case Qt.ItemDataRole.FontRole:
                return _font(column)
            case _:
                return None


def _font(column: Column[R]) -> QFont | None:
    return tabular_font(column.font_size, bold=column.bold) if column.font_size else None


class RowsTable(QTableView):
    """A table in which Home and End lead to the first and the last row."""

    def choose_row(self, at: int) -> None:
        """Choose the row at this index, if there is one. Not selectRow: it chooses none in right-to-left layouts."""
        flags = QItemSelectionModel.SelectionFlag
        if 0 <= at < self.model().rowCount():
            seen = next(side for side in range(self.model().columnCount()) if not self.isColumnHidden(side))
            self.selectionModel().setCurrentIndex(self.model().index(at, seen), flags.ClearAndSelect | flags.Rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        match event.key():
            case Qt.Key.Key_Home:
                self.choose_row(0)
            case Qt.Key.Key_End:
                self.choose_row(self.model().rowCount() - 1)
            case _:
                super().keyPressEvent(event)


class ChoosingTable(RowsTable):
    """A table to choose a row from, by an arrow or the mouse; Enter acts on it.

    Only a person chooses a row, and none takes the place of a chosen row that goes: Enter would act on a stranger.
    """

    chosen_changed = Signal()
    entered = Signal()
    entered_with_control = Signal()

    def __init__(self, rows: QAbstractItemModel, name: str) -> None:
        super().__init__()
        self.setModel(rows)
        make_read_only(self, name, selectable=True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.selectionModel().selectionChanged.connect(self.chosen_changed)

    @property
    def chosen(self) -> str:
        """The id of the chosen row, or nothing."""
        rows = self.selectionModel().selectedRows()
        return str(rows[0].data(ROW_ID)) if rows else ""

    def choose(self, row_id: str) -> None:
        """Choose the row with this id, or none if it is not there."""
        rows = range(self.model().rowCount())
        at = next((row for row in rows if self.model().index(row, 0).data(ROW_ID) == row_id), None)
        if at is None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        elif row_id != self.chosen:
            self.choose_row(at)

    def keep_chosen(self, change_rows: Callable[[], None]) -> None:
        """Call ``change_rows``, then choose the same row again."""
        chosen = self.chosen
        change_rows()
        self.choose(chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        first_step = event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not self.chosen
        if event.key() in ENTER:
            if self.chosen and not event.isAutoRepeat():
                with_control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
                (self.entered_with_control if with_control else self.entered).emit()
        elif first_step and self.model().rowCount():
            self.choose_row(0 if event.key() == Qt.Key.Key_Down else self.model().rowCount() - 1)
        else:
            super().keyPressEvent(event)
