"""The set-up as a file, in the console: exported, imported, and compared before anything changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from shared.hall.issuing import IssueTicket
from shared.hall.set_up import DefineHall, DefinePoint, DefinePrecedence, DefineService
from shared.hall.whole_set_up import set_up_of
from shared.set_up_file.reader import open_file
from shared.set_up_file.writer import write

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # what a dialog asks of a screen, and offscreen has not

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def kept(link, tmp_path: Path) -> Path:
    """The hall's own set-up, in a file."""
    file = tmp_path / "clinic.toml"
    file.write_text(write(set_up_of(link.hall)), "utf-8")
    return file


async def open_file_page(seat):
    await seat.work("admin")
    QTest.keyClick(seat.console.window, Qt.Key.Key_G, CTRL)
    page = seat.console.set_up_page
    page.tabs.setCurrentWidget(page.file)
    return page.file


async def choose(seat, section, key: QKeySequence.StandardKey, file: Path) -> None:
    """Press a key, and pick a file in the dialog that opens without holding anything up."""
    QTest.keySequence(section, QKeySequence(key))
    await seat.until(lambda: section.findChild(QFileDialog))
    dialog = section.findChild(QFileDialog)
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(file))
    dialog.close()
    await seat.until(lambda: not section.findChild(QFileDialog))
    seat.console.window.activateWindow()
    await seat.until(seat.console.window.isActiveWindow)


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def line_of(file: Path, text: str) -> int:
    return file.read_text("utf-8").splitlines().index(text) + 1


def without_last_point(file: Path) -> None:
    text = file.read_text("utf-8")
    file.write_text(text[: text.rindex("[[points]]")], "utf-8")


def shown(section) -> list[str]:
    return [section.lines.item(at).text() for at in range(section.lines.count())]


async def test_an_exported_set_up_is_what_the_hall_is(sit_down, link, tmp_path: Path) -> None:
    async with sit_down() as seat:
        section = await open_file_page(seat)
        await choose(seat, section, QKeySequence.StandardKey.SaveAs, tmp_path / "kept.toml")
        await seat.until(lambda: section.sentence.text() == "The set-up is saved in kept.toml.")
        assert open_file(tmp_path / "kept.toml").set_up == set_up_of(link.hall)


async def test_a_file_that_cannot_be_written_is_said(sit_down, tmp_path: Path) -> None:
    async with sit_down() as seat:
        section = await open_file_page(seat)
        await choose(seat, section, QKeySequence.StandardKey.SaveAs, tmp_path / "no" / "kept.toml")
        await seat.until(section.sentence.isVisible)
        assert "can't be written" in section.sentence.text()


async def test_what_a_file_changes_is_seen_before_and_in_force_after(sit_down, link, kept: Path) -> None:
    changed(kept, 'en = "Registration"', 'en = "Reception"')
    changed(kept, 'id = "2"\n', 'id = "9"\n')
    async with sit_down() as seat:
        section = await open_file_page(seat)
        await choose(seat, section, QKeySequence.StandardKey.Open, kept)
        await seat.until(section.sentence.isVisible)
        assert shown(section) == [
            "New: Service point · Room 2",
            "Changed: Service · Reception (name)",
            "Not in the file, stays: Service point · Room 2",
        ]
        assert section.sentence.text().endswith(
            "points[1].serial_number: This number already belongs to another service point. (2)"
        )
        assert not section.apply_button.isEnabled()
        section.retire.click()
        await seat.until(section.apply_button.isEnabled)
        assert shown(section)[-1] == "Retired: Service point · Room 2"
        assert link.hall.services["registration"].name["en"] == "Registration"
        QTest.keyClick(section, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: "9" in link.hall.points and "2" not in link.hall.points)
        await seat.until(lambda: section.sentence.text() == "The hall now matches clinic.toml, everywhere.")
        assert link.hall.services["registration"].name["en"] == "Reception"
        assert not section.apply_button.isVisible() and not shown(section)


