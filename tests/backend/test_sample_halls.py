"""The sample halls: whole, in every language, and clear about what is wrong in a file somebody changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from shared.backend.halls import sample_halls
from shared.hall.field_types import Words
from shared.hall.hall import Hall
from shared.hall.rules import decide, fold
from shared.hall.values import Moment

LANGUAGES = ("en", "de", "ru", "ar")
NOW = Moment(datetime(2026, 3, 2, 8, 0, tzinfo=UTC), 0)

every_sample = pytest.mark.parametrize("name", ["bank", "clinic", "office"])


def set_up(name: str) -> Hall:
    hall = Hall(id=name)
    for command in sample_halls.commands(name):
        hall = fold(hall, decide(hall, command, NOW))
    return hall


def said(hall: Hall) -> Iterator[Words]:
    yield hall.settings.name
    for service in hall.services.values():
        yield from (service.name, service.description)
    for place in (*hall.precedences.values(), *hall.points.values()):
        yield place.name


def test_the_samples_are_a_bank_a_clinic_and_an_office() -> None:
    assert sample_halls.names() == ["bank", "clinic", "office"]


@every_sample
def test_a_sample_sets_up_an_empty_hall(name: str) -> None:
    hall = set_up(name)
    assert hall.settings.languages == LANGUAGES
    assert {"regular", "paid", "priority"} == set(hall.precedences)
    assert 6 <= len(hall.services) <= 8
    assert 4 <= len(hall.points) <= 6


@every_sample
def test_a_sample_speaks_every_language_of_its_hall(name: str) -> None:
    for words in said(set_up(name)):
        assert not isinstance(words, str)
        assert tuple(words) == LANGUAGES
        assert all(text == text.strip() != "" for text in words.values())


@every_sample
def test_every_service_is_given_at_some_point_and_every_point_gives_known_services(name: str) -> None:
    hall = set_up(name)
    given = {service for point in hall.points.values() for service in point.services}
    assert given == set(hall.services)
    backup = {service for point in hall.points.values() for service in point.backup_services}
    assert backup <= set(hall.services)


@every_sample
def test_prefixes_and_menu_places_follow_the_alphabet(name: str) -> None:
    menu = set_up(name).menu()
    assert [service.prefix for service in menu] == list("ABCDEFGH"[: len(menu)])
    assert [service.place for service in menu] == list(range(1, len(menu) + 1))


@every_sample
def test_a_sample_read_twice_is_two_commands(name: str) -> None:
    once, again = sample_halls.commands(name), sample_halls.commands(name)
    assert not {command.command_id for command in once} & {command.command_id for command in again}


def test_a_service_of_the_clinic_offers_regular_and_paid() -> None:
    offers = [set(service.precedences) for service in set_up("clinic").services.values()]
    assert any({"regular", "paid"} <= offered for offered in offers)


def test_the_shorter_allowance_belongs_to_those_who_wait_less() -> None:
    allowances = {precedence.id: precedence.allowance for precedence in set_up("clinic").precedences.values()}
    assert allowances == {"regular": 30, "paid": 10, "priority": 5}


def test_an_unknown_sample_is_refused_and_says_which_there_are() -> None:
    with pytest.raises(sample_halls.UnknownSample, match="bank, clinic, office"):
        sample_halls.commands("../clinic")
