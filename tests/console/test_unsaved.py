"""What somebody has written in the set-up and not saved: nobody loses it unasked, and nobody sees another's."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.set_up.people_model import FirstPassword
from shared.hall.whole_set_up import set_up_of
from shared.set_up_file.writer import write
from tests.console.pages import inhabit
from tests.console.test_set_up import open_set_up, switch

CTRL = Qt.KeyboardModifier.ControlModifier
NOT_SAVED = "This is not saved yet: save it or discard it first."


async def begin_a_service(seat):
    """The services, with a new one that has no more than a name."""
    services = await open_set_up(seat)
    QTest.keyClick(services, Qt.Key.Key_N, CTRL)
    QTest.keyClicks(services.name.fields["en"], "Cash desk")
    return services


def press_sign_out(seat) -> None:
    QTest.keyClick(seat.console.window, Qt.Key.Key_L, CTRL)


async def come_back(seat):
    """The next administrator opens the set-up."""
    await seat.until(lambda: seat.console.page is seat.console.log_in_page)
    await seat.sign_in("admin")
    await seat.until(lambda: seat.console.page is not seat.console.log_in_page)
    QTest.keyClick(seat.console.window, Qt.Key.Key_G, CTRL)
    return seat.console.set_up_page.tabs.currentWidget()


def is_asked(seat, section) -> bool:
    shown = section.isVisible() and section.sentence.isVisible() and section.discard_button.isVisible()
    return bool(shown and section.sentence.text() == NOT_SAVED and seat.console.station.actor)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["on that page", "at work meanwhile"])
async def test_signing_out_leads_to_what_is_not_saved_and_a_second_press_forgets_it(sit_down, link, elsewhere) -> None:
    async with sit_down() as seat:
        services = await begin_a_service(seat)
        if elsewhere:
            QTest.keyClick(seat.console.window, Qt.Key.Key_P, CTRL)
            assert not services.isVisible()
        press_sign_out(seat)
        assert is_asked(seat, services) and services.name.fields["en"].text() == "Cash desk"
        press_sign_out(seat)
        again = await come_back(seat)
        assert again is services and not services.sentence.isVisible() and not services.discard_button.isVisible()
        assert services.item_id == "registration" and services.name.fields["en"].text() == "Registration"
        QTest.keyClick(services, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: services.sentence.text() == "Saved, and in force everywhere.")
        assert "cash-desk" not in link.hall.services


async def test_whoever_writes_on_is_asked_again_and_what_is_saved_asks_nothing(sit_down, link) -> None:
    async with sit_down() as seat:
        services = await begin_a_service(seat)
        press_sign_out(seat)
        QTest.keyClicks(services.name.fields["en"], "s")
        press_sign_out(seat)
        assert is_asked(seat, services)
        QTest.keyClick(services, Qt.Key.Key_S, CTRL)
        await seat.until(lambda: services.item_id == "cash-desks")
        press_sign_out(seat)
        assert seat.console.page is seat.console.log_in_page


async def test_what_is_discarded_after_the_question_signs_nobody_out(sit_down) -> None:
    async with sit_down() as seat:
        services = await begin_a_service(seat)
        press_sign_out(seat)
        QTest.keyClick(services, Qt.Key.Key_Escape)
        assert services.isVisible() and services.name.fields["en"].text() == "Registration"
        press_sign_out(seat)
        assert seat.console.page is seat.console.log_in_page


async def test_what_was_wanted_before_the_question_is_not_done_after_it(sit_down) -> None:
    async with sit_down() as seat:
        services = await begin_a_service(seat)
        QTest.keyClick(services.name.fields["en"], Qt.Key.Key_Tab, CTRL)
        press_sign_out(seat)
        assert is_asked(seat, services)
        QTest.keyClick(services, Qt.Key.Key_Escape)
        assert services.isVisible() and services.name.fields["en"].text() == "Registration"


async def test_a_window_that_is_closed_leads_to_what_is_not_saved_and_closes_the_second_time(sit_down) -> None:
    async with sit_down() as seat:
        services = await begin_a_service(seat)
        seat.console.window.close()
        assert seat.console.window.isVisible() and is_asked(seat, services)
        press_sign_out(seat)
        assert is_asked(seat, services), "it is another request"
        seat.console.window.close()
        seat.console.window.close()
        assert not seat.console.window.isVisible()


async def test_the_form_is_asked_about_first_and_the_customer_then(sit_down, busy) -> None:
    async with sit_down() as seat:
        services = await begin_a_service(seat)
        QTest.keyClick(seat.console.window, Qt.Key.Key_P, CTRL)
        await seat.press(Qt.Key.Key_F5)
        await seat.until(lambda: seat.number == "A001")
        press_sign_out(seat)
        assert is_asked(seat, services)
        press_sign_out(seat)
        assert seat.console.work_page.leave.isVisible() and services.unsaved
        QTest.keyClick(seat.console.window, Qt.Key.Key_F3)
        services = await come_back(seat)
        assert not services.unsaved and services.name.fields["en"].text() == "Registration"


async def test_a_session_that_ends_by_itself_takes_what_is_not_saved_along(sit_down, link) -> None:
    async with sit_down() as seat:
        await begin_a_service(seat)
        seat.console.show_log_in("Please sign in again.")
        seat.console.station.sign_out()
        services = await come_back(seat)
        assert not services.unsaved and services.name.fields["en"].text() == "Registration"


async def test_turning_the_page_keeps_to_what_is_not_saved_and_says_so_at_once(sit_down) -> None:
    async with sit_down() as seat:
        services = await begin_a_service(seat)
        page = seat.console.set_up_page
        QTest.keyClick(services.name.fields["en"], Qt.Key.Key_Tab, CTRL)
        assert is_asked(seat, services) and page.tabs.currentWidget() is services
        assert services.name.fields["en"].hasFocus()
        QTest.keyClick(services, Qt.Key.Key_Escape)
        assert page.tabs.currentWidget() is page.precedences and not page.precedences.sentence.isVisible()
        assert (await switch(seat, 0)).name.fields["en"].text() == "Registration"


# ── what was said of something else ──


async def test_what_was_saved_is_no_longer_said_of_what_is_written_next(sit_down, link) -> None:
    async with sit_down() as seat:
        services = await open_set_up(seat)
        changes = [
            lambda: QTest.keyClicks(services.name.fields["en"], "s"),
            lambda: QTest.keyClicks(services.hours, "mon 08:00-12:00"),
            lambda: QTest.keyClick(services.daily_limit, Qt.Key.Key_Up),
            lambda: QTest.keyClick(services.on, Qt.Key.Key_Space),
            lambda: QTest.keyClick(services.usual, Qt.Key.Key_Down),
            lambda: QTest.keyClick(next(iter(services.boxes.values())), Qt.Key.Key_Space),
            lambda: QTest.keyClick(services, Qt.Key.Key_N, CTRL),
            lambda: services.list.setCurrentRow(1),
        ]
        for at, change in enumerate(changes):
            QTest.keyClick(services, Qt.Key.Key_S, CTRL)
            await seat.until(lambda: services.sentence.text().startswith("Saved") and seat.console.set_up.can_save)
            change()
            assert not services.sentence.isVisible(), (at, services.sentence.text())
            if not services.item_id:
                await switch(seat, 1)
                await switch(seat, 0)


async def test_a_refusal_stays_while_it_is_put_right(sit_down) -> None:
    async with sit_down() as seat:
        services = await open_set_up(seat)
        services.prefix.setText("B")
        services.save()
        await seat.until(services.sentence.isVisible)
        QTest.keyClicks(services.name.fields["en"], "s")
        assert services.sentence.text().startswith("Another service gives these numbers")


async def test_a_point_marked_in_the_table_is_no_longer_said_to_be_saved_beside_another(sit_down) -> None:
    async with sit_down() as seat:
        points = await open_set_up(seat, 2)
        for turn in (lambda: points.matrix.choose("2"), points.new):
            QTest.keyClick(points.matrix, Qt.Key.Key_Space)
            await seat.until(points.sentence.isVisible)
            turn()
            assert not points.sentence.isVisible()


async def test_a_point_marked_in_the_table_is_not_said_to_be_saved_above_a_form_that_is_not(sit_down, link) -> None:
    async with sit_down() as seat:
        points = await open_set_up(seat, 2)
        QTest.keyClicks(points.name.fields["en"], "X")
        before = link.hall.points["1"].services
        QTest.keyClick(points.matrix, Qt.Key.Key_Space)
        await seat.until(lambda: link.hall.points["1"].services != before and seat.console.set_up.can_save)
        assert not points.sentence.isVisible() and points.unsaved


async def test_nothing_that_was_said_or_begun_in_the_set_up_is_there_for_the_next_person(sit_down, busy, tmp_path):
    inhabit(busy)
    file = tmp_path / "clinic.toml"
    file.write_text(write(set_up_of(busy.hall)).replace("allowance = 10", "allowance = 11"), "utf-8")
    async with sit_down() as seat:
        await open_set_up(seat)
        page = seat.console.set_up_page
        devices, audit, people, files = page.devices, page.audit, page.people, page.file
        await switch(seat, 10)
        await seat.until(people.list.count)
        people.model.say("Saved, and in force everywhere.")
        people.model.new_password = FirstPassword(people.model.people[0].login, "a first password")
        await switch(seat, 11)
        devices.model.say("It is called “Kiosk” now.", refusal=False)
        devices.code.setText("7KQF-9MHR")
        devices.name.setText("Kiosk")
        await switch(seat, 12)
        audit.model.export(tmp_path / "audit.csv")
        await seat.until(lambda: audit.sentence.text() == "The audit is saved in audit.csv.")
        await switch(seat, 13)
        files.model.open(file)
        await seat.until(files.apply_button.isVisible)
        press_sign_out(seat)
        assert seat.console.page is seat.console.log_in_page
        for section in (people, devices, audit, files):
            assert not section.sentence.text()
        assert people.model.new_password is None and files.model.file is None
        assert not (devices.code.text() or devices.name.text())


async def test_devices_people_audit_and_file_say_no_more_once_something_else_is_begun(sit_down, busy, tmp_path) -> None:
    inhabit(busy)
    async with sit_down() as seat:
        people = await open_set_up(seat, 10)
        await seat.until(people.list.count)
        for change in (lambda: people.list.setCurrentRow(1), people.new, lambda: QTest.keyClicks(people.login, "x")):
            people.model.say("Saved, and in force everywhere.")
            change()
            assert not people.sentence.isVisible()
        people.login.clear()
        people.model.say("Saved, and in force everywhere.")
        await switch(seat, 11)
        await switch(seat, 10)
        assert not people.sentence.isVisible()

        devices = await switch(seat, 11)
        await seat.until(lambda: devices.rows.rows)
        for field in (devices.code, devices.name):
            devices.model.say("It is called “Kiosk” now.", refusal=False)
            QTest.keyClicks(field, "x")
            assert not devices.sentence.isVisible()
        devices.model.say("It is called “Kiosk” now.", refusal=False)
        devices.devices.choose("d")
        assert not devices.sentence.isVisible() and devices.new_name.isEnabled()
        devices.model.say("It is called “Kiosk” now.", refusal=False)
        QTest.keyClicks(devices.new_name, "x")
        assert not devices.sentence.isVisible()
        devices.model.say("“Kiosk” is out of service.", refusal=False)
        devices.model._on_devices(())
        assert devices.sentence.isVisible(), "that it is no longer there is no other beginning"

        audit = await switch(seat, 12)
        for change in (lambda: QTest.keyClicks(audit.who, "x"), audit.refused.click):
            audit.model.export(tmp_path / "audit.csv")
            await seat.until(audit.sentence.isVisible)
            change()
            assert not audit.sentence.isVisible()

        files = await switch(seat, 13)
        files.model.export(tmp_path / "kept.toml")
        await seat.until(files.sentence.isVisible)
        await switch(seat, 12)
        await switch(seat, 13)
        assert not files.sentence.isVisible()
