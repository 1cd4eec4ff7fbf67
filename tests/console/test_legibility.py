"""Whatever the screen and the language, all of the console can be read: it fits, wraps, scrolls or has a tooltip."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.reception.ticket_finder import WHERE
from console.work.customer_card import NumberLabel
from console.work.service_chips import ServiceChips
from console.work.waiting_table import WAITS
from shared.hall.issuing import IssueTicket
from shared.hall.points import DeactivatePoint
from shared.hall.set_up import DefinePrecedence, DefineService
from shared.ui.widget_theme import theme
from tests.console.console_hall import decide_on, ticket
from tests.console.legibility import faults
from tests.console.pages import LONG, every_page, grow, inhabit

ROOM = 1008, 660
"""Pixels a window has inside its frame where 1024 × 700 are left beside the panels of a screen."""


@pytest.fixture
def direction(qapp):
    yield qapp.setLayoutDirection
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.mark.parametrize(("language", "waiting"), [("en", 0), ("en", 500), ("de", 90), ("ru", 90), ("ar", 90)])
async def test_nothing_is_cut_on_any_page(sit_down, busy, speaking, direction, language: str, waiting: int) -> None:
    speaking(language)
    if language == "ar":
        direction(Qt.LayoutDirection.RightToLeft)
    inhabit(busy)
    if waiting:
        grow(busy, waiting)
        decide_on(busy, name=LONG)
    else:  # a small house where many languages are spoken
        decide_on(busy, languages=("en", "de", "ru", "ar", "tr", "uk", "fr", "pl"))
    cut = []
    async with sit_down() as seat:
        window = seat.console.window
        window.resize(*ROOM)
        async for name in every_page(seat):
            await seat.until(lambda: window.size().toTuple() == ROOM)
            cut += [f"{name}: {fault}" for fault in faults(window)]
            if folder := os.environ.get("SHOTS"):
                window.grab().save(str(Path(folder) / f"{language}-{waiting}-{name.replace(' ', '_')}.png"))
    assert not cut, "\n".join(cut)


@pytest.mark.parametrize("language", ["en", "de", "ru", "ar"])
async def test_warnings_of_the_reception_are_read_whole_in_the_smallest_window(
    sit_down, busy, speaking, language: str
) -> None:
    speaking(language)
    for _ in range(12):
        busy.do(IssueTicket(service="registration"))
    busy.do(DeactivatePoint(point="1"))
    async with sit_down() as seat:
        window, page = seat.console.window, seat.console.reception_page
        window.resize(*ROOM)
        await seat.work("admin")
        seat.console.show_reception()
        page.form.list.setCurrentRow(0)
        await seat.until(page.form.ahead.text)
        assert not faults(window)
        assert " ".join(page.form.ahead.lines()) == page.form.ahead.text()
        table = page.finder.table
        for row in range(table.model().rowCount()):
            where = table.model().index(row, WHERE)
            await seat.until(lambda: " ".join(table.itemDelegate().lines(table, where)) == where.data())  # noqa: B023
        if folder := os.environ.get("SHOTS"):
            window.grab().save(str(Path(folder) / f"warned-{language}.png"))


@pytest.mark.parametrize("language", ["en", "de", "ru", "ar"])
async def test_fields_say_whole_what_is_typed_there(sit_down, busy, speaking, language: str) -> None:
    speaking(language)
    async with sit_down() as seat:
        seat.console.window.resize(*ROOM)
        await seat.work("admin")
        seat.console.show_set_up()
        audit = seat.console.set_up_page.audit
        seat.console.set_up_page.tabs.setCurrentWidget(audit)
        assert not faults(seat.console.window)
        for field in (audit.who, audit.act):
            assert field.fontMetrics().horizontalAdvance(field.placeholderText()) < field.width() - 18
            assert field.toolTip() == field.accessibleName() != field.placeholderText()


@pytest.mark.parametrize("language", ["en", "de", "ru", "ar"])
async def test_what_a_specialist_needs_stays_in_the_smallest_window(sit_down, busy, speaking, language: str) -> None:
    speaking(language)
    grow(busy, waiting=90)
    busy.do(DefinePrecedence(id="paid", name=LONG, allowance=0))
    busy.do(IssueTicket(service="registration", precedence="paid"))
    async with sit_down() as seat:
        window, table = seat.console.window, seat.console.work_page.table
        window.resize(*ROOM)
        await seat.work("admin")
        await seat.until(lambda: table.rows.rowCount() == 94)
        assert not faults(window)
        assert window.person_button.isVisible() and window.person_button.text() == "admin"
        assert len(window.point_name.lines()[0]) > 12
        assert table.own_day.text() and not table.own_day.toolTip()
        assert not table.table.isColumnHidden(WAITS)
        first = table.sorted.index(0, 2)
        assert LONG[language] in first.data() and table.table.columnWidth(2) > 120
        for key in (Qt.Key.Key_Home, Qt.Key.Key_Down):
            QTest.keyClick(table.table, key)
        assert [index.row() for index in table.table.selectionModel().selectedRows()] == [1]


async def test_the_number_is_the_largest_thing_whatever_the_names_and_the_sentence(sit_down, busy) -> None:
    inhabit(busy)
    busy.do(DefineService(id="registration", prefix="ABC", name=LONG, last=9999, digits=4))
    busy.do(DefinePrecedence(id="paid", name=LONG, allowance=10))
    busy.do(IssueTicket(service="registration", precedence="paid"))
    async with sit_down() as seat:
        seat.console.window.resize(*ROOM)
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F5)
        await seat.until(lambda: seat.number.startswith("ABC"))
        seat.console.work.say("A sentence that takes its room as well.", refusal=True)
        assert not faults(seat.console.window)
        card = seat.console.work_page.customer
        others = [card.service, card.precedence, card.running, card.facts, card.state]
        assert ink_height(card.number) > 1.4 * max(other.fontMetrics().capHeight() for other in others)
        assert card.service.text() == LONG["en"] and LONG["en"] in (card.service.toolTip(), *card.service.lines())


def ink_height(number: NumberLabel) -> int:
    """Rows of the picture that a figure is painted in."""
    picture, accent = number.grab().toImage(), QColor(theme().accent).rgb()
    across = range(picture.width())
    return sum(any(picture.pixel(x, y) == accent for x in across) for y in range(picture.height()))


async def test_a_chip_keeps_its_count_and_the_last_one_stands_for_the_others(sit_down, busy) -> None:
    grow(busy, waiting=90)
    async with sit_down() as seat:
        seat.console.window.resize(1280, 800)
        await seat.work()
        table = seat.console.work_page.table
        await seat.until(lambda: table.rows.rowCount() == 93)
        QCoreApplication.sendPostedEvents()
        *shown, rest = [chip for chip in table.chips.chips if chip.isVisible()]
        assert [chip.text()[-3:] for chip in shown] == [f"  {n}" for n in (5, 4, 3, 3)[: len(shown)]] and shown
        assert rest.text() == f"+{30 - len(shown)}"
        assert len(shown) > 1 and rest.toolTip().count(LONG["en"]) == 30 - len(shown)
        assert all(chip.geometry().right() <= table.chips.width() for chip in (*shown, rest))


async def test_a_chip_gives_way_only_where_there_is_no_room(qtbot) -> None:
    window, chips = QWidget(), ServiceChips()
    qtbot.addWidget(window)
    chips.setParent(window)
    chips.show_counts([("Residence registration", 12), ("Blood tests", 3)])
    chips.resize(1000, 40)
    window.show()
    wanted = sum(chip.sizeHint().width() + theme().gap for chip in chips.chips[:2])
    chips.resize(wanted, 40)
    assert [chip.text() for chip in chips.chips[:2]] == ["Residence registration  12", "Blood tests  3"]
    chips.resize(wanted - 40, 40)
    long, short, *_ = chips.chips
    assert short.text() == "Blood tests  3"
    assert "…" in long.text() and wanted - 60 < long.sizeHint().width() + short.sizeHint().width() + 2 * theme().gap


@pytest.fixture
def slow_fingers(qapp):
    """No pause between two keys begins a new search, however loaded the machine is."""
    usual = qapp.keyboardInputInterval()
    qapp.setKeyboardInputInterval(60_000)
    yield
    qapp.setKeyboardInputInterval(usual)


async def test_sixty_points_are_typed_ones_way_to(sit_down, busy, slow_fingers) -> None:
    grow(busy, waiting=0)
    async with sit_down() as seat:
        await seat.work("admin")
        seat.console.show_points()
        points = seat.console.points_page.list
        QTest.keyClicks(points, "47")
        assert points.currentIndex().row() == 46
        for key, row in ((Qt.Key.Key_End, 59), (Qt.Key.Key_Home, 0)):
            QTest.keyClick(points, key)
            assert [index.row() for index in points.selectionModel().selectedRows()] == [row]
        seat.console.show_set_up()
        seat.console.set_up_page.tabs.setCurrentIndex(2)
        matrix = seat.console.set_up_page.points.matrix
        QTest.keyClicks(matrix, "room")
        assert seat.console.set_up_page.points.item_id == "2"


async def test_home_and_end_lead_to_the_first_and_the_last_who_waits(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work()
        table = seat.console.work_page.table.table
        await seat.until(lambda: table.model().rowCount() == 3)
        for key, row in ((Qt.Key.Key_Home, 0), (Qt.Key.Key_End, 2)):
            QTest.keyClick(table, key)
            assert [index.row() for index in table.selectionModel().selectedRows()] == [row]


async def test_a_transfer_among_thirty_services_and_sixty_points_is_a_few_letters(sit_down, busy) -> None:
    grow(busy, waiting=0)
    async with sit_down() as seat:
        seat.console.window.resize(*ROOM)
        await seat.work()
        await seat.press(Qt.Key.Key_F5)
        await seat.press(Qt.Key.Key_F7)
        panel = seat.console.work_page.transfer
        assert panel.list.count() == 29 + 59
        QTest.keyClicks(panel.search, "stairs 57")
        assert [panel.list.item(at).toolTip() for at in range(panel.list.count())] == [panel.list.item(0).text()]
        await seat.press(Qt.Key.Key_Return, at=panel.search)
        await seat.until(lambda: not seat.number)
        assert ticket(busy, "A001").for_point == "57"


async def test_the_letters_suggested_for_a_new_service_are_no_figures(sit_down, busy) -> None:
    for letter in "CDEFGH":
        busy.do(DefineService(id=letter.lower(), prefix=letter, name=letter))
    async with sit_down() as seat:
        await seat.until(lambda: seat.console.set_up.hall.services)
        assert seat.console.set_up.next_prefix == "J"
        for letter in "JKLMN":
            busy.do(DefineService(id=letter.lower(), prefix=letter, name=letter))
        await seat.until(lambda: "n" in seat.console.set_up.hall.services)
        assert seat.console.set_up.next_prefix == "P"
