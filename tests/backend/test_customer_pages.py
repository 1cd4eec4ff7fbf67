"""The customer's pages as any browser, old or odd, gets them: over plain HTTP, without JavaScript."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from shared.backend.halls.database_administration import opened
from shared.backend.http.customer_site import HEARTBEAT_EVENT, Site
from shared.backend.http.page_context import readable
from shared.hall.calling import CallNext, Recall
from shared.hall.field_types import in_language
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import decode, encode
from shared.hall.points import ActivatePoint, DeactivatePoint
from shared.hall.serving import FinishService, MarkNoShow, StartService
from shared.hall.set_up import DefineHall, DefineService, RetireService
from shared.hall.values import Service
from shared.link.link import Link
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


@pytest.fixture
def room(admin: Link) -> Iterator[str]:
    """The imaging room, open, with nobody in it or before it."""
    admin.do(ActivatePoint(point="6"))
    yield "6"
    serve_all(admin, "6")
    admin.do(DeactivatePoint(point="6"))


def serve_all(admin: Link, point: str) -> None:
    while call(admin, point):
        pass


def call(admin: Link, point: str) -> dict[str, Any] | None:
    holding = admin.snapshot().points[point].ticket
    called: dict[str, Any] | None = admin.do(CallNext(point=point, holding=holding)).result["ticket"]
    return called


# ── choosing ──


def test_the_only_hall_is_chosen_by_itself(phone: Phone) -> None:
    assert urlsplit(phone.get("/").url).path == "/h/clinic"
    assert phone.get("/?lang=ru").url.endswith("/h/clinic?lang=ru")


def test_several_halls_are_offered_by_name(tmp_path: Path) -> None:
    there = Premises(tmp_path)
    with opened(there.database) as administration:
        administration.add_hall("bank", "bank")
    phone = Phone(there.serve(), "de")
    page = phone.get("/")
    assert "Stadtklinik" in page.text and "Bank am Marktplatz" in page.text
    assert 'href="/h/bank?lang=de"' in page.text
    phone.session.close()
    there.stop()


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("de", "ltr"), ("ru", "ltr"), ("ar", "rtl")])
def test_a_hall_offers_every_service_in_every_language(
    phone: Phone, admin: Link, language: str, direction: str
) -> None:
    page = phone.get(f"/h/clinic?lang={language}")
    assert f'<html lang="{language}" dir="{direction}">' in page.text
    for service in admin.snapshot().menu():
        assert in_language(service.name, language) in unescape(page.text)
        assert in_language(service.description, language) in unescape(page.text)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en;q=0.2, ar-EG;q=0.7, fr", "ar"),
        ("DE-at", "de"),
        ("fr, *;q=0.1", "en"),
        (";;q=,=,9", "en"),
        ("", "en"),
    ],
)
def test_a_page_speaks_the_language_the_phone_prefers(premises: Premises, header: str, language: str) -> None:
    phone = Phone(premises.base, header)
    assert f'<html lang="{language}"' in phone.get("/h/clinic").text
    assert '<html lang="de"' in phone.get("/h/clinic?lang=de").text
    assert f'<html lang="{language}"' in phone.get("/h/clinic?lang=tlh").text
    phone.session.close()


def test_each_service_says_how_many_wait(phone: Phone) -> None:
    before = phone.get("/h/clinic/s/vaccination")
    phone.take("vaccination")
    after = phone.get("/h/clinic/s/vaccination")
    assert waits(before, "vaccination") != waits(after, "vaccination")


def test_the_menu_says_the_same_wait_as_the_ticket_afterwards(phone: Phone, admin: Link) -> None:
    """A customer who waits for one service of a point is ahead of one who takes the other."""
    shared = next(point for point in admin.snapshot().points.values() if len(point.services) > 1)
    first, second = shared.services[:2]
    admin.do(IssueTicket(service=first))
    before = waits(phone.get("/h/clinic"), second)
    assert re.search(r"\d", before)
    assert before in text(phone.get(phone.take(second)))


def test_nobody_is_told_to_be_next_while_no_point_is_open(phone: Phone, admin: Link, room: str) -> None:
    admin.do(DeactivatePoint(point=room))
    unattended = "No service point is open at the moment"
    assert waits(phone.get("/h/clinic/s/imaging"), "imaging") == unattended
    mine = phone.take("imaging", "regular")
    assert unattended in text(phone.get(mine)) and "You are next" not in phone.get(mine).text
    admin.do(ActivatePoint(point=room))
    assert "You are next" in text(phone.get(mine))


def test_a_service_that_no_point_gives_is_on_no_page(phone: Phone, admin: Link) -> None:
    admin.do(DefineService(id="xray", name="Xray pictures", prefix="X"))
    assert "Xray pictures" not in phone.get("/h/clinic").text
    assert phone.get("/h/clinic/s/xray").status_code == 409
    admin.do(RetireService(service="xray"))


def waits(page: requests.Response, service: str) -> str:
    found = re.search(rf'id="waits-{service}:[^"]+">([^<]+)<', page.text)
    assert found, page.text
    return found[1]


# ── taking a ticket ──


def test_a_number_is_taken_in_the_precedence_and_language_chosen(phone: Phone, admin: Link) -> None:
    form = {**phone.form("children"), "precedence": "paid"}
    page = phone.send("/h/clinic/tickets?lang=ru", form)
    assert urlsplit(page.url).path == f"/t/{form['token']}"
    ticket = next(ticket for ticket in admin.snapshot().tickets.values() if ticket.label == label(page.text))
    assert (ticket.service, ticket.precedence, ticket.language, ticket.origin) == ("children", "paid", "ru", "web")


def test_a_form_sent_again_leads_to_the_same_ticket(phone: Phone, admin: Link) -> None:
    form = {**phone.form("children"), "precedence": "regular"}
    first = phone.send("/h/clinic/tickets", form)
    count = len(admin.snapshot().tickets)
    again = phone.send("/h/clinic/tickets", form)
    other_key = phone.send("/h/clinic/tickets", {**form, "precedence": "paid"})
    assert first.url == again.url == other_key.url
    assert label(first.text) == label(again.text) == label(other_key.text)
    assert len(admin.snapshot().tickets) == count


def test_two_pages_give_two_tickets(phone: Phone) -> None:
    assert phone.take("cash-desk") != phone.take("cash-desk")


def test_the_address_of_a_form_typed_by_hand_leads_back_to_the_hall(phone: Phone) -> None:
    assert urlsplit(phone.get("/h/clinic/tickets").url).path == "/h/clinic"


def test_only_the_hash_of_a_token_is_kept(phone: Phone, premises: Premises, admin: Link) -> None:
    token = phone.take("prescriptions").removeprefix("/t/")
    assert len(token) >= 22  # 128 bits in base64
    folder = Path(premises.database.removeprefix("sqlite:///")).parent
    stored = b"".join(file.read_bytes() for file in folder.iterdir())
    assert token.encode() not in stored
    hashed = hashlib.sha256(token.encode()).hexdigest()
    assert hashed in {ticket.token_hash for ticket in admin.snapshot().tickets.values()}


def test_a_ticket_from_the_kiosk_has_its_page_in_its_own_language(phone: Phone, admin: Link) -> None:
    token = "kiosk-made-token-0123456789"
    hashed = hashlib.sha256(token.encode()).hexdigest()
    admin.do(IssueTicket(service="cash-desk", language="ar", token_hash=hashed))
    page = phone.get(f"/t/{token}")
    assert '<html lang="ar" dir="rtl">' in page.text and "الصندوق" in page.text
    assert '<html lang="de"' in phone.get(f"/t/{token}?lang=de").text


# ── following a ticket ──


def test_a_ticket_shows_its_way_from_waiting_to_served(phone: Phone, admin: Link, room: str) -> None:
    mine = phone.take("imaging", "regular")
    assert "You are next" in text(phone.get(mine))
    called = call(admin, room)
    assert called
    assert "Please go to Room 6" in text(phone.get(mine))
    admin.do(StartService(point=room, ticket=called["id"]))
    assert "You are being served" in text(phone.get(mine))
    admin.do(FinishService(point=room, ticket=called["id"]))
    assert "Thank you for your visit" in text(phone.get(mine))


def test_people_ahead_go_down(phone: Phone, admin: Link, room: str) -> None:
    phone.take("imaging", "regular")
    phone.take("imaging", "regular")
    mine = phone.take("imaging", "regular")
    ahead = []
    for _ in range(3):
        found = re.search(r"(\d+) \w+ (?:is|are) ahead|You are next", text(phone.get(mine)))
        assert found
        ahead.append(int(found[1] or 0))
        call(admin, room)
    assert ahead == [2, 1, 0]


def test_a_missed_call_says_what_to_do(phone: Phone, admin: Link, room: str) -> None:
    mine = phone.take("imaging", "regular")
    called = call(admin, room)
    assert called
    admin.do(MarkNoShow(point=room, ticket=called["id"]))
    page = phone.get(mine)
    assert "you did not come" in text(page) and 'href="/h/clinic?lang=en"' in page.text


def test_leaving_the_queue_gives_the_place_up_once_and_for_all(phone: Phone, admin: Link) -> None:
    mine = phone.take("vaccination")
    assert f'action="{mine}/leave?lang=en"' in phone.get(mine).text
    for _ in range(2):
        assert "You have left the queue" in text(phone.send(f"{mine}/leave", {}))
    assert "leave" not in phone.get(mine).text


def test_who_is_called_while_leaving_learns_where_to_go(phone: Phone, admin: Link, room: str) -> None:
    mine = phone.take("imaging", "regular")
    call(admin, room)
    assert "Please go to Room 6" in text(phone.send(f"{mine}/leave", {}))


def test_a_page_without_javascript_looks_again_by_itself(phone: Phone) -> None:
    page = phone.get(phone.take("vaccination")).text
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page


# ── live ──


def events(phone: Phone, path: str) -> Iterator[str]:
    with phone.get(path, stream=True) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.headers["Cache-Control"] == "no-store"
        event: list[str] = []
        for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
            if line:
                event.append(line)
            elif event:
                yield "\n".join(event)
                event = []


def test_a_tickets_stream_says_where_it_stands_and_calls_it_again_at_a_recall(
    phone: Phone, admin: Link, room: str
) -> None:
    stream = events(phone, f"{phone.take('imaging', 'regular')}/events")
    assert next(stream) == "retry: 2000"
    assert 'data-state="waiting"' in next(stream)
    called = call(admin, room)
    assert called
    first = next(stream)
    assert 'data-state="called"' in first and "Room 6" in first and 'data-calls="1"' in first
    admin.do(Recall(point=room, ticket=called["id"]))
    assert 'data-calls="2"' in next(stream)
    stream.close()  # type: ignore[attr-defined]  # a generator


def test_a_tickets_stream_is_silent_about_others(phone: Phone, admin: Link, room: str) -> None:
    stream = events(phone, f"{phone.take('imaging', 'regular')}/events")
    assert next(stream) == "retry: 2000"
    assert 'data-state="waiting"' in next(stream)
    phone.take("vaccination")
    call(admin, room)
    assert 'data-state="called"' in next(stream)
    stream.close()  # type: ignore[attr-defined]  # a generator


def test_a_halls_stream_counts_who_waits_in_the_readers_language(phone: Phone, admin: Link) -> None:
    stream = events(phone, "/h/clinic/events?lang=de")
    assert next(stream) == "retry: 2000"
    before = next(stream)
    admin.do(IssueTicket(service="registration"))
    after = next(stream)
    assert before != after and 'id="waits-registration:regular"' in after
    stream.close()  # type: ignore[attr-defined]  # a generator


class Steady:
    """A hall where nothing happens, in place of ledger and feed."""

    page_prologue, page_epilogue = "retry: 2000\n\n", ""

    def hall(self, name: str) -> Hall:
        return Hall(id=name, seq=3)

    async def changes(self, hall: str) -> AsyncIterator[int]:
        for _ in range(3):
            yield 3


def test_the_stream_of_an_ended_ticket_ends_and_is_not_reconnected(phone: Phone) -> None:
    path = phone.take("imaging", "regular")
    stream = events(phone, f"{path}/events")
    assert next(stream) == "retry: 2000" and 'data-state="waiting"' in next(stream)
    phone.send(f"{path}/leave", {})
    assert 'data-state="cancelled"' in next(stream)
    assert [*stream] == ["id: over\nevent: over\ndata: 1"]
    again = phone.get(f"{path}/events", headers={"Last-Event-ID": "over"})
    assert (again.status_code, again.content) == (204, b"")
    assert len([*events(phone, f"{path}/events")]) == 3, "a new stream says how it ended"


def test_silence_is_broken_by_a_heartbeat() -> None:
    steady: Any = Steady()
    response: Any = Site(steady, steady).stream("quiet", lambda hall: hall.seq, str)

    async def heard() -> list[str]:
        return [part async for part in response.body_iterator]

    assert asyncio.run(heard()) == [steady.page_prologue, "data: 3\n\n", HEARTBEAT_EVENT, HEARTBEAT_EVENT]


# ── refusals ──


def refused(page: requests.Response, status: int, sentence: str) -> None:
    assert page.status_code == status
    assert page.headers["Content-Type"].startswith("text/html")
    assert sentence in text(page)
    assert not re.search(r'Traceback|Error|{"', page.text)


def test_unknown_addresses_are_answered_in_words(phone: Phone) -> None:
    refused(phone.get("/h/nowhere"), 404, "There is no hall at this address")
    refused(phone.get("/h/nowhere/events"), 404, "There is no hall at this address")
    refused(phone.get("/h/clinic/s/massage"), 404, "There is no such service here")
    for path in ("/t/nobody", "/t/%00%ff", f"/t/{'x' * 3000}", "/t/nobody/events"):
        refused(phone.get(path), 404, "There is no ticket at this address")
    refused(phone.send("/t/nobody/leave", {}), 404, "There is no ticket at this address")
    refused(phone.send("/h/nowhere/tickets", {"token": "x"}), 404, "There is no hall at this address")


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": ""},
        {"token": "short"},
        {"token": "../../etc/passwd-and-more-of-it"},
        {"command_id": ""},
        {"command_id": "x" * 100},
        {"command_id": "a\u0000b"},
        {"precedence": "royal"},
        {"service": ""},
        {"service": "massage"},
    ],
)
def test_a_forged_form_issues_no_ticket(phone: Phone, admin: Link, wrong: dict[str, str]) -> None:
    form = {**phone.form("children"), "precedence": "regular", **wrong}
    count = len(admin.snapshot().tickets)
    page = phone.send("/h/clinic/tickets", form)
    assert page.status_code in (404, 409, 422)
    refused(page, page.status_code, "")
    assert len(admin.snapshot().tickets) == count


def test_a_form_of_another_kind_or_size_is_refused_in_words(phone: Phone) -> None:
    refused(phone.send("/h/clinic/tickets", b"\xff\xfe{]"), 422, "That did not work")
    refused(phone.send("/h/clinic/tickets", {"service": "x" * 5000}), 413, "That did not work")
    refused(phone.send("/h/clinic/tickets", iter([b"endless"])), 413, "That did not work")
    files = dict.fromkeys(("service", "token", "command_id"), ("a.txt", b"x"))
    refused(phone.session.post(f"{phone.base}/h/clinic/tickets", files=files, timeout=5), 400, "That did not work")
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    refused(phone.send("/h/clinic/tickets", b"--y\r\n\r\nnonsense", headers=broken), 400, "That did not work")


def test_a_closed_service_can_be_seen_but_not_taken(phone: Phone, admin: Link) -> None:
    form = phone.form("registration")
    service = admin.snapshot().services["registration"]
    admin.do(closing(service, on=False))
    assert "Closed at the moment" in text(phone.get("/h/clinic"))
    assert "/s/registration" not in phone.get("/h/clinic").text
    refused(phone.get("/h/clinic/s/registration"), 409, "This service is closed at the moment")
    refused(phone.send("/h/clinic/tickets", form), 409, "This service is closed at the moment")
    admin.do(closing(service, on=True))
    assert "/s/registration" in phone.get("/h/clinic").text


def closing(service: Service, *, on: bool) -> DefineService:
    return decode(DefineService, encode(replace(service, on=on)))


def test_a_hall_without_pages_issues_no_tickets_but_still_shows_them(phone: Phone, admin: Link) -> None:
    mine, form = phone.take("vaccination"), phone.form("vaccination")
    settings = admin.snapshot().settings
    admin.do(decode(DefineHall, encode(replace(settings, web=False))))
    for page in (phone.get("/h/clinic"), phone.get("/h/clinic/events"), phone.send("/h/clinic/tickets", form)):
        refused(page, 403, "You can't take a number by phone here")
    refused(phone.get("/"), 404, "There is no hall at this address")
    assert "Your number" in text(phone.get(mine))
    admin.do(decode(DefineHall, encode(settings)))
    assert phone.get("/h/clinic").ok


# ── how pages are made ──


def every_page(phone: Phone) -> list[requests.Response]:
    return [phone.get("/h/clinic"), phone.get("/h/clinic/s/doctor"), phone.get(phone.take("cash-desk"))]


def test_pages_run_nothing_but_our_own_files(phone: Phone) -> None:
    for page in [*every_page(phone), phone.get("/t/nobody")]:
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert page.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<style|\sstyle=|<script>|\son\w+=|https?://", page.text)


def test_a_page_weighs_less_than_thirty_kilobytes_without_fonts(phone: Phone) -> None:
    for page in every_page(phone):
        parts = re.findall(r'(?:src|href)="(/(?:static|accent)/[^"]+)"', page.text)
        files = [phone.get(path) for path in parts]
        assert len(files) == 4 and all(file.ok for file in files)
        assert all("immutable" in file.headers["Cache-Control"] for file in files)
        assert len(page.content) + sum(len(file.content) for file in files) < 30_000


def test_every_font_a_page_may_ask_for_is_there(phone: Phone) -> None:
    style = phone.get("/static/web.css").text
    fonts = re.findall(r"url\(([^)]+)\)", style)
    assert len(fonts) == 5
    for path in fonts:
        assert phone.get(path).headers["Content-Type"] == "font/woff2"


def test_words_of_the_hall_are_words_and_not_markup(phone: Phone, admin: Link) -> None:
    name = dict.fromkeys(("en", "de", "ru", "ar"), '<script>alert("x")</script>')
    service = admin.snapshot().services["cash-desk"]
    admin.do(closing(replace(service, name=name), on=True))
    for page in every_page(phone):
        assert "<script>" not in page.text
    admin.do(closing(service, on=True))


@pytest.mark.parametrize("accent", ["#0b5cad", "#ffffff", "#ffd23f", "#00ff00", "#808080", "#000000", "#0b5a6b"])
def test_white_can_be_read_on_any_halls_colour(accent: str) -> None:
    assert contrast_to_white(readable(accent)) >= 7


def test_a_colour_that_is_dark_enough_stays_as_it_is() -> None:
    assert readable("#0b5a6b") == "#0b5a6b"
    assert readable("#red};body{") == "#0b4a8f"


def contrast_to_white(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
