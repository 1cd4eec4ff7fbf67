"""A day in the hall on the stack, deployed to an emulator: `make serverless-test`.

Named so that the ordinary tests leave it out, because deploying takes a while.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.hall.calling import CallNext, TicketCalled
from shared.hall.errors import NotAllowed, NotSignedIn
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint
from shared.hall.roles import Role
from shared.link.browser_sign_on import BrowserSignOn
from shared.link.connect import connect
from shared.link.http_link import HttpLink
from shared.link.link import Link
from shared.link.pairing_client import PairingClient, new_token
from shared.requests.devices import ConfirmPairing
from shared.requests.sign_on import Identity
from shared.requests.staff import AddPerson, ChangePassword
from shared.ui.station import Station
from tests.functions.cloud import Cloud, Front, Web, deployed
from tests.functions.environment import ARCHITECTURE, HOUSE

PASSWORD = "a-Good-password-7"
HALL = "clinic-north"
TOUR = HOUSE / "build" / "serverless" / "tour"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cloud, Front]]:
    with deployed(tmp_path_factory.mktemp("cloud")) as there:
        yield there


@pytest.fixture(scope="module")
def cloud(stack: tuple[Cloud, Front]) -> Cloud:
    return stack[0]


@pytest.fixture(scope="module")
def base(stack: tuple[Cloud, Front]) -> str:
    return stack[1].base


@pytest.fixture(scope="module")
def web(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The proxy through which consoles reach the identity provider."""
    there = Web(cloud.port, tmp_path_factory.mktemp("web"), "cognito-idp.eu-central-1.amazonaws.com")
    yield there
    there.close()


@pytest.fixture(scope="module")
def admin(cloud: Cloud, base: str, web: Web) -> Iterator[Link]:
    """An administrator who signed on through Cognito."""
    cloud.add_person("anna", PASSWORD, "administrator")
    link, _ = signed_on(base, web, "anna")
    yield link
    link.close()


# ── through Cognito ──


