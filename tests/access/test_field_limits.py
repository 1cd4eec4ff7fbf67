"""Every field anybody can send: an impossible value is refused before it reaches either database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from shared.backend.halls import database_administration
from shared.backend.halls.hall_administration import add
from shared.hall.field_types import new_id
from shared.hall.json_codec import encode
from shared.hall.roles import Role
from shared.requests.audit import ReadAudit
from shared.requests.contacts import Contact, EraseTicket, ExportTicket, KeepContact, ReadContact
from shared.requests.devices import (
    ClaimSeries,
    ConfirmPairing,
    RefusePairing,
    RenameDevice,
    ReportState,
    RevokeDevice,
    SeeTroubles,
)
from shared.requests.media import MediumKind, ReadMediumPart, RemoveMedium, SendMediumPart, StoreMedium
from shared.requests.request import Request
from shared.requests.request_list import REQUESTS
from shared.requests.specialists import KeepNote
from shared.requests.staff import AddPerson, ChangePassword, ChangeRole, RemovePerson, ResetPassword
from tests.backends import DATABASES, Caller, Premises, new_database
from tests.hall.examples import EVERY_COMMAND, over_the_wire
from tests.phone import Phone

EVERY_REQUEST: list[Request[Any]] = [
    AddPerson(login="carla", password="three-words-together", role=Role.SPECIALIST),
    ChangeRole(person="x", role=Role.SPECIALIST),
    ResetPassword(person="x", password="three-words-together"),
    RemovePerson(person="x"),
    ChangePassword(old="one", new="three-words-together"),
    ConfirmPairing(code="ABCD-EFGH", name="Kiosk"),
    RefusePairing(newcomer="x"),
    RenameDevice(device="x", name="Kiosk"),
    RevokeDevice(device="x"),
    ReportState(version="1.0.0"),
    SeeTroubles(device="x"),
    ClaimSeries(set_to="K2"),
    KeepContact(ticket="x", contact=Contact(name="Ada", phone="1")),
    ReadContact(ticket="x"),
    ExportTicket(ticket="x"),
    EraseTicket(ticket="x"),
    ReadAudit(actor="a", act="b", before="c"),
    KeepNote(ticket="x", text="x", id="x"),
    SendMediumPart(content="0a" * 32, at=-1, data="AAAA"),  # no part has this number: any long text may be base64
    StoreMedium(content="0b" * 32, name="x", kind=MediumKind.PICTURE),
    ReadMediumPart(content="0b" * 32, at=0),
    RemoveMedium(content="0b" * 32),
]
"""One of every request that has a text."""

BODIES: dict[str, dict[str, Any]] = {
    "sessions": {"login": "nobody", "password": "x"},
    "sign-on": {"nonce": "x"},
    "pairings": {"role": "kiosk", "token_hash": "0a" * 32, "version": "1.0.0"},
    "pairings/proof": {"device": "x", "nonce": "0a" * 16},
}

NEVER = ("x" * 3_000, "nul\0", "half \ud800", 10**30, -(10**300), [], {"x": {}}, "9" * 5_000)
"""Values no field may have."""

PERHAPS = ("", "\u202e", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59Z", "0001-01-01", "9999-12-31", None, 1, True)
"""Values some fields may have."""

BodyPath = tuple[str | int, ...]


def leaves(data: Any, path: BodyPath = ()) -> Iterator[BodyPath]:
    """The path to every plain value in a body."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    if not items:
        yield path
    for key, value in items:
        yield from leaves(value, (*path, key))


def spoiled(body: dict[str, Any], values: tuple[Any, ...]) -> Iterator[tuple[str, bytes]]:
    """The body with each of these values at each of its paths, and a name for the change."""
    for path in leaves(body):
        for value in values:
            there = json.loads(json.dumps(body))
            place: Any = there
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
            yield f"{'.'.join(map(str, path))} = {value!r:.20}", json.dumps(there).encode()


class Place:
    """A backend on either database, and its state, to see whether it changes."""

    def __init__(self, premises: Premises, hall: str = "clinic") -> None:
        self.premises = premises
        self.hall = hall
        self.caller = Caller(premises)
        assert self.caller.sign_in().ok

    def send(self, path: str, body: bytes, **headers: str | bytes) -> requests.Response:
        address = f"{self.premises.base}/api/v1/{path}"
        kind = {"Content-Type": "application/json", **headers}
        return self.caller.session.post(address, data=body, headers=kind, timeout=10)

    def state(self) -> Any:
        """The number of the hall's last event, who works there, which devices there are."""
        there = f"/api/v1/halls/{self.hall}"
        asked = (self.caller.post(f"{there}/requests/{name}", {}).json() for name in ("list-staff", "list-devices"))
        people, devices = (answer["answer"] for answer in asked)
        return self.caller.get(there).json()["seq"], people, [(one["id"], one["name"]) for one in devices]

    def faults(self, path: str, body: dict[str, Any]) -> list[str]:
        """The faults in how each field is checked."""
        faults, before = [], self.state()
        for what, sent in spoiled(body, NEVER):
            answer = self.send(path, sent)
            if not 400 <= answer.status_code < 500:
                faults.append(f"{path}: {what}: {answer.status_code} {answer.text}")
        if self.state() != before:
            faults.append(f"{path}: something has changed")
        for what, sent in spoiled(body, PERHAPS):
            answer = self.send(path, sent)
            if answer.status_code >= 500:
                faults.append(f"{path}: {what}: {answer.status_code} {answer.text}")
        return faults


