"""Texts in languages, and ids."""

from __future__ import annotations

import time
import uuid

import pytest

from shared.hall.field_types import in_language, new_id

NAMES = {"de": "Kasse", "en": "Cash desk", "ru": "Касса"}


@pytest.mark.parametrize(
    ("language", "fallbacks", "expected"),
    [
        ("en", (), "Cash desk"),
        ("ru", ("en",), "Касса"),
        ("fr", ("en", "de"), "Cash desk"),
        ("fr", ("ar", "ru"), "Касса"),
        ("fr", ("ar",), "Kasse"),
        ("fr", (), "Kasse"),
        ("en-GB-oxendict", ("ru",), "Cash desk"),
        ("fr", ("ru-RU", "de"), "Касса"),
    ],
)
def test_words_are_said_in_the_language_else_a_fallback_else_any(
    language: str, fallbacks: tuple[str, ...], expected: str
) -> None:
    assert in_language(NAMES, language, fallbacks) == expected


def test_one_word_is_for_everybody() -> None:
    assert in_language("Counter 3", "ar", ("en",)) == "Counter 3"


def test_no_words_are_no_words() -> None:
    assert in_language({}, "en", ("de",)) == ""
    assert in_language("", "en") == ""


def test_an_id_is_a_uuid_of_version_seven_made_now() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_ids_never_meet() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000
