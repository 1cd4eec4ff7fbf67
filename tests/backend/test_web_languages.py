"""The customer's pages in the language that suits a phone best, named and directed as CLDR has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.hall.set_up import DefineHall
from shared.hall.wire import decode, encode
from shared.link.port import Link
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
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert "Português (Brasil)" in page and "کوردیی ناوەندی" in page
