"""Whoever works in the set-up with the keyboard keeps their place: what is sent, saved or discarded moves nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from console.set_up.tick_list import TickList
from shared.hall.display_values import DisplayLayout, PlaylistItem, PlaylistKind
from shared.hall.displays import DefineDisplay
from shared.hall.roles import Role
from tests.console.test_devices import House, device, the_devices
from tests.console.test_set_up import open_set_up

CTRL = Qt.KeyboardModifier.ControlModifier
KEYS: dict[type[QWidget], tuple[Qt.Key, ...]] = {
    QLineEdit: (Qt.Key.Key_7,),
    QPlainTextEdit: (Qt.Key.Key_7,),
    QAbstractSpinBox: (Qt.Key.Key_Up, Qt.Key.Key_Down),
    QComboBox: (Qt.Key.Key_Down, Qt.Key.Key_Up),
    QCheckBox: (Qt.Key.Key_Space,),
    TickList: (Qt.Key.Key_Space,),
}
"""What changes a field of each kind."""
SECTIONS = ("services", "precedences", "points", "hall", "calling", "displays", "announcements")


def fields_of(section: QWidget) -> list[QWidget]:
    """Whatever the Tab key leads to in a section."""
    return [
        field
        for field in section.findChildren(QWidget)
        if field.focusPolicy() & Qt.FocusPolicy.TabFocus and field.isVisible() and field.isEnabled()
    ]


def known_as(field: QWidget | None) -> tuple[str, str]:
    if field is None:
        return "", ""
    return type(field).__name__, field.accessibleName() or (field.text() if isinstance(field, QAbstractButton) else "")


@pytest.mark.parametrize("name", SECTIONS)
async def test_saving_leaves_the_keyboard_where_it_is(sit_down, link, name: str) -> None:
    pages = tuple(PlaylistItem(kind=PlaylistKind.TEXT, text=text) for text in ("Flu season", "Opening hours"))
    link.do(DefineDisplay(id="one", name="Hall", layout=DisplayLayout.CALLS_AND_MEDIA, playlist=pages))
    async with sit_down() as seat:
        await open_set_up(seat)
        page, model = seat.console.set_up_page, seat.console.set_up
        section = getattr(page, name)
        page.tabs.setCurrentWidget(section)
        count = len(fields_of(section))
        assert count > 2
        for at in range(count):
            field = fields_of(section)[at]
            field.setFocus()
            focused = seat.console.window.focusWidget()
            before = known_as(focused)
            QTest.keyClick(section, Qt.Key.Key_S, CTRL)
            await seat.until(lambda: model.sentence.startswith("Saved") and model.can_save)
            assert known_as(seat.console.window.focusWidget()) == before
            assert seat.console.window.focusWidget().isVisible()


async def test_the_button_that_saves_keeps_the_keyboard_while_the_hall_answers(sit_down) -> None:
    async with sit_down() as seat:
        section = await open_set_up(seat, 1)
        section.allowance.setValue(45)
        section.save_button.setFocus()
        QTest.keyClick(section.save_button, Qt.Key.Key_Space)
        await seat.until(lambda: section.sentence.text().startswith("Saved"))
        assert section.save_button.hasFocus()


async def test_discarding_leads_back_into_the_form(sit_down) -> None:
    async with sit_down() as seat:
        section = await open_set_up(seat, 1)
        for key in (Qt.Key.Key_Escape, Qt.Key.Key_Space):
            section.allowance.setValue(45)
            await seat.until(section.discard_button.isVisible)
            field = section.discard_button if key == Qt.Key.Key_Space else section.allowance
            field.setFocus()
            QTest.keyClick(field, key)
            assert not section.unsaved
            assert (section.list if key == Qt.Key.Key_Space else section.allowance).hasFocus()


async def test_the_page_that_is_written_stays_chosen_when_it_is_saved(sit_down, link) -> None:
    pages = tuple(PlaylistItem(kind=PlaylistKind.TEXT, text=text) for text in ("Flu season", "Opening hours"))
    link.do(DefineDisplay(id="one", name="Hall", layout=DisplayLayout.CALLS_AND_MEDIA, playlist=pages))
    link.do(DefineDisplay(id="two", name="Door", layout=DisplayLayout.CALLS_AND_MEDIA, playlist=pages[::-1]))
    async with sit_down() as seat:
        await open_set_up(seat)
        page = seat.console.set_up_page
        page.tabs.setCurrentWidget(page.displays)
        edit = page.displays.playlist
        edit.list.setCurrentRow(1)
        field = edit.text.fields["en"]
        field.setFocus()
        QTest.keyClicks(field, "!")
        QTest.keyClick(field, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: page.displays.sentence.text().startswith("Saved"))
        assert edit.list.currentRow() == 1 and field.hasFocus() and field.textCursor().position() == 1
        page.displays.list.setCurrentRow(1)
        assert edit.list.currentRow() == 0, "another display begins with its first page"


async def test_what_is_done_to_a_device_leaves_the_keyboard_where_it_is(sit_down, link) -> None:
    house = House(link.asked)
    house.devices.append(device("Screen", role=Role.DISPLAY))
    link.do(DefineDisplay(id="one", name="Hall"))
    link.do(DefineDisplay(id="two", name="Door"))
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        section.devices.choose("Screen")
        await seat.until(section.display_part.isVisible)
        section.display_choice.setFocus()
        QTest.keyClick(section.display_choice, Qt.Key.Key_End)
        assert section.isAncestorOf(seat.console.window.focusWidget())
        await seat.until(lambda: link.hall.assigned == {"Screen": "two"} and section.display_choice.hasFocus())
        section.new_name.setFocus()
        QTest.keyClicks(section.new_name, "s")
        QTest.keyClick(section.new_name, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: section.sentence.isVisible() and section.new_name.hasFocus())


# ── what is not saved can be discarded at once ──


@pytest.mark.parametrize("name", SECTIONS)
async def test_whatever_is_changed_can_be_discarded_from_then_on(sit_down, link, name: str) -> None:
    pages = tuple(PlaylistItem(kind=PlaylistKind.TEXT, text=text) for text in ("Flu season", "Opening hours"))
    link.do(DefineDisplay(id="one", name="Hall", layout=DisplayLayout.CALLS_AND_MEDIA, playlist=pages))
    async with sit_down() as seat:
        await open_set_up(seat)
        page = seat.console.set_up_page
        section = getattr(page, name)
        page.tabs.setCurrentWidget(section)
        changed = 0
        for at in range(len(fields_of(section))):
            field = fields_of(section)[at]
            for key in next((keys for kind, keys in KEYS.items() if isinstance(field, kind)), ()):
                QTest.keyClick(field, key)
                await seat.until(lambda: section.discard_button.isVisible() is section.unsaved)
                changed += section.unsaved
                if section.unsaved:
                    QTest.keyClick(section, Qt.Key.Key_Escape)
                    assert not section.unsaved and not section.discard_button.isVisible()
        assert changed
