"""The console's tooltips as plain text: Qt takes what looks like markup for markup, and names come from people."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QToolTip, QWidget

TIP = Qt.ItemDataRole.ToolTipRole


class PlainTooltips(QObject):
    """An event filter on the application. It shows the tooltips itself that Qt might take for markup."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() is not QEvent.Type.ToolTip:
            return False
        if not isinstance(watched, QWidget) or not isinstance(event, QHelpEvent):
            return False
        text, within = _tip(watched, event.pos())
        if "<" not in text and "&" not in text:
            return False
        QToolTip.showText(event.globalPos(), as_markup(text), watched, within)
        return True


def as_markup(text: str) -> str:
    """Markup that shows as this text."""
    return f"<qt>{escape(text).replace(chr(10), '<br>')}</qt>"


def _tip(watched: QWidget, at: QPoint) -> tuple[str, QRect]:
    """The tooltip at this position, and the area in which it stays; an empty one is the whole widget."""
    view = watched.parent()
    if isinstance(view, QHeaderView) and watched is view.viewport():
        section = view.logicalIndexAt(at)
        return str(view.model().headerData(section, view.orientation(), TIP) or ""), QRect()
    if isinstance(view, QAbstractItemView) and watched is view.viewport():
        cell = view.indexAt(at)
        return str(cell.data(TIP) or ""), view.visualRect(cell)
    return watched.toolTip(), QRect()
