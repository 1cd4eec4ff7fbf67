"""The same keys on a real backend: what they did is in its database, and another station sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.app import Console
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Role
from shared.hall.values import TicketState
from shared.link.connect import connect
from shared.link.link import Link
from shared.requests.staff import AddPerson
from shared.ui.station import Station
from tests.backends import PASSWORD, Premises
from tests.console.conftest import ConsoleUser

CTRL = Qt.KeyboardModifier.ControlModifier
POINT, SERVICE = "3", "doctor"


@pytest.fixture(scope="module")
def backend(premises: Premises) -> Iterator[Link]:
    """A way to the backend beside the console's."""
    link = premises.admin()
    yield link
    link.close()


@pytest.fixture(scope="module")
def token(premises: Premises) -> str:
    return premises.device(Role.CONSOLE)


async def test_a_day_with_a_slip_a_pause_and_somebody_late(premises, backend, token, until) -> None:
    def state(label: str) -> TicketState:
        hall = backend.snapshot()
        return next(one.state for one in (*hall.tickets.values(), *hall.ended) if one.label == label)

    first, second = (backend.do(IssueTicket(service=SERVICE)).result["ticket"]["label"] for _ in range(2))
    station = Station(connect(f"{premises.base}#{premises.hall}", token=token, role=Role.CONSOLE))
    station.start()
    console = Console(station)
    console.window.show()
    console.window.activateWindow()
    await until(lambda: console.window.isActiveWindow() and station.hall)
    seat = ConsoleUser(console, None, until)
    await seat.sign_in("admin", PASSWORD)
    await until(lambda: console.page is console.points_page)
    console.show_work(POINT)
    page = console.work_page

    for _ in range(2):
        await seat.press(Qt.Key.Key_F5)  # opens the point, calls
    assert seat.number == first
    await seat.press(Qt.Key.Key_Z, CTRL)
    assert (seat.number, state(first)) == ("", TicketState.WAITING)

    for _ in range(2):
        await seat.press(Qt.Key.Key_F5)  # calls, starts
    await seat.press(Qt.Key.Key_F4)
    QTest.keyClicks(page.customer.outcome_and_note.note, "came alone")
    await seat.press(Qt.Key.Key_F8)
    QTest.keyClicks(page.park.reason, "fetches a form")
    await seat.press(Qt.Key.Key_Return, at=page.park.reason)
    assert state(first) is TicketState.PARKED
    await seat.until(lambda: page.set_aside.rows.index(0, 1).data().startswith("Parked: fetches a form"))

    await seat.press(Qt.Key.Key_F5)
    await seat.press(Qt.Key.Key_F9)
    assert state(second) is TicketState.NO_SHOW
    QTest.keyClick(console.window, Qt.Key.Key_2, CTRL)
    QTest.keyClick(page.set_aside.table, Qt.Key.Key_Down)
    await seat.press(Qt.Key.Key_Return, at=page.set_aside.table)
    assert state(second) is TicketState.WAITING

    QTest.keyClick(console.window, Qt.Key.Key_2, CTRL)
    await seat.press(Qt.Key.Key_Return, at=page.set_aside.table)
    assert (seat.number, state(first)) == (first, TicketState.CALLED)

    QTest.keyClick(console.window, Qt.Key.Key_R, CTRL)
    reception = console.reception_page
    QTest.keyClicks(reception.form.search, "blood")
    QTest.keyClick(reception.form.search, Qt.Key.Key_Return)
    await until(reception.given.number.text)
    assert state(reception.given.number.text()) is TicketState.WAITING
    assert not console.reception.page_url, "a phone does not get to a backend that serves this machine alone"
    station.stop()
    console.close()


async def test_somebody_of_every_hall_chooses_a_password_of_their_own_and_works(premises, backend, until) -> None:
    backend.request(AddPerson(login="sue", password=PASSWORD, role=Role.SPECIALIST, every_hall=True))
    station = Station(connect(premises.base, role=Role.CONSOLE))
    station.start()
    console = Console(station)
    console.window.show()
    console.window.activateWindow()
    await until(console.window.isActiveWindow)
    await ConsoleUser(console, None, until).sign_in("sue", PASSWORD)
    page = console.password_page
    assert console.page is page
    for entry in (page.new, page.again):
        QTest.keyClicks(entry, "kedava-own-words")
    QTest.keyClick(page.again, Qt.Key.Key_Return)
    await until(lambda: console.page is not page or page.sentence.text())
    assert not page.sentence.text()
    await until(lambda: console.page is console.points_page and console.points_page.rows.rows)
    station.stop()
    console.close()
