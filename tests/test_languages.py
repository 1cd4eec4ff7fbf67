"""Which language suits a reader, and what CLDR knows of it."""

from __future__ import annotations

from datetime import date

import pytest

from shared.formats import long_date
from shared.languages import best, is_right_to_left, own_name, preferred, suited

DAY = date(2026, 3, 29)


@pytest.mark.parametrize(
    ("wanted", "offered", "gets"),
    [
        ("pt-PT", ("pt-BR", "pt-PT"), "pt-PT"),
        ("pt-PT", ("pt-BR", "pt"), "pt"),
        ("pt-PT", ("en", "pt-BR"), "pt-BR"),
        ("pt-AO", ("pt-BR", "pt-PT"), "pt-PT"),
        ("es-MX", ("es", "es-419"), "es-419"),
        ("zh-TW", ("zh-CN", "zh-TW"), "zh-TW"),
        ("zh-TW", ("zh", "zh-Hant"), "zh-Hant"),
        ("zh-HK", ("zh-CN", "zh-TW"), "zh-TW"),
        ("zh-Hant-HK", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh-SG", ("zh-TW", "zh-CN"), "zh-CN"),
        ("zh-TW", ("en", "zh-CN"), None),
        ("zh-TW", ("en", "zh"), "zh"),
        ("az-IR", ("az-Latn", "az-Arab"), "az-Arab"),
        ("sr-Latn-RS", ("sr", "sr-Latn"), "sr-Latn"),
        ("de-AT-1996", ("en", "de", "de-AT"), "de-AT"),
        ("de", ("en", "de-AT"), "de-AT"),
        ("DE-at", ("de-AT",), "de-AT"),
        ("nb-NO", ("en", "no"), "no"),
        ("iw", ("en", "he"), "he"),
        ("den", ("de", "en"), None),
        ("C", ("de", "en"), None),
        ("", ("de", "en"), None),
    ],
)
def test_the_language_that_suits(wanted: str, offered: tuple[str, ...], gets: str | None) -> None:
    assert suited(wanted, offered) == gets


@pytest.mark.parametrize(
    ("header", "gets"),
    [
        ("de;q=0.4, pt-PT;q=0.5", "pt-PT"),
        ("de ; q=0.9 ,pt-pt;Q=0.95", "pt-PT"),
        ("tlh, *;q=0.1", "en"),
        ("de;q=0.1, *;q=0.5", "en"),
        ("*, en;q=0", "pt-BR"),
        ("pt, pt-BR;q=0", "pt-PT"),
        ("pt;q=0, pt-PT", "pt-PT"),
        ("en;q=0, *;q=0", None),
        ("zh-TW, zh;q=0.9, de;q=0.8", "zh-TW"),
        ("de;q=0.8, de-CH;q=0.9, en;q=0.85", "de"),
        ("de;q=7, pt-PT;q=0.1", "pt-PT"),
        ("de;level=1, pt-PT;q=0.1", "pt-PT"),
        ("en-US,en;q=0.9" + ",de" * 9000, "en"),
        (";;q=,=,9", None),
        ("", None),
    ],
)
def test_a_header_is_read_with_its_weights_blanks_and_exclusions(header: str, gets: str | None) -> None:
    assert preferred(header, ("en", "pt-BR", "pt-PT", "zh-CN", "zh-TW", "de")) == gets


def test_the_first_of_a_machines_languages_that_is_spoken() -> None:
    assert best(["fa-IR", "fa", "de-AT", "en"], ("ar", "de", "en")) == "de"
    assert best(["C"], ("ar", "de", "en")) is None


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("de", "Deutsch"),
        ("fa", "فارسی"),
        ("pt-BR", "Português (Brasil)"),
        ("zh-Hant", "中文 (繁體)"),
        ("uk", "Українська"),
        ("pa-Arab", "پنجابی (عربی)"),
        ("ku-Arab", "Kurdish (Arabic)"),
        ("tlh", "tlh"),
    ],
)
def test_a_language_is_called_as_its_speakers_call_it(language: str, name: str) -> None:
    assert own_name(language) == name


@pytest.mark.parametrize(
    "language",
    [
        "ar",
        "ar-EG",
        "he",
        "iw",
        "fa",
        "ur",
        "ckb",
        "yi",
        "dv",
        "ps",
        "sd",
        "ug",
        "az-Arab",
        "ku-Arab",
        "ku-IQ",
        "pa-PK",
    ],
)
def test_these_run_from_right_to_left(language: str) -> None:
    assert is_right_to_left(language)


@pytest.mark.parametrize("language", ["en", "az", "ku", "pa", "ar-Latn", "fa-Latn", "sd-Deva", "zh-Hant", "tlh", ""])
def test_these_run_from_left_to_right(language: str) -> None:
    assert not is_right_to_left(language)


@pytest.mark.parametrize("language", ["ar", "ar-EG", "bn", "ckb", "de", "en", "fa", "my", "ps", "ru", "tlh", "ur"])
def test_a_date_has_the_figures_of_labels(language: str) -> None:
    written = long_date(language, DAY)
    assert "29" in written and "2026" in written
    assert all(figure in "0123456789" for figure in written if figure.isnumeric())
