"""No key of ours means something to a text field, on whatever system; and ours work wherever the keyboard is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTabWidget, QWidget

from console.actions import Action
from tests.console.conftest import ConsoleUser
from tests.console.pages import every_page, inhabit

CTRL = Qt.KeyboardModifier.ControlModifier
UNDO = QKeySequence("Ctrl+Z")

EDITS = {
    "Windows, macOS and X11": "Ctrl+X Ctrl+C Ctrl+V Ctrl+Z Ctrl+Shift+Z Ctrl+A",
    "Windows": "Ctrl+Y Ctrl+Ins Shift+Ins Shift+Del Ctrl+Backspace Ctrl+Del Ctrl+H",
    "X11, and Emacs": "Ctrl+D Ctrl+E Ctrl+K Ctrl+U Ctrl+W Ctrl+Shift+A Ctrl+Shift+Ins",
    "input methods of X11": "Ctrl+Shift+U Ctrl+Shift+E Ctrl+. Ctrl+; Ctrl+Space Shift+Space",
    "macOS": "Meta+A Meta+B Meta+D Meta+E Meta+F Meta+H Meta+K Meta+N Meta+O Meta+P Meta+V Meta+Y",
    "formatted text": "Ctrl+B Ctrl+I Ctrl+U",
}
"""The keys that edit text on each system, from Qt's own table and the input methods."""

TAKEN = {QKeySequence(key) for keys in EDITS.values() for key in keys.split()}


def fields(page: QWidget) -> list[QWidget]:
    """The visible fields of a page that can be typed into."""
    seen = [widget for widget in page.findChildren(QWidget) if widget.isVisible() and widget.isEnabled()]
    typed = [widget for widget in seen if isinstance(widget, (QLineEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox))]
    return [field for field in typed if not isinstance(field, QComboBox) or field.isEditable()]


def text(field: QWidget) -> str:
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    return field.currentText() if isinstance(field, QComboBox) else field.text()


def shortcuts(seat: ConsoleUser) -> list[QShortcut]:
    """The shortcuts that act just now."""
    every = seat.console.window.findChildren(QShortcut)
    return [one for one in every if one.parent().isVisible() and one.parent().isEnabled()]


def press(field: QWidget, key: QKeySequence) -> None:
    combination = key[0]
    QTest.keyClick(field, combination.key(), combination.keyboardModifiers())


def is_typed(key: QKeySequence) -> bool:
    """Whether a key types a character, which goes into a field while one has the focus."""
    return not key[0].keyboardModifiers() and key[0].key() < Qt.Key.Key_Escape


async def test_no_key_of_ours_edits_text_on_any_system(sit_down, busy) -> None:
    async with sit_down() as seat:
        keys = {shortcut.key() for shortcut in seat.console.window.findChildren(QShortcut)}
    assert len(keys) > 20
    assert keys & TAKEN <= {UNDO}
    with_alt = [key.toString() for key in keys if key[0].keyboardModifiers() & Qt.KeyboardModifier.AltModifier]
    assert not with_alt, "Option writes a character on a Mac, and AltGr is Ctrl and Alt on Windows"


async def test_ours_work_with_the_keyboard_in_any_field_and_leave_its_text_alone(sit_down, busy) -> None:
    inhabit(busy)
    tried = set()
    async with sit_down() as seat:
        async for name in every_page(seat):
            for field in fields(seat.console.page):
                tried.add(type(field).__name__)
                await ours_and_no_text(seat, field, name)
    assert tried >= {"QLineEdit", "HoursEdit", "QSpinBox", "QTimeEdit", "QDateEdit", "QComboBox"}


async def ours_and_no_text(seat: ConsoleUser, field: QWidget, where: str) -> None:
    """Every key of ours acts once and changes nothing in this field; a character is written instead."""
    field.setFocus()
    await seat.until(field.hasFocus)
    for shortcut in shortcuts(seat):
        if isinstance(field, QLineEdit):
            field.setText("some words")
        key, before, acted = shortcut.key(), text(field), []
        with Counted(shortcut, acted):
            press(field, key)
        said = f"{key.toString()} in {field.accessibleName()} on {where}"
        if is_typed(key):
            assert not acted, said
        else:
            assert len(acted) == 1 and text(field) == before, said


