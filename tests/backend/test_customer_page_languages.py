"""The customer's pages in the language a phone prefers, with names and direction from CLDR."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.hall.json_codec import decode, encode
from shared.hall.set_up import DefineHall, DefineService
from shared.link.link import Link
from tests.backends import Premises
from tests.phone import Phone

OFFERED = ("en", "pt-BR", "pt-PT", "zh-CN", "zh-TW", "ckb")


@pytest.fixture(scope="module")
def spoken(premises: Premises) -> Iterator[Link]:
    """A hall that offers two countries' varieties of one language."""
    admin = premises.admin()
    settings = admin.snapshot().settings
    admin.do(decode(DefineHall, encode(replace(settings, languages=OFFERED))))
    yield admin
    admin.do(decode(DefineHall, encode(settings)))
    admin.close()


@pytest.mark.parametrize(
    ("header", "language", "direction"),
    [
        ("pt-PT", "pt-PT", "ltr"),
        ("zh-TW,zh;q=0.9", "zh-TW", "ltr"),
        ("zh-HK", "zh-TW", "ltr"),
        ("de ; q=0.5 ,ckb-iq;Q=0.9", "ckb", "rtl"),
        ("en;q=0, pt;q=0, *;q=0.1", "zh-CN", "ltr"),
    ],
)
def test_of_two_countries_with_one_language_each_gets_its_own(
    spoken: Link, premises: Premises, header: str, language: str, direction: str
) -> None:
    phone = Phone(premises.base, header)
    page = phone.get("/h/clinic").text
    phone.session.close()
    assert '<html lang="en" dir="ltr">' in page, "nobody has translated our own words"
    assert re.search(rf'lang="{language}" hreflang="{language}"\s+dir="{direction}" aria-current="true"', page)
    assert "Português (Brasil)" in page and "کوردیی ناوەندی" in page


@pytest.fixture
def persian(premises: Premises) -> Iterator[Phone]:
    """A phone in Persian, at a German hall that has a Persian name for its cash desk."""
    admin = premises.admin()
    settings, desk = admin.snapshot().settings, admin.snapshot().services["cash-desk"]
    admin.do(decode(DefineHall, encode(replace(settings, languages=("de", "fa", "en")))))
    admin.do(decode(DefineService, encode(replace(desk, name={"de": "Kasse", "fa": "صندوق"}))))
    phone = Phone(premises.base, "fa")
    yield phone
    phone.session.close()
    admin.do(decode(DefineService, encode(desk)))
    admin.do(decode(DefineHall, encode(settings)))
    admin.close()


def test_where_nobody_has_translated_our_words_they_are_the_halls_and_every_word_says_its_language(
    persian: Phone,
) -> None:
    page = persian.get("/h/clinic").text
    assert '<html lang="de" dir="ltr">' in page
    assert "Was ist Ihr Anliegen?" in page and "Zurzeit ist kein Arbeitsplatz geöffnet" in page
    assert '<bdi lang="fa" dir="rtl">صندوق</bdi>' in page
    assert '<bdi lang="de"' not in page, "what is in the language of the page need not say so"
    ticket = persian.get(persian.take("cash-desk", "regular")).text
    assert '<html lang="de" dir="ltr">' in ticket
    assert "Ihre Nummer" in ticket and '<p class="service"><bdi lang="fa" dir="rtl">صندوق</bdi></p>' in ticket
