"""Nobody lands where a colleague works, and nobody acts where a colleague has taken over: on a real database."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.actions import Action
from console.app import Console
from console.controls import KeyButton
from console.work.points_page import PointsPage
from shared.hall.calling import CallNext
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint
from shared.hall.roles import Role
from shared.link.connect import connect
from shared.requests.staff import AddPerson, ChangePassword
from shared.ui.station import Station
from tests.backends import PASSWORD, Premises
from tests.console.conftest import ConsoleUser

OWN = "kedava-own-words"
CTRL = Qt.KeyboardModifier.ControlModifier
Opened = Callable[..., AbstractAsyncContextManager[ConsoleUser]]


PEOPLE = {"ann": Role.SPECIALIST, "bob": Role.SPECIALIST, "eva": Role.SUPERVISOR}


@pytest.fixture(scope="module")
def as_set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a clinic where these people work, each with a password of their own; one customer waits."""
    folder = tmp_path_factory.mktemp("office")
    there = Premises(folder)
    with closing(there.admin("database")) as admin:
        admin.do(IssueTicket(service=next(iter(admin.snapshot().points.values())).services[0]))
        for login, role in PEOPLE.items():
            admin.request(AddPerson(login=login, password=PASSWORD, role=role))
            with closing(connect(there.database, role=Role.CONSOLE)) as door:
                link, _ = door.sign_in(login, PASSWORD)
                link.request(ChangePassword(old=PASSWORD, new=OWN))
                link.sign_out()
                link.close()
    return folder


@pytest.fixture
def office(as_set_up: Path, tmp_path: Path) -> str:
    """The address of a copy that only this test has."""
    shutil.copytree(as_set_up, tmp_path / "office")
    return f"sqlite:///{tmp_path / 'office' / 'halls.db'}"


@pytest.fixture
def at(office: str, until) -> Opened:
    """A console of the office, with a folder of its own."""

    @asynccontextmanager
    async def opened(folder: Path) -> AsyncIterator[ConsoleUser]:
        station = Station(connect(office, role=Role.CONSOLE))
        station.start()
        console = Console(station, folder)
        console.window.show()
        console.window.activateWindow()
        try:
            yield ConsoleUser(console, None, until)
        finally:
            station.stop()
            console.close()

    return opened


async def arrive(seat: ConsoleUser, login: str) -> None:
    await seat.sign_in(login, OWN)
    points = seat.console.points_page
    await seat.until(lambda: seat.console.page is seat.console.work_page or (points.isVisible() and points.rows.rows))


async def sit_down_at(seat: ConsoleUser, line: int) -> None:
    await turn_to(seat)
    page = seat.console.points_page
    page.list.selectRow(line)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    await seat.until(lambda: seat.console.page is seat.console.work_page)


async def turn_to(seat: ConsoleUser) -> None:
    """Keys reach the window that is in front."""
    seat.console.window.activateWindow()
    await seat.until(seat.console.window.isActiveWindow)


async def begin_to_serve(seat: ConsoleUser) -> None:
    await sit_down_at(seat, 0)
    for _ in range(3):  # opens, calls, starts
        await seat.press(Qt.Key.Key_F5)
    await seat.until(lambda: seat.number and seat.main_button == "Finish and call next")


async def be_asked_about_the_first(seat: ConsoleUser) -> PointsPage:
    """Press Enter at the first service point, where a colleague works."""
    await turn_to(seat)
    page = seat.console.points_page
    page.list.selectRow(0)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    await seat.until(page.question.isVisible)
    return page


def undo(seat: ConsoleUser) -> KeyButton:
    return seat.console.work_page.actions_panel.buttons[Action.UNDO]


def said(seat: ConsoleUser, line: int) -> str:
    return str(seat.console.points_page.rows.index(line, 3).data())


async def test_a_free_point_is_chosen_already_and_an_occupied_one_says_who_is_there(at, tmp_path) -> None:
    async with at(tmp_path / "a") as ann, at(tmp_path / "b") as bob:
        await arrive(ann, "ann")
        await begin_to_serve(ann)
        await arrive(bob, "bob")
        await bob.until(lambda: said(bob, 0).startswith("ann since "))
        assert said(bob, 0).endswith(f" · {ann.number} is there")
        await bob.until(lambda: bob.console.points_page.list.currentIndex().row() == 1)


