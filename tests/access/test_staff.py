"""The people who work here, as administrators add, change and remove them: over HTTP, on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.hall.errors import (
    Invalid,
    LoginTaken,
    NotAllowed,
    NotSignedIn,
    PasswordMustChange,
    Refused,
    WrongPassword,
)
from shared.hall.field_types import new_id
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Role
from shared.link.connect import connect
from shared.link.link import Link
from shared.requests.staff import (
    AddPerson,
    ChangePassword,
    ChangeRole,
    ListStaff,
    Person,
    RemovePerson,
    ResetPassword,
)
from tests.backends import DATABASES, PASSWORD, Premises, nowserving

FIRST, OWN = "kedava-first-word", "kedava-own-words"


@pytest.fixture(params=[f"{way} {kind}" for kind in DATABASES for way in ("database", "http")], scope="module")
def way(request: pytest.FixtureRequest) -> tuple[str, Premises]:
    name, kind = request.param.split()
    return name, request.getfixturevalue("premises" if kind == "sqlite" else "premises_on_postgresql")


@pytest.fixture
def admin(way: tuple[str, Premises]) -> Iterator[Link]:
    name, there = way
    link = there.admin(name)
    yield link
    link.close()


@pytest.fixture
def sign_in(way: tuple[str, Premises]) -> Iterator:
    """Sign somebody in; every link is closed at the end."""
    name, there = way
    console = connect(there.base if name == "http" else there.database, role=Role.CONSOLE)
    opened = [console]

    def sign_in(login: str, password: str) -> Link:
        link, _ = console.sign_in(login, password)
        opened.append(link)
        return link

    yield sign_in
    for link in opened:
        link.close()


def somebody(admin: Link, role: Role = Role.SPECIALIST, *, every_hall: bool = False) -> Person:
    login = f"p-{new_id()[-12:]}"
    return admin.request(AddPerson(login=login, password=FIRST, role=role, every_hall=every_hall))


def settled(admin: Link, sign_in, role: Role = Role.SPECIALIST, *, every_hall: bool = False) -> tuple[Person, Link]:
    """Somebody with a password of their own."""
    person = somebody(admin, role, every_hall=every_hall)
    link = sign_in(person.login, FIRST)
    link.request(ChangePassword(old=FIRST, new=OWN))
    return person, link


def test_whoever_is_added_is_listed_and_belongs_to_this_hall(admin: Link) -> None:
    person = somebody(admin)
    assert person in admin.request(ListStaff())
    assert (person.hall, person.must_change, person.signs_on) == (admin.snapshot().id, True, False)


def test_with_a_first_password_one_can_do_nothing_but_choose_ones_own(admin: Link, sign_in) -> None:
    person = somebody(admin)
    link = sign_in(person.login, FIRST)
    attempts = [
        link.snapshot,
        lambda: link.do(IssueTicket(service="registration")),
        lambda: link.watch(0),
        lambda: link.notes("no-ticket"),
    ]
    for attempt in attempts:
        with pytest.raises(PasswordMustChange):
            attempt()
    link.request(ChangePassword(old=FIRST, new=OWN))
    assert link.snapshot().id == admin.snapshot().id
    with pytest.raises(NotSignedIn):
        sign_in(person.login, FIRST)


def test_somebody_of_every_hall_chooses_a_password_of_their_own_too(admin: Link, sign_in) -> None:
    """At a console that was told of no hall, since there is only one."""
    link = sign_in(somebody(admin, every_hall=True).login, FIRST)
    with pytest.raises(PasswordMustChange):
        link.snapshot()
    link.request(ChangePassword(old=FIRST, new=OWN))
    assert link.snapshot().id == admin.snapshot().id


def test_a_new_password_ends_what_else_one_had_open(admin: Link, sign_in) -> None:
    person, here = settled(admin, sign_in)
    elsewhere = sign_in(person.login, OWN)
    here.request(ChangePassword(old=OWN, new=OWN + "-again"))
    here.snapshot()
    with pytest.raises(NotSignedIn):
        elsewhere.snapshot()


@pytest.mark.parametrize(
    ("new", "why"),
    [("short", "at least"), ("x" * 129, "at most"), ("password123", "easy to guess"), (OWN, "the same as the old one")],
)
def test_a_bad_password_is_refused_and_changes_nothing(admin: Link, sign_in, new: str, why: str) -> None:
    person, link = settled(admin, sign_in)
    with pytest.raises(Invalid, match=why):
        link.request(ChangePassword(old=OWN, new=new))
    with pytest.raises(WrongPassword):
        link.request(ChangePassword(old=FIRST, new=OWN + "-again"))
    sign_in(person.login, OWN)


def test_ones_own_login_is_no_password(admin: Link) -> None:
    with pytest.raises(Invalid, match="easy to guess"):
        admin.request(AddPerson(login="margarethe", password="margarethe", role=Role.SPECIALIST))


def test_a_reset_password_ends_everything_and_has_to_be_changed(admin: Link, sign_in) -> None:
    person, link = settled(admin, sign_in)
    assert admin.request(ResetPassword(person=person.id, password=FIRST)).must_change
    with pytest.raises(NotSignedIn):
        link.snapshot()
    with pytest.raises(PasswordMustChange):
        sign_in(person.login, FIRST).snapshot()


def test_a_role_counts_from_the_next_command_on(admin: Link, sign_in) -> None:
    person, link = settled(admin, sign_in)
    with pytest.raises(NotAllowed):
        link.request(ListStaff())
    admin.request(ChangeRole(person=person.id, role=Role.ADMINISTRATOR))
    assert link.request(ListStaff())
    admin.request(ChangeRole(person=person.id, role=Role.SPECIALIST))
    with pytest.raises(NotAllowed):
        link.request(ListStaff())


def test_whoever_is_removed_is_out_at_once(admin: Link, sign_in) -> None:
    person, link = settled(admin, sign_in)
    admin.request(RemovePerson(person=person.id))
    with pytest.raises(NotSignedIn):
        link.snapshot()
    with pytest.raises(NotSignedIn):
        sign_in(person.login, OWN)
    assert person.login not in {one.login for one in admin.request(ListStaff())}


def test_signing_out_ends_the_session_at_the_hall(admin: Link, sign_in) -> None:
    _, link = settled(admin, sign_in)
    link.sign_out()
    with pytest.raises(NotSignedIn):
        link.snapshot()


def test_a_login_is_given_once(admin: Link) -> None:
    with pytest.raises(LoginTaken):
        admin.request(AddPerson(login="admin", password=FIRST, role=Role.SPECIALIST))


@pytest.mark.parametrize(
    "change",
    [
        lambda person: ChangeRole(person=person.id, role=Role.SPECIALIST),
        lambda person: ResetPassword(person=person.id, password=FIRST),
        lambda person: RemovePerson(person=person.id),
    ],
)
def test_an_administrator_of_one_hall_touches_nobody_of_every_hall(admin: Link, sign_in, change) -> None:
    _, local = settled(admin, sign_in, Role.ADMINISTRATOR)
    of_all = somebody(admin, Role.ADMINISTRATOR, every_hall=True)
    assert of_all in local.request(ListStaff())
    with pytest.raises(NotAllowed, match="all halls"):
        local.request(change(of_all))
    with pytest.raises(NotAllowed, match="all halls"):
        local.request(AddPerson(login="another", password=FIRST, role=Role.SPECIALIST, every_hall=True))
    with pytest.raises(Refused):
        local.request(AddPerson(login="another one", password=FIRST, role=Role.KIOSK))
    assert of_all in admin.request(ListStaff())


def test_nobody_changes_their_own_rights(admin: Link) -> None:
    me = next(person for person in admin.request(ListStaff()) if person.login == "admin")
    for request in (RemovePerson(person=me.id), ChangeRole(person=me.id, role=Role.SPECIALIST)):
        with pytest.raises(NotAllowed, match="their own"):
            admin.request(request)


def test_the_last_administrator_stays(tmp_path) -> None:
    address = f"sqlite:///{tmp_path / 'halls.db'}"
    assert nowserving("init", "--database", address, NOWSERVING_ADMIN_PASSWORD=PASSWORD).returncode == 0
    for action in (("remove", "admin"), ("role", "admin", "specialist")):
        refused = nowserving("staff", *action, "--database", address)
        assert (refused.returncode, "last administrator" in refused.stderr) == (1, True)
    link = connect(address, role=Role.CONSOLE).sign_in("admin", PASSWORD)[0]
    person = link.request(AddPerson(login="berta", password=FIRST, role=Role.ADMINISTRATOR, every_hall=True))
    assert nowserving("staff", "role", "admin", "supervisor", "--database", address).returncode == 0
    with pytest.raises(NotAllowed):
        link.request(RemovePerson(person=person.id))
    link.close()


def test_from_the_command_line_somebody_gets_in_again_who_forgot(tmp_path) -> None:
    address = f"sqlite:///{tmp_path / 'halls.db'}"
    assert nowserving("init", "--database", address, NOWSERVING_ADMIN_PASSWORD=PASSWORD).returncode == 0
    reset = nowserving("staff", "reset", "admin", "--database", address)
    password = reset.stdout.splitlines()[-1]
    console = connect(address, role=Role.CONSOLE)
    link, actor = console.sign_in("admin", password)
    assert actor.must_change
    link.request(ChangePassword(old=password, new=OWN))
    assert link.snapshot()
    link.close()
    console.close()
    assert nowserving("staff", "remove", "nobody", "--database", address).stderr == (
        "nowserving: There is nobody with this login.\n"
    )


def test_lists_and_requests_about_unknown_people_are_refused(admin: Link) -> None:
    for request in (RemovePerson(person="nobody"), ResetPassword(person="nobody", password=FIRST)):
        with pytest.raises(Refused, match="does not work here"):
            admin.request(request)
