"""Nobody calls a customer before the console knows who they are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from shared.hall.points import ActivatePoint, PausePoint


async def test_the_first_page_asks_who_you_are(sit_down) -> None:
    async with sit_down() as seat:
        assert seat.console.page is seat.console.log_in_page
        assert not seat.console.window.bar.isVisible()


async def test_a_wrong_password_is_said_beside_it_and_can_be_mended(sit_down) -> None:
    async with sit_down() as seat:
        await seat.sign_in(password="wrong")
        assert seat.console.page is seat.console.log_in_page
        assert seat.console.log_in_page.sentence.text() == "Login or password is wrong."
        assert seat.console.log_in_page.password.hasFocus()
        await seat.sign_in()
        await seat.until(lambda: seat.console.page is seat.console.points_page)


async def test_enter_in_the_login_goes_on_to_the_password(sit_down) -> None:
    async with sit_down() as seat:
        page = seat.console.log_in_page
        QTest.keyClicks(page.login, "reception")
        QTest.keyClick(page.login, Qt.Key.Key_Return)
        assert page.password.hasFocus()


async def test_enter_presses_the_button_that_has_the_keyboard(sit_down) -> None:
    async with sit_down() as seat:
        page = seat.console.log_in_page
        page.login.setText("reception")
        page.password.setText("right")
        page.sign_in_button.setFocus()
        QTest.keyClick(page.sign_in_button, Qt.Key.Key_Return)
        await seat.until(lambda: seat.console.page is seat.console.points_page)


async def test_the_list_of_points_says_who_is_free(sit_down, link) -> None:
    link.do(ActivatePoint(point="2"))
    link.do(PausePoint(point="2"))
    async with sit_down() as seat:
        await seat.sign_in()
        await seat.until(lambda: seat.console.page is seat.console.points_page)
        rows = seat.console.points_page.rows
        await seat.until(lambda: rows.index(1, 3).data() == "Open, nobody works there · Paused")
        assert [rows.index(0, column).data() for column in range(4)] == [
            "1",
            "Counter 1",
            "A Registration, B Blood tests",
            "Free",
        ]


async def test_the_arrows_choose_a_point_and_enter_opens_it(sit_down) -> None:
    async with sit_down() as seat:
        await seat.sign_in()
        await seat.until(lambda: seat.console.page is seat.console.points_page)
        points = seat.console.points_page.list
        QTest.keyClick(points, Qt.Key.Key_Down)
        QTest.keyClick(points, Qt.Key.Key_Return)
        await seat.until(lambda: seat.console.page is seat.console.work_page)
        assert seat.console.window.point_name.text() == "Room 2"


async def test_signing_out_leads_back_to_the_first_page_and_the_next_person_can_work(sit_down, busy) -> None:
    async with sit_down() as seat:
        await seat.work("reception")
        QTest.keyClick(seat.console.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert seat.console.page is seat.console.log_in_page
        assert seat.console.station.actor is None
        assert not seat.console.window.bar.isVisible()
        assert seat.console.log_in_page.login.text() == ""
        await seat.press(Qt.Key.Key_F5)
        assert not busy.hall.points["1"].ticket
        await seat.work("boris")
        assert seat.console.window.person_button.text() == "boris"
        await seat.press(Qt.Key.Key_F5)
        await seat.until(lambda: seat.number == "A001")
