"""A console with somebody at it: a real window on a hall in memory, driven by its keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.app import Console
from console.work import pending_command
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint
from shared.link import timings
from shared.ui.qt_translations import ScreenLanguage
from shared.ui.station import Station
from tests.memory_link import MemoryLink

Until = Callable[[Callable[[], object]], Awaitable[None]]


class ConsoleUser:
    """Somebody at a console: presses keys, waits until the console has answered, and reads it."""

    def __init__(self, console: Console, link: MemoryLink, until: Until) -> None:
        self.console = console
        self.link = link
        self.until = until

    async def sign_in(self, login: str = "reception", password: str = "right") -> None:
        page = self.console.log_in_page
        page.login.setText(login)
        page.password.setText(password)
        QTest.keyClick(page.password, Qt.Key.Key_Return)
        await self.until(page.sign_in_button.isEnabled)

    async def work(self, login: str = "reception") -> None:
        """Sign in and sit down at the first service point."""
        await self.sign_in(login)
        await self.until(lambda: self.console.page is not self.console.log_in_page and self.console.work.hall)
        if self.console.page is self.console.points_page:
            points = self.console.points_page
            points.list.setCurrentIndex(points.rows.index(0, 0))
            page = self.console.points_page
            QTest.keyClick(page.list, Qt.Key.Key_Return)
            await self.until(lambda: self.console.page is self.console.work_page or page.question.isVisible())
            if page.question.isVisible():
                page.take_over.click()
        await self.until(lambda: self.console.page is self.console.work_page and self.console.work.ready)

    async def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, at: QWidget | None = None
    ) -> None:
        """Press a key and wait until it has had its effect."""
        await self.until(lambda: self.console.work.ready)
        QTest.keyClick(at or self.console.window, key, modifier)
        await self.until(lambda: self.console.work.ready)
        await self.settle()

    async def settle(self) -> None:
        """Wait for the answers to everything that was asked so far: the last in the queue answers nothing."""
        answers: list[object] = []
        self.console.station._send(lambda _: None, answers.append, answers.append)
        await self.until(lambda: answers)

    @property
    def main_button(self) -> str:
        return self.console.work_page.actions_panel.main_button.shown_text()

    @property
    def number(self) -> str:
        """The number of the customer on screen; empty if nobody is there."""
        card = self.console.work_page.customer
        return card.number.text() if card.number.isVisible() else ""

    @property
    def sentence(self) -> str:
        line = self.console.work_page.sentence
        return line.text() if line.isVisible() else ""


IGNORE_KEYS_FOR = pending_command.IGNORE_KEYS_FOR


@pytest.fixture(autouse=True)
def brief_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys count again at once, and an outage is told soon: most tests wait for both again and again."""
    monkeypatch.setattr(pending_command, "IGNORE_KEYS_FOR", 20)
    monkeypatch.setattr(timings, "OUTAGE", 0.2)


@pytest.fixture
def usual_pause(brief_pauses: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Presses count for nothing after a command for as long as they do for people."""
    monkeypatch.setattr(pending_command, "IGNORE_KEYS_FOR", IGNORE_KEYS_FOR)


@pytest.fixture
def sit_down(link: MemoryLink, until: Until) -> Callable[..., AbstractAsyncContextManager[ConsoleUser]]:
    """Open a console on the hall; it closes at the end of the block."""

    @asynccontextmanager
    async def opened(folder: Path | None = None, link: MemoryLink = link) -> AsyncIterator[ConsoleUser]:
        station = Station(link)
        station.start()
        console = Console(station, folder)
        console.window.show()
        console.window.activateWindow()
        await until(lambda: console.window.isActiveWindow() and station.hall)
        try:
            yield ConsoleUser(console, link, until)
        finally:
            station.stop()
            console.close()

    return opened


@pytest.fixture
def busy(link: MemoryLink) -> MemoryLink:
    """Point 1 is open, and three customers wait: A001, B001, A002."""
    link.do(ActivatePoint(point="1"))
    for service in ("registration", "tests", "registration"):
        link.do(IssueTicket(service=service))
    return link


@pytest.fixture
def speaking() -> Iterator[Callable[[str], None]]:
    """Sets the language of the windows until the test ends."""
    tongue = ScreenLanguage()
    yield tongue.speak
    tongue.hush()