async def test_whoever_takes_over_is_asked_and_whoever_was_there_is_told(at, tmp_path) -> None:
    async with at(tmp_path / "a") as ann, at(tmp_path / "b") as bob:
        await arrive(ann, "ann")
        await begin_to_serve(ann)
        await arrive(bob, "bob")
        page = await be_asked_about_the_first(bob)
        assert "ann has worked at" in page.question_text.text() and "since" in page.question_text.text()
        assert page.another.hasFocus() and page.take_over.accessibleName() == "Work here anyway, key Ctrl+Enter"
        QTest.keyClick(bob.console.window.focusWidget(), Qt.Key.Key_Return)  # a second Enter is no yes
        assert bob.console.page is page and ann.number and not page.question.isVisible() and page.list.hasFocus()
        number = ann.number
        QTest.keyClick(page.list, Qt.Key.Key_Return)
        await bob.until(page.question.isVisible)
        QTest.keyClick(bob.console.window, Qt.Key.Key_Return, CTRL)
        await bob.until(lambda: bob.number == number)
        await bob.until(lambda: "instead of ann" in bob.sentence)
        banner = ann.console.window.banner
        await ann.until(lambda: banner.isVisible() and banner.text().startswith("bob took over this point at "))
        keys = ann.console.work_page.actions_panel
        assert not keys.main_button.isEnabled() and not any(button.isEnabled() for button in keys.buttons.values())
        assert ann.console.work_page.customer.title.text() == "Somebody else has taken over this service point."
        window = ann.console.window
        assert window.windowTitle() == window.hall_name.text()
        assert not any(part.isVisible() for part in (window.point_name, window.status))
        await turn_to(ann)
        QTest.keyClick(ann.console.window, Qt.Key.Key_F5)
        assert ann.number == "" and number not in ann.console.window.windowTitle()
        assert bob.number == number
        QTest.keyClick(ann.console.window, Qt.Key.Key_P, CTRL)
        await ann.until(lambda: said(ann, 0).startswith("bob since "))
        assert not banner.isVisible() or ann.console.page is ann.console.points_page


