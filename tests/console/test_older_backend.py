"""A console that is newer than its backend works: what the backend can't tell is asked or done without."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from shared.hall.values import PointStatus
from shared.link.http_link import HttpLink
from tests.older_backend import older_backend


async def test_a_console_works_at_a_point_that_its_backend_gives_to_nobody(sit_down, link) -> None:
    with older_backend(link) as there:
        async with sit_down(link=HttpLink(there.base, "clinic")) as seat:
            await seat.sign_in()
            page = seat.console.points_page
            await seat.until(lambda: page.isVisible() and page.rows.rows)
            page.list.selectRow(0)
            QTest.keyClick(page.list, Qt.Key.Key_Return)
            await seat.until(page.question.isVisible)
            assert page.question_text.text().startswith("Who works at Counter 1 can't be seen right now.")
            QTest.keyClick(seat.console.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            await seat.until(lambda: seat.console.page is seat.console.work_page)
            await seat.press(Qt.Key.Key_F5)
            assert link.hall.points["1"].status is PointStatus.ACTIVE and not seat.sentence
            assert seat.main_button == "Call next"
