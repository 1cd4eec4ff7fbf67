"""A phone of the simplest kind, as tests of the customer's pages carry it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import requests

FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Phone:
    """A browser of the simplest kind: it follows links, sends forms and knows one language."""

    def __init__(self, base: str, language: str = "en") -> None:
        self.base = base
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = language

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.base + path, timeout=5, **options)

    def send(self, path: str, form: Any, **options: Any) -> requests.Response:
        return self.session.post(self.base + path, data=form, timeout=5, **options)

    def form(self, service: str) -> dict[str, str]:
        """The fields of a service's form, fresh from its page."""
        page = self.get(f"/h/clinic/s/{service}")
        assert page.ok, page.text
        return dict(FIELD.findall(page.text))

    def take(self, service: str, precedence: str = "") -> str:
        """Take a number; the path of the ticket's page."""
        page = self.send("/h/clinic/tickets", {**self.form(service), "precedence": precedence})
        assert page.ok, page.text
        return urlsplit(page.url).path


def label(page: str) -> str:
    found = re.search(r'class="label">([^<]+)<', page)
    assert found, page
    return found[1]


def text(page: requests.Response) -> str:
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", page.text).split()))