@pytest.fixture(params=["premises", "premises_on_postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    return Place(request.getfixturevalue(request.param))


def test_every_field_of_every_command_is_checked(place: Place) -> None:
    with database_administration.opened(place.premises.database) as opened:
        place.hall = add(opened, "Elsewhere", "clinic")  # because some values are taken, and change the hall
    bodies = {command.type_name(): over_the_wire(command) for command in EVERY_COMMAND}
    assert [
        fault
        for name, body in bodies.items()
        for fault in place.faults(f"halls/{place.hall}/commands/{name}", {**body, "command_id": new_id()})
    ] == []


def test_every_field_of_every_request_is_checked(place: Place) -> None:
    bodies = {request.type_name(): encode(request) for request in EVERY_REQUEST}
    assert {name for name in REQUESTS if name not in bodies} == {
        "list-staff", "list-devices", "list-newcomers", "read-seats", "read-own-day", "read-reasons",
        "list-media", "read-own-device",
    }  # fmt: skip
    assert [
        fault for name, body in bodies.items() for fault in place.faults(f"halls/{place.hall}/requests/{name}", body)
    ] == []


def test_every_field_of_sign_in_and_pairing_is_checked(place: Place) -> None:
    assert [fault for path, body in BODIES.items() for fault in place.faults(path, body)] == []


def test_every_field_of_a_customers_form_is_checked(place: Place) -> None:
    phone, before = Phone(place.premises.base), place.state()
    form = {**phone.form("children"), "precedence": "regular"}
    for name in form:
        for value in ("x" * 3_000, "nul\0", "\ud800", "9" * 4_000):
            page = phone.send(
                "/h/clinic/tickets",
                {key: text.encode("utf-8", "surrogatepass") for key, text in {**form, name: value}.items()},
            )
            assert 400 <= page.status_code < 500, (name, value[:20], page.text)
    assert place.state() == before
    mine = phone.take("children")
    for value in ("9" * 4_000, "9" * 30, "nul\0", "nan", "-1"):
        assert 400 <= phone.send(f"{mine}/feedback", {"rating": value}).status_code < 500, value


@pytest.mark.parametrize("name", ["%00", "a%00b", "x" * 3_000, "%ED%A0%80", "%ff"])
def test_no_impossible_address_reaches_the_database(place: Place, name: str) -> None:
    body = json.dumps({"command_id": new_id(), "service": "children"}).encode()
    answers = [
        *(place.caller.get(f"/h/{name}{more}") for more in ("", "/events", "/s/children")),
        *(place.caller.get(f"/{page}") for page in (f"t/{name}", f"h/clinic/s/{name}", f"h/clinic?lang={name}")),
        *(place.caller.get(f"/api/v1/halls/{name}{more}") for more in ("", "/events", "/tickets/x/notes")),
        place.caller.get(f"/api/v1/halls/clinic/tickets/{name}/notes"),
        place.send(f"halls/{name}/commands/issue-ticket", body),
        place.send(f"halls/{name}/requests/list-devices", b"{}"),
        place.send(f"halls/clinic/commands/{name}", body),
        place.send(f"halls/clinic/requests/{name}", b"{}"),
    ]  # fmt: skip
    assert [(one.url, one.status_code) for one in answers if one.status_code >= 500] == []


@pytest.mark.parametrize("database", DATABASES)
def test_whatever_a_proxy_calls_an_address_a_device_is_paired(database: str, tmp_path: Path) -> None:
    there = Premises(tmp_path, database=new_database(database, tmp_path))
    there.serve(NOWSERVING_TRUSTED_PROXIES="127.0.0.1")
    place = Place(there)
    for number, address in enumerate(("10.0.0.7, " * 500 + "x" * 500, "unknown", "ä\u00ad" * 200, "[::1]:80")):
        body = {"role": "kiosk", "token_hash": f"{number:064x}", "version": "1.0.0"}
        headers = {"X-Forwarded-For": address.encode("latin-1"), "User-Agent": "x" * 5_000}
        sent = place.send("pairings", json.dumps(body).encode(), **headers)
        assert sent.status_code == 200, (address[:20], sent.text)
    there.stop()
