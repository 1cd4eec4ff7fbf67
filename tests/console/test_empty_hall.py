"""From an empty hall to the first called ticket, as somebody does it who has never seen the program."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from console.set_up import hall_section
from shared.hall.hall import Hall
from shared.hall.set_up import DefineHall, DefinePoint, DefinePrecedence, DefineService
from tests.memory_link import MemoryLink

CTRL = Qt.KeyboardModifier.ControlModifier


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Where the keyboard is."""
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


def write(text: str) -> None:
    QTest.keyClicks(QApplication.focusWidget(), text)


@pytest.fixture
def link() -> MemoryLink:
    """A hall as `nowserving init` makes it."""
    link = MemoryLink(Hall(id="hall"))
    link.do(DefineHall(name="Town Hall"))
    link.do(DefinePrecedence(id="regular", name="Regular", allowance=30))
    return link


async def test_a_newcomer_gets_to_the_first_called_ticket_with_the_keyboard_alone(sit_down, link) -> None:
    async with sit_down() as seat:
        await seat.sign_in("admin")
        console = seat.console
        await seat.until(lambda: console.page is console.points_page)
        press(Qt.Key.Key_Return)
        await seat.until(lambda: console.page is console.set_up_page)
        write("Passports")
        press(Qt.Key.Key_S, CTRL)
        services, points = console.set_up_page.services, console.set_up_page.points
        await seat.until(lambda: services.sentence.text() == "Saved.")
        assert services.lacking.no_point.isVisible() and not services.lacking.no_precedence.isVisible()
        assert services.list.currentItem().text() == "A   Passports\nno service point gives it"
        QTest.mouseClick(services.lacking.to_points, Qt.MouseButton.LeftButton)
        await seat.until(points.isVisible)
        write("Counter 1")
        press(Qt.Key.Key_S, CTRL)
        await seat.until(lambda: points.sentence.text() == "Saved, and in force everywhere.")
        assert link.hall.points["point-1"].services == ("passports",), "the first point gives all there is"
        assert not console.set_up_page.warning.isVisible()
        press(Qt.Key.Key_P, CTRL)
        press(Qt.Key.Key_Return)
        await seat.until(lambda: console.page is console.work_page)
        await seat.press(Qt.Key.Key_F5)
        await seat.until(lambda: link.hall.points["point-1"].status == "active")
        press(Qt.Key.Key_R, CTRL)
        write("p")
        press(Qt.Key.Key_Return)
        await seat.until(lambda: link.hall.tickets)
        press(Qt.Key.Key_P, CTRL)
        await seat.press(Qt.Key.Key_F5)
        await seat.until(lambda: seat.number == "A001")


async def test_an_empty_hall_leads_an_administrator_to_set_up_and_tells_others_who_does_it(sit_down, link) -> None:
    async with sit_down() as seat:
        page = seat.console.points_page
        await seat.sign_in("reception")
        await seat.until(page.empty.isVisible)
        assert "an administrator sets them up" in page.empty.text()
        assert not page.to_set_up.isVisible() and not page.work.isVisible()
        seat.console.sign_out()
        await seat.sign_in("admin")
        await seat.until(page.to_set_up.isVisible)
        assert "administrator" not in page.empty.text()
        link.do(DefinePoint(id="1", serial_number=1, name="Counter 1"))
        await seat.until(page.work.isVisible)
        assert not page.to_set_up.isVisible() and not page.empty.isVisible()


async def test_without_any_precedence_a_service_leads_there(sit_down) -> None:
    """As in a hall that was imported without one."""
    link = MemoryLink(Hall(id="hall"))
    link.do(DefineHall(name="Town Hall"))
    link.do(DefineService(id="passports", name="Passports", prefix="A"))
    link.do(DefinePoint(id="1", serial_number=1, name="Counter 1", services=("passports",)))
    async with sit_down(link=link) as seat:
        await seat.sign_in("admin")
        await seat.until(lambda: seat.console.page is seat.console.points_page)
        seat.console.show_set_up()
        page = seat.console.set_up_page
        assert page.services.lacking.no_precedence.isVisible() and not page.services.lacking.no_point.isVisible()
        QTest.mouseClick(page.services.lacking.to_precedences, Qt.MouseButton.LeftButton)
        await seat.until(page.precedences.isVisible)
        write("Regular")
        press(Qt.Key.Key_S, CTRL)
        await seat.until(lambda: "regular" in link.hall.precedences)
        page.tabs.setCurrentWidget(page.services)
        await seat.until(page.services.lacking.no_precedence.isHidden)


