"""A phone takes the numbers its hall allows, and no stranger takes them all or finds somebody else's."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Network
from typing import Any

import pytest
import requests
from sqlalchemy import func, insert, select

from shared.backend.access import rate_limits
from shared.backend.access.rate_limits import RateLimit
from shared.backend.access.secret_hashes import hash_of
from shared.backend.http import customer_limits
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.field_types import new_id
from shared.hall.issuing import IssueTicket
from shared.hall.set_up import DefineHall, DefineService
from shared.hall.values import Service
from shared.link.link import Link
from shared.requests.audit import ReadAudit
from tests.backends import Premises
from tests.phone import Phone, label, text


@pytest.fixture(scope="module")
def behind_proxy(premises: Premises) -> Iterator[Premises]:
    """The same hall behind a proxy on this machine."""
    there = premises.another()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOWSERVING_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")
        there.serve()
    yield there
    there.stop()


@pytest.fixture
def admin(premises: Premises) -> Iterator[Link]:
    link = premises.admin()
    yield link
    link.close()


@pytest.fixture
def phone(behind_proxy: Premises) -> Iterator[Phone]:
    """A phone at a place of its own, so that no test counts for another."""
    browser = phone_at(behind_proxy, f"2001:0db8:0{new_id()[-3:]}:0{new_id()[-3:]}::1")  # as not everybody writes it
    yield browser
    browser.session.close()


def phone_at(there: Premises, address: str) -> Phone:
    browser = Phone(there.base)
    browser.session.headers["X-Forwarded-For"] = address
    return browser


def place_of(phone: Phone) -> str:
    """The network of its address, as it is counted."""
    return str(IPv6Network(f"{phone.session.headers['X-Forwarded-For']}/64", strict=False).network_address)


def issued(admin: Link) -> int:
    hall = admin.snapshot()
    return len(hall.tickets) + len(hall.ended)


def used_up(there: Premises, what: str, limit: RateLimit) -> None:
    """As many tries as are allowed were made just now."""
    now = datetime.now(UTC)
    tries = [{"id": new_id(), "what": hash_of(what), "at": now} for _ in range(limit.most)]
    with closing(Database(there.database)) as database, database.writing() as connection:
        connection.execute(insert(tables.tries), tries)


# ── where the hall allows it ──


def test_a_hall_without_phones_gives_nothing_by_any_address(phone: Phone, admin: Link) -> None:
    form = phone.form("registration")
    admin.do(DefineHall(**{**known_settings(admin), "web": False}))
    before = issued(admin)
    answers = [
        phone.get("/h/clinic"),
        phone.get("/h/clinic/s/registration"),
        phone.send("/h/clinic/tickets", form),
        phone.send("/h/clinic/tickets", {**form, "precedence": "regular"}),
    ]
    admin.do(DefineHall(**{**known_settings(admin), "web": True}))
    assert [answer.status_code for answer in answers] == [403] * 4
    assert issued(admin) == before
    assert all("can't take a number by phone here" in text(answer) for answer in answers)


def known_settings(admin: Link) -> dict[str, Any]:
    settings = admin.snapshot().settings
    return {name: getattr(settings, name) for name in settings.__dataclass_fields__}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"on": False}, "closed at the moment"),
        ({"hours": ("sun 00:00-00:01",)}, "closed at the moment"),
        ({"daily_limit": 1}, "No more numbers"),
    ],
)
def test_a_closed_or_full_service_is_not_entered_by_address_not_even_from_a_page_of_before(
    phone: Phone, admin: Link, change: dict[str, Any], said: str
) -> None:
    service = admin.snapshot().services["imaging"]
    admin.do(IssueTicket(service="imaging"))  # so that one is the limit
    form = phone.form("imaging")
    define(admin, replace(service, **change))
    before = issued(admin)
    answers = [
        phone.get("/h/clinic/s/imaging"),
        *(phone.send("/h/clinic/tickets", {**form, "command_id": new_id()}) for _ in range(4)),
    ]
    define(admin, service)
    assert [answer.status_code for answer in answers] == [409] * 5
    assert all(said in text(answer) for answer in answers)
    assert issued(admin) == before
    assert phone.send("/h/clinic/tickets", form).ok, "what was refused counts for no browser"


def define(admin: Link, service: Service) -> None:
    admin.do(DefineService(**{name: getattr(service, name) for name in service.__dataclass_fields__}))


def test_a_service_of_nowhere_is_refused_before_the_hall_hears_of_it(phone: Phone, admin: Link) -> None:
    form = {**phone.form("registration"), "service": "vault"}
    seq = admin.snapshot().seq
    assert phone.send("/h/clinic/tickets", form).status_code == 404
    assert phone.send("/h/clinic/tickets", {**form, "service": "registration", "precedence": "vip"}).status_code == 404
    assert admin.snapshot().seq == seq
    refused = {act.outcome for act in admin.request(ReadAudit(actor="web", refused=True)).acts}
    assert not refused & {"unknown-service", "unknown-precedence"}


# ── not every number ──


def test_a_browser_is_known_for_a_day_by_a_cookie_that_only_we_read(phone: Phone) -> None:
    page = phone.get("/h/clinic/s/registration")
    cookie = page.headers["Set-Cookie"]
    name, _, rest = cookie.partition("=")
    value, *how = rest.split("; ")
    assert name == customer_limits.COOKIE
    assert len(value) * 6 >= 128
    assert {"HttpOnly", "SameSite=lax", "Max-Age=86400", "Path=/"} == set(how)
    assert "Set-Cookie" not in phone.get("/h/clinic").headers, "the same browser as before"
    other = phone_at_same_place(phone)
    other.session.headers["X-Forwarded-Proto"] = "https"
    assert "; Secure" in other.get("/h/clinic").headers["Set-Cookie"]
    other.session.close()


def phone_at_same_place(phone: Phone) -> Phone:
    other = Phone(phone.base)
    other.session.headers["X-Forwarded-For"] = place_of(phone) + "2"
    return other


def test_pages_without_a_form_make_no_cookie(phone: Phone) -> None:
    for path in ("/t/" + "x" * 22, "/h/nowhere", "/static/icon.svg", "/api/docs"):
        assert "Set-Cookie" not in phone.get(path).headers, path


def test_a_browser_has_three_live_numbers_and_another_one_when_it_gives_one_back(phone: Phone, admin: Link) -> None:
    tickets = [phone.take("registration") for _ in range(3)]
    refused = phone.send("/h/clinic/tickets", phone.form("registration"))
    assert refused.status_code == 429
    assert "You have several numbers already" in text(refused)
    assert "leave the queue" in text(refused)
    phone.send(f"{tickets[0]}/leave", {})
    assert phone.take("registration")


def test_the_same_form_again_leads_to_its_number_and_costs_nothing(phone: Phone, behind_proxy: Premises) -> None:
    form = phone.form("registration")
    first = phone.send("/h/clinic/tickets", form)
    phone.take("registration"), phone.take("registration")
    used_up(behind_proxy, f"numbers in a while from {place_of(phone)}", rate_limits.NUMBERS_FROM_ONE_PLACE["a while"])
    before = tries(behind_proxy)
    for _ in range(3):
        again = phone.send("/h/clinic/tickets", {**form, "service": "registration"})
        assert label(again.text) == label(first.text)
    assert tries(behind_proxy) == before


def tries(there: Premises) -> int:
    with closing(Database(there.database)) as database, database.reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(tables.tries)) or 0)


@pytest.mark.parametrize("span", rate_limits.NUMBERS_FROM_ONE_PLACE)
def test_a_place_that_takes_too_many_is_asked_to_wait_and_others_are_not(
    phone: Phone, behind_proxy: Premises, span: str
) -> None:
    used_up(behind_proxy, f"numbers in {span} from {place_of(phone)}", rate_limits.NUMBERS_FROM_ONE_PLACE[span])
    refused = phone.send("/h/clinic/tickets", phone.form("registration"))
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= timedelta(days=1) / timedelta(seconds=1)
    assert "Too many requests from here" in text(refused)
    assert "take a number at the kiosk" in text(refused)
    neighbour = phone_at_same_place(phone)
    assert neighbour.send("/h/clinic/tickets", neighbour.form("registration")).status_code == 429, "the same network"
    elsewhere = phone_at(behind_proxy, "198.51.100.77")
    assert elsewhere.take("registration")
    for one in (neighbour, elsewhere):
        one.session.close()


# ── nobody else's ──


def test_a_ticket_is_found_by_an_unguessable_token_alone(phone: Phone, admin: Link) -> None:
    short = "a" * 21
    ticket = admin.do(
        IssueTicket(service="registration", token_hash=hashlib.sha256(short.encode()).hexdigest())
    ).result["ticket"]
    assert phone.get(f"/t/{short}").status_code == 404
    assert phone.send(f"/t/{short}/leave", {}).status_code == 404
    assert phone.get(f"/t/{ticket['id']}").status_code == 404
    assert phone.get(f"/t/{ticket['label']}").status_code == 404
    assert admin.snapshot().ticket(ticket["id"]).state == "waiting"
    form = {**phone.form("registration"), "token": short}
    assert phone.send("/h/clinic/tickets", form).status_code == 422


def test_whoever_goes_on_guessing_is_turned_away_but_nobody_with_a_ticket(
    phone: Phone, behind_proxy: Premises, admin: Link
) -> None:
    ticket = phone.take("registration")
    wrong = "/t/" + "w" * 22
    assert phone.get(wrong).status_code == 404
    used_up(behind_proxy, f"no tickets from {place_of(phone)}", rate_limits.MISSING_TICKETS_FROM_ONE_PLACE)
    for path in (wrong, f"{wrong}/events"):
        refused = phone.get(path)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
    assert phone.send(f"{wrong}/leave", {}).status_code == 429
    assert phone.get(ticket).ok
    elsewhere = phone_at(behind_proxy, "198.51.100.78")
    assert elsewhere.get(wrong).status_code == 404
    elsewhere.session.close()
    deadline = time.monotonic() + 10
    while not admin.request(ReadAudit(act="follow-ticket", actor=place_of(phone))).acts:
        assert time.monotonic() < deadline
        assert phone.get(wrong).status_code == 429  # strangers get an audit entry a second, if there were many before
        time.sleep(0.2)


# ── behind a proxy ──


STRANGE = {"Authorization": "Bearer of-somebody-else"}


def addresses(admin: Link, wanted: str, ask: Callable[[], object]) -> set[str]:
    """The addresses of refused reads of the hall in the audit; asks until ``wanted`` is among them."""
    deadline = time.monotonic() + 10
    ask()
    while wanted not in (seen := {act.address for act in admin.request(ReadAudit(act="read-hall")).acts}):
        assert time.monotonic() < deadline, seen
        ask()  # strangers get an audit entry a second, if there were many before
        time.sleep(0.2)
    return seen


def test_the_address_is_that_of_whoever_a_trusted_proxy_speaks_for(behind_proxy: Premises, admin: Link) -> None:
    named = {"X-Forwarded-For": "203.0.113.1, 203.0.113.2, 10.1.2.3"}  # the first is what a stranger says of themselves

    def ask() -> None:
        requests.get(f"{behind_proxy.base}/api/v1/halls/clinic", headers={**STRANGE, **named}, timeout=5)

    assert "203.0.113.1" not in addresses(admin, "203.0.113.2", ask)


def test_what_strangers_say_of_their_address_is_ignored(premises: Premises, admin: Link) -> None:
    def ask() -> None:
        for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
            requests.get(f"{premises.base}/api/v1/halls/clinic", headers={**STRANGE, header: "203.0.113.9"}, timeout=5)

    assert "203.0.113.9" not in addresses(admin, "127.0.0.1", ask)
