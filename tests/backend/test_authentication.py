"""Authentication: tokens are looked up for many requests at once, and never cached."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from shared.backend.access.accounts import Accounts
from shared.backend.access.authentication import Authenticator
from shared.backend.halls.database_administration import DatabaseAdmin, opened
from shared.hall.errors import NotSignedIn, Unreachable
from shared.hall.roles import Actor, Role


class Counting(Accounts):
    """Accounts that count the lookups, and may be away."""

    looks = 0
    away = False

    def actors(self, tokens: Sequence[str]) -> dict[str, Actor]:
        self.looks += 1
        if self.away:
            raise Unreachable("The database is away.")
        return super().actors(tokens)


@pytest.fixture
def halls(tmp_path: Path) -> Iterator[DatabaseAdmin]:
    with opened(f"sqlite:///{tmp_path / 'halls.db'}", create=True) as care:
        care.init("clinic", None)
        yield care


def test_requests_that_arrive_together_share_one_lookup(halls: DatabaseAdmin) -> None:
    tokens = [halls.accounts.add_device(f"kiosk {number}", Role.KIOSK, "clinic") for number in range(5)]
    accounts = Counting(halls.database)

    async def come() -> list[Actor]:
        door = Authenticator(accounts)
        return await asyncio.gather(*(door.actor(token, "127.0.0.1") for token in tokens * 10))

    assert [actor.name for actor in asyncio.run(come())] == [f"kiosk {number}" for number in range(5)] * 10
    assert accounts.looks == 1


def test_a_stranger_among_them_is_the_only_one_refused(halls: DatabaseAdmin) -> None:
    known = halls.accounts.add_device("kiosk", Role.KIOSK, "clinic")

    async def come() -> list[Actor | BaseException]:
        door = Authenticator(halls.accounts)
        return await asyncio.gather(
            door.actor(known, "127.0.0.1"), door.actor("nobody's", "127.0.0.1"), return_exceptions=True
        )

    actor, refused = asyncio.run(come())
    assert isinstance(actor, Actor)
    assert isinstance(refused, NotSignedIn)


def test_a_session_that_ended_elsewhere_is_over_at_the_next_request(halls: DatabaseAdmin) -> None:
    halls.accounts.people.add("anna", "a-good-password", Role.SPECIALIST)
    token = halls.accounts.sessions.sign_in("anna", "a-good-password", "127.0.0.1").token

    async def come() -> None:
        door = Authenticator(halls.accounts)
        assert (await door.actor(token, "127.0.0.1")).name == "anna"
        with_another_program = Accounts(halls.database)
        with_another_program.sessions.end(token)
        with pytest.raises(NotSignedIn):
            await door.actor(token, "127.0.0.1")

    asyncio.run(come())


def test_while_the_database_is_away_everybody_is_told_and_later_let_in(halls: DatabaseAdmin) -> None:
    token = halls.accounts.add_device("kiosk", Role.KIOSK, "clinic")
    accounts = Counting(halls.database)

    async def come() -> None:
        door = Authenticator(accounts)
        accounts.away = True
        told = await asyncio.gather(*(door.actor(token, "127.0.0.1") for _ in range(3)), return_exceptions=True)
        assert [type(one) for one in told] == [Unreachable] * 3
        accounts.away = False
        assert (await door.actor(token, "127.0.0.1")).name == "kiosk"

    asyncio.run(come())
