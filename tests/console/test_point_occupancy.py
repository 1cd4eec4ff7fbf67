"""The last known seats stay while the hall does not answer, and are read again as soon as it does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from shared.hall.calling import CallNext
from shared.hall.errors import Unreachable
from shared.hall.points import ActivatePoint
from shared.hall.serving import FinishService
from shared.requests.specialists import ReadSeats, Seat
from tests.memory_link import MemoryLink

UNSEEN = "Who works at Counter 1 can't be seen right now. Make sure that nobody does."


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.work.points_page.RETRY_AFTER", 50)


def sits_down(link: MemoryLink, login: str = "sue", point: str = "1") -> None:
    link.seats[point] = Seat(point=point, login=login, console="c-2", since=datetime.now(UTC))


class Frozen:
    """The hall does not answer requests for the seats, while its events arrive as ever."""

    def __init__(self, link: MemoryLink) -> None:
        self.link, self.usual, self.asked = link, link.asked[ReadSeats], 0

    def __enter__(self) -> Self:
        self.link.asked[ReadSeats] = self._nothing
        return self

    def __exit__(self, *_: object) -> None:
        self.link.asked[ReadSeats] = self.usual

    def _nothing(self, _: ReadSeats) -> None:
        self.asked += 1
        raise Unreachable("The hall did not answer.")


async def choose(seat, line: int = 0):
    page = seat.console.points_page
    page.list.selectRow(line)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    await seat.until(page.question.isVisible)
    return page


async def look(seat):
    """Sign in and see the page of the points."""
    await seat.sign_in("sam")
    page = seat.console.points_page
    await seat.until(lambda: page.isVisible() and page.rows.rows)
    return page


def status(page, line: int = 0) -> str:
    return str(page.rows.index(line, 3).data())


async def test_who_is_known_to_work_there_stays_and_is_named_when_the_hall_does_not_answer(sit_down, link) -> None:
    sits_down(link)
    async with sit_down() as seat:
        page = await look(seat)
        await seat.until(lambda: status(page).startswith("sue since "))
        with Frozen(link):
            await choose(seat)
            assert status(page).startswith("sue since ") and page.question_text.text().startswith(
                "sue has worked at Counter 1"
            )
            page.close_question()
            await choose(seat, 1)
            assert page.question_text.text() == UNSEEN.replace("Counter 1", "Room 2")


async def test_an_open_question_names_who_works_there_as_soon_as_the_hall_answers(sit_down, link) -> None:
    async with sit_down() as seat:
        page = await look(seat)
        with Frozen(link) as frozen:
            await choose(seat)
            assert page.question_text.text() == UNSEEN
            sits_down(link)
            await seat.until(lambda: frozen.asked > 2)
        await seat.until(lambda: page.question_text.text().startswith("sue has worked at Counter 1"))
        assert page.question.isVisible() and status(page).startswith("sue since ")


async def test_an_open_question_closes_once_nobody_is_known_to_work_there(sit_down, link) -> None:
    async with sit_down() as seat:
        page = await look(seat)
        with Frozen(link):
            await choose(seat)
        await seat.until(page.question.isHidden)
        assert seat.console.page is page and page.list.hasFocus()


async def test_a_question_about_a_customer_follows_what_becomes_of_them(sit_down, busy) -> None:
    called = busy.do(CallNext(point="1")).result["ticket"]["id"]
    async with sit_down() as seat:
        await look(seat)
        page = await choose(seat)
        assert page.question_text.text().startswith("A001 is at Counter 1")
        busy.do(FinishService(point="1", ticket=called))
        await seat.until(page.question.isHidden)


async def test_after_an_outage_it_is_asked_again_who_works_where(sit_down, link) -> None:
    async with sit_down() as seat:
        page = await look(seat)
        await seat.until(lambda: status(page) == "Free")
        link.unplug()
        await choose(seat)
        await seat.until(seat.console.window.banner.isVisible)
        sits_down(link)
        link.plug()
        await seat.until(lambda: status(page).startswith("sue since "))
        assert page.question_text.text().startswith("sue has worked at Counter 1")


async def test_a_page_that_was_opened_while_the_hall_did_not_answer_asks_again(sit_down, link) -> None:
    link.do(ActivatePoint(point="1"))
    sits_down(link)
    async with sit_down() as seat:
        with Frozen(link) as frozen:
            page = await look(seat)
            await seat.until(lambda: frozen.asked)
        await seat.until(lambda: status(page).startswith("sue since "))
