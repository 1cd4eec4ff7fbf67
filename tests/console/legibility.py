"""Finds what can't be read in a window: texts that are cut, and parts that overlap or lie outside."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QTableView,
    QWidget,
)

from console.eliding import ElidingLabel
from console.set_up.service_matrix import ServiceMatrix

SLACK = 1
"""Pixels that rounding may take."""

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def faults(window: QWidget) -> list[str]:
    """A line for each thing that can't be read."""
    _settle(window)
    before = None
    while before != (before := _places(window)):  # new parts are shown first, and take their place
        _settle(window)
    shown = [part for part in window.findChildren(QWidget) if part.isVisibleTo(window) and part.width() > 0]
    return [f"{_called(part)}: {fault}" for part in shown for fault in _of(part)]


def _settle(window: QWidget) -> None:
    QCoreApplication.sendPostedEvents()
    window.grab()


def _places(window: QWidget) -> list[QRect]:
    return [part.geometry() for part in window.findChildren(QWidget)]


def _of(part: QWidget) -> Iterator[str]:
    yield from _outside(part)
    yield from _over(part)
    if isinstance(part, QAbstractItemView):
        yield from _alike(part)
    match part:
        case QScrollArea():
            if part.widget().width() > part.viewport().width():
                yield f"{part.widget().width()} wide in a view of {part.viewport().width()}"
        case QHeaderView():
            yield from _headings(part)
        case QTableView() if part.horizontalScrollBar().maximum() and not isinstance(part, ServiceMatrix):
            yield "scrolls sideways"
        case QTabBar():
            yield from _tabs(part)
        case QListWidget():
            yield from _list(part)
        case _:
            yield from _words(part)


def _words(part: QWidget) -> Iterator[str]:
    match part:
        case ElidingLabel() if part.text():
            yield from _giving(part)
        case QLabel() if part.text():
            yield from _label(part)
        case QAbstractButton() if part.text():
            yield from _narrow(part, part.text(), part.sizeHint())
        case QComboBox() if part.currentText() and not part.isEditable():
            yield from _choice(part)
        case QLineEdit() if part.placeholderText() and not part.text():
            yield from _narrow_text(part, part.placeholderText(), part.width() - 18)


def _called(part: QWidget) -> str:
    said = part.text() if isinstance(part, (QLabel, QAbstractButton, QLineEdit)) else ""
    return f"{type(part).__name__} {part.accessibleName() or said!r} {part.geometry().getRect()}"


def _outside(part: QWidget) -> Iterator[str]:
    """A part lies in its parent, unless that scrolls; and a page in its view."""
    parent = part.parentWidget()
    scrolls = parent is None or isinstance(parent.parentWidget(), QAbstractScrollArea)
    if not part.isWindow() and not scrolls and not parent.rect().contains(part.geometry()):
        yield f"outside its parent, {parent.width()}×{parent.height()}"


def _over(part: QWidget) -> Iterator[str]:
    """No two parts that are laid out in the same part overlap."""
    if part.layout() is None:
        return
    laid = [child for child in part.findChildren(QWidget, options=DIRECT) if child.isVisible() and not child.isWindow()]
    for at, one in enumerate(laid):
        for other in laid[at + 1 :]:
            if one.geometry().intersects(other.geometry()):
                yield f"{_called(one)} over {_called(other)}"


def _alike(part: QAbstractItemView) -> Iterator[str]:
    """No two texts of a heading, of a column or of a list look the same."""
    if isinstance(part, QHeaderView):
        headings = [(_heading(part, at), _section(part, at)) for at in range(part.count())]
        yield from _same_pictures(part.viewport().grab().toImage(), headings)
        return
    model, picture = part.model(), part.viewport().grab().toImage()
    for column in range(model.columnCount()) if isinstance(part, QTableView) else (0,):
        cells = [model.index(row, column) for row in range(model.rowCount())]
        yield from _same_pictures(picture, [(str(cell.data() or ""), part.visualRect(cell)) for cell in cells])


def _same_pictures(picture: QImage, cells: list[tuple[str, QRect]]) -> Iterator[str]:
    seen = dict[bytes, str]()
    for text, rect in cells:
        if not rect.isEmpty() and picture.rect().contains(rect):
            other = seen.setdefault(bytes(picture.copy(rect).constBits()), text)
            if other != text:
                yield f"{text!r} looks like {other!r}"


