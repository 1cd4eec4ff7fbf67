"""What people write is text on every screen, whatever it looks like: no markup, no picture, no request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtQml import QQmlEngine, QQmlExpression
from PySide6.QtQuick import QQuickItem, QQuickWindow

from kiosk.printer.printer_choice import FolderPrinter
from shared.hall.points import PausePoint
from tests.awkward_names import TURNING, hostile, listening, rename_everything, was_asked
from tests.display.waiting_room import Room
from tests.kiosk.screen import kiosk
from tests.memory_link import MemoryLink

HOUSE = Path(__file__).parent.parent
QML = sorted(file for room in ("kiosk", "display", "resources") for file in (HOUSE / room).rglob("*.qml"))


PLAIN = 0
"""Text.PlainText."""


def is_plain(item: QQuickItem) -> bool:
    """PySide can't read this property by itself."""
    return QQmlExpression(QQmlEngine.contextForObject(item), item, "textFormat").evaluate()[0] == PLAIN


def texts(window: QQuickWindow) -> Iterator[QQuickItem]:
    """All texts of a screen, visible or not."""
    todo = [window.contentItem()]
    while todo:
        item = todo.pop()
        todo += item.childItems()
        if item.inherits("QQuickText"):
            yield item


def seen(window: QQuickWindow) -> set[str]:
    """The content of all of them; raises AssertionError for one that is not plain or turns the direction."""
    found = list(texts(window))
    assert [item.property("text") for item in found if not is_plain(item)] == []
    said = {str(item.property("text")).replace("\N{NO-BREAK SPACE}", " ") for item in found}
    assert not any(sign in text for text in said for sign in TURNING)
    return said


def test_no_screen_has_a_text_that_might_be_markup() -> None:
    assert len(QML) > 20
    wild = re.compile(r"\b(?:Text|Label|TextEdit|TextArea|ToolTip)\s*\{|textFormat|MarkdownText|RichText|StyledText")
    found = {file.name for file in QML if wild.search(file.read_text("utf-8"))}
    assert found == {"PlainText.qml"}, "every text on a screen is a PlainText"


def test_the_console_makes_nothing_that_might_be_markup_or_a_key() -> None:
    wild = re.compile(r"(?:QLabel|QPushButton|QCheckBox|QRadioButton|QAction|QMessageBox|QTextEdit|QTextBrowser)\(")
    files = [file for file in (HOUSE / "console").rglob("*.py") if wild.search(_without_classes(file))]
    assert [file.name for file in files] == ["controls.py"]


def _without_classes(file: Path) -> str:
    """Patterns and classes name a kind of widget and make none."""
    return re.sub(r"^class .*|case \w+\(\).*", "", file.read_text("utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_kiosk_shows_names_as_they_are(link: MemoryLink, until, tmp_path, language: str) -> None:
    with listening() as door:
        names = hostile(door)
        rename_everything(link, names)
        async with kiosk(link, until, FolderPrinter(tmp_path)) as screen:
            screen.model.choose_language(language)
            shown = seen(screen.window)
            assert {names[0], names[1]} <= shown
            screen.model.choose_service("registration")
            shown |= seen(screen.window)
            screen.click("regular")
            await until(lambda: screen.sees("number") and screen.visit.printed)
            screen.window.grabWindow()
            shown |= seen(screen.window)
            assert len(shown & set(names)) >= 4
        assert not was_asked(door)


async def test_a_display_shows_names_as_they_are(link: MemoryLink, until) -> None:
    with listening() as door:
        names = hostile(door)
        rename_everything(link, names)
        room = await Room(link, until).live()
        with room.display() as display:
            room.call("1"), room.call("2", "tests")
            await until(lambda: len(seen(display.window) & set(names)) >= 3)
            display.window.grabWindow()
        assert not was_asked(door)


async def test_a_sign_shows_names_as_they_are(link: MemoryLink, until) -> None:
    with listening() as door:
        names = hostile(door)
        rename_everything(link, names)
        room = await Room(link, until).live()
        with room.sign() as sign:
            room.call("1")
            await until(lambda: seen(sign.window) & set(names))
            sign.window.grabWindow()
            link.do(PausePoint(point="2"))
        assert not was_asked(door)
