"""Texts that give way in their middle, for names differ at either end; the whole stays in reach."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionFrame,
    QStyleOptionHeader,
    QStyleOptionViewItem,
    QTableView,
)

from shared.ui.widget_theme import theme

Index = QModelIndex | QPersistentModelIndex

LINE_END = "\u2028"
"""Between the lines of a cell, as Qt has them."""

AROUND = 8
"""Pixels around a heading."""


def lines_of(text: str, font: QFont, width: int, most: int) -> list[str]:
    """A text in at most so many lines of so many pixels; whatever stands on a line of its own below it keeps that."""
    first, *below = text.replace(LINE_END, "\n").split("\n")
    return [
        *_given(first, font, width, max(1, most - len(below))),
        *(line for other in below for line in _given(other, font, width, 1)),
    ][:most]


def _given(text: str, font: QFont, width: int, most: int) -> list[str]:
    """The last line has an ellipsis in its middle if there is more."""
    lines = list(_wrapped(text, font, width))
    if len(lines) <= most:
        return [line.strip() for line in lines]
    return [*(line.strip() for line in lines[: most - 1]), elided("".join(lines[most - 1 :]), font, width)]


def elided(text: str, font: QFont, width: int) -> str:
    """A text in one line of so many pixels; Qt cuts one that is just as wide."""
    metrics = QFontMetrics(font)
    if metrics.horizontalAdvance(text) <= width:
        return text
    return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width)


def line_height(text: str, font: QFont) -> int:
    """Pixels; some scripts take more than their font says, for their letters come from another one."""
    return QFontMetrics(font).size(Qt.TextFlag.TextSingleLine, text.replace(LINE_END, " ") or "0").height()


def _wrapped(text: str, font: QFont, width: int) -> Iterator[str]:
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1, width))
        yield text[line.textStart() : line.textStart() + line.textLength()]
    layout.endLayout()


class ElidingLabel(QLabel):
    """A text of one of the style sheet's kinds, in as many lines as it has room for, ``most`` of them at most."""

    def __init__(self, kind: str = "quiet", most: int = 1) -> None:
        super().__init__()
        self._most = most
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("is", kind)
        self.setWordWrap(most > 1)
        if kind == "chip":
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
            self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def setText(self, text: str) -> None:  # noqa: N802  # Qt's name
        super().setText(text)
        self.setAccessibleName(text)
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._tell()

    def _tell(self) -> None:
        shown = "".join(self.lines())
        self.setToolTip("" if "".join(shown.split()) == "".join(self.text().split()) else self.text())

    def lines(self) -> list[str]:
        """What is shown."""
        room, line = self.contentsRect(), line_height(self.text(), self.font())
        return lines_of(self.text(), self.font(), room.width(), max(1, min(self._most, (room.height() + 1) // line)))

    def heightForWidth(self, width: int) -> int:  # noqa: N802  # Qt's name
        wanted = super().heightForWidth(width)
        return min(wanted, self._most * line_height(self.text(), self.font()) + self._around)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(1, line_height(self.text(), self.font()) + self._around)

    @property
    def _around(self) -> int:
        """Pixels above and below the text."""
        return self.height() - self.contentsRect().height()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        option, painter = QStyleOptionFrame(), QPainter(self)
        self.initStyleOption(option)
        self.style().drawControl(QStyle.ControlElement.CE_ShapedFrame, option, painter, self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        aligned = QStyle.visualAlignment(self.layoutDirection(), self.alignment())
        painter.drawText(self.contentsRect(), aligned, "\n".join(self.lines()))
        painter.end()


class ElidingList(QListWidget):
    """A list whose lines are one line each; a long one gives way, and its whole is in the tip.

    It is lower where there is less room, but shows whole lines only: half a name reads like a fault.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_ElidingCells(self))

    def add(self, text: str, role: int, value: object) -> None:
        """One more line, which stands for a value."""
        item = QListWidgetItem(text, self)
        item.setToolTip(text)
        item.setData(role, value)

    def show_at_most(self, lines: int) -> None:
        """So many in sight at most; typing and the arrows bring the others."""
        if self.count():
            self.setMinimumHeight(self.sizeHintForRow(0) + 2 * self.frameWidth())
            self.setMaximumHeight(lines * self.sizeHintForRow(0) + 2 * self.frameWidth())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        rest = (self.height() - 2 * self.frameWidth()) % self.sizeHintForRow(0) if self.count() else 0
        self.setViewportMargins(0, 0, 0, rest)


class ElidingCells(QStyledItemDelegate):
    """Texts of as many lines as there is room for in their cell of a table or a list."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        within, shown = _within(cell), _shown(cell)
        cell.text = ""
        cell.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, cell.widget)
        painter.save()
        painter.setFont(cell.font)
        painter.setPen(cell.palette.color(_ink(cell)))
        aligned = QStyle.visualAlignment(cell.direction, cell.displayAlignment)
        painter.drawText(within, aligned | Qt.TextFlag.TextDontClip, "\n".join(shown))
        painter.restore()

    def lines(self, table: QTableView, index: Index) -> list[str]:
        """What a cell shows."""
        return _shown(self._cell(table, index))

    def height(self, table: QTableView, index: Index, most: int) -> int:
        """Pixels in which a text of at most so many lines is whole."""
        cell = self._cell(table, index)
        within, line = _within(cell), line_height(cell.text, cell.font)
        return len(lines_of(cell.text, cell.font, within.width(), most)) * line + cell.rect.height() - within.height()

    def _cell(self, table: QTableView, index: Index) -> QStyleOptionViewItem:
        cell = QStyleOptionViewItem()
        table.initViewItemOption(cell)
        cell.rect = QRect(0, 0, table.columnWidth(index.column()), table.rowHeight(index.row()))
        self.initStyleOption(cell, index)
        return cell


def _within(cell: QStyleOptionViewItem) -> QRect:
    """Where in its cell a text stands."""
    style = cell.widget.style()
    room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, cell, cell.widget)
    around = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, cell, cell.widget) + 1
    return room.adjusted(around, 0, -around, 0)


def _shown(cell: QStyleOptionViewItem) -> list[str]:
    within, line = _within(cell), line_height(cell.text, cell.font)
    air = line - QFontMetrics(cell.font).height()  # a taller script's, above the first line and below the last
    return lines_of(cell.text, cell.font, within.width(), max(1, (within.height() + air) // line))


def _ink(cell: QStyleOptionViewItem) -> QPalette.ColorRole:
    chosen = cell.state & QStyle.StateFlag.State_Selected
    return QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text


class _ElidingCells(ElidingCells):
    """Wishes for no width, and so gets the list's."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  # Qt's name
        return QSize(1, super().sizeHint(option, index).height())


class ElidingHeadings(QHeaderView):
    """Headings of several lines, as high as the longest of them needs; the model has the whole of each for the tip.

    ``highest`` is how many pixels of lines there are at most, and always one line.
    """

    def __init__(self, orientation: Qt.Orientation, highest: int = 1) -> None:
        super().__init__(orientation)
        self._highest = highest
        self._font = QFont(self.font())
        self._font.setPixelSize(theme().smallText + 2)
        self._font.setWeight(QFont.Weight.DemiBold)
        self.setSectionsClickable(True)

    def lines(self, section: int) -> list[str]:
        """What a heading shows."""
        text = str(self.model().headerData(section, self.orientation()) or "")
        across = self.orientation() is Qt.Orientation.Horizontal
        room = (self.sectionSize(section) if across else self.width()) - 2 * AROUND
        return lines_of(text, self._font, room, max(1, self._highest // line_height(text, self._font)))

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, index: int) -> None:  # noqa: N802  # Qt's name
        super().initStyleOptionForIndex(option, index)
        option.text = "\n".join(self.lines(index))

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        hint = super().sizeHint()
        if self.orientation() is Qt.Orientation.Horizontal and self.count():
            shown = [self.lines(section) for section in range(self.count())]
            highest = max(len(lines) * line_height(lines[0] if lines else "", self._font) for lines in shown)
            hint.setHeight(highest + 2 * AROUND)
        return hint
