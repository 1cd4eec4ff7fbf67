"""The devices of a hall, from the console: a new one is paired by its code, an old one renamed or revoked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console import device_alerts
from console.set_up.device_sentences import last_seen
from console.set_up.devices_section import DevicesSection
from shared.hall.errors import NameTaken, UnknownPairing
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Role
from shared.hall.values import Origin
from shared.requests.devices import (
    ConfirmPairing,
    Device,
    ListDevices,
    ListNewcomers,
    Newcomer,
    RefusePairing,
    RenameDevice,
    RevokeDevice,
    SeeTroubles,
    SoundFault,
    Trouble,
    TroubleKind,
)
from shared.requests.request import Done
from shared.ui.widget_theme import theme

NOW = datetime.now(UTC)
CTRL = Qt.KeyboardModifier.ControlModifier


def device(name: str, **fields: Any) -> Device:
    return Device(id=name, **{"name": name, "role": Role.KIOSK, "hall": "clinic", "added_at": NOW, **fields})


class House:
    """The devices behind the hall in memory, and what was asked about them."""

    def __init__(self, asked: dict[type, Callable[[Any], Any]]) -> None:
        self.devices = [device("Kiosk at the door", seen_at=datetime.now(UTC), paper="low"), device("Old kiosk")]
        self.newcomers = [
            Newcomer(id="new", role=Role.DISPLAY, address="10.0.0.7", version="1", asked_at=NOW, expires=NOW)
        ]
        asked[ListDevices] = lambda _: tuple(self.devices)
        asked[ListNewcomers] = lambda _: tuple(self.newcomers)
        asked[ConfirmPairing] = self.confirm
        asked[RefusePairing] = self.refuse
        asked[RenameDevice] = self.rename
        asked[RevokeDevice] = self.revoke
        asked[SeeTroubles] = self.see

    def confirm(self, asked: ConfirmPairing) -> Device:
        if asked.code != "7kqf9mhr":
            raise UnknownPairing("No device shows this code now: look at its screen again.")
        self.newcomers.clear()
        self.devices.append(device(asked.name, role=Role.DISPLAY))
        return self.devices[-1]

    def refuse(self, asked: RefusePairing) -> Done:
        self.newcomers = [one for one in self.newcomers if one.id != asked.newcomer]
        return Done()

    def rename(self, asked: RenameDevice) -> Device:
        if any(one.name == asked.name for one in self.devices):
            raise NameTaken("Another device of this hall has this name: choose another one.")
        self.devices = [replace(one, name=asked.name) if one.id == asked.device else one for one in self.devices]
        return next(one for one in self.devices if one.id == asked.device)

    def see(self, asked: SeeTroubles) -> Done:
        self.devices = [replace(one, troubles=()) if one.id == asked.device else one for one in self.devices]
        return Done()

    def revoke(self, asked: RevokeDevice) -> Done:
        self.devices = [one for one in self.devices if one.id != asked.device]
        return Done()


@pytest.fixture
def house(link) -> House:
    return House(link.asked)


def below(upper: QWidget, lower: QWidget) -> bool:
    """Whether nothing of one lies over the other."""
    window = upper.window()
    return upper.mapTo(window, upper.rect().bottomLeft()).y() < lower.mapTo(window, QPoint()).y()


async def the_devices(seat, house: House) -> DevicesSection:
    await seat.work("admin")
    QTest.keyClick(seat.console.window, Qt.Key.Key_G, CTRL)
    page = seat.console.set_up_page
    page.tabs.setCurrentWidget(page.devices)
    await seat.until(lambda: shown(page.devices))
    return page.devices


def shown(section: DevicesSection) -> list[list[str]]:
    columns = section.rows.columns
    return [[column.text(row) for column in columns] for row in section.rows.rows]


async def test_each_device_says_when_it_was_seen_and_how_its_paper_is(sit_down, house: House) -> None:
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        assert shown(section) == [
            ["Kiosk at the door", "Kiosk", "Just now", "", "", "Paper is low"],
            ["Old kiosk", "Kiosk", "Never", "", "", ""],
        ]
        house.devices[0] = replace(house.devices[0], unprinted="A042")
        await seat.until(lambda: shown(section)[0][-1] == "A042 may not be printed · Paper is low")
        house.devices[1] = replace(house.devices[1], sound=SoundFault.NO_DEVICE)
        await seat.until(lambda: shown(section)[1][-1] == "No sound device: calls are only shown")
        house.devices[1] = replace(house.devices[1], sound="eSpeak NG has no voice for Klingon.")
        await seat.until(lambda: shown(section)[1][-1] == "eSpeak NG has no voice for Klingon.")
        house.devices.append(device("Another", role=Role.SIGN, seen_at=NOW - timedelta(hours=30)))
        await seat.until(lambda: ["Another", "Sign", "1 days ago", "", "", ""] in shown(section))  # by itself


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"sound": SoundFault.NO_DEVICE}, "No sound device: calls are only shown"),
        ({"troubles": (Trouble(kind=TroubleKind.PAGE, what="3", at=NOW),)}, "A page can't be shown"),
        ({"troubles": (Trouble(kind=TroubleKind.BOARD, what="10.0.0.9", at=NOW),) * 2}, "The board can't be reached"),
        ({"unprinted": "A042", "paper": "ok"}, "A042 may not be printed · Paper is fine"),
    ],
)
async def test_whatever_ails_a_device_is_its_state_in_the_ink_of_a_trouble(sit_down, house, state, said) -> None:
    house.devices[1] = replace(house.devices[1], **state)
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        column = section.rows.columns[-1]
        assert (column.title, column.text(house.devices[1])) == ("State", said)
        assert column.ink(house.devices[1]) == theme().warning
        assert column.ink(house.devices[1]) != column.ink(replace(house.devices[1], **dict.fromkeys(state, "")))


async def test_who_watches_over_the_hall_is_alerted_of_a_ticket_that_may_not_be_printed(sit_down, house: House) -> None:
    house.devices[0] = replace(house.devices[0], unprinted="A042")
    async with sit_down() as seat:
        await seat.work("admin")
        alert = seat.console.window.alert
        await seat.until(lambda: alert.isVisible() and alert.text() == "Kiosk at the door: A042 may not be printed")
        house.devices[0] = replace(house.devices[0], unprinted="")
        await seat.until(lambda: not alert.isVisible())


REFUSED = Trouble(kind=TroubleKind.REFUSED, what="K1-07", at=NOW - timedelta(days=2))
DAMAGED = Trouble(kind=TroubleKind.DAMAGED, what="tickets.db.damaged-20260302-094200", at=NOW)


async def test_what_happened_at_a_kiosk_is_said_until_an_administrator_has_seen_it(sit_down, house: House) -> None:
    house.devices[0] = replace(house.devices[0], series="K2", troubles=(REFUSED, DAMAGED))
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        alert = seat.console.window.alert
        await seat.until(lambda: alert.isVisible() and "K1-07" in alert.text())
        refused, damaged = alert.text().splitlines()
        assert refused.startswith(
            "Kiosk at the door: K1-07 will not be called: the hall refused this number, given at "
        )
        assert DAMAGED.what in damaged
        assert shown(section)[0][1] == "Kiosk · K2"
        assert shown(section)[0][-1] == "Needs attention · Paper is low"
        section.devices.selectRow(0)
        await seat.until(section.seen_button.isVisible)
        assert "K1-07" in section.troubles.text() and DAMAGED.what in section.troubles.text()
        section.seen_button.click()
        await seat.until(lambda: not alert.isVisible() and not section.seen_button.isVisible())


async def test_however_much_happened_the_devices_stay_in_sight(sit_down, house: House, tmp_path: Path) -> None:
    named = "مدخل المستشفى الجديد & <i>باب</i> 60"
    house.devices[0] = replace(house.devices[0], name=named, series="K2", troubles=(REFUSED, DAMAGED) * 3)
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        window = seat.console.window
        window.resize(window.minimumSize())
        await seat.until(lambda: "More needs attention" in window.alert.text())
        assert len(window.alert.text().splitlines()) == 3
        section.devices.selectRow(0)
        await seat.until(lambda: below(section.devices, section.troubles) and below(section.troubles, section.new_name))
        assert window.grab().save(str(tmp_path / "devices.png"))
        view = section.devices.viewport()
        assert view.height() >= 3 * section.devices.rowHeight(0)
        for button in (section.seen_button, section.rename_button, section.revoke_button):
            section.page.ensureWidgetVisible(button)
            assert button.visibleRegion().boundingRect().size() == button.size()
        assert section.troubles.height() >= section.troubles.heightForWidth(section.troubles.width())
        assert window.grab().save(str(tmp_path / "scrolled.png"))


async def test_two_kiosks_that_would_give_the_same_numbers_are_said(sit_down, house: House) -> None:
    house.devices = [replace(one, series="K1") for one in house.devices]
    async with sit_down() as seat:
        await seat.work("admin")
        alert = seat.console.window.alert
        await seat.until(lambda: "K1-01 and so on: Kiosk at the door · Old kiosk" in alert.text())


async def test_two_people_who_hold_one_number_are_said(sit_down, link) -> None:
    settings = replace(link.hall.settings, offline_tickets=True)
    link.hall = replace(link.hall, settings=settings)
    for _ in range(2):
        link.meanwhile(
            IssueTicket(service="tests", origin=Origin.OFFLINE, offline_label="K1-01", taken_at=datetime.now(UTC))
        )
    async with sit_down() as seat:
        await seat.work("admin")
        await seat.until(lambda: "Two people hold K1-01" in seat.console.window.alert.text())


async def test_who_may_not_ask_about_devices_does_not(sit_down, link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_alerts, "POLL_EVERY", 20)
    asked: list[str] = []
    link.asked[ListDevices] = lambda _: asked.append(seat.console.station.actor.name) or ()
    async with sit_down() as seat:
        await seat.work("admin")
        await seat.until(lambda: asked)
        seat.console.sign_out()
        await seat.work("reception")
        seat.console.show_points()
        seat.console.device_alerts.read()
        await seat.until(lambda: seat.console.window.shows_alerts)
    assert set(asked) == {"admin"}


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=-5), "Just now"),
        (timedelta(seconds=80), "Just now"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(hours=2, minutes=5), "2 h 5 min ago"),
    ],
)
def test_an_age_is_said_as_people_say_it(qapp, age: timedelta, said: str) -> None:
    assert last_seen(NOW - age, NOW) == said


async def test_a_new_device_is_paired_with_the_keyboard_alone(sit_down, house: House) -> None:
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        assert section.code.hasFocus() and section.newcomers.isVisible()
        QTest.keyClicks(section.code, "7kqf9mhr")
        QTest.keyClick(section.code, Qt.Key.Key_Return)
        assert section.name.hasFocus()
        QTest.keyClick(section.name, Qt.Key.Key_Return)
        assert section.sentence.text() == "Give the device a name, so that you find it again."
        QTest.keyClicks(section.name, "Display")
        QTest.keyClick(section.name, Qt.Key.Key_Return)
        await seat.until(lambda: section.sentence.text() == "“Display” belongs to this hall now.")
        await seat.until(lambda: not section.newcomers.isVisible())
        assert section.code.hasFocus() and section.code.text() == section.name.text() == ""
        assert "Display" in [row[0] for row in shown(section)]


async def test_a_wrong_code_is_said_and_stays_to_be_mended(sit_down, house: House) -> None:
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        QTest.keyClicks(section.code, "nonsense")
        QTest.keyClicks(section.name, "Display")
        QTest.keyClick(section.name, Qt.Key.Key_Return)
        await seat.until(lambda: section.sentence.text().startswith("No device shows this code"))
        assert (section.code.text(), section.name.text()) == ("nonsense", "Display")


async def test_a_newcomer_is_rejected(sit_down, house: House) -> None:
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        assert not section.refuse_button.isEnabled()
        section.newcomers.choose("new")
        QTest.mouseClick(section.refuse_button, Qt.MouseButton.LeftButton)
        await seat.until(lambda: not section.newcomers.isVisible())
        assert house.newcomers == []


async def test_a_device_is_renamed(sit_down, house: House) -> None:
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        section.devices.choose("Old kiosk")
        assert section.new_name.text() == "Old kiosk"
        section.new_name.setText("Kiosk at the door")
        QTest.keyClick(section.new_name, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: section.sentence.text().startswith("Another device"))
        section.new_name.setText("Kiosk upstairs")
        QTest.keyClick(section.new_name, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: "Kiosk upstairs" in [row[0] for row in shown(section)])


async def test_a_device_is_taken_out_of_service_by_a_second_press(sit_down, house: House) -> None:
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        assert not section.revoke_button.isEnabled()
        section.devices.choose("Old kiosk")
        QTest.mouseClick(section.revoke_button, Qt.MouseButton.LeftButton)
        assert section.revoke_button.text() == "It stops at once. Press again"
        section.devices.choose("Kiosk at the door")
        assert section.revoke_button.text() == "Take out of service …"  # the first press was about another one
        section.devices.choose("Old kiosk")
        for _ in range(2):
            QTest.mouseClick(section.revoke_button, Qt.MouseButton.LeftButton)
        await seat.until(lambda: [row[0] for row in shown(section)] == ["Kiosk at the door"])
        assert section.sentence.text() == "“Old kiosk” is out of service."
        assert not section.revoke_button.isEnabled()


async def test_without_its_hall_nothing_is_offered(sit_down, house: House, link) -> None:
    async with sit_down() as seat:
        section = await the_devices(seat, house)
        section.devices.choose("Old kiosk")
        link.unplug()
        await seat.until(lambda: not section.confirm_button.isEnabled())
        assert not section.revoke_button.isEnabled() and not section.rename_button.isEnabled()
