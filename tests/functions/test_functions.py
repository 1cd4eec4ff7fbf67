"""The functions answer events of the gateway like a backend on a port, and leave nothing unfinished."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from scripts.artifact import OURS
from shared.backend.background.one_round import do_one_round
from shared.backend.halls import database_administration
from shared.backend.halls.ledger import Ledger
from shared.backend.storage.database import Database
from shared.functions import hello, rds
from shared.hall.field_types import new_id
from shared.hall.roles import Actor, Role
from shared.hall.set_up import DefineHall
from tests import postgres
from tests.backends import PASSWORD, Caller, Premises, new_database
from tests.functions.environment import EVENTS, Environment, recorded

API, MIGRATE = "shared/functions/api.handler", "shared/functions/migrate.handler"

ISSUER, CLIENT = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab129faBb", "1h57kf5cpq17m0eml12EXAMPLE"
COGNITO = {
    "NOWSERVING_OIDC_ISSUER": ISSUER,
    "NOWSERVING_OIDC_CLIENT_ID": CLIENT,
    "NOWSERVING_OIDC_ROLE_CLAIM": "cognito:groups",
}

COMPARED_HEADERS = (
    "content-type",
    "cache-control",
    "content-security-policy",
    "location",
    "retry-after",
    "vary",
    "www-authenticate",
)
"""The headers that matter to a client."""


@pytest.fixture(scope="module")
def premises(premises_on_postgresql: Premises) -> Premises:
    return premises_on_postgresql


@pytest.fixture(scope="module")
def function(premises: Premises) -> Iterator[Environment]:
    """The function ``api`` on the database a backend of the usual kind serves too."""
    there = Environment(API, {"NOWSERVING_DATABASE": premises.database, **COGNITO})
    yield there
    there.close()


@pytest.fixture(scope="module")
def token(premises: Premises) -> str:
    caller = Caller(premises)
    found: str = caller.sign_in().json()["token"]
    caller.session.close()
    return found


# ── hello ──


def test_hello_answers_as_the_seed_does() -> None:
    answer = hello.handler({"key": "value"}, None)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"message": "Now Serving is running", "input": {"key": "value"}}


# ── the same as on a port of its own ──


def on_a_port(premises: Premises, event: Any) -> tuple[int, dict[str, str], bytes]:
    """What a backend of the usual kind answers to the same request."""
    own = {name: value for name, value in event["headers"].items() if not name.startswith("x-")}
    own["host"] = urlsplit(premises.base).netloc  # the gateway's https has checked its name
    own["cookie"] = "; ".join(event.get("cookies", []))
    address = f"{premises.base}{event['rawPath']}?{event['rawQueryString']}"
    method, body = event["requestContext"]["http"]["method"], event.get("body", "").encode()
    answer = requests.request(method, address, headers=own, data=body, timeout=10, allow_redirects=False)
    return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.content


def by_the_gateway(function: Environment, event: Any) -> tuple[int, dict[str, str], bytes]:
    answer = function.ask(event)
    body = answer["body"].encode()
    return answer["statusCode"], answer["headers"], base64.b64decode(body) if answer["isBase64Encoded"] else body


def content(body: bytes) -> Any:
    """The body without the time of day and the ids that differ in every page."""
    try:
        values = json.loads(body)
    except ValueError:
        return body.split(b'name="command_id"')[0]
    return {name: value for name, value in values.items() if name != "now"} if isinstance(values, dict) else values


ALIKE = sorted(
    {file.stem for file in EVENTS.glob("*.json")}
    - {"changes", "page-live", "sign-on", "sign-on-past-the-authorizer", "tick"}
)


@pytest.mark.parametrize("name", ALIKE)
def test_an_answer_through_the_gateway_is_that_of_a_backend_with_a_port(
    premises: Premises, function: Environment, token: str, name: str
) -> None:
    """A command has the same id both times, so the second one changes nothing and has the same answer."""
    event = recorded(name, hall=premises.hall, token=token, command=new_id().replace("-", ""))
    status, headers, body = on_a_port(premises, event)
    ours, our_headers, our_body = by_the_gateway(function, event)
    assert (ours, content(our_body)) == (status, content(body))
    values = COMPARED_HEADERS if body else COMPARED_HEADERS[1:]  # Mangum gives a type even to nothing
    assert {name: our_headers.get(name) for name in values} == {name: headers.get(name) for name in values}


def test_whatever_of_ours_it_imports_is_packed(premises: Premises, function: Environment) -> None:
    """Runs even where Node is missing and nothing can be packaged."""
    modules = function.send(recorded("page", hall=premises.hall)).modules
    ours = {f"{module.replace('.', '/')}/" for module in modules if module.startswith(("shared.", "resources."))}
    packed = tuple(f"{name.removesuffix('.py')}/" for name in OURS)
    assert "shared/languages/" in ours
    assert {module for module in ours if not module.startswith(packed)} == set()


def test_only_what_is_no_text_goes_in_base64(premises: Premises, function: Environment, token: str) -> None:
    coded = {
        name: function.ask(recorded(name, hall=premises.hall, token=token, command=new_id()))["isBase64Encoded"]
        for name in ("font", "hall", "hall-without-token", "page", "script", "changes")
    }
    assert coded == dict.fromkeys(coded, False) | {"font": True}


# ── streams end ──


def test_a_stream_holds_what_there_is_and_says_when_to_come_again(
    premises: Premises, function: Environment, token: str
) -> None:
    event = recorded("changes", hall=premises.hall, token=token)
    streams = [function.ask(event) for _ in range(4)]
    assert {(stream["statusCode"], stream["headers"]["content-type"]) for stream in streams} == {
        (200, "text/event-stream; charset=utf-8")
    }
    lines = streams[0]["body"].splitlines()
    numbers = [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]
    assert numbers == [*range(1, numbers[-1] + 1)] and len(numbers) > 5
    pauses = [int(stream["body"].splitlines()[0].removeprefix("retry: ")) for stream in streams]
    assert all(1800 <= pause <= 2200 for pause in pauses) and len(set(pauses)) > 1, "a crowd spreads"
    seq = json.loads(function.ask(recorded("hall", hall=premises.hall, token=token))["body"])["seq"]
    event["rawQueryString"] = f"after={seq}"
    assert "data:" not in function.ask(event)["body"]


def test_a_page_is_told_that_the_end_of_its_stream_is_no_outage(premises: Premises, function: Environment) -> None:
    body = function.ask(recorded("page-live", hall=premises.hall))["body"]
    assert 4500 <= int(body.splitlines()[0].removeprefix("retry: ")) <= 5500
    assert "data: <div data-menu=" in body
    assert body.endswith("event: rest\ndata: 1\n\n")


# ── sign-on ──


def sign_on_event(event: str = "sign-on", **values: str) -> Any:
    now = int(time.time())
    usual = {"issuer": ISSUER, "client": CLIENT, "nonce": "n-0S6_WzA2Mj", "use": "id", "groups": "specialist x"}
    usual |= {"now": str(now), "later": str(now + 300), "command": new_id()}
    return recorded(event, **{**usual, **values})


def test_somebody_the_gateway_has_verified_gets_a_session_of_ours(premises: Premises, function: Environment) -> None:
    came = function.ask(sign_on_event(groups="staff administrator"))
    assert came["statusCode"] == 200, came["body"]
    session = json.loads(came["body"])
    assert (session["login"], session["role"], session["hall"]) == ("7f3a0c1e", "administrator", None)
    seen = function.ask(recorded("hall", hall=premises.hall, token=session["token"]))
    assert seen["statusCode"] == 200


@pytest.mark.parametrize(
    "event",
    [
        sign_on_event("sign-on-past-the-authorizer"),
        sign_on_event(issuer="https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Another"),
        sign_on_event(client="another-program"),
        sign_on_event(nonce="another-sign-on"),
        sign_on_event(use="access"),
        sign_on_event(now=str(int(time.time()) - 3600)),
    ],
    ids=["not verified", "another issuer", "another program", "another sign-on", "an access token", "old"],
)
def test_nobody_is_signed_on_whom_the_gateway_has_not_verified_here_and_now(function: Environment, event: Any) -> None:
    answer = function.ask(event)
    assert answer["statusCode"] == 401, answer["body"]
    assert json.loads(answer["body"])["type"] == "not-signed-in"


def test_a_token_signs_on_once_and_nobody_without_a_role(function: Environment) -> None:
    event = sign_on_event()
    assert [function.ask(event)["statusCode"] for _ in range(2)] == [200, 401]
    assert function.ask(sign_on_event(groups="cleaners"))["statusCode"] == 403


def test_the_claims_of_one_request_are_not_those_of_the_next(function: Environment) -> None:
    assert function.ask(sign_on_event())["statusCode"] == 200
    assert function.ask(sign_on_event("sign-on-past-the-authorizer"))["statusCode"] == 401


# ── frozen ──


def post_event(path: str, body: Any, token: str = "") -> Any:
    event = recorded("list-staff", hall="any", token=token)
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    return {**event, "body": json.dumps(body)}


def connection_states(address: str) -> list[str]:
    """The states of all connections to a database but our own."""
    with postgres.server().connect(address) as asking:
        query = "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return [state for (state,) in asking.execute(query)]


def test_nothing_is_under_way_when_a_function_is_frozen(tmp_path: Path) -> None:
    """A frozen transaction would keep the lock on its hall; holidays and audit are written before the freeze too."""
    address = new_database("postgresql", tmp_path)
    with database_administration.opened(address, create=True) as halls:
        hall = halls.init("clinic", None)
        halls.add_person("admin", PASSWORD, Role.ADMINISTRATOR, None)
    function = Environment(API, {"NOWSERVING_DATABASE": address})
    try:
        credentials = {"login": "admin", "password": PASSWORD}
        came = function.ask(post_event("/api/v1/sessions", credentials))
        token = json.loads(came["body"])["token"]
        command = {"command_id": new_id(), "name": "Clinic", "holidays": "DE-BE"}
        answer = function.ask(post_event(f"/api/v1/halls/{hall}/commands/define-hall", command, token))
        function.freeze()
        assert answer["statusCode"] == 200, answer["body"]
        assert connection_states(address) == ["idle"], "one connection, doing nothing"
        with postgres.server().connect(address) as asking:
            kinds = {kind for (kind,) in asking.execute("SELECT type FROM journal")}
            written = {act for (act,) in asking.execute("SELECT act FROM audit")}
            ours = "datname = current_database() AND pid <> pg_backend_pid()"
            asking.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")
        assert "holidays-observed" in kinds and {"sign-in", "define-hall"} <= written
        function.thaw()
        again = function.ask(recorded("hall", hall=hall, token=token))
        assert again["statusCode"] == 200, "whatever became of its connection meanwhile"
    finally:
        function.close()


# ── without tables, and between versions ──


def seq_of(address: str) -> int:
    with postgres.server().connect(address) as asking:
        return sum(seq for (seq,) in asking.execute("SELECT seq FROM halls"))


def test_without_tables_it_says_that_it_is_not_ready_and_then_it_is(tmp_path: Path) -> None:
    """Making the tables twice, or several times at once, is harmless."""
    settings = {"NOWSERVING_DATABASE": new_database("postgresql", tmp_path)}
    function = Environment(API, settings)
    several = [Environment(MIGRATE, settings) for _ in range(2)]
    try:
        away = function.ask(recorded("hall", hall="clinic-north", token="x"))
        assert (away["statusCode"], json.loads(away["body"])["type"]) == (503, "unreachable")
        assert "postgres" not in away["body"] and "halls" not in json.loads(away["body"])["detail"]
        assert function.ask(recorded("tick")) == {"time": "not kept"}
        asked = {"hall": "Clinic North", "sample": "clinic"}
        with ThreadPoolExecutor() as pool:
            made = list(pool.map(lambda one: one.ask(asked), several))
        before = seq_of(settings["NOWSERVING_DATABASE"])
        made += [several[0].ask(asked), several[1].ask(None)]
        assert seq_of(settings["NOWSERVING_DATABASE"]) == before > 0
        assert [one["halls"] for one in made] == [["clinic-north"]] * 4
        assert len({one["revision"] for one in made}) == 1 and made[0]["database"] == "postgresql"
        assert function.ask(recorded("ready"))["statusCode"] == 200
    finally:
        for one in (function, *several):
            one.close()


def test_a_day_begins_once_however_many_say_that_a_minute_is_over(tmp_path: Path) -> None:
    address = new_database("postgresql", tmp_path)
    with database_administration.opened(address, create=True) as halls:
        halls.ledger.create_hall("new")
        halls.ledger.do("new", DefineHall(name="New"), Actor(name="init", role=Role.ADMINISTRATOR))

    def minute_is_over(_: int) -> None:
        with contextlib.closing(Ledger(Database(address))) as ledger:
            asyncio.run(do_one_round(ledger))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(minute_is_over, range(8)))
    with postgres.server().connect(address) as asking:
        assert asking.execute("SELECT count(*) FROM journal WHERE type = 'business-day-started'").fetchone() == (1,)


def test_a_function_keeps_time(function: Environment) -> None:
    assert function.ask(recorded("tick")) == {"time": "kept"}


# ── log-in to the database ──

CREDENTIALS = {
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
}
HOST = "now-serving.c1a2b3.eu-central-1.rds.amazonaws.com"


def test_a_token_for_the_database_is_the_one_amazons_own_library_makes() -> None:
    """botocore 1.43 made this token at this moment, with these credentials, the examples of Amazon's documentation."""
    token = rds.token(f"{HOST}:5432", "nowserving", CREDENTIALS, datetime(2026, 3, 1, 12, 30, 45, tzinfo=UTC))
    assert token == (
        f"{HOST}:5432/?Action=connect&DBUser=nowserving&X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIDEXAMPLE%2F20260301%2Feu-central-1%2Frds-db%2Faws4_request"
        "&X-Amz-Date=20260301T123045Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=28b46e16caff3682a9b544560a0e6e36f554329877fe6716fe5fc984d793a998"
    )


def test_the_token_of_a_role_is_signed_too() -> None:
    session = {**CREDENTIALS, "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEXAMPLE//token+with/odd=signs=="}
    token = rds.token(f"{HOST}:5432", "nowserving", session, datetime(2026, 3, 1, 12, 30, 45, tzinfo=UTC))
    assert "X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLE%2F%2Ftoken%2Bwith%2Fodd%3Dsigns%3D%3D&" in token
    assert token.endswith("X-Amz-Signature=68104ced9fc9a95761a632d7870a851d727e25507a80673ae61133adc9038933")


def test_only_a_database_of_rds_is_opened_with_a_token() -> None:
    assert rds.password("127.0.0.1", 5432, "nowserving") is None
    assert rds.password("rds.amazonaws.com.example.org", 5432, "nowserving") is None