async def test_a_service_without_a_point_says_so_until_it_is_off_or_given(sit_down, link) -> None:
    link.do(DefineService(id="passports", name="Passports", prefix="A"))
    link.do(DefineService(id="permits", name="Permits", prefix="B", on=False, place=1))
    async with sit_down() as seat:
        await seat.sign_in("admin")
        await seat.until(lambda: seat.console.page is seat.console.points_page)
        seat.console.show_set_up()
        services = seat.console.set_up_page.services
        assert services.lacking.no_point.isVisible()
        services.list.setCurrentRow(1)
        assert services.list.item(1).text() == "B   Permits (off)" and not services.lacking.no_point.isVisible()
        services.list.setCurrentRow(0)
        link.do(DefinePoint(id="1", serial_number=1, name="Counter 1", backup_services=("passports",)))
        await seat.until(lambda: not services.lacking.no_point.isVisible())
        assert services.list.item(0).text() == "A   Passports"


@pytest.mark.parametrize("tab", [0, 1, 2, 6])
async def test_what_is_new_begins_in_its_first_field(sit_down, tab: int) -> None:
    """Also where there is none yet and nobody has pressed New."""
    link = MemoryLink(Hall(id="hall"))
    link.do(DefineHall(name="Town Hall"))
    async with sit_down(link=link) as seat:
        await seat.sign_in("admin")
        await seat.until(lambda: seat.console.page is seat.console.points_page)
        seat.console.show_set_up()
        page = seat.console.set_up_page
        page.tabs.setCurrentIndex(tab)
        for _ in ("as it opens", "New"):
            write("Some")
            assert isinstance(QApplication.focusWidget(), QLineEdit) and QApplication.focusWidget().text() == "Some"
            page.tabs.currentWidget().discard()
            press(Qt.Key.Key_N, CTRL)


async def test_the_zone_of_this_machine_is_proposed_to_a_hall_that_is_nowhere_yet(sit_down, link, monkeypatch) -> None:
    monkeypatch.setattr(hall_section, "machine_zone", lambda: "Asia/Tokyo")
    async with sit_down() as seat:
        await seat.sign_in("admin")
        await seat.until(lambda: seat.console.page is seat.console.points_page)
        seat.console.show_set_up()
        hall = seat.console.set_up_page.hall
        seat.console.set_up_page.tabs.setCurrentWidget(hall)
        assert hall.zone_button.isVisible() and hall.zone_button.text() == "Asia/Tokyo, as on this machine"
        assert hall.zone.findText("localtime") == -1, "it would be another one on every machine"
        hall.zone_button.click()
        assert not hall.zone_button.isVisible()
        hall.save()
        await seat.until(lambda: link.hall.settings.time_zone == "Asia/Tokyo")
        link.do(DefinePoint(id="1", serial_number=1, name="Counter 1"))
        await seat.until(lambda: seat.console.set_up.points and not hall.unsaved)
        hall.zone.setCurrentText("Europe/Berlin")
        assert not hall.zone_button.isVisible(), "it is at work where it is"


async def test_no_example_is_taken_for_what_was_written(sit_down, link) -> None:
    """Every example says that it is one, and is fainter than what somebody writes."""
    async with sit_down() as seat:
        fields = [*seat.console.window.findChildren(QLineEdit), *seat.console.window.findChildren(QPlainTextEdit)]
        shown = {field.placeholderText() for field in fields} - {""}
        looks_written = {text for text in shown if any(sign.isdigit() for sign in text) or "DE-BE" in text}
        assert len(looks_written) >= 4
        assert all(text.startswith("for example ") for text in looks_written)
        assert "for example Kiosk at the door" in shown


async def test_where_a_display_could_be_for_some_calls_it_says_that_there_is_nothing_to_choose_yet(sit_down, link):
    async with sit_down() as seat:
        await seat.sign_in("admin")
        console = seat.console
        await seat.until(lambda: console.page is console.points_page)
        press(Qt.Key.Key_Return)
        await seat.until(lambda: console.page is console.set_up_page)
        displays = console.set_up_page.displays
        console.set_up_page.tabs.setCurrentWidget(displays)
        said = {ticks: hint.text() if hint.isVisible() else "" for ticks, hint in displays.nothing_to_tick.items()}
        assert said == {
            displays.services: "There are no services yet.",
            displays.points: "There are no service points yet.",
            displays.precedences: "",
        }
        assert [ticks.isVisible() for ticks in said] == [False, False, True]
        link.do(DefineService(id="a", name="Passports", prefix="A"))
        await seat.until(lambda: displays.model.services and not displays.unsaved)
        displays.begin()
        assert displays.services.isVisible() and not displays.nothing_to_tick[displays.services].isVisible()
