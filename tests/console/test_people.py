"""The staff of a hall in the console, and everybody's own password: the real window over a real backend."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.app import Console
from shared.hall.field_types import new_id
from shared.hall.roles import Role
from shared.link.connect import connect
from shared.ui.station import Station
from tests.backends import PASSWORD, Premises
from tests.console.conftest import ConsoleUser

CTRL = Qt.KeyboardModifier.ControlModifier
OWN = "kedava-own-words"


@pytest.fixture
def sit_down_here(premises: Premises, until) -> Callable:
    @asynccontextmanager
    async def opened() -> AsyncIterator[ConsoleUser]:
        station = Station(connect(premises.base, role=Role.CONSOLE))
        station.start()
        console = Console(station)
        console.window.show()
        console.window.activateWindow()
        await until(console.window.isActiveWindow)
        try:
            yield ConsoleUser(console, None, until)
        finally:
            station.stop()
            console.close()

    return opened


async def people_of(seat: ConsoleUser):
    await seat.sign_in("admin", PASSWORD)
    await seat.until(lambda: seat.console.station.hall and seat.console.page is not seat.console.log_in_page)
    seat.console.show_set_up()
    page = seat.console.set_up_page
    page.tabs.setCurrentWidget(page.people)
    await seat.until(page.people.list.count)
    return page.people


async def added(seat: ConsoleUser, people, login: str) -> str:
    """Somebody new; their first password."""
    QTest.keyClick(people, Qt.Key.Key_N, CTRL)
    people.login.setText(login)
    QTest.keyClick(people, Qt.Key.Key_S, CTRL)
    await seat.until(people.password.isVisible)
    return people.password.text()


async def signed_out(seat: ConsoleUser) -> None:
    QTest.keyClick(seat.console.window, Qt.Key.Key_L, CTRL)
    await seat.until(lambda: seat.console.page is seat.console.log_in_page)


async def test_somebody_new_gets_a_first_password_and_chooses_their_own(sit_down_here) -> None:
    login = f"new-{new_id()[-6:]}"
    async with sit_down_here() as seat:
        people = await people_of(seat)
        first = await added(seat, people, login)
        assert login in people.about.text()
        await signed_out(seat)

        await seat.sign_in(login, first)
        page = seat.console.password_page
        await seat.until(lambda: seat.console.page is page)
        assert not page.old_line.isVisible(), "it was typed a moment ago"
        assert not seat.console.window.to_points.isVisible(), "there is no way around"
        page.new.setText(OWN)
        page.again.setText(OWN + "?")
        QTest.keyClick(page.again, Qt.Key.Key_Return)
        assert "not the same" in page.sentence.text()
        page.again.setText(OWN)
        QTest.keyClick(page.again, Qt.Key.Key_Return)
        await seat.until(lambda: seat.console.page is seat.console.points_page)
        await signed_out(seat)

        await seat.sign_in(login, first)
        assert "wrong" in seat.console.log_in_page.sentence.text()
        await seat.sign_in(login, OWN)
        await seat.until(lambda: seat.console.page is seat.console.points_page)


async def test_a_role_is_changed_and_somebody_is_removed_after_a_second_press(sit_down_here, premises) -> None:
    login = f"old-{new_id()[-6:]}"
    async with sit_down_here() as seat:
        people = await people_of(seat)
        await added(seat, people, login)
        people.role.setCurrentIndex(people.role.findData(Role.SUPERVISOR))
        QTest.keyClick(people, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: any("Supervisor" in text and login in text for _, text in people.items()))
        people.retire_button.click()
        assert any(login in text for _, text in people.items()), "the first press asks"
        people.retire_button.click()
        await seat.until(lambda: not any(login in text for _, text in people.items()))


async def test_a_new_first_password_is_shown_once(sit_down_here) -> None:
    login = f"forgot-{new_id()[-6:]}"
    async with sit_down_here() as seat:
        people = await people_of(seat)
        first = await added(seat, people, login)
        people.reset_button.click()
        people.reset_button.click()
        await seat.until(lambda: people.password.isVisible() and people.password.text() != first)
        shown = people.password.text()
        people.list.setCurrentRow(0)
        people.begin()
        await seat.until(lambda: not people.password.isVisible())
        await signed_out(seat)
        await seat.sign_in(login, first)
        assert "wrong" in seat.console.log_in_page.sentence.text()
        await seat.sign_in(login, shown)
        await seat.until(lambda: seat.console.page is seat.console.password_page)


async def test_nobody_takes_their_own_rights_away(sit_down_here) -> None:
    async with sit_down_here() as seat:
        people = await people_of(seat)
        names = [text.split()[0] for _, text in people.items()]
        people.list.setCurrentRow(names.index("admin"))
        assert "This is you" in people.about.text()
        assert not people.role.isEnabled()
        assert not people.retire_button.isVisible()
        assert not people.reset_button.isVisible()


async def test_everybody_changes_their_own_password(sit_down_here) -> None:
    login = f"own-{new_id()[-6:]}"
    async with sit_down_here() as seat:
        people = await people_of(seat)
        first = await added(seat, people, login)
        await signed_out(seat)
        await seat.sign_in(login, first)
        page = seat.console.password_page
        await seat.until(lambda: seat.console.page is page)
        page.new.setText(OWN)
        page.again.setText(OWN)
        page.save_button.click()
        await seat.until(lambda: seat.console.page is seat.console.points_page)

        seat.console.window.person_button.click()
        assert seat.console.page is page
        assert page.old_line.isVisible()
        page.old.setText("not the old one")
        page.new.setText(OWN + " again")
        page.again.setText(OWN + " again")
        page.save_button.click()
        await seat.until(lambda: "old password is wrong" in page.sentence.text())
        QTest.keyClick(page, Qt.Key.Key_Escape)
        assert seat.console.page is seat.console.points_page
        assert not page.old.text(), "what was typed stays nowhere"
