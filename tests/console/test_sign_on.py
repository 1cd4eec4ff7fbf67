"""Two ways to sign in: login and password, and the identity provider in a browser."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import requests
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest

from console.app import Console
from shared.hall.roles import Role
from shared.link import browser_sign_on
from shared.link.connect import connect
from shared.requests.sign_on import Provider
from shared.ui.station import Station
from tests.backends import PASSWORD, Premises
from tests.console.conftest import ConsoleUser
from tests.issuer import CLIENT, Issuer


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    there = Issuer()
    yield there
    there.close()


@pytest.fixture(scope="module")
def premises(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[Premises]:
    there = Premises(tmp_path_factory.mktemp("premises"))
    there.serve(**issuer.settings)
    yield there
    there.stop()


class Browser(QObject):
    """Opens what the console asks for, follows wherever it is led, and keeps the last page."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.page: requests.Response | None = None
        self.follows = True

    @Slot(QUrl)
    def open(self, address: QUrl) -> None:
        self.opened.append(address.toString(QUrl.ComponentFormattingOption.FullyEncoded))
        if self.follows:
            threading.Thread(target=self.go, args=(self.opened[-1],), daemon=True).start()

    def go(self, address: str) -> None:
        self.page = requests.get(address, timeout=10)


@pytest.fixture
def browser() -> Iterator[Browser]:
    made = Browser()
    QDesktopServices.setUrlHandler("http", made, "open")
    yield made
    QDesktopServices.unsetUrlHandler("http")


@pytest.fixture
def sit_down(premises: Premises, until):
    @asynccontextmanager
    async def opened() -> AsyncIterator[ConsoleUser]:
        station = Station(connect(f"{premises.base}#{premises.hall}", role=Role.CONSOLE))
        station.start()
        console = Console(station)
        console.window.show()
        console.window.activateWindow()
        await until(lambda: console.window.isActiveWindow() and console.log_in_page.sign_on.isVisible())
        yield ConsoleUser(console, None, until)
        station.stop()
        console.close()

    return opened


def press(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


async def test_the_same_window_signs_in_locally_and_then_through_the_provider(sit_down, issuer, browser) -> None:
    async with sit_down() as seat:
        page = seat.console.log_in_page
        assert page.sign_on.text() == "Sign in with 127.0.0.1"
        await seat.sign_in("admin", PASSWORD)
        await seat.until(lambda: seat.console.page is seat.console.points_page)
        assert seat.console.may_open_set_up
        seat.console.sign_out()
        assert seat.console.page is page

        page.sign_on.setFocus()
        QTest.keyClick(page.sign_on, Qt.Key.Key_Space)
        assert page.cancel.isVisible() and not page.login.isEnabled() and not page.sign_on.isVisible()
        await seat.until(lambda: seat.console.page is seat.console.points_page)
        assert seat.console.window.person_button.text() == "mira"
        assert seat.console.station.actor.role is Role.SPECIALIST
        assert not seat.console.window.to_set_up.isVisible()
        await seat.until(lambda: browser.page)
        assert "You can close this window" in browser.page.text
        assert "script" not in browser.page.text and "code=" not in browser.page.text
        asked = issuer.asked[-1]
        assert asked["prompt"] == "login" and len(asked["state"]) > 40 and len(asked["nonce"]) > 40


async def test_whoever_is_not_let_through_hears_it_in_the_page(sit_down, issuer, browser) -> None:
    async with sit_down() as seat:
        person, issuer.person = issuer.person, None
        press(seat.console.log_in_page.sign_on)
        await seat.until(seat.console.log_in_page.sentence.isVisible)
        assert seat.console.log_in_page.sentence.text() == "The identity provider did not let you in."
        assert seat.console.log_in_page.sign_on.isVisible() and seat.console.log_in_page.login.isEnabled()
        await seat.until(lambda: browser.page)
        assert "That did not work" in browser.page.text

        issuer.person = {**person, "groups": ["staff"]}
        press(seat.console.log_in_page.sign_on)
        await seat.until(lambda: "no role" in seat.console.log_in_page.sentence.text())
        issuer.person = person


async def test_waiting_for_the_browser_can_be_given_up_and_begun_again(sit_down, browser, until) -> None:
    async with sit_down() as seat:
        page = seat.console.log_in_page
        browser.follows = False
        press(page.sign_on)
        await until(lambda: browser.opened)
        press(page.cancel)
        assert page.sign_on.isVisible() and page.login.isEnabled() and not page.sentence.text()
        press(page.sign_on)
        press(page.cancel)
        browser.follows = True
        press(page.sign_on)
        await until(lambda: seat.console.page is seat.console.points_page)
        assert len(browser.opened) == 2, "what was given up before the provider answered opens nothing"


async def test_nobody_waits_for_ever(sit_down, browser, until, monkeypatch) -> None:
    monkeypatch.setattr(browser_sign_on, "LISTENS_FOR", 0.1)
    async with sit_down() as seat:
        browser.follows = False
        press(seat.console.log_in_page.sign_on)
        await until(seat.console.log_in_page.sentence.isVisible)
        assert "Nobody signed in in the browser" in seat.console.log_in_page.sentence.text()


@pytest.mark.qt_log_ignore("does not support QPlatformServices")
async def test_a_machine_without_a_browser_says_so(sit_down, until) -> None:
    async with sit_down() as seat:
        press(seat.console.log_in_page.sign_on)
        await until(seat.console.log_in_page.sentence.isVisible)
        assert seat.console.log_in_page.sentence.text() == "No browser could be opened on this machine."


def attempt(issuer: Issuer) -> browser_sign_on.BrowserSignOn:
    provider = Provider(issuer=issuer.address, client_id=CLIENT, ports=(issuer.port,))
    return browser_sign_on.BrowserSignOn(provider, lambda let_in: f"let in: {let_in}")


def test_only_the_answer_to_this_very_question_is_taken(issuer: Issuer) -> None:
    going = attempt(issuer)
    came: list[object] = []
    waiting = threading.Thread(target=lambda: came.append(going.wait()), daemon=True)
    waiting.start()
    back = f"http://127.0.0.1:{issuer.port}/signed-in"
    for strange in ("", "?code=stolen", "?code=stolen&state=guessed", "?state=a&state=b&code=c"):
        assert requests.get(back + strange, timeout=5).status_code == 404
    assert requests.get(f"http://127.0.0.1:{issuer.port}/", timeout=5).status_code == 404
    assert not came
    answer = requests.get(going.address, timeout=5)
    assert answer.text == "let in: True"
    assert answer.headers["Referrer-Policy"] == "no-referrer" and "Python" not in answer.headers["Server"]
    waiting.join(5)
    assert came and came[0].id_token.count(".") == 2
    with pytest.raises(requests.ConnectionError):
        requests.get(back, timeout=5)


def test_a_code_that_somebody_else_asked_for_is_worth_nothing(issuer: Issuer) -> None:
    going = attempt(issuer)
    going._verifier = "not the one the challenge was made of"
    threading.Thread(target=requests.get, args=(going.address,), kwargs={"timeout": 5}, daemon=True).start()
    with pytest.raises(Exception, match="did not let you in"):
        going.wait()


def test_a_port_in_use_is_said(issuer: Issuer) -> None:
    first = attempt(issuer)
    with pytest.raises(Exception, match="Another program uses the port"):
        attempt(issuer)
    first.cancel()
    assert first.wait() is None