def _heading(header: QHeaderView, at: int) -> str:
    return str(header.model().headerData(at, header.orientation(), Qt.ItemDataRole.DisplayRole) or "")


def _section(header: QHeaderView, at: int) -> QRect:
    start, size = header.sectionViewportPosition(at), header.sectionSize(at)
    if header.orientation() is Qt.Orientation.Horizontal:
        return QRect(start, 0, size, header.height())
    return QRect(0, start, header.width(), size)


def _narrow(part: QWidget, text: str, wanted: QSize) -> Iterator[str]:
    """Too narrow for a text, or so low that its letters are cut; the air above and below them may be."""
    air = _air(part, text)
    if wanted.width() > part.width() + SLACK or wanted.height() - air > part.height() + SLACK:
        yield f"needs {wanted.width()}×{wanted.height()}, {air} of it air"


def _air(part: QWidget, text: str) -> int:
    """Pixels of a line that no letter of the text reaches, above or below, whichever is less, on both sides."""
    metrics = QFontMetrics(part.font())
    ink = metrics.tightBoundingRect(text)
    line = metrics.boundingRect(text)
    return 2 * max(0, min(ink.top() - line.top(), line.bottom() - ink.bottom()))


def _giving(part: ElidingLabel) -> Iterator[str]:
    """An elided text still shows its beginning, and has the whole in its tooltip."""
    shown, whole = "".join("".join(part.lines()).split()), "".join(part.text().split())
    if shown != whole and (part.toolTip() != part.text() or part.accessibleName() != part.text() or len(shown) < 3):
        yield f"shows {shown!r}"
    if part.height() + _air(part, part.text()) + SLACK < part.minimumSizeHint().height():
        yield f"needs {part.minimumSizeHint().height()} of height"


def _list(part: QListWidget) -> Iterator[str]:
    texts = [part.item(at) for at in range(part.count())]
    if any(item.toolTip() != item.text() for item in texts) or part.horizontalScrollBar().maximum():
        yield "lines without their whole text"


def _label(part: QLabel) -> Iterator[str]:
    if not part.wordWrap():
        yield from _narrow(part, part.text(), part.sizeHint())
        return
    if part.heightForWidth(part.width()) - _air(part, part.text()) > part.height() + SLACK:
        yield f"needs {part.heightForWidth(part.width())} of height"
    for word in part.text().split():
        yield from _narrow_text(part, word, part.contentsRect().width())


def _narrow_text(part: QWidget, text: str, room: int) -> Iterator[str]:
    wanted = QFontMetrics(part.font()).horizontalAdvance(text)
    if wanted > room + SLACK and part.toolTip() != text:
        yield f"{text!r} needs {wanted} of width"


def _choice(part: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    part.initStyleOption(option)
    room = part.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField
    )
    yield from _narrow_text(part, part.currentText(), room.width())


def _headings(header: QHeaderView) -> Iterator[str]:
    """A heading is shown whole, or has its whole text in a tooltip."""
    model, ways = header.model(), Qt.ItemDataRole
    if model is None:
        return
    for at in range(header.count()):
        text = _heading(header, at)
        tip = model.headerData(at, header.orientation(), ways.ToolTipRole)
        if text and not header.isSectionHidden(at) and text != tip:
            wanted = header.sectionSizeFromContents(at)
            across = header.orientation() is Qt.Orientation.Horizontal
            given = (
                QSize(header.sectionSize(at), header.height())
                if across
                else QSize(header.width(), header.sectionSize(at))
            )
            if wanted.width() > given.width() + SLACK or wanted.height() > given.height() + SLACK:
                yield f"heading {text!r} needs {wanted.width()}×{wanted.height()}, has {given.width()}×{given.height()}"


def _tabs(bar: QTabBar) -> Iterator[str]:
    last = max((bar.tabRect(at).right() for at in range(bar.count()) if bar.isTabVisible(at)), default=0)
    first = min((bar.tabRect(at).left() for at in range(bar.count()) if bar.isTabVisible(at)), default=0)
    if last > bar.width() + SLACK or first < -SLACK:
        yield f"tabs from {first} to {last}"
    for at in range(bar.count()):
        if bar.isTabVisible(at) and bar.fontMetrics().horizontalAdvance(bar.tabText(at)) > bar.tabRect(at).width():
            yield f"tab {bar.tabText(at)!r}"
