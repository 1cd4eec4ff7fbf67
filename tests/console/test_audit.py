"""The audit in the console; and a customer's contact data, from the reception to the counter."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from shared.hall.field_types import new_id
from shared.hall.roles import Role
from shared.link.connect import connect
from shared.requests.contacts import Contact, ReadContact
from shared.requests.staff import AddPerson, ChangePassword
from tests.backends import PASSWORD, Premises
from tests.console.test_people import OWN, people_of, sit_down_here

__all__ = ["sit_down_here"]

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # what a dialog asks of a screen, and offscreen has not

CTRL = Qt.KeyboardModifier.ControlModifier


def somebody(premises: Premises, role: Role) -> str:
    """A login whose password is their own."""
    admin = premises.admin()
    login = f"a-{new_id()[-8:]}"
    admin.request(AddPerson(login=login, password="kedava-first-words", role=role))
    console = connect(premises.base, role=Role.CONSOLE)
    link, _ = console.sign_in(login, "kedava-first-words")
    link.request(ChangePassword(old="kedava-first-words", new=OWN))
    for one in (admin, console, link):
        one.close()
    return login


async def signed_in(seat, login: str, password: str) -> None:
    await seat.sign_in(login, password)
    await seat.until(lambda: seat.console.station.hall and seat.console.page is not seat.console.log_in_page)


async def test_supervisors_read_who_did_what_and_nothing_else_of_the_set_up(sit_down_here, premises) -> None:
    login = somebody(premises, Role.SUPERVISOR)
    async with sit_down_here() as seat:
        await signed_in(seat, login, OWN)
        QTest.keyClick(seat.console.window, Qt.Key.Key_G, CTRL)
        page = seat.console.set_up_page
        shown = [page.tabs.widget(at) for at in range(page.tabs.count()) if page.tabs.isTabVisible(at)]
        assert shown == [page.audit]
        page.audit.who.setText(login)
        page.audit.begin()
        await seat.until(lambda: any(act.act == "sign-in" and act.actor == login for act in page.audit.model.acts))


async def test_what_was_refused_is_found_and_exported(sit_down_here, premises, tmp_path: Path) -> None:
    async with sit_down_here() as seat:
        await seat.sign_in("admin", "kedava-wrong-words")
        await people_of(seat)
        page = seat.console.set_up_page
        page.tabs.setCurrentWidget(page.audit)
        page.audit.refused.setChecked(True)
        await seat.until(lambda: page.audit.model.acts and all(act.outcome != "done" for act in page.audit.model.acts))
        assert page.audit.rows.rowCount()
        page.audit.ask_where_to()
        dialog = page.audit.findChild(QFileDialog)
        assert dialog.isVisible()
        dialog.fileSelected.emit(str(tmp_path / "audit.csv"))
        dialog.close()
        await seat.until(lambda: "audit.csv" in page.audit.model.sentence)
    with (tmp_path / "audit.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert any(row["what"] == "sign-in" and row["outcome"] == "not-signed-in" for row in rows)


async def test_a_customers_name_goes_from_the_reception_to_the_counter_and_can_be_forgotten(
    sit_down_here, premises, tmp_path: Path
) -> None:
    async with sit_down_here() as seat:
        await signed_in(seat, "admin", PASSWORD)
        seat.console.show_reception()
        form, model = seat.console.reception_page.form, seat.console.reception
        QTest.keyClicks(form.search, "registration")
        form.name.setText("Marguerite Example")
        form.phone.setText("0 30 1234567")
        QTest.keyClick(form.phone, Qt.Key.Key_Return)
        await seat.until(lambda: model.given_id and model.ready)
        link = premises.admin()
        given = model.given_id
        assert link.request(ReadContact(ticket=given)) == Contact(name="Marguerite Example", phone="0 30 1234567")
        assert form.name.text() == "", "nobody else has that name"

        work = seat.console.work
        work.station.request(ReadContact(ticket=given), lambda contact: work._on_contact(given, contact))
        finder = seat.console.reception_page.finder
        finder.search.setText(str(model.ticket.label))
        await seat.until(lambda: finder.chosen)
        finder.ask_where_to()
        dialog = finder.findChild(QFileDialog)
        dialog.fileSelected.emit(str(tmp_path / "kept.json"))
        dialog.close()
        await seat.until(lambda: "kept.json" in model.sentence)
        assert "Marguerite Example" in (tmp_path / "kept.json").read_text("utf-8")
        finder.erase_button.click()
        finder.erase_button.click()
        await seat.until(lambda: "erased" in model.sentence)
        assert link.request(ReadContact(ticket=given)) == Contact()
        link.close()