def browser(address: str, name: str) -> None:
    """Type name and password on the provider's page, which redirects to the console."""
    page = requests.get(address, timeout=10)
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    form = {field: unescape(value) for field, value in fields} | {"username": name, "password": PASSWORD}
    at = urlsplit(address)
    answer = requests.post(f"{at.scheme}://{at.netloc}/login", data=form, timeout=10, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    requests.get(answer.headers["Location"], timeout=10)


def identity(base: str, web: Web, name: str) -> Identity:
    """Sign on as the console does: authorization code with PKCE, and a redirect to this machine."""
    provider = connect(base, role=Role.CONSOLE).provider()
    assert provider is not None
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HTTPS_PROXY", web.proxy)
        environment.setenv("NO_PROXY", "localhost,127.0.0.1")
        attempt = BrowserSignOn(provider, lambda let_in: f"<h1>{let_in}</h1>", str(web.authority))
        threading.Thread(target=browser, args=(attempt.address, name)).start()
        found = attempt.wait()
    assert found is not None
    return found


def signed_on(base: str, web: Web, name: str) -> tuple[Link, Any]:
    console = connect(f"{base}#{HALL}", role=Role.CONSOLE)
    return console.sign_on(identity(base, web, name))


def device(base: str, admin: Link, role: Role) -> str:
    """Pair a device; its token."""
    token = new_token()
    client = PairingClient(base, token)
    admin.request(ConfirmPairing(code=client.begin(role).code, name=f"{role} {token[:6]}"))
    client.close()
    return token


# ── the deployed functions ──


def test_hello_is_invoked_where_it_was_deployed(cloud: Cloud) -> None:
    answer = cloud.invoke("hello")
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["message"] == "Now Serving is running"


def test_tables_are_made_once_however_often_they_are_asked_for(cloud: Cloud) -> None:
    again = cloud.invoke("migrate", {"hall": "Clinic North", "sample": "clinic"})
    assert HALL in again["halls"] and again["database"] == "postgresql"


def test_what_has_not_changed_is_not_deployed_again(cloud: Cloud) -> None:
    assert "No changes to deploy" in cloud.deploy()


def test_the_same_commit_makes_the_same_artifact(cloud: Cloud, tmp_path: Path) -> None:
    artifact, again = HOUSE / "build" / "serverless" / "nowserving.zip", tmp_path / "again.zip"
    build = [sys.executable, HOUSE / "scripts" / "artifact.py", "--arch", ARCHITECTURE, "--output", again]
    subprocess.run(build, check=True, capture_output=True)
    assert again.read_bytes() == artifact.read_bytes()


# ── people ──


def test_people_sign_on_through_cognito_as_what_their_groups_say(cloud: Cloud, base: str, web: Web) -> None:
    cloud.add_person("mira", PASSWORD, "specialist", "supervisor")
    link, actor = signed_on(base, web, "mira")
    assert (actor.role, actor.hall) == (Role.SUPERVISOR, None)
    assert link.snapshot().id == HALL
    link.sign_out()
    with pytest.raises(NotSignedIn):
        link.snapshot()


def test_whoever_is_in_no_group_is_refused_and_a_token_is_good_for_once(cloud: Cloud, base: str, web: Web) -> None:
    cloud.add_person("nobody", PASSWORD)
    came = identity(base, web, "nobody")
    console = HttpLink(base, HALL)
    with pytest.raises(NotAllowed):
        console.sign_on(came)
    with pytest.raises(NotSignedIn):
        console.sign_on(came)


def sign_on(base: str, token: str, nonce: str = "n") -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.post(f"{base}/api/v1/sign-on", json={"nonce": nonce}, headers=headers, timeout=20).status_code


def test_forged_and_missing_tokens_are_refused(cloud: Cloud, base: str, web: Web) -> None:
    cloud.add_person("vera", PASSWORD, "specialist")
    came = identity(base, web, "vera")
    head, claims, signature = came.id_token.split(".")
    said = jwt.decode(came.id_token, options={"verify_signature": False})
    foreign = jwt.encode(said, rsa.generate_private_key(65537, 2048), "RS256", jwt.get_unverified_header(came.id_token))
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode() + f".{claims}."
    higher = base64.urlsafe_b64encode(json.dumps({**said, "cognito:groups": ["administrator"]}).encode())
    tampered = f"{head}.{higher.rstrip(b'=').decode()}.{signature}"
    for forged in (foreign, unsigned, tampered, "a.b.c", ""):
        assert sign_on(base, forged, came.nonce) == 401, forged[:40]
    assert sign_on(base, came.id_token, "another") == 401
    hall = f"{base}/api/v1/halls/{HALL}"
    assert requests.get(hall, timeout=20).status_code == 401
    assert requests.get(hall, headers={"Authorization": f"Bearer {came.id_token}"}, timeout=20).status_code == 401
    assert sign_on(base, came.id_token, came.nonce) == 200, "the real one signs on"


# ── a day in the hall ──


async def test_two_tickets_of_two_precedences_are_called_and_the_display_sees_it(
    base: str, admin: Link, until: Any
) -> None:
    """With ordinary stations: they do not know where their backend runs."""
    kiosk = HttpLink(base, HALL, device(base, admin, Role.KIOSK))
    display = Station(HttpLink(base, HALL, device(base, admin, Role.DISPLAY)))
    seen: dict[str, float] = {}
    away: list[Any] = []

    def hear(event: object) -> None:
        if isinstance(event, TicketCalled):
            seen[event.ticket] = time.monotonic()

    display.event_happened.connect(hear)
    display.reachable_changed.connect(lambda: away.append(display.away_since))
    display.start()
    await until(lambda: display.hall)
    regular = kiosk.do(IssueTicket(service="doctor", precedence="regular")).result["ticket"]
    paid = kiosk.do(IssueTicket(service="doctor", precedence="paid")).result["ticket"]
    assert regular["label"] != paid["label"]
    admin.do(ActivatePoint(point="3"))
    called = admin.do(CallNext(point="3")).result["ticket"]
    began = time.monotonic()
    assert called["id"] == paid["id"], "who paid is due first"
    await until(lambda: called["id"] in seen)
    print(f"\ncall → display: {seen[called['id']] - began:.2f} s", flush=True)
    assert seen[called["id"]] - began < 5
    assert display.hall and display.hall.calls[0].label == paid["label"]
    assert not away, "a stream that ends in order is no outage"
    display.stop()
    kiosk.close()


def test_a_customers_page_stays_live_and_says_nothing_of_a_lost_connection(base: str, admin: Link) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="the phone needs Playwright")
    from demo.phone import BROWSER_FLAGS, browser_path

    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=browser_path(), args=BROWSER_FLAGS)
        page = chromium.new_page(viewport={"width": 390, "height": 844}, locale="en")
        page.goto(f"{base}/h/{HALL}")
        page.evaluate(
            "() => { window.said = []; new MutationObserver(() => window.said.push(away.textContent))"
            ".observe(document.getElementById('away'), {childList: true}); }"
        )
        before = page.locator("[id='waits-registration:regular']").inner_text()
        admin.do(IssueTicket(service="registration"))
        page.wait_for_function(
            "before => document.getElementById('waits-registration:regular').innerText !== before", arg=before
        )
        page.wait_for_timeout(12_000)  # two more polls
        assert [words for words in page.evaluate("window.said") if words] == []
        chromium.close()


def test_crowds_are_answered_each_with_a_number_of_its_own(base: str, admin: Link) -> None:
    """Several environments at once, each with one connection of its own."""
    token = device(base, admin, Role.KIOSK)
    labels: list[str] = []

    def take() -> None:
        link = HttpLink(base, HALL, token)
        labels.extend(link.do(IssueTicket(service="imaging")).result["ticket"]["label"] for _ in range(5))
        link.close()

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(labels) == len(set(labels)) == 15


# ── the tour ──


@pytest.mark.timeout(400)
def test_the_tour_is_played_against_it(cloud: Cloud, base: str, admin: Link) -> None:
    """Kiosk, display, sign, console and phone, as in the demo; the pictures are for somebody to look at."""
    first, chosen = "the-First-word-1", "the-Chosen-word-2"
    cloud.invoke("migrate", {"hall": "Tour", "sample": "clinic"})
    admin.request(AddPerson(login="tour", password=first, role=Role.ADMINISTRATOR, every_hall=True))
    newcomer, _ = connect(f"{base}#tour", role=Role.CONSOLE).sign_in("tour", first)
    newcomer.request(ChangePassword(old=first, new=chosen))
    newcomer.close()
    tour = subprocess.run(
        [
            sys.executable,
            "-m",
            "shared.cli.commands",
            "demo",
            "--tour",
            TOUR,
            "--hall",
            f"{base}#tour",
            "--login",
            "tour",
        ],
        env={**os.environ, "NOWSERVING_PASSWORD": chosen},
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )
    print(tour.stdout)
    assert tour.returncode == 0, tour.stdout + tour.stderr
    assert "Room 3 is closed" in tour.stdout