async def test_whoever_takes_over_is_not_offered_to_take_back_what_somebody_else_did(at, tmp_path) -> None:
    async with at(tmp_path / "a") as ann, at(tmp_path / "b") as bob:
        await arrive(ann, "ann")
        await begin_to_serve(ann)
        await ann.press(Qt.Key.Key_F2)
        assert undo(ann).isEnabled()
        await arrive(bob, "bob")
        await be_asked_about_the_first(bob)
        QTest.keyClick(bob.console.window, Qt.Key.Key_Return, CTRL)
        await bob.until(lambda: "instead of ann" in bob.sentence and bob.console.work.point.last is None)
        assert undo(bob).shown_text() == "Undo" and not undo(bob).isEnabled()
        await bob.press(Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
        assert undo(bob).shown_text().startswith("Undo: point closed")


async def test_a_point_somebody_has_just_left_leaves_its_next_one_nothing_to_take_back(at, tmp_path) -> None:
    async with at(tmp_path / "a") as ann:
        await arrive(ann, "ann")
        await sit_down_at(ann, 0)
        await ann.press(Qt.Key.Key_F5)
        assert undo(ann).shown_text().startswith("Undo: point opened")
        await sign_out(ann)
        await arrive(ann, "bob")
        await sit_down_at(ann, 0)
        await ann.until(lambda: ann.console.work.ready and ann.console.work.point.last is None)
        assert undo(ann).shown_text() == "Undo" and not undo(ann).isEnabled()


KEYPAD = Qt.KeyboardModifier.KeypadModifier


@pytest.mark.parametrize(
    ("key", "modifiers", "focused"),
    [(Qt.Key.Key_Enter, CTRL, False), (Qt.Key.Key_Enter, CTRL | KEYPAD, False), (Qt.Key.Key_Enter, KEYPAD, True)],
    ids=["the other Enter", "that of the keypad", "the button itself"],
)
async def test_whoever_takes_over_may_press_either_enter_or_the_button(at, tmp_path, key, modifiers, focused) -> None:
    async with at(tmp_path / "a") as ann, at(tmp_path / "b") as bob:
        await arrive(ann, "ann")
        await begin_to_serve(ann)
        await arrive(bob, "bob")
        page = await be_asked_about_the_first(bob)
        if focused:
            page.take_over.setFocus()
        QTest.keyClick(page.take_over if focused else bob.console.window, key, modifiers)
        await bob.until(lambda: bob.console.page is bob.console.work_page)


async def test_after_a_crash_the_same_person_at_the_same_console_is_asked_nothing(at, tmp_path) -> None:
    async with at(tmp_path / "a") as ann:
        await arrive(ann, "ann")
        await begin_to_serve(ann)
        number = ann.number
        ann.console.station.stop()  # nobody signs out when the power is cut
        async with at(tmp_path / "a") as again:
            await arrive(again, "ann")
            await again.until(lambda: again.number == number)
        async with at(tmp_path / "b") as elsewhere:
            await arrive(elsewhere, "bob")
            await elsewhere.until(lambda: said(elsewhere, 0).startswith("ann since "))


async def test_a_point_is_free_for_whoever_comes_after_a_sign_out(at, tmp_path) -> None:
    async with at(tmp_path / "a") as ann, at(tmp_path / "b") as bob:
        await arrive(ann, "ann")
        await sit_down_at(ann, 0)
        await ann.press(Qt.Key.Key_F5)
        QTest.keyClick(ann.console.window, Qt.Key.Key_L, CTRL)
        await ann.until(lambda: ann.console.page is ann.console.log_in_page)
        await arrive(bob, "bob")
        await bob.until(lambda: said(bob, 0) == "Open, nobody works there")
        await sit_down_at(bob, 0)
        assert not bob.console.points_page.question.isVisible()


async def test_a_customer_whom_nobody_is_known_to_serve_is_asked_about(at, office, tmp_path) -> None:
    with closing(connect(office, role=Role.ADMINISTRATOR)) as program:
        point = min(program.snapshot().points.values(), key=lambda point: point.serial_number).id
        program.do(ActivatePoint(point=point))
        label = program.do(CallNext(point=point)).result["ticket"]["label"]
    async with at(tmp_path / "a") as ann:
        await arrive(ann, "ann")
        await turn_to(ann)
        page = ann.console.points_page
        await ann.until(lambda: page.list.currentIndex().row() == 1)
        page.list.selectRow(0)
        QTest.keyClick(page.list, Qt.Key.Key_Return)
        await ann.until(page.question.isVisible)
        assert page.question_text.text().startswith(f"{label} is at ") and ann.console.page is page
        QTest.keyClick(ann.console.window, Qt.Key.Key_Return, CTRL)
        await ann.until(lambda: ann.number == label)


async def sign_out(seat: ConsoleUser) -> None:
    QTest.keyClick(seat.console.window, Qt.Key.Key_L, CTRL)
    if seat.number:
        QTest.keyClick(seat.console.window, Qt.Key.Key_F3)  # whoever comes next sees to the customer
    await seat.until(lambda: seat.console.page is seat.console.log_in_page)


async def test_whoever_comes_to_a_console_is_not_led_to_another_persons_customer(at, tmp_path) -> None:
    async with at(tmp_path / "a") as desk:
        await arrive(desk, "ann")
        await begin_to_serve(desk)
        await sign_out(desk)
        await arrive(desk, "bob")
        page = desk.console.points_page
        await desk.until(lambda: page.isVisible() and page.list.currentIndex().row() == 1)
        page.list.selectRow(0)
        QTest.keyClick(page.list, Qt.Key.Key_Return)
        await desk.until(page.question.isVisible)


async def test_each_person_is_led_back_to_their_own_point_at_a_console(at, tmp_path) -> None:
    async with at(tmp_path / "a") as desk:
        for login, line in (("ann", 0), ("bob", 1)):
            await arrive(desk, login)
            assert desk.console.page is desk.console.points_page
            await sit_down_at(desk, line)
            await desk.press(Qt.Key.Key_F5)
            await sign_out(desk)
    async with at(tmp_path / "a") as desk:
        for login, line in (("bob", 1), ("ann", 0)):
            await arrive(desk, login)
            await desk.until(lambda: desk.console.page is desk.console.work_page)
            assert desk.console.work.point_id == desk.console.points_page.rows.rows[line].id
            await sign_out(desk)


async def test_of_two_who_sit_down_at_once_the_later_is_told_who_was_first_and_chooses_again(at, tmp_path) -> None:
    async with at(tmp_path / "a") as ann, at(tmp_path / "b") as bob:
        seats = {"ann": ann, "bob": bob}
        for login, seat in seats.items():
            await arrive(seat, login)
        point = ann.console.points_page.rows.rows[0].id
        for seat in seats.values():  # nobody was there when either of them looked
            seat.console.show_work(point)
        pages = {login: seat.console.points_page for login, seat in seats.items()}
        await ann.until(lambda: any(page.too_late_text.isVisible() for page in pages.values()))
        late = next(login for login, page in pages.items() if page.too_late_text.isVisible())
        first = "ann" if late == "bob" else "bob"
        await ann.until(lambda: pages[late].too_late_text.text().startswith(f"{first} was at "))
        assert seats[late].console.window.banner.isHidden()
        await ann.until(lambda: pages[late].list.currentIndex().row() == 1)
        await turn_to(seats[first])
        await seats[first].press(Qt.Key.Key_F5)
        assert seats[first].main_button == "Call next"
        await sit_down_at(seats[late], 1)
        seats[late].console.show_points()
        assert not pages[late].too_late_text.isVisible()


async def test_whoever_opens_their_closed_point_again_is_there_again(at, tmp_path) -> None:
    async with at(tmp_path / "a") as ann, at(tmp_path / "b") as bob:
        await arrive(ann, "ann")
        await sit_down_at(ann, 0)
        await ann.press(Qt.Key.Key_F5)
        await ann.press(Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
        await arrive(bob, "bob")
        await bob.until(lambda: said(bob, 0) == "Free")
        await turn_to(ann)
        await ann.press(Qt.Key.Key_Z, CTRL)
        await bob.until(lambda: said(bob, 0).startswith("ann since "))


async def test_the_day_is_the_persons_own_wherever_they_sit(at, tmp_path) -> None:
    async with at(tmp_path / "a") as ann:
        await arrive(ann, "ann")
        await begin_to_serve(ann)
        await ann.press(Qt.Key.Key_F2)
        await ann.until(lambda: ann.console.work.own_day.served == 1)
        await ann.press(Qt.Key.Key_Z, CTRL)
        await ann.until(lambda: ann.console.work.own_day.served == 0)
        await ann.press(Qt.Key.Key_F2)
        await ann.until(lambda: ann.console.work.own_day.served == 1)
        assert "1 served" in ann.console.work_page.table.own_day.text()
        QTest.keyClick(ann.console.window, Qt.Key.Key_L, CTRL)
        await ann.until(lambda: ann.console.page is ann.console.log_in_page)
        await arrive(ann, "bob")
        await sit_down_at(ann, 0)
        assert ann.console.work.own_day.served == 0
    async with at(tmp_path / "b") as elsewhere:
        await arrive(elsewhere, "ann")
        await sit_down_at(elsewhere, 1)
        await elsewhere.until(lambda: elsewhere.console.work.own_day.served == 1)


async def test_a_supervisor_who_opens_the_set_up_is_refused_nothing(at, tmp_path) -> None:
    async with at(tmp_path / "a") as eva:
        await arrive(eva, "eva")
        eva.console.show_set_up()
        audit = eva.console.set_up_page.audit
        await eva.until(lambda: audit.rows.rows)
        assert [act.act for act in audit.rows.rows if act.outcome != "done"] == []
