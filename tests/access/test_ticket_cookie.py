"""A phone's pages lead back to the tickets it holds, and to nobody else's."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.backend.halls.database_administration import opened
from shared.backend.http.ticket_cookie import COOKIE, MOST_TICKETS
from shared.hall.issuing import IssueTicket
from shared.link.link import Link
from tests.backend.test_customer_pages import call, events, room  # noqa: F401  # room is a fixture
from tests.backends import Premises
from tests.phone import Phone, label, text


@pytest.fixture
def phone(premises: Premises) -> Iterator[Phone]:
    browser = Phone(premises.base)
    yield browser
    browser.session.close()


@pytest.fixture
def admin(premises: Premises) -> Iterator[Link]:
    link = premises.admin()
    yield link
    link.close()


def on_paper(admin: Link, service: str = "vaccination") -> str:
    """A ticket from the kiosk; the path in its code."""
    token = secrets.token_urlsafe(24)
    admin.do(IssueTicket(service=service, token_hash=hashlib.sha256(token.encode()).hexdigest()))
    return f"/t/{token}"


def led_to(page: str) -> list[str]:
    """The paths of the tickets a page leads to."""
    return re.findall(r'class="tile held" href="(/t/[^"?]+)\?', page)


def test_the_start_leads_back_to_the_tickets_of_this_phone_until_they_end(phone: Phone, premises: Premises) -> None:
    assert led_to(phone.get("/").text) == []
    mine = phone.take("vaccination")
    number = label(phone.get(mine).text)
    start = phone.get("/")
    assert led_to(start.text) == [mine]
    assert re.search(rf"Your number {number} Vaccinations? .*(You are next|ahead of you)", text(start)), text(start)
    other = Phone(premises.base)
    assert led_to(other.get("/").text) == [] and number not in other.get("/").text
    other.session.close()
    phone.send(f"{mine}/leave", {})
    assert led_to(phone.get("/").text) == []
    assert COOKIE not in phone.session.cookies


def test_who_has_several_numbers_already_is_led_to_each_of_them(phone: Phone) -> None:
    mine = [phone.take("vaccination") for _ in range(3)]
    refused = phone.send("/h/clinic/tickets", phone.form("vaccination"))
    assert refused.status_code == 429 and "You have several numbers already" in text(refused)
    assert sorted(led_to(refused.text)) == sorted(mine)
    phone.send(f"{mine[0]}/leave", {})
    assert phone.take("vaccination") in led_to(phone.get("/h/clinic").text)


def test_a_ticket_from_paper_is_held_by_the_phone_that_read_its_code(phone: Phone, admin: Link) -> None:
    paper = on_paper(admin)
    assert phone.get(paper).ok
    assert led_to(phone.get("/h/clinic").text) == [paper]


def test_the_cookie_is_short_lived_small_and_for_nobody_elses_eyes(phone: Phone, admin: Link) -> None:
    papers = [on_paper(admin) for _ in range(MOST_TICKETS + 2)]
    for paper in papers:
        page = phone.get(paper)
    cookie, *how = page.headers["Set-Cookie"].split("; ")
    assert cookie.startswith(f"{COOKIE}=") and len(cookie) < 500
    assert set(how) == {"HttpOnly", "SameSite=lax", "Max-Age=86400", "Path=/"}  # no Domain: this host's alone
    assert led_to(phone.get("/h/clinic").text) == papers[::-1][:MOST_TICKETS]


@pytest.mark.parametrize(
    "value", ["x", "....", "a" * 22, "../../etc/passwd", "%00" * 40, "z" * 3000, ("b" * 22 + ".") * 90]
)
def test_a_made_up_cookie_leads_nowhere(phone: Phone, value: str) -> None:
    page = phone.session.get(f"{phone.base}/h/clinic", headers={"Cookie": f"{COOKIE}={value}"}, timeout=5)
    assert page.ok and led_to(page.text) == []


def test_over_https_the_cookie_never_travels_without(premises: Premises, admin: Link) -> None:
    there = premises.another()
    phone = Phone(there.serve(NOWSERVING_TRUSTED_PROXIES="127.0.0.1"))
    phone.session.headers["X-Forwarded-Proto"] = "https"
    assert "; Secure" in phone.get(on_paper(admin)).headers["Set-Cookie"]
    phone.session.close()
    there.stop()


def test_the_way_back_says_by_itself_where_to_go(phone: Phone, admin: Link, room: str) -> None:  # noqa: F811
    mine = phone.take("imaging", "regular")
    stream = events(phone, "/h/clinic/events")
    assert next(stream) == "retry: 2000"
    assert led_to(next(stream)) == [mine]
    call(admin, room)
    assert "Go to Room 6" in next(stream)
    stream.close()  # type: ignore[attr-defined]  # a generator


def test_the_tickets_of_several_halls_are_told_apart(tmp_path: Path) -> None:
    there = Premises(tmp_path)
    with opened(there.database) as halls:
        halls.add_hall("bank", "bank")
    phone = Phone(there.serve())
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', phone.get("/h/bank").text)[:3])
    bank = urlsplit(phone.send("/h/bank/tickets", form).url).path
    clinic = phone.take("vaccination")
    assert led_to(phone.get("/").text) == [clinic, bank]
    page = phone.get("/h/clinic")
    held = page.text[page.text.index('class="tile held"') : page.text.index("</ul>")]
    assert led_to(page.text) == [clinic, bank]
    assert "Market Square" in held and "City Clinic" not in held
    phone.session.close()
    there.stop()
