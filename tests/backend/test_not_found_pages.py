"""Addresses that do not exist, as a browser and a program request them."""

from __future__ import annotations

import http.client
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.backend.test_customer_pages import phone, refused  # noqa: F401  # phone is a fixture
from tests.backends import Premises
from tests.phone import Phone

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/h/clinic/", "/h/clinic"),
        ("/h//clinic?lang=de", "/h/clinic?lang=de"),
        ("/H/clinic", "/h/clinic"),
        ("/h/clinic/s/doctor/", "/h/clinic/s/doctor"),
        ("/t/", "/t"),
        ("/T/xYz", "/t/xYz"),
        ("//", "/"),
        ("/h/%0d%0aX:%20y/", "/h/%0D%0AX%3A%20y"),
        ("//evil.example/h/", None),
        ("/%5Cevil.example/", None),
    ],
)
def test_a_slash_too_many_leads_to_the_page_that_was_meant_and_nowhere_else(
    premises: Premises, path: str, meant: str | None
) -> None:
    address = urlsplit(premises.base)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)) as connection:
        connection.request("GET", path, headers=BROWSER)
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Location")) == ((307, meant) if meant else (404, None))


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "/nowhere", 404, "There is no page at this address"),
        ("GET", "/h/clinic/nowhere", 404, "There is no page at this address"),
        ("GET", "/t/a/b/c", 404, "There is no page at this address"),
        ("GET", "/h/nowhere", 404, "There is no hall at this address"),
        ("POST", "/", 405, "This can't be done at this address"),
        ("POST", "/h/clinic", 405, "This can't be done at this address"),
        ("DELETE", "/h/clinic/tickets", 405, "This can't be done at this address"),
        ("PROPFIND", "/h/clinic", 405, "This can't be done at this address"),
    ],
)
def test_a_near_miss_gets_a_page_with_a_way_on(
    phone: Phone,  # noqa: F811
    method: str,
    path: str,
    status: int,
    sentence: str,
) -> None:
    held = phone.take("imaging", "regular")
    page = phone.session.request(method, phone.base + path, headers=BROWSER, timeout=5)
    refused(page, status, sentence)
    assert held in page.text, "the numbers of this phone are a way on"
    if path != "/":
        assert ('href="/h/clinic?lang=en"' if path.startswith("/h/clinic") else 'href="/?lang=en"') in page.text
    assert ("Allow" in page.headers) == (status == 405)
    german = phone.session.request(method, phone.base + path, headers={**BROWSER, "Accept-Language": "de"}, timeout=5)
    assert '<html lang="de"' in german.text
    arabic = phone.session.request(method, f"{phone.base}{path}?lang=ar", headers=BROWSER, timeout=5)
    assert '<html lang="ar" dir="rtl"' in arabic.text
    phone.send(f"{held}/leave", {})


def test_another_sites_form_is_refused_in_words(phone: Phone) -> None:  # noqa: F811
    page = phone.send("/h/clinic/tickets", {}, headers={**BROWSER, "Sec-Fetch-Site": "cross-site"})
    refused(page, 403, "Another website sent this form")


@pytest.mark.parametrize("path", ["/api/nowhere", "/api/v1/nowhere", "/healthz/", "/readyz/x", "/static/nothing.css"])
def test_a_programs_near_miss_stays_a_document_whoever_asks(phone: Phone, path: str) -> None:  # noqa: F811
    answer = phone.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    answer = phone.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.headers["Content-Type"] == "application/problem+json"
