"""What is said of a call: as people read it, in their own language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.hall.field_limits import CLIP_KEY
from shared.hall.hall import Hall
from shared.hall.values import Service, frozen
from shared.voice.calls import call_utterance, several_calls_utterance, short_call_utterance
from shared.voice.letters_and_numbers import as_text
from shared.voice.vocabulary import missing, vocabulary
from tests.voice.spoken import HALL, called, speaking


def read(label: str, language: str = "en") -> str:
    return as_text(short_call_utterance(HALL, called(label), language).words).partition(",")[0]


def words(label: str, language: str = "en") -> list[str]:
    return [word.key for word in short_call_utterance(HALL, called(label), language).words]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Number B 42, Room 3"),
        ("de", "Nummer B 42, Zimmer 3"),
        ("ru", "Номер бэ 42, Кабинет 3"),
        ("ar", "الرقم بي 42, غرفة 3"),
        ("de-AT", "Nummer B 42, Zimmer 3"),
        ("fr", "B 42, Room 3"),  # nobody has translated "number": better unsaid than said in English
    ],
)
def test_a_call_is_the_number_and_the_point_by_its_own_name(language: str, text: str) -> None:
    assert as_text(call_utterance(HALL, called("B042"), language).words) == text


def test_a_short_call_is_without_the_heading() -> None:
    assert as_text(short_call_utterance(HALL, called("B042"), "de").words) == "B 42, Zimmer 3"


@pytest.mark.parametrize(
    ("label", "text", "keys"),
    [
        ("A042", "eigh 42", ["letter.A", "number.42"]),
        ("A007", "eigh 7", ["letter.A", "number.7"]),
        ("A000", "eigh 0", ["letter.A", "number.0"]),
        ("B142", "B 142", ["letter.B", "number.100", "number.42"]),
        ("B200", "B 200", ["letter.B", "number.200"]),
        ("B2342", "B 2342", ["letter.B", "number.2000", "number.300", "number.42"]),
        ("AB07", "eigh B 7", ["letter.A", "letter.B", "number.7"]),
        ("042", "42", ["number.42"]),
        ("B1042", "B 1042", ["letter.B", "number.1000", "number.42"]),
        ("B12003", "B 1 2 0 0 3", ["letter.B", "number.1", "number.2", "number.0", "number.0", "number.3"]),
    ],
)
def test_a_label_is_read_as_people_read_it(label: str, text: str, keys: list[str]) -> None:
    assert read(label) == text
    assert words(label) == [*keys, "point.room-3"]


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("K1-07", "K 1, 7, Room 3"),
        ("K100-42", "K 100, 42, Room 3"),  # not 142
        ("100A-42", "100 eigh 42, Room 3"),
        ("K1-01 09:42", "K 1, 1, 9, 42, Room 3"),
        ("K1-01 09:42b", "K 1, 1, 9, 42 B, Room 3"),
    ],
)
def test_a_number_a_kiosk_gave_by_itself_is_read_in_its_parts(label: str, text: str) -> None:
    assert as_text(short_call_utterance(HALL, called(label), "en").words) == text


@pytest.mark.parametrize(
    ("language", "label", "spoken"),
    [
        ("ru", "A142", ["а", "100", "42,"]),
        ("ar", "A142", ["أَي", "100", "و", "42,"]),
        ("ar", "A2300", ["أَي", "2000", "و", "300,"]),
        ("es", "A142", ["A", "ciento", "42,"]),
        ("es", "A100", ["A", "100,"]),
        ("zh", "A102", ["A", "100", "零", "2,"]),
        ("zh", "A142", ["A", "100", "42,"]),
        ("pt-BR", "A142", ["A", "cento", "e", "42,"]),
    ],
)
def test_what_joins_hundreds_and_the_rest_is_a_word_of_the_language(
    language: str, label: str, spoken: list[str]
) -> None:
    utterance = short_call_utterance(HALL, called(label), language)
    assert [word.text for word in utterance.words[:-1]] == spoken
    assert as_text(utterance.words).split()[1] == f"{label[1:]},", "an engine reads the whole number by itself"


def test_russians_hear_latin_letters_by_their_russian_names() -> None:
    assert [read(f"{letter}5", "ru") for letter in "ABCHKW"] == ["а 5", "бэ 5", "цэ 5", "аш 5", "ка 5", "дубль-вэ 5"]


def test_a_call_to_a_point_that_is_gone_is_still_said() -> None:
    assert as_text(short_call_utterance(HALL, called("B042", point="gone"), "en").words) == "B 42,"


def test_many_calls_are_said_in_one_sentence_in_a_language_that_has_it() -> None:
    assert several_calls_utterance(HALL, "de").words[1].text == "Bitte schauen Sie auf die Anzeige."
    assert several_calls_utterance(speaking("fr", "ru"), "fr").language == "ru"
    assert several_calls_utterance(speaking("fr"), "fr").language == "en"


# ── the vocabulary ──


def test_the_vocabulary_is_what_the_hall_says_and_nothing_else() -> None:
    assert [word.key for word in vocabulary(HALL, "en")] == [
        *("sentence.number", "sentence.several", "sentence.look", "letter.A", "number.6", "number.7"),
        "point.room-3",
    ]


def hall_of(**changes: object) -> Hall:
    return replace(HALL, services=frozen({"s": Service(**{"id": "s", "name": "S", "prefix": "B", **changes})}))


@pytest.mark.parametrize("language", ["en", "ar", "es", "zh", "fr"])
@pytest.mark.parametrize("changes", [{}, {"first": 95, "last": 310}, {"prefix": "B1", "digits": 2}, {"digits": 4}])
def test_every_call_of_a_hall_can_be_said_with_its_vocabulary(language: str, changes: dict[str, object]) -> None:
    hall = hall_of(**changes)
    known = {word.key for word in vocabulary(hall, language)}
    service = hall.services["s"]
    for number in range(service.first, (service.last or 10**service.digits - 1) + 1, 7):
        call = called(f"{service.prefix}{number:0{service.digits}}")
        assert {word.key for word in call_utterance(hall, call, language).words} <= known


def test_a_hall_of_three_digits_needs_some_hundred_and_fifteen_recordings() -> None:
    assert len(vocabulary(hall_of(), "en")) == 3 + 1 + 99 + 9 + 1
    assert all(CLIP_KEY.fits(word.key) for language in ("en", "es", "ar") for word in vocabulary(hall_of(), language))


def test_numbers_that_kiosks_give_by_themselves_are_in_the_vocabulary_where_a_hall_has_them() -> None:
    offline = replace(HALL, settings=replace(HALL.settings, offline_tickets=True))
    known = {word.key for word in vocabulary(offline, "en")}
    assert {word.key for word in call_utterance(offline, called("K2-99"), "en").words} <= known


def test_what_is_not_recorded_is_missing() -> None:
    assert missing(HALL, "en") == vocabulary(HALL, "en")