async def test_a_wrong_line_is_said_inline_and_nothing_changes(sit_down, link, kept: Path) -> None:
    before = set_up_of(link.hall)
    changed(kept, "allowance = 10", 'allowance = "ten"')
    line = line_of(kept, 'allowance = "ten"')
    async with sit_down() as seat:
        section = await open_file_page(seat)
        await choose(seat, section, QKeySequence.StandardKey.Open, kept)
        await seat.until(section.sentence.isVisible)
        assert section.sentence.text() == (
            f"clinic.toml, line {line}: precedences[1].allowance: A whole number is needed here."
        )
        assert not section.apply_button.isVisible()
        changed(kept, '"ten"', "10")
        await choose(seat, section, QKeySequence.StandardKey.Open, kept)
        await seat.until(lambda: section.sentence.text() == "The hall already matches this file.")
        assert not section.apply_button.isEnabled()
        QTest.keyClick(section, Qt.Key.Key_Escape)
        assert not section.sentence.isVisible() and not section.discard_button.isVisible()
    assert set_up_of(link.hall) == before


async def test_what_is_no_set_up_is_said(sit_down, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(bytes(range(256)))
    async with sit_down() as seat:
        section = await open_file_page(seat)
        await choose(seat, section, QKeySequence.StandardKey.Open, file)
        await seat.until(section.sentence.isVisible)
        assert section.sentence.text().startswith("picture.png: This is not a text file")
        await choose(seat, section, QKeySequence.StandardKey.Open, tmp_path / "none.toml")
        await seat.until(lambda: "There is no file" in section.sentence.text())


async def test_what_others_do_meanwhile_is_seen_at_once(sit_down, link, kept: Path) -> None:
    """Between comparing and applying another administrator changes the hall, and a customer comes."""
    without_last_point(kept)
    async with sit_down() as seat:
        section = await open_file_page(seat)
        await choose(seat, section, QKeySequence.StandardKey.Open, kept)
        await seat.until(lambda: section.lines.count() == 1)
        link.do(DefineService(id="spa", prefix="S", name="Spa"))
        await seat.until(lambda: "Not in the file, stays: Service · Spa" in shown(section))
        section.retire.click()
        await seat.until(section.apply_button.isEnabled)
        link.do(DefinePoint(id="9", serial_number=9, name="Pool", services=("spa",)))
        link.do(IssueTicket(service="spa"))
        await seat.until(lambda: not section.apply_button.isEnabled())
        assert section.sentence.text().startswith('clinic.toml: services "spa": Somebody still has a ticket')


async def test_while_the_hall_is_away_nothing_can_be_taken_over(sit_down, link, kept: Path) -> None:
    changed(kept, "allowance = 10", "allowance = 11")
    async with sit_down() as seat:
        section = await open_file_page(seat)
        await choose(seat, section, QKeySequence.StandardKey.Open, kept)
        await seat.until(section.apply_button.isEnabled)
        link.unplug()
        await seat.until(lambda: not section.apply_button.isEnabled())
        link.plug()
        await seat.until(section.apply_button.isEnabled)


async def test_forms_nobody_wrote_in_show_what_was_taken_over(sit_down, link, kept: Path) -> None:
    async with sit_down() as seat:
        page = seat.console.set_up_page
        await open_file_page(seat)
        for at in (0, 3):
            page.tabs.setCurrentIndex(at)
        link.do(DefinePrecedence(id="priority", name="Priority", allowance=5))
        link.do(DefineHall(name={"en": "Harbour Clinic"}, languages=("en",), accent="#112233"))
        await seat.until(lambda: seat.console.set_up.hall.settings.accent == "#112233")
        assert not page.hall.unsaved and not page.services.unsaved
        page.tabs.setCurrentIndex(0)
        assert not page.services.sentence.isVisible()
        assert "priority" in page.services.boxes


async def test_a_service_no_point_gives_is_a_warning_beside_the_points_and_says_so_in_its_list(sit_down, link) -> None:
    async with sit_down() as seat:
        await open_file_page(seat)
        page = seat.console.set_up_page
        link.do(DefineService(id="spa", prefix="S", name="Spa"))
        await seat.until(lambda: page.warning.text() == "Spa: No service point gives this service.")
        seen = [
            index
            for index in range(page.tabs.count())
            if not page.tabs.setCurrentIndex(index) and page.warning.isVisible()
        ]
        assert seen == [2]
        lines = [page.services.list.item(row).text() for row in range(page.services.list.count())]
        assert "S   Spa\nno service point gives it" in lines
        link.do(DefineService(id="spa", prefix="S", name="Spa", on=False))
        await seat.until(lambda: not page.warning.text())
