"""Who may do what: every command, request and route, tried by everybody, in their own hall and in another.

What should come of it is worked out from the one place where it is declared: ``RULES`` and ``ALLOWED``. A command or
request that is added is tried here without a change.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import pytest
import requests

from shared.backend.halls import database_administration
from shared.hall.field_types import new_id
from shared.hall.messages import Command
from shared.hall.roles import DEVICE_ROLES, STAFF_ROLES, Role
from shared.hall.rules import COMMANDS, RULES
from shared.requests.media import MediumKind
from shared.requests.request import Request
from shared.requests.request_list import REQUESTS
from tests.backends import Premises
from tests.hall.examples import EVERY_COMMAND, over_the_wire

REFUSED = {401, 403}
NOBODY = {
    "nothing": {},
    "another scheme": {"Authorization": "Basic YWRtaW46YWRtaW4="},
    "no token": {"Authorization": "Bearer "},
    "a wrong token": {"Authorization": "Bearer " + "x" * 43},
}


class Somebody(NamedTuple):
    """A role, the hall it is of (None: every one), and the token."""

    role: Role
    hall: str | None
    token: str


class Halls(NamedTuple):
    """A backend with two halls, and one of everybody in each."""

    base: str
    people: list[Somebody]
    revoked: list[str]

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> int:
        with requests.request(
            method, self.base + path, headers=headers, json=body, timeout=10, stream=True, allow_redirects=False
        ) as answer:
            return answer.status_code

    def as_somebody(self, somebody: Somebody, method: str, path: str, body: Any = None) -> int:
        return self.ask(method, path, {"Authorization": f"Bearer {somebody.token}"}, body)


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Halls]:
    there = Premises(tmp_path_factory.mktemp("premises"))
    with database_administration.opened(there.database) as opened:
        other = opened.add_hall("other", "office", "Other")
        accounts = opened.accounts
        people = [
            Somebody(role, hall, accounts.add_device(f"{role} of {hall}", role, hall))
            for role in DEVICE_ROLES
            for hall in (there.hall, other)
        ]
        for role in STAFF_ROLES:
            for hall in (there.hall, other, None):
                login = f"{role}-{hall or 'all'}"
                accounts.people.add(login, "kedava-own-words", role, hall)
                token = accounts.sessions.sign_in(login, "kedava-own-words", "here").token
                people.append(Somebody(role, hall, token))
        over = accounts.sessions.sign_in(f"{Role.ADMINISTRATOR}-all", "kedava-own-words", "here").token
        accounts.sessions.end(over)
    there.serve()
    yield Halls(there.base, people, [over])
    there.stop()


HALL = "clinic"


def may(somebody: Somebody, allowed: typing.Collection[Role]) -> bool:
    return somebody.role in allowed and somebody.hall in (None, HALL)


# ── commands ──


def allowed_senders(command: Command) -> frozenset[Role]:
    rule = RULES[type(command)]
    return rule.allowed_for(command) if rule.allowed_for else rule.allowed


def test_there_is_an_example_of_every_command() -> None:
    assert {type(command) for command in EVERY_COMMAND} == set(RULES)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_taken_from_whom_it_may_come_and_from_nobody_else(halls: Halls, name: str) -> None:
    for example in (one for one in EVERY_COMMAND if one.type_name() == name):
        path = f"/api/v1/halls/{HALL}/commands/{name}"
        for somebody in halls.people:
            body = {**over_the_wire(example), "command_id": new_id()}
            status = halls.as_somebody(somebody, "POST", path, body)
            wanted = may(somebody, allowed_senders(example))
            assert (status not in REFUSED) == wanted, (name, somebody.role, somebody.hall, status)
            assert status < 500, (name, somebody.role, status)
        for who, headers in NOBODY.items():
            assert halls.ask("POST", path, headers, over_the_wire(example)) == 401, (name, who)


# ── requests ──


def a_request(kind: type[Request[Any]]) -> dict[str, Any]:
    """A body of this kind that can be read; what it names is not there."""
    hints = typing.get_type_hints(kind)
    return {field.name: _something(hints[field.name]) for field in dataclasses.fields(kind)}


def _something(kind: Any) -> Any:
    if dataclasses.is_dataclass(kind):
        return a_request(typing.cast("Any", kind))
    if type(None) in typing.get_args(kind):
        return None
    if typing.get_origin(kind) is tuple:
        return []
    if kind is Role:
        return "specialist"
    if kind is MediumKind:
        return "picture"
    if kind is datetime:
        return "2026-11-25T12:00:00Z"
    return {str: "nobody", bool: False, int: 1}[kind]


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_answered_to_whom_it_may_come_from_and_to_nobody_else(halls: Halls, name: str) -> None:
    kind, path = REQUESTS[name], f"/api/v1/halls/{HALL}/requests/{name}"
    for somebody in halls.people:
        status = halls.as_somebody(somebody, "POST", path, a_request(kind))
        assert (status not in REFUSED) == may(somebody, kind.ALLOWED), (name, somebody.role, somebody.hall, status)
        assert status < 500, (name, somebody.role, status)
    for who, headers in NOBODY.items():
        assert halls.ask("POST", path, headers, a_request(kind)) == 401, (name, who)


# ── every other route ──

EVERYBODY = frozenset(Role)
STAFF = frozenset(STAFF_ROLES)

ROUTES: dict[tuple[str, str], frozenset[Role] | None] = {
    ("GET", "/api/v1/halls"): EVERYBODY,
    ("GET", "/api/v1/halls/{hall}"): EVERYBODY,
    ("GET", "/api/v1/halls/{hall}/events"): EVERYBODY,
    ("GET", "/api/v1/halls/{hall}/tickets/{ticket}/notes"): STAFF,
    ("DELETE", "/api/v1/sessions/current"): EVERYBODY,
    ("POST", "/api/v1/sessions"): None,
    ("GET", "/api/v1/sign-on"): None,
    ("POST", "/api/v1/sign-on"): None,
    ("GET", "/api/v1/authority"): None,
    ("GET", "/api/v1/installation"): None,
    ("POST", "/api/v1/pairings"): None,
    ("GET", "/api/v1/pairings/current"): None,
    ("POST", "/api/v1/pairings/proof"): None,
}
"""Who may use what is neither a command nor a request; None: strangers too."""


def test_this_list_is_the_whole_list(halls: Halls) -> None:
    described = requests.get(f"{halls.base}/api/v1/openapi.json", timeout=10).json()["paths"]
    routes = {(method.upper(), path) for path, methods in described.items() for method in methods}
    listed = {("POST", f"/api/v1/halls/{{hall}}/commands/{name}") for name in COMMANDS}
    listed |= {("POST", f"/api/v1/halls/{{hall}}/requests/{name}") for name in REQUESTS}
    assert routes == listed | set(ROUTES)


@pytest.mark.parametrize(("method", "path"), [route for route, allowed in ROUTES.items() if allowed is not None])
def test_a_route_lets_in_whom_it_is_for(halls: Halls, method: str, path: str) -> None:
    allowed = ROUTES[method, path]
    assert allowed is not None
    there = path.format(hall=HALL, ticket="nobodys")
    for somebody in halls.people:
        if method == "DELETE":
            continue  # it would end what the others need
        status = halls.as_somebody(somebody, method, there)
        wanted = may(somebody, allowed) or (path == "/api/v1/halls" and somebody.role in allowed)
        assert (status not in REFUSED) == wanted, (path, somebody.role, somebody.hall, status)
    for who, headers in NOBODY.items():
        assert halls.ask(method, there, headers) == 401, (path, who)


def test_whose_session_is_over_may_do_nothing(halls: Halls) -> None:
    for token in halls.revoked:
        headers = {"Authorization": f"Bearer {token}"}
        for name, kind in REQUESTS.items():
            assert halls.ask("POST", f"/api/v1/halls/{HALL}/requests/{name}", headers, a_request(kind)) == 401
        for name in COMMANDS:
            assert halls.ask("POST", f"/api/v1/halls/{HALL}/commands/{name}", headers, {}) == 401
        for (method, path), allowed in ROUTES.items():
            if allowed is not None:
                assert halls.ask(method, path.format(hall=HALL, ticket="x"), headers) == 401