class Counted:
    """Counts the presses of a shortcut instead of letting it act."""

    def __init__(self, shortcut: QShortcut, acted: list[int]) -> None:
        self.shortcut, self.acted = shortcut, acted

    def __enter__(self) -> None:
        key, parent = self.shortcut.key(), self.shortcut.parent()
        self.shortcut.setEnabled(False)
        self.stand_in = QShortcut(key, parent)
        self.stand_in.activated.connect(lambda: self.acted.append(1))

    def __exit__(self, *_: object) -> None:
        self.stand_in.setEnabled(False)
        self.stand_in.setParent(None)
        self.shortcut.setEnabled(True)


async def test_the_pages_of_the_set_up_turn_from_every_field_of_every_section(sit_down, busy) -> None:
    inhabit(busy)
    tried = set()
    async with sit_down() as seat:
        async for name in every_page(seat):
            if name.startswith("set-up"):
                tabs = seat.console.set_up_page.tabs
                for kind in focusable(tabs.currentWidget()):
                    tried.add(kind.__name__)
                    await turns_the_pages(seat, tabs, kind, name)
    fields = {"QLineEdit", "HoursEdit", "QSpinBox", "QTimeEdit", "QDateEdit", "QComboBox", "QCheckBox", "ServiceMatrix"}
    assert tried >= fields


def focusable(page: QWidget) -> dict[type[QWidget], QWidget]:
    """What can have the keyboard on a page, one of each kind."""
    seen = [widget for widget in page.findChildren(QWidget) if widget.isVisible() and widget.isEnabled()]
    tabbed = [widget for widget in seen if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.focusProxy()]
    return {type(widget): widget for widget in tabbed}


async def turns_the_pages(seat: ConsoleUser, tabs: QTabWidget, kind: type[QWidget], where: str) -> None:
    """One page on and back again; the second key is Tab on some systems, and Backtab on others."""
    at, last = tabs.currentIndex(), tabs.count() - 1
    both = CTRL | Qt.KeyboardModifier.ShiftModifier
    keys = ((Qt.Key.Key_Tab, CTRL, 1), (Qt.Key.Key_Backtab, both, -1), (Qt.Key.Key_Tab, both, -1))
    for key, modifiers, step in keys:
        field = focusable(tabs.currentWidget())[kind]  # some are made anew each time
        field.setFocus()
        await seat.until(field.hasFocus)
        QTest.keyClick(field, key, modifiers)
        assert tabs.currentIndex() == (at + step) % (last + 1), f"{field.accessibleName()} on {where}"
        tabs.setCurrentIndex(at)


async def test_an_undo_in_the_note_is_the_notes_until_there_is_nothing_left_to_take_back(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.until(lambda: seat.number == "A001")
        note = seat.console.work_page.customer.outcome_and_note.note
        note.setFocus()
        QTest.keyClicks(note, "comes again")
        await seat.press(Qt.Key.Key_Z, CTRL, note)
        assert note.text() == "" and seat.number == "A001"
        await seat.press(Qt.Key.Key_Z, CTRL, note)
        await seat.until(lambda: not seat.console.work.can(Action.RECALL))
        assert seat.number == ""


@pytest.mark.parametrize(("key", "page"), [("Ctrl+G", "set_up_page"), ("Ctrl+R", "reception_page")])
async def test_the_places_are_reached_from_within_a_field(sit_down, busy, key: str, page: str) -> None:
    async with sit_down() as seat:
        await seat.work("admin")
        await seat.press(Qt.Key.Key_F5)
        note = seat.console.work_page.customer.outcome_and_note.note
        QTest.keyClicks(note, "comes again")
        press(note, QKeySequence(key))
        assert seat.console.page is getattr(seat.console, page)
        assert note.text() == "comes again"
