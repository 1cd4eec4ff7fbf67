"""Texts elided in their middle, because names differ at either end; the tooltip has the whole text."""

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
"""Qt's line break inside a cell."""

HEADING_PADDING = 8
"""Pixels on each side of a heading."""


def lines_of(text: str, font: QFont, width: int, max_lines: int) -> list[str]:
    """A text in at most ``max_lines`` lines of ``width`` pixels; what follows a line break gets a single line."""
    first, *others = text.replace(LINE_END, "\n").split("\n")
    return [
        *_fitted(first, font, width, max(1, max_lines - len(others))),
        *(line for other in others for line in _fitted(other, font, width, 1)),
    ][:max_lines]


def _fitted(text: str, font: QFont, width: int, max_lines: int) -> list[str]:
    """The last line has an ellipsis in its middle if there is more."""
    lines = list(_wrapped(text, font, width))
    if len(lines) <= max_lines:
        return [line.strip() for line in lines]
    return [*(line.strip() for line in lines[: max_lines - 1]), elided("".join(lines[max_lines - 1 :]), font, width)]


def elided(text: str, font: QFont, width: int) -> str:
    """A text elided to ``width`` pixels; Qt alone would also elide one that just fits."""
    metrics = QFontMetrics(font)
    if metrics.horizontalAdvance(text) <= width:
        return text
    return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width)


def line_height(text: str, font: QFont) -> int:
    """Pixels; some scripts take more than ``font`` says, because their letters come from a fallback font."""
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
    """A text of one of the style sheet's kinds, in as many lines as it has room for, ``max_lines`` of them at most."""

    def __init__(self, kind: str = "quiet", max_lines: int = 1) -> None:
        super().__init__()
        self._max_lines = max_lines
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("is", kind)
        self.setWordWrap(max_lines > 1)
        if kind == "chip":
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
            self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def setText(self, text: str) -> None:  # noqa: N802  # Qt's name
        super().setText(text)
        self.setAccessibleName(text)
        self._update_tooltip()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._update_tooltip()

    def _update_tooltip(self) -> None:
        shown = "".join(self.lines())
        self.setToolTip("" if "".join(shown.split()) == "".join(self.text().split()) else self.text())

    def lines(self) -> list[str]:
        room, line = self.contentsRect(), line_height(self.text(), self.font())
        return lines_of(
            self.text(), self.font(), room.width(), max(1, min(self._max_lines, (room.height() + 1) // line))
        )

    def heightForWidth(self, width: int) -> int:  # noqa: N802  # Qt's name
        wanted = super().heightForWidth(width)
        return min(wanted, self._max_lines * line_height(self.text(), self.font()) + self._padding)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(1, line_height(self.text(), self.font()) + self._padding)

    @property
    def _padding(self) -> int:
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
    """A list of one line for each item; a long text is elided, and the tooltip has the whole.

    It is lower where there is less room, but shows whole lines only: half a name looks like a fault.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_UnsizedElidingCells(self))

    def add(self, text: str, role: int, value: object) -> None:
        """Append a line, with a value kept under ``role``."""
        item = QListWidgetItem(text, self)
        item.setToolTip(text)
        item.setData(role, value)

    def show_at_most(self, lines: int) -> None:
        """Show this many lines at most; typing and the arrows bring the others."""
        if self.count():
            self.setMinimumHeight(self.sizeHintForRow(0) + 2 * self.frameWidth())
            self.setMaximumHeight(lines * self.sizeHintForRow(0) + 2 * self.frameWidth())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        half_line = (self.height() - 2 * self.frameWidth()) % self.sizeHintForRow(0) if self.count() else 0
        self.setViewportMargins(0, 0, 0, half_line)


class ElidingCells(QStyledItemDelegate):
    """Texts in as many lines as their cell of a table or a list has room for."""

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
        return _shown(self._cell(table, index))

    def height(self, table: QTableView, index: Index, max_lines: int) -> int:
        """Pixels that a text of at most ``max_lines`` lines needs."""
        cell = self._cell(table, index)
        within, line = _within(cell), line_height(cell.text, cell.font)
        return (
            len(lines_of(cell.text, cell.font, within.width(), max_lines)) * line + cell.rect.height() - within.height()
        )

    def _cell(self, table: QTableView, index: Index) -> QStyleOptionViewItem:
        cell = QStyleOptionViewItem()
        table.initViewItemOption(cell)
        cell.rect = QRect(0, 0, table.columnWidth(index.column()), table.rowHeight(index.row()))
        self.initStyleOption(cell, index)
        return cell


def _within(cell: QStyleOptionViewItem) -> QRect:
    """The part of a cell its text is drawn in."""
    style = cell.widget.style()
    room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, cell, cell.widget)
    around = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, cell, cell.widget) + 1
    return room.adjusted(around, 0, -around, 0)


def _shown(cell: QStyleOptionViewItem) -> list[str]:
    within, line = _within(cell), line_height(cell.text, cell.font)
    air = line - QFontMetrics(cell.font).height()  # a taller script has it above its first line and below its last
    return lines_of(cell.text, cell.font, within.width(), max(1, (within.height() + air) // line))


def _ink(cell: QStyleOptionViewItem) -> QPalette.ColorRole:
    chosen = cell.state & QStyle.StateFlag.State_Selected
    return QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text


class _UnsizedElidingCells(ElidingCells):
    """Asks for hardly any width, and so gets the list's."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  # Qt's name
        return QSize(1, super().sizeHint(option, index).height())


class ElidingHeadings(QHeaderView):
    """Headings of several lines, as high as the longest needs; the tooltip, from the model, has the whole text.

    ``max_height`` is in pixels, without padding; one line is always shown.
    """

    def __init__(self, orientation: Qt.Orientation, max_height: int = 1) -> None:
        super().__init__(orientation)
        self._max_height = max_height
        self._font = QFont(self.font())
        self._font.setPixelSize(theme().smallText + 2)
        self._font.setWeight(QFont.Weight.DemiBold)
        self.setSectionsClickable(True)

    def lines(self, section: int) -> list[str]:
        text = str(self.model().headerData(section, self.orientation()) or "")
        across = self.orientation() is Qt.Orientation.Horizontal
        room = (self.sectionSize(section) if across else self.width()) - 2 * HEADING_PADDING
        return lines_of(text, self._font, room, max(1, self._max_height // line_height(text, self._font)))

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, index: int) -> None:  # noqa: N802  # Qt's name
        super().initStyleOptionForIndex(option, index)
        option.text = "\n".join(self.lines(index))

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        hint = super().sizeHint()
        if self.orientation() is Qt.Orientation.Horizontal and self.count():
            shown = [self.lines(section) for section in range(self.count())]
            max_height = max(len(lines) * line_height(lines[0] if lines else "", self._font) for lines in shown)
            hint.setHeight(max_height + 2 * HEADING_PADDING)
        return hint
