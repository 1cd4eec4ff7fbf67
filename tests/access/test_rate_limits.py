"""Rate limits hold however many tries come at once and through however many backends."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shared.backend.access.rate_limits import RateLimit, RateLimits
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.errors import TooOften
from tests.backends import DATABASES, new_database

THREE = RateLimit(3, timedelta(minutes=15))


@pytest.fixture(params=DATABASES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return new_database(request.param, tmp_path)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    opened = Database(address, create=True)
    yield opened
    opened.close()


def kept(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.scalar(select(func.count()).select_from(tables.tries)) or 0)


def is_let_through(limits: RateLimits, **counted: RateLimit) -> bool:
    try:
        limits.take(counted)
    except TooOften:
        return False
    return True


def test_so_many_tries_and_no_more(database: Database) -> None:
    limits = RateLimits(database)
    assert [is_let_through(limits, anna=THREE) for _ in range(5)] == [True, True, True, False, False]
    assert is_let_through(limits, berta=THREE)
    assert kept(database) == 4, "who is refused writes nothing"


def test_whoever_is_refused_hears_how_long_to_wait(database: Database) -> None:
    limits = RateLimits(database)
    limits.take({"anna": RateLimit(1, timedelta(minutes=15))})
    with pytest.raises(TooOften) as refused:
        limits.take({"anna": RateLimit(1, timedelta(minutes=15))})
    assert 890 < int(refused.value.about["retry_after"]) <= 900


def test_one_limit_that_is_reached_counts_for_no_other(database: Database) -> None:
    limits = RateLimits(database)
    limits.take({"anna": RateLimit(1, timedelta(minutes=15))})
    assert not is_let_through(limits, anna=RateLimit(1, timedelta(minutes=15)), here=THREE)
    assert [is_let_through(limits, here=THREE) for _ in range(4)] == [True, True, True, False]


def test_a_while_later_one_more_is_let_through(database: Database) -> None:
    moment = RateLimit(1, timedelta(milliseconds=1))
    assert is_let_through(RateLimits(database), anna=moment)
    while not is_let_through(RateLimits(database), anna=moment):
        pass


def test_a_try_that_was_right_does_not_count(database: Database) -> None:
    limits = RateLimits(database)
    for _ in range(5):
        limits.give_back(limits.take({"anna": THREE}))
    assert kept(database) == 0


def test_a_crowd_through_two_backends_gets_no_more_through(address: str, database: Database) -> None:
    other = Database(address)
    backends = [RateLimits(database), RateLimits(other)]
    with ThreadPoolExecutor(8) as crowd:
        through = list(crowd.map(lambda number: is_let_through(backends[number % 2], anna=THREE), range(24)))
    other.close()
    assert sum(through) == 3


def test_nothing_can_be_read_of_what_was_typed(database: Database) -> None:
    RateLimits(database).take({"account my-password-in-the-wrong-field": THREE})
    with database.reading() as connection:
        rows = connection.execute(select(tables.tries)).all()
    assert "password" not in str(rows)
