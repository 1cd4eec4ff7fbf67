"""The HTTP API as another program uses it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from shared.hall.roles import Role
from shared.hall.rules import COMMANDS
from tests.backends import Caller, Premises


@pytest.fixture
def caller(premises: Premises) -> Iterator[Caller]:
    calling = Caller(premises)
    calling.sign_in()
    yield calling
    calling.session.close()


@pytest.fixture
def fresh(tmp_path: Any) -> Iterator[Caller]:
    """A clinic of its own."""
    there = Premises(tmp_path)
    there.serve()
    calling = Caller(there)
    calling.sign_in()
    yield calling
    calling.session.close()
    there.stop()


def an_id() -> str:
    return str(uuid.uuid4())


def both_precedences(hall: dict[str, Any]) -> tuple[str, str]:
    """A service that offers Regular and Paid, and a point that gives it."""
    for point in hall["points"]:
        for service in hall["services"]:
            if service["id"] in point["services"] and {"regular", "paid"} <= set(service["precedences"]):
                return service["id"], point["id"]
    raise AssertionError("the sample has none")


def test_a_visit_with_nothing_but_http(fresh: Caller) -> None:
    service, point = both_precedences(fresh.hall())
    start = fresh.hall()["seq"]
    issued = [
        fresh.command("issue-ticket", service=service, precedence=precedence, command_id=an_id()).json()["result"]
        for precedence in ("regular", "regular", "paid")
    ]
    assert [answer["ahead"] for answer in issued] == [0, 1, 0]
    assert fresh.command("activate-point", point=point, command_id=an_id()).status_code == 200
    called = fresh.command("call-next", point=point, holding=None, command_id=an_id()).json()["result"]
    assert called["ticket"]["id"] == issued[2]["ticket"]["id"], "the Paid one is due first"
    assert called["why"]["passed_over"] == 2
    here = {"point": point, "ticket": called["ticket"]["id"]}
    assert fresh.command("recall", **here, command_id=an_id()).json()["result"]["ticket"]["recalls"] == 1
    assert fresh.command("finish-service", **here, command_id=an_id()).json()["result"]["ticket"]["state"] == "served"
    second = fresh.command("call-next", point=point, holding=None, command_id=an_id()).json()["result"]["ticket"]
    assert second["label"] == issued[0]["ticket"]["label"]
    missed = fresh.command("mark-no-show", point=point, ticket=second["id"], command_id=an_id()).json()
    assert missed["result"]["ticket"]["state"] == "no-show"
    types = [event["type"] for event in events(fresh, start, missed["seq"])]
    assert types[-7:] == [
        "ticket-issued",
        "point-activated",
        "ticket-called",
        "ticket-recalled",
        "ticket-served",
        "ticket-called",
        "ticket-no-show",
    ]


def events(caller: Caller, after: int, last: int) -> list[dict[str, Any]]:
    """The events after one, up to another, from the event stream; their numbers have no gap."""
    path = f"/api/v1/halls/{caller.premises.hall}/events"
    found = []
    with caller.get(path, stream=True, headers={"Last-Event-ID": str(after)}) as stream:
        for line in stream.iter_lines(chunk_size=1):
            if line.startswith(b"id:"):
                assert int(line[3:]) == after + len(found) + 1
            if line.startswith(b"data:"):
                found.append(json.loads(line[5:]))
            if after + len(found) == last:
                return found
    raise AssertionError("the stream ended early")


def test_the_stream_resumed_after_any_event_has_no_gap(caller: Caller) -> None:
    last = caller.hall()["seq"]
    for after in (0, 1, last - 1):
        assert len(events(caller, after, last)) == last - after


def test_a_snapshot_has_what_the_interface_promises(caller: Caller) -> None:
    service, _ = both_precedences(caller.hall())
    caller.command("issue-ticket", service=service, command_id=an_id())
    hall = caller.hall()
    assert {"hall", "seq", "services", "precedences", "points", "tickets", "calls"} <= hall.keys()
    ticket = {"id", "label", "service", "precedence", "state", "point", "issued_at", "called_at", "ahead"}
    assert ticket <= hall["tickets"][0].keys()
    assert {"id", "serial_number", "name", "status", "services", "ticket"} <= hall["points"][0].keys()
    assert {"id", "name", "description", "prefix", "waiting", "open"} <= hall["services"][0].keys()
    assert hall["tickets"][0]["issued_at"].endswith("Z")


def test_the_same_id_again_answers_the_same_and_with_another_body_is_refused(caller: Caller) -> None:
    service, _ = both_precedences(caller.hall())
    body = {"service": service, "command_id": an_id()}
    first, second = (caller.command("issue-ticket", **body) for _ in range(2))
    assert (first.status_code, first.json()) == (200, second.json())
    other = caller.command("issue-ticket", **{**body, "language": "de"})
    assert (other.status_code, other.json()["type"]) == (409, "command-id-reused")


WRONG: list[tuple[str, dict[str, Any], int, str]] = [
    ("issue-ticket", {"service": "nonsense"}, 404, "unknown-service"),
    ("issue-ticket", {"service": "registration", "precedence": "nonsense"}, 404, "unknown-precedence"),
    ("issue-ticket", {"service": "registration", "language": "xx"}, 422, "unknown-language"),
    ("issue-ticket", {"service": 5}, 422, "invalid"),
    ("issue-ticket", {}, 422, "invalid"),
    ("issue-ticket", {"service": "registration", "more": 1}, 422, "invalid"),
    ("issue-ticket", {"service": "registration", "command_id": "\u0000"}, 422, "invalid"),
    ("issue-ticket", {"service": "\ud800"}, 422, "invalid"),
    ("cancel-ticket", {"ticket": "nonsense"}, 404, "unknown-ticket"),
    ("call-next", {"point": "nonsense"}, 404, "unknown-point"),
    ("recall", {"point": "nonsense", "ticket": "nonsense"}, 404, "unknown-ticket"),
    ("define-precedence", {"id": "x", "name": "X", "allowance": -1}, 422, "invalid"),
    ("define-precedence", {"id": "x", "name": "X", "allowance": 10**30}, 422, "invalid"),
    ("define-point", {"id": "x", "name": "X", "serial_number": True}, 422, "invalid"),
]


@pytest.mark.parametrize(("name", "fields", "status", "kind"), WRONG)
def test_bad_input_is_one_problem_and_changes_nothing(
    caller: Caller, name: str, fields: dict[str, Any], status: int, kind: str
) -> None:
    before = caller.hall()["seq"]
    answer = caller.command(name, **{"command_id": an_id(), **fields})
    assert (answer.status_code, answer.json()["type"]) == (status, kind)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert caller.hall()["seq"] == before


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"a": NaN}', 400), (b"[" * 60_000, 400), (b" " * 70_000, 413), (b"\xff", 400)],
)
def test_what_is_not_a_command_is_refused(caller: Caller, body: bytes, status: int) -> None:
    path = f"{caller.premises.base}/api/v1/halls/{caller.premises.hall}/commands/issue-ticket"
    answer = caller.session.post(path, data=body, timeout=5)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_unknown_addresses_and_methods_are_problems_too(caller: Caller) -> None:
    for answer, status in [
        (caller.get("/api/v1/halls/nonsense"), 404),
        (caller.get("/api/v1/nonsense"), 404),
        (caller.command("nonsense", command_id=an_id()), 404),
        (caller.get(f"/api/v1/halls/{caller.premises.hall}/commands/call-next"), 405),
        (caller.get(f"/api/v1/halls/{caller.premises.hall}/events?after=-1"), 422),
        (caller.get(f"/api/v1/halls/{caller.premises.hall}/events", headers={"Last-Event-ID": "x"}), 422),
    ]:
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_every_command_has_a_route_that_needs_authentication(premises: Premises) -> None:
    stranger = Caller(premises)
    for name in COMMANDS:
        for authorization in ("", "Bearer nonsense", "Basic YWRtaW46YWRtaW4="):
            stranger.session.headers["Authorization"] = authorization
            answer = stranger.command(name, command_id=an_id())
            assert (answer.status_code, answer.json()["type"]) == (401, "not-signed-in")
    stranger.session.close()


def test_a_device_may_do_what_its_role_allows_and_no_more(premises: Premises, caller: Caller) -> None:
    service, point = both_precedences(caller.hall())
    kiosk, display = Caller(premises), Caller(premises)
    kiosk.session.headers["Authorization"] = f"Bearer {premises.device(Role.KIOSK)}"
    display.session.headers["Authorization"] = f"Bearer {premises.device(Role.DISPLAY)}"
    assert kiosk.command("issue-ticket", service=service, command_id=an_id()).status_code == 200
    assert kiosk.command("call-next", point=point, command_id=an_id()).status_code == 403
    assert display.command("issue-ticket", service=service, command_id=an_id()).status_code == 403
    assert display.hall()["seq"]
    kiosk.session.close()
    display.session.close()


def test_a_session_ends_when_it_is_ended(premises: Premises) -> None:
    person = Caller(premises)
    assert person.sign_in(password="wrong").status_code == 401
    assert person.sign_in().json()["role"] == "administrator"
    assert person.session.delete(f"{premises.base}/api/v1/sessions/current", timeout=5).status_code == 204
    assert person.get("/api/v1/halls").status_code == 401
    person.session.close()


def test_a_backend_without_a_provider_signs_nobody_on(premises: Premises) -> None:
    assert requests.get(premises.base + "/api/v1/sign-on", timeout=5).json() == {"provider": None}
    headers = {"Authorization": "Bearer a.b.c"}
    answer = requests.post(premises.base + "/api/v1/sign-on", json={"nonce": "n"}, headers=headers, timeout=5)
    assert (answer.status_code, answer.json()["type"]) == (401, "not-signed-in")


def test_health_metrics_and_description(premises: Premises) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/api/docs"):
        assert requests.get(premises.base + path, timeout=5).status_code == 200
    described = requests.get(premises.base + "/api/v1/openapi.json", timeout=5).json()
    routes = {path.rpartition("/")[2] for path in described["paths"] if "/commands/" in path}
    assert routes == set(COMMANDS)


def test_a_killed_backend_has_kept_every_answer_it_gave(fresh: Caller) -> None:
    service, _ = both_precedences(fresh.hall())
    kept = fresh.command("issue-ticket", service=service, command_id=an_id()).json()["result"]["ticket"]
    fresh.premises.kill()
    fresh.premises.serve()
    assert kept["label"] in [ticket["label"] for ticket in fresh.hall()["tickets"]]
    following = fresh.command("issue-ticket", service=service, command_id=an_id()).json()["result"]["ticket"]
    assert following["label"] != kept["label"]
