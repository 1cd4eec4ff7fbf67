"""The security headers of every answer, and requests of other sites, which are refused."""

from __future__ import annotations

import http.client
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from shared.hall.field_types import new_id
from shared.hall.roles import Role
from tests.backends import Caller, Premises

TOKEN = "a-token-for-prometheus"
ELSEWHERE = {"X-Forwarded-For": "198.51.100.7"}
"""What a proxy on this machine adds for a client in the network."""


@pytest.fixture(scope="module")
def premises(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    there = Premises(tmp_path_factory.mktemp("premises"))
    there.serve(NOWSERVING_METRICS_TOKEN=TOKEN)
    yield there
    there.stop()


def ask(premises: Premises, method: str, path: str, **options: Any) -> requests.Response:
    return requests.request(method, premises.base + path, timeout=5, allow_redirects=False, **options)


ANSWERS = [
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    ("GET", "/metrics", 200),
    ("GET", "/api/docs", 200),
    ("GET", "/api/v1/openapi.json", 200),
    ("GET", "/api/v1/authority", 404),
    ("GET", "/api/v1/halls", 401),
    ("GET", "/api/v1/nothing", 404),
    ("POST", "/api/v1/sessions", 400),
    ("POST", "/api/v1/halls/clinic/commands/call-next", 401),
    ("PUT", "/api/v1/halls/clinic/commands/call-next", 405),
    ("GET", "/", 303),
    ("GET", "/h/clinic", 200),
    ("GET", "/h/nowhere", 404),
    ("GET", "/t/nobody", 404),
    ("GET", "/static/web.css", 200),
    ("GET", "/static/nothing.css", 404),
    ("DELETE", "/h/clinic", 405),
    ("TRACE", "/h/clinic", 405),
    ("PROPFIND", "/", 405),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_has_the_security_headers(premises: Premises, method: str, path: str, status: int) -> None:
    answer = ask(premises, method, path)
    assert answer.status_code == status
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == ("no-store" if status != 200 or "/static/" not in path else
                                     "public, max-age=31536000, immutable")  # fmt: skip
    assert "Server" not in headers and "Strict-Transport-Security" not in headers
    assert len({name.lower() for name in headers}) == len(headers.items())
    if status >= 400 and not path.startswith(("/h/n", "/t/")):
        assert headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == status


def test_a_program_may_fetch_nothing_and_a_page_only_its_own(premises: Premises) -> None:
    api = ask(premises, "GET", "/api/v1/halls").headers["Content-Security-Policy"]
    assert api == "default-src 'none'; frame-ancestors 'none'"
    page = ask(premises, "GET", "/h/clinic").headers["Content-Security-Policy"]
    assert "script-src 'self'" in page and "unsafe" not in page and "*" not in page


def test_event_streams_have_them_too(premises: Premises) -> None:
    caller = Caller(premises)
    caller.sign_in()
    with caller.get(f"/api/v1/halls/{premises.hall}/events", stream=True) as stream:
        assert stream.headers["X-Content-Type-Options"] == "nosniff"
        assert stream.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in stream.headers
    caller.session.close()


@pytest.mark.parametrize("path", ["/api/v1/halls", "/api/v1/sessions", "/healthz", "/h/clinic", "/static/web.css"])
def test_no_other_site_may_read_an_answer(premises: Premises, path: str) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    preflight = ask(premises, "OPTIONS", path, headers={**origin, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 405
    for answer in (preflight, ask(premises, "GET", path, headers=origin)):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
@pytest.mark.parametrize("path", ["/h/clinic/tickets", "/t/nobody/leave", "/api/v1/sessions"])
def test_no_other_site_may_send_a_form(premises: Premises, headers: dict[str, str], path: str) -> None:
    answer = ask(premises, "POST", path, headers=headers, data={"service": "doctor"})
    assert (answer.status_code, answer.json()["type"]) == (403, "not-allowed")


def test_our_own_forms_and_programs_are_let_through(premises: Premises) -> None:
    host = urlsplit(premises.base).netloc
    for headers in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": f"http://{host}"}):
        assert ask(premises, "POST", "/h/clinic/tickets", headers=headers, data={}).status_code == 422
    assert ask(premises, "GET", "/h/clinic", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_made_up_host_redirects_nobody(premises: Premises) -> None:
    evil = {"Host": "elsewhere.example", "X-Forwarded-Host": "elsewhere.example"}
    for path in ("/", "/h", "/t", "/h/clinic/tickets", "/h/clinic/", "/healthz/", "/api/v1/halls/", "/t/nobody"):
        answer = ask(premises, "GET", path, headers=evil)
        assert "elsewhere.example" not in answer.text
        assert answer.headers.get("Location", "/").startswith("/")
        assert not answer.headers.get("Location", "/").startswith("//")


def test_an_unknown_method_is_refused_without_a_traceback(premises: Premises) -> None:
    parts = urlsplit(premises.base)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    connection.request("BREW", "/")
    answer = connection.getresponse()
    assert answer.status in (400, 405)
    assert b"Traceback" not in answer.read()
    connection.close()


def test_metrics_are_for_this_machine_the_token_and_administrators(premises: Premises) -> None:
    def status(**headers: str) -> int:
        return ask(premises, "GET", "/metrics", headers=headers).status_code

    assert status() == 200
    assert status(Host="localhost") == 200
    assert status(Host="elsewhere.example") == 401, "a page elsewhere that gave this machine its name"
    for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
        assert status(**{header: "198.51.100.7"}) == 401
    assert status(**ELSEWHERE, Authorization=f"Bearer {TOKEN}") == 200
    assert status(**ELSEWHERE, Authorization="Bearer wrong") == 401
    assert status(**ELSEWHERE, Authorization=f"Bearer {premises.device(Role.KIOSK)}") == 403
    caller = Caller(premises)
    token = caller.sign_in().json()["token"]
    assert status(**ELSEWHERE, Authorization=f"Bearer {token}") == 200
    caller.session.close()


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """A backend with a public_url."""
    there = Premises(tmp_path_factory.mktemp("named"))
    there.serve(NOWSERVING_PUBLIC_URL="http://queue.example.org")
    yield there
    there.stop()


NAMES = [
    ("127.0.0.1", True),
    ("[::1]:8080", True),
    ("localhost:8080", True),
    ("office", True),
    ("office.local", True),
    ("queue.office.lan.", True),
    ("QUEUE.example.org", True),
    ("elsewhere.example", False),
    ("queue.example.org.elsewhere.example", False),
    ("local.elsewhere.example", False),
    ("", False),
]


@pytest.mark.parametrize(("host", "ours"), NAMES)
def test_tickets_are_issued_under_names_of_the_house_alone(named: Premises, host: str, ours: bool) -> None:
    assert ask(named, "GET", "/h/clinic", headers={"Host": host}).status_code == 200, "anybody may read"
    form = {"command_id": new_id(), "token": secrets.token_urlsafe(16)}
    taken = ask(named, "POST", "/h/clinic/tickets", headers={"Host": host}, data={**form, "service": "doctor"})
    assert taken.status_code == (303 if ours else 403), taken.text
    if not ours:
        assert "take a number at this address" in taken.text
        assert ask(named, "GET", f"/t/{form['token']}").status_code == 404


def test_a_station_may_call_its_hall_by_any_name(named: Premises) -> None:
    token = {"Authorization": f"Bearer {named.device(Role.KIOSK)}", "Host": "elsewhere.example"}
    assert ask(named, "GET", "/api/v1/halls/clinic", headers=token).status_code == 200
