"""What people write is text all over the console, in its tooltips too: no markup, no file, no key, no request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QHelpEvent, QTextDocumentFragment
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QTabBar,
    QTableView,
    QToolTip,
    QWidget,
)

from shared.requests.contacts import Contact, ReadContact
from shared.requests.devices import ListDevices
from shared.requests.staff import ListStaff
from tests.awkward_names import hostile, listening, rename_everything, was_asked
from tests.console.pages import every_page, grow, inhabit

TIP = Qt.ItemDataRole.ToolTipRole
Tip = tuple[QWidget, QPoint, str]


def parts(window: QWidget) -> list[QWidget]:
    """All of a window but the tooltip that is up."""
    return [part for part in window.findChildren(QWidget) if not part.inherits("QTipLabel")]


def tips(window: QWidget) -> Iterator[Tip]:
    """Where a tooltip may come up, and its text."""
    for part in parts(window):
        if not part.isVisibleTo(window):
            continue
        if part.toolTip():
            yield part, part.rect().center(), part.toolTip()
        if isinstance(part, QHeaderView):
            yield from _headings(part)
        elif isinstance(part, QAbstractItemView):
            yield from _cells(part)


def _headings(part: QHeaderView) -> Iterator[Tip]:
    across = part.orientation() is Qt.Orientation.Horizontal
    for at in range(part.count()):
        start = part.sectionViewportPosition(at) + 2
        there = QPoint(start, 2) if across else QPoint(2, start)
        if not part.isSectionHidden(at) and part.viewport().rect().contains(there):
            yield part.viewport(), there, part.model().headerData(at, part.orientation(), TIP)


def _cells(part: QAbstractItemView) -> Iterator[Tip]:
    model = part.model()
    for row in range(model.rowCount()):
        for column in range(model.columnCount()) if isinstance(part, QTableView) else (0,):
            cell = model.index(row, column)
            there: QRect = part.visualRect(cell) & part.viewport().rect()
            if not there.isEmpty():
                yield part.viewport(), there.center(), cell.data(TIP)


def said_in_tip(part: QWidget, there: QPoint) -> str:
    """What a tooltip shows, read as Qt reads it: as markup if it looks like that."""
    QApplication.sendEvent(part, QHelpEvent(QEvent.Type.ToolTip, there, part.mapToGlobal(there)))
    shown = QToolTip.text()
    looks_like_markup = "<" in shown or "&" in shown
    return QTextDocumentFragment.fromHtml(shown).toPlainText() if looks_like_markup else shown


def not_plain(window: QWidget) -> Iterator[str]:
    """A line for each thing that is not shown as the text it is."""
    for part in parts(window):
        match part:
            case QLabel() if part.textFormat() is not Qt.TextFormat.PlainText and part.text():
                yield f"label {part.text()!r}"
            case QAbstractButton() if not part.shortcut().isEmpty() or "&" in part.text().replace("&&", ""):
                yield f"button {part.text()!r}"
            case QTabBar():
                yield from (f"tab {part.tabText(at)!r}" for at in range(part.count()) if "&" in part.tabText(at))
        said = part.text() if isinstance(part, QLabel) else part.currentText() if isinstance(part, QComboBox) else ""
        if "\u202e" in said:
            yield f"turns: {said!r}"
    for part, there, wanted in list(tips(window)):
        said = said_in_tip(part, there)
        if wanted and said.split() != wanted.split():
            yield f"tip of {type(part).__name__}: {said!r} and not {wanted!r}"


@pytest.mark.qt_log_ignore("does not support raise")  # a tooltip wants to be above all, which offscreen nothing is
@pytest.mark.parametrize("language", ["en", "ar"])
async def test_every_page_shows_names_as_they_are(sit_down, busy, speaking, language: str) -> None:
    speaking(language)
    inhabit(busy)
    grow(busy, 20)
    with listening() as door:
        names = hostile(door)
        rename_everything(busy, names)
        busy.asked[ReadContact] = lambda _: Contact(name=names[1], phone=names[3])
        for request, field in ((ListStaff, "login"), (ListDevices, "name")):
            first = busy.asked[request](None)[0]
            listed = tuple(replace(first, id=str(at), **{field: name}) for at, name in enumerate(names))
            busy.asked[request] = lambda _, listed=listed: listed
        faults, seen = [], 0
        async with sit_down() as seat:
            window = seat.console.window
            async for page in every_page(seat):
                window.grab()
                faults += [f"{page}: {fault}" for fault in not_plain(window)]
                seen += sum(1 for *_, wanted in tips(window) if wanted and "<" in wanted)
            QToolTip.hideText()
            await seat.until(lambda: not QToolTip.isVisible())
        assert not faults, "\n".join(dict.fromkeys(faults))
        assert seen > 20
        assert not was_asked(door)


async def test_an_ampersand_in_a_name_is_read_and_is_no_key(sit_down, busy) -> None:
    rename_everything(busy, ["&Save && more"])
    async with sit_down() as seat:
        await seat.work("admin")
        seat.console.show_set_up()
        services = seat.console.set_up_page.services
        services.list.setCurrentRow(0)
        assert {box.text() for box in services.boxes.values()} == {"&&Save &&&& more"}
        assert all(box.shortcut().isEmpty() for box in services.boxes.values())
