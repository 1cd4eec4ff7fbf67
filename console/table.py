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

from console.controls import figures
from console.eliding import ElidingCells

R = TypeVar("R")
SORT = Qt.ItemDataRole.UserRole
IDENTITY = SORT + 1
ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
Index = QModelIndex | QPersistentModelIndex


def to_be_read(table: QTableView, name: str, *, chosen_from: bool) -> None:
    """A table as all of ours are: nobody types into it, and the Tab key leaves it."""
    modes = QAbstractItemView.SelectionMode
    table.setAccessibleName(name)
    table.setSelectionMode(modes.SingleSelection if chosen_from else modes.NoSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setItemDelegate(ElidingCells(table))
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)


class TypeAhead:
    """The line somebody types their way to: by its number, or by how a word of it begins."""

    def __init__(self) -> None:
        self._typed = ""
        self._since = QElapsedTimer()

    def found(self, typed: str, lines: list[str], current: int) -> int | None:
        """Which line fits what was typed up to now, this one first; another search after a rest of the fingers."""
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
    """What it sorts by, when that is not its text."""
    ink: Callable[[R], str | None] = lambda _: None
    bold: bool = False
    whole: Callable[[R], str] | None = None
    """What the tip says, where the text is shorter."""
    figures: int | None = None
    """Pixels of its text, when its figures stand below one another: they then are of one width."""


class TableRows(QAbstractTableModel, Generic[R]):
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
                return (column.whole or column.text)(row)
            case Qt.ItemDataRole.UserRole:
                return (column.key or column.text)(row)
            case _ if role == IDENTITY:
                return self._id_of(row)
            case Qt.ItemDataRole.ForegroundRole:
                ink = column.ink(row)
                return QColor(ink) if ink else None
            case Qt.ItemDataRole.FontRole:
                return _font(column)
            case _:
                return None


def _font(column: Column[R]) -> QFont | None:
    return figures(column.figures, bold=column.bold) if column.figures else None


class LinesTable(QTableView):
    """A table of lines: its first and last one are where Home and End lead."""

    def choose_line(self, at: int) -> None:
        """Choose the row at this place. Not selectRow: it chooses none where writing runs from right to left."""
        flags = QItemSelectionModel.SelectionFlag
        if 0 <= at < self.model().rowCount():
            seen = next(side for side in range(self.model().columnCount()) if not self.isColumnHidden(side))
            self.selectionModel().setCurrentIndex(self.model().index(at, seen), flags.ClearAndSelect | flags.Rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        match event.key():
            case Qt.Key.Key_Home:
                self.choose_line(0)
            case Qt.Key.Key_End:
                self.choose_line(self.model().rowCount() - 1)
            case _:
                super().keyPressEvent(event)


class ChoosingTable(LinesTable):
    """A table somebody may be chosen from, by an arrow or the mouse, and Enter acts on them.

    Nobody is chosen until a person does so, and when they go nobody else gets to be: Enter would act on a stranger.
    """

    chosen_changed = Signal()
    entered = Signal()
    entered_with_control = Signal()

    def __init__(self, rows: QAbstractItemModel, name: str) -> None:
        super().__init__()
        self.setModel(rows)
        to_be_read(self, name, chosen_from=True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.selectionModel().selectionChanged.connect(self.chosen_changed)

    @property
    def chosen(self) -> str:
        """The id of the chosen row, or nothing."""
        rows = self.selectionModel().selectedRows()
        return str(rows[0].data(IDENTITY)) if rows else ""

    def choose(self, identity: str) -> None:
        """Choose this row, or none if it is not there."""
        lines = range(self.model().rowCount())
        at = next((line for line in lines if self.model().index(line, 0).data(IDENTITY) == identity), None)
        if at is None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        elif identity != self.chosen:
            self.choose_line(at)

    def keeping(self, show: Callable[[], None]) -> None:
        """Let the rows change around the one that is chosen."""
        chosen = self.chosen
        show()
        self.choose(chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        first_step = event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not self.chosen
        if event.key() in ENTER:
            if self.chosen and not event.isAutoRepeat():
                with_control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
                (self.entered_with_control if with_control else self.entered).emit()
        elif first_step and self.model().rowCount():
            self.choose_line(0 if event.key() == Qt.Key.Key_Down else self.model().rowCount() - 1)
        else:
            super().keyPressEvent(event)
