"""What is announced, how often, in which languages and how loud follows from hall, display and backlog."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from display.announcing.loud_call import MOST_SAID, is_open, next_loud_call, percent_at
from shared.hall.display_values import Display, Volume
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.serving import StartService
from shared.hall.values import Call
from tests.display.bursts import HALL, after_commands, called

DISPLAY = Display(id="hall", name="")


def hall_with(calls: int, language: str = "ru", **settings: object) -> tuple[Hall, list[Call]]:
    hall = replace(HALL, settings=replace(HALL.settings, **settings))
    for point in list(hall.points)[:calls]:
        hall = called(hall, point, language)
    return hall, list(reversed(hall.calls))


def languages(hall: Hall, display: Display, calls: list[Call]) -> list[str]:
    return [utterance.language for utterance in next_loud_call(hall, display, calls).utterances]


def words(hall: Hall, calls: list[Call]) -> list[str]:
    return [" ".join(word.text for word in said.words) for said in next_loud_call(hall, DISPLAY, calls).utterances]


def test_the_customers_language_comes_first_and_then_the_halls() -> None:
    hall, calls = hall_with(1, "ru")
    assert languages(hall, DISPLAY, calls) == ["ru", "en"]


@pytest.mark.parametrize(
    ("customer", "of_the_display", "said"),
    [
        ("en", (), ["en"]),
        ("ru", ("de", "ru"), ["ru", "de"]),
        ("ru", ("de",), ["de"]),
        ("de", ("de", "en"), ["de"]),
    ],
)
def test_only_what_the_display_speaks_is_said_and_nothing_twice(customer, of_the_display, said) -> None:
    hall, calls = hall_with(1, customer)
    assert languages(hall, replace(DISPLAY, languages=of_the_display), calls) == said


def test_a_call_is_said_as_often_as_the_hall_wants_unless_others_wait() -> None:
    hall, calls = hall_with(3, announce_times=3, announce_gap=7)
    assert next_loud_call(hall, DISPLAY, calls[:1]).times == 3
    assert next_loud_call(hall, DISPLAY, calls[:2]).times == 1
    assert next_loud_call(hall, DISPLAY, calls[:1]).gap == 7_000
    hall, calls = hall_with(7, announce_times=0)
    assert next_loud_call(hall, DISPLAY, calls[:1]).times == next_loud_call(hall, DISPLAY, calls).times == 0


def test_a_backlog_first_gets_shorter_and_then_becomes_one_sentence() -> None:
    hall, calls = hall_with(MOST_SAID + 1, "en")
    assert words(hall, calls[:2])[0].startswith("Number")
    assert not words(hall, calls[:3])[0].startswith("Number")
    assert words(hall, calls) == ["Several numbers are called. Please look at the display."]
    assert next_loud_call(hall, DISPLAY, calls).calls == tuple(calls)


def test_a_customer_who_came_or_was_sent_elsewhere_is_not_called() -> None:
    hall, (call,) = hall_with(1)
    assert is_open(hall, DISPLAY, call)
    assert not is_open(hall, DISPLAY, replace(call, point="2"))
    assert not is_open(after_commands(hall, StartService(point=call.point, ticket=call.ticket)), DISPLAY, call)


@pytest.mark.parametrize("filter_", [{"services": ("tests",)}, {"points": ("2",)}, {"precedences": ("paid",)}])
def test_a_display_says_only_the_calls_it_shows(filter_) -> None:
    hall, (call,) = hall_with(1)
    assert not is_open(hall, replace(DISPLAY, **filter_), call)


@pytest.mark.parametrize(("now", "percent"), [("07:59", 10), ("08:00", 80), ("12:30", 80), ("18:00", 0), ("21:00", 10)])
def test_the_volume_is_that_of_the_time_of_day(now: str, percent: int) -> None:
    volumes = (Volume(since=time(18), percent=0), Volume(since=time(8), percent=80), Volume(since=time(20), percent=10))
    assert percent_at(HallSettings(volumes=volumes), time.fromisoformat(now)) == percent
    assert percent_at(HallSettings(), time.fromisoformat(now)) == 100
