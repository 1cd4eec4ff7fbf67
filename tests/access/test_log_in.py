"""Sign-in: a stranger gets few tries, and keeps nobody else out."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from argon2 import Type, extract_parameters

from shared.backend.access import passwords
from shared.backend.access.passwords import NO_PASSWORD, decoy_hash, hashed, matches
from shared.backend.access.rate_limits import (
    LOG_IN_AT_USUAL_PLACE,
    LOG_IN_BY_ONE_STRANGER,
    LOG_IN_BY_STRANGERS,
    LOG_IN_FROM_ONE_PLACE,
)
from shared.backend.access.sessions import Sessions
from shared.backend.access.staff_table import StaffTable
from shared.backend.storage.database import Database
from shared.hall.errors import NotSignedIn, Refused, TooOften
from shared.hall.roles import Role
from tests.backends import DATABASES, Caller, Premises, new_database
from tests.cheap_passwords import DEAR

RIGHT, WRONG, OTHER = "kedava-right-words", "kedava-wrong-words", "kedava-other-words"
TRIES = 200
"""Tries of a stranger in this test; two thousand in tests/access/test_strangers.py."""


@pytest.fixture(params=DATABASES, scope="module")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = Database(new_database(request.param, tmp_path_factory.mktemp("database")), create=True)
    yield opened
    opened.close()


@pytest.fixture
def login(database: Database, request: pytest.FixtureRequest) -> str:
    """Somebody of this test alone."""
    name = f"anna-{abs(hash(request.node.name))}"
    StaffTable(database).add(name, RIGHT, Role.SPECIALIST)
    return name


def outcome(database: Database, login: str, password: str, place: str) -> str:
    try:
        Sessions(database).sign_in(login, password, place)
    except (NotSignedIn, TooOften) as refused:
        return refused.type_name()
    return "in"


def outcomes(database: Database, login: str, place: str, tries: int = 10) -> list[str]:
    return [outcome(database, login, WRONG, place) for _ in range(tries)]


def test_a_stranger_gets_few_tries_at_an_account(database: Database, login: str) -> None:
    said = outcomes(database, login, "stranger 1")
    assert said.count("not-signed-in") == LOG_IN_BY_ONE_STRANGER.most
    assert set(said) == {"not-signed-in", "too-often"}
    assert outcome(database, login, RIGHT, "stranger 1") == "too-often", "even the right one, or it could be told"


def test_many_strangers_together_get_few_tries_too(database: Database, login: str) -> None:
    said = [outcome(database, login, WRONG, f"many {number}") for number in range(20)]
    assert said.count("not-signed-in") == LOG_IN_BY_STRANGERS.most
    assert LOG_IN_BY_STRANGERS.most + LOG_IN_AT_USUAL_PLACE.most <= 10


def test_strangers_keep_nobody_out_of_their_usual_place(database: Database, login: str) -> None:
    assert outcome(database, login, RIGHT, "the counter") == "in"
    for number in range(20):
        outcome(database, login, WRONG, f"elsewhere {number}")
    assert outcome(database, login, RIGHT, "a new place") == "too-often"
    assert outcome(database, login, RIGHT, "the counter") == "in"


def test_one_stranger_keeps_the_owner_out_of_no_new_place(database: Database, login: str) -> None:
    outcomes(database, login, "stranger 2", 100)
    assert outcome(database, login, RIGHT, "where the owner has never been") == "in"


def test_a_new_password_is_tried_anew(database: Database, login: str) -> None:
    """Whoever forgot theirs, and used up all tries, gets in with the one an administrator gave them."""
    outcomes(database, login, "the counter")
    people = StaffTable(database)
    people.reset_password(people.with_login(login).id, OTHER)
    assert outcome(database, login, RIGHT, "the counter") == "not-signed-in"
    assert outcome(database, login, OTHER, "the counter") == "in"


def test_a_session_somebody_left_open_is_no_way_to_guess_its_password(database: Database, login: str) -> None:
    people, token = StaffTable(database), Sessions(database).sign_in(login, RIGHT, "the counter").token
    person = people.with_login(login).id

    def change(old: str, new: str = OTHER) -> str:
        try:
            people.change_password(person, old, new, token)
        except Refused as refused:
            return refused.type_name()
        return "changed"

    assert [change(WRONG) for _ in range(7)] == ["wrong-password"] * LOG_IN_AT_USUAL_PLACE.most + ["too-often"] * 2
    assert change(RIGHT) == "too-often", "even the right one, or it could be told"
    people.reset_password(person, OTHER)
    assert change(OTHER, RIGHT) == "changed", "a password an administrator gave is tried anew"


def test_from_one_place_few_tries_at_all_accounts_together(database: Database) -> None:
    said = [outcome(database, f"login-{number}", WRONG, "a spray") for number in range(40)]
    assert said.count("not-signed-in") == LOG_IN_FROM_ONE_PLACE.most


def test_being_right_uses_nothing_up(database: Database, login: str) -> None:
    assert [outcome(database, login, RIGHT, "the counter") for _ in range(12)] == ["in"] * 12


def test_an_unknown_login_gets_the_same_answers(database: Database, login: str) -> None:
    assert outcomes(database, "nobody at all", "stranger 3") == outcomes(database, login, "stranger 4")


@pytest.fixture
def dear(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords cost what they cost people."""
    monkeypatch.setattr(passwords, "hasher", DEAR)
    decoy_hash.cache_clear()
    yield
    decoy_hash.cache_clear()


def test_a_stolen_hash_is_dear_to_try(dear: None) -> None:
    kept = extract_parameters(hashed(RIGHT))
    assert kept.type is Type.ID and kept.memory_cost >= 19 * 1024 and kept.time_cost >= 2, "OWASP's least for Argon2id"


def test_an_unknown_login_takes_as_long(dear: None, database: Database, login: str) -> None:
    def took(name: str) -> float:
        began = time.process_time()  # not that of the wall: others work on this machine too
        outcome(database, name, WRONG, name)
        return time.process_time() - began

    took("to warm up")
    unknown = statistics.median(took(f"no-one-{number}") for number in range(3))
    known = statistics.median(took(login) for _ in range(3))
    assert 0.5 < unknown / known < 2, "each costs one hash"


def test_who_has_no_password_here_is_let_in_by_none() -> None:
    assert not matches(NO_PASSWORD, "")
    assert not matches(None, "")
    assert not matches("not a hash", RIGHT)


def test_a_flood_over_http_gets_ten_through_at_most_and_starves_nobody(premises: Premises, tmp_path: Path) -> None:
    owner = Caller(premises)
    assert owner.sign_in().ok

    def knock(_: int) -> int:
        return strangers.session.post(
            f"{premises.base}/api/v1/sessions", json={"login": "flooded", "password": WRONG}, timeout=30
        ).status_code

    strangers = Caller(premises)
    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(knock, range(TRIES)))
        refused = strangers.post("/api/v1/sessions", {"login": "flooded", "password": WRONG})
    assert set(answers) == {401, 429}
    assert answers.count(401) <= 10
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert refused.json()["type"] == "too-often"
    assert owner.sign_in().ok
    for caller in (owner, strangers):
        caller.session.close()
