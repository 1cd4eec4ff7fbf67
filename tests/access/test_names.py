"""What somebody or something may be called: all of it is seen, and nothing passes for another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from shared.backend.access.login_names import checked_login
from shared.backend.halls import database_administration
from shared.backend.storage import tables
from shared.hall.display_values import PlaylistItem, PlaylistKind
from shared.hall.displays import DefineDisplay
from shared.hall.errors import Invalid, LoginTaken
from shared.hall.exceptional_days import DefineDay
from shared.hall.field_limits import is_name
from shared.hall.field_types import in_language
from shared.hall.input_checks import check_input
from shared.hall.roles import Role
from shared.hall.set_up import DefineHall, DefinePoint, DefinePrecedence, DefineService
from shared.link.connect import connect
from shared.requests.contacts import Contact, KeepContact
from shared.requests.devices import ConfirmPairing, RenameDevice
from shared.requests.staff import AddPerson
from tests.backends import PASSWORD, Premises, nowserving
from tests.hall.builders import clinic as a_clinic

HIDDEN = {
    "zero width space": "\u200b",
    "override": "Till\u202e 1",
    "isolate": "\u2066Till",
    "mark": "Till\u200f",
    "soft hyphen": "Ti\u00adll",
    "byte order mark": "\ufeffTill",
    "Hangul filler": "\u3164",
    "empty Braille": "\u2800",
    "private use": "Till \ue000",
    "a line more": "Till\u2028 1",
    "joiner at the end": "Till\u200d",
    "two joiners": "Ti\u200d\u200dll",
    "combining mark alone": "\u0301",
}
GOOD = (
    "Till 1",
    "Straße",
    "می\u200cخواهم",
    "क्\u200dष",
    "👩\u200d⚕️",
    "❤️\u200d🔥",
    "مكتب ٢",
    "№ 5",
    "<b>x</b>",
    "e\u0301",
)


@pytest.mark.parametrize("name", HIDDEN.values(), ids=HIDDEN)
def test_a_name_that_hides_something_is_none(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize("name", GOOD)
def test_a_name_of_any_language_is_one(name: str) -> None:
    assert is_name(name)


def page(kind: PlaylistKind, **text: str) -> PlaylistItem:
    return PlaylistItem(kind=kind, **text)  # type: ignore[arg-type]


def naming(name: str) -> Iterator[tuple[str, Any]]:
    """Whatever names something to people, and the field that does."""
    yield "name", DefineHall(name={"en": "Clinic", "de": name})
    yield "outcomes", DefineHall(name="Clinic", outcomes=(name,))
    yield "name", DefineService(id="x", name=name, prefix="X")
    yield "name", DefinePrecedence(id="x", name=name, allowance=1)
    yield "name", DefinePoint(id="x", name=name, serial_number=7)
    yield "reason", DefineDay(date=date(2031, 1, 1), reason=name)
    yield "ticker", DefineDisplay(id="x", name="Wall", ticker={"en": name})
    yield "text", DefineDisplay(id="x", name="Wall", playlist=(page(PlaylistKind.TEXT, text=f"Hello\n{name}"),))
    yield "url", DefineDisplay(id="x", name="Wall", playlist=(page(PlaylistKind.WEB, url=name),))
    yield "name", ConfirmPairing(code="ABCD-EFGH", name=name)
    yield "name", RenameDevice(device="x", name=name)
    yield "name", KeepContact(ticket="x", contact=Contact(name=name))


@pytest.mark.parametrize("name", HIDDEN.values(), ids=HIDDEN)
def test_nothing_is_named_so_and_the_field_is_said(name: str) -> None:
    for field, said in naming(name):
        with pytest.raises(Invalid) as refused:
            check_input(said)
        assert refused.value.about["field"] == field
    for _, said in naming("می\u200cخواهم"):
        check_input(said)


def test_a_name_of_an_old_journal_is_read_and_turns_nothing() -> None:
    clinic = a_clinic()
    old = replace(clinic.hall.settings, name="Till\u202e 1")
    clinic.hall = replace(clinic.hall, settings=old)
    assert in_language(clinic.hall.settings.name, "en") == "Till 1"
    with pytest.raises(Invalid, match="change the direction"):
        clinic.do(DefineHall(**{field.name: getattr(old, field.name) for field in fields(old)}))


@pytest.mark.parametrize("login", ["аdmin", "admıп", "αdmin", "carlа", "ad\u200bmin", "b০b", "x\u0301\u0302"])
def test_a_login_of_more_than_one_script_is_refused(login: str) -> None:
    with pytest.raises(Invalid):
        checked_login(login)


@pytest.mark.parametrize("login", ["anna.o-1@example.org", "борис2", "山田たろう", "김철수", "فاطمه_۲", "محمد٢"])
def test_a_login_of_one_script_is_taken(login: str) -> None:
    assert checked_login(login) == login


def test_a_login_is_kept_in_its_usual_form_and_found_in_any(premises: Premises) -> None:
    admin = premises.admin()
    person = admin.request(AddPerson(login="ﬁona", password="three-words-together", role=Role.SPECIALIST))
    assert person.login == "fiona"
    with pytest.raises(LoginTaken):
        admin.request(AddPerson(login="ｆｉｏｎａ", password="three-words-together", role=Role.SPECIALIST))
    console = connect(premises.base, role=Role.CONSOLE)
    for login in ("fiona", "ﬁona", "ｆｉｏｎａ"):
        link, actor = console.sign_in(login, "three-words-together")
        assert actor.name == "fiona"
        link.close()
    console.close()
    admin.close()


def test_whoever_has_a_login_of_two_scripts_already_goes_on_with_it(tmp_path) -> None:
    there = Premises(tmp_path)
    there.admin("database").close()
    with database_administration.opened(there.database) as halls, halls.database.writing() as connection:
        connection.execute(update(tables.staff).where(tables.staff.c.login == "admin").values(login="ﬁ-аdmin"))
    console = connect(there.database, role=Role.CONSOLE)
    link, actor = console.sign_in("ﬁ-аdmin", PASSWORD)
    assert actor.name == "ﬁ-аdmin"
    link.close()
    console.close()
    changed = nowserving("staff", "role", "ﬁ-аdmin", "supervisor", "--database", there.database)
    assert "last administrator" in changed.stderr
