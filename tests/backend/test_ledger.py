"""The ledger answers every command, whatever the database or a caller does, and nothing is ever half done."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.exc import IntegrityError

from shared.backend.halls import database_administration
from shared.backend.halls.clock import Clock
from shared.backend.halls.database_administration import DatabaseAdmin
from shared.backend.halls.ledger import Ledger
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.appointments import CheckIn
from shared.hall.business_day import StartBusinessDay
from shared.hall.errors import Failure, TokenTaken, UnknownService, Unreachable
from shared.hall.issuing import CancelTicket, IssueTicket, TicketIssued
from shared.hall.messages import Change
from shared.hall.roles import Actor, Role
from shared.hall.rules import CHANGES
from tests.backend.direct_sql import rough
from tests.backends import DATABASES, new_database

ADMIN = Actor(name="anna", role=Role.ADMINISTRATOR)


@pytest.fixture(params=DATABASES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database of either kind, without anything in it."""
    return new_database(request.param, tmp_path)


@pytest.fixture
def halls(address: str) -> Iterator[DatabaseAdmin]:
    """A clinic in a database of either kind."""
    with database_administration.opened(address, create=True) as opened:
        opened.init("clinic", None)
        yield opened


def issue(halls: DatabaseAdmin) -> str:
    answer = halls.ledger.do("clinic", IssueTicket(service="registration"), ADMIN)
    return str(answer.result["ticket"]["label"])


def sound(halls: DatabaseAdmin) -> bool:
    return list(halls.faults()) == []


def test_whoever_gives_up_waiting_does_not_end_the_writer(halls: DatabaseAdmin, address: str) -> None:
    with rough(address).held():
        first = halls.ledger.submit("clinic", IssueTicket(service="registration"), ADMIN)
        second = halls.ledger.submit("clinic", IssueTicket(service="registration"), ADMIN)
        second.cancel()
    assert first.result(5)
    assert issue(halls)
    assert sound(halls)


def test_a_listener_that_fails_does_not_end_the_writer(halls: DatabaseAdmin, caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise RuntimeError("the loop is closed")

    stop = halls.ledger.listen(fails)
    issue(halls)
    stop()
    stop()
    assert issue(halls) == "A002"


def test_a_bug_in_one_command_spoils_no_other(halls: DatabaseAdmin, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(hall, issued: TicketIssued):  # type: ignore[no-untyped-def]
        if "stumble" in str(issued):
            raise KeyError("a bug")
        return change.evolve(hall, issued)

    change = CHANGES[TicketIssued]
    monkeypatch.setitem(CHANGES, TicketIssued, Change(TicketIssued, stumble))  # type: ignore[arg-type]
    good = [IssueTicket(service="registration") for _ in range(4)]
    bad = IssueTicket(service="registration", command_id="stumble", language="en")
    answers = [halls.ledger.submit("clinic", one, ADMIN) for one in (*good[:2], bad, *good[2:])]
    assert isinstance(answers.pop(2).exception(5), KeyError)
    assert [answer.result(5).result["ticket"]["label"] for answer in answers] == ["A001", "A002", "A003", "A004"]
    assert sound(halls)


@pytest.fixture
def transactions(halls: DatabaseAdmin, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many transactions that may write end how, from now on."""
    ends, writing = Counter[str](), halls.database.writing

    @contextlib.contextmanager
    def counted() -> Iterator[Connection]:
        try:
            with writing() as connection:
                yield connection
        except Exception:
            ends["undone"] += 1
            raise
        ends["kept"] += 1

    monkeypatch.setattr(halls.database, "writing", counted)
    return ends


def refuse_a_second_german_ticket(address: str) -> None:
    """A rule that only the database knows, as a bug of ours would meet one."""
    rough(address).execute("CREATE UNIQUE INDEX planted ON tickets (language) WHERE language = 'de'")


def german(sender: str) -> tuple[IssueTicket, Actor]:
    return IssueTicket(service="registration", language="de"), Actor(name=sender, role=Role.ADMINISTRATOR)


def test_one_that_the_database_refuses_among_two_hundred_costs_few_transactions(
    halls: DatabaseAdmin, address: str, transactions: Counter[str]
) -> None:
    refuse_a_second_german_ticket(address)
    halls.ledger.do("clinic", *german("berta"))
    with rough(address).held():
        first = halls.ledger.submit("clinic", IssueTicket(service="registration"), ADMIN)
        commands = [(IssueTicket(service="registration"), ADMIN) for _ in range(200)]
        commands[77] = german("berta")
        answers = [halls.ledger.submit("clinic", *command) for command in commands]
    assert first.result(5)
    assert isinstance(answers.pop(77).exception(20), IntegrityError)
    labels = [answer.result(20).result["ticket"]["label"] for answer in answers]
    assert labels == [f"A{number:03}" for number in range(3, 202)]
    assert transactions["undone"] <= 9
    assert transactions["kept"] <= 2 + 9
    assert sound(halls)


def test_whoever_the_database_has_refused_costs_others_nothing(
    halls: DatabaseAdmin, address: str, transactions: Counter[str]
) -> None:
    refuse_a_second_german_ticket(address)
    halls.ledger.do("clinic", *german("berta"))
    with pytest.raises(IntegrityError):
        halls.ledger.do("clinic", *german("berta"))
    transactions.clear()
    with rough(address).held():
        first = halls.ledger.submit("clinic", IssueTicket(service="registration"), ADMIN)
        commands = [(IssueTicket(service="registration"), ADMIN) for _ in range(20)]
        commands[7] = german("berta")
        answers = [halls.ledger.submit("clinic", *command) for command in commands]
    assert first.result(5)
    assert isinstance(answers.pop(7).exception(5), IntegrityError)
    assert all(answer.result(5) for answer in answers)
    assert transactions["undone"] == 1
    assert transactions["kept"] <= 2, "the first may have gone before the others"
    assert sound(halls)


async def test_a_refused_sender_takes_their_turn(halls: DatabaseAdmin, address: str) -> None:
    with rough(address).held():
        honest = halls.ledger.submit("clinic", IssueTicket(service="registration"), ADMIN)
        turn = asyncio.create_task(halls.ledger.turn("clinic"))
        await asyncio.sleep(0)
    await turn
    assert honest.done()


def test_a_page_leads_to_one_ticket_alone(halls: DatabaseAdmin, address: str) -> None:
    halls.add_hall("bank", "bank", "Bank")
    taken, other = "0a" * 32, "0b" * 32
    first = IssueTicket(service="registration", token_hash=taken)
    answer = halls.ledger.do("clinic", first, ADMIN)
    halls.ledger.do("clinic", CancelTicket(ticket=first.command_id), ADMIN)
    for hall in ("clinic", "bank"):
        service = halls.ledger.hall(hall).menu()[0].id
        for command in (
            IssueTicket(service=service, token_hash=taken),
            CheckIn(service=service, token_hash=taken, appointed_at=halls.ledger.wall()),
        ):
            with pytest.raises(TokenTaken):
                halls.ledger.do(hall, command, ADMIN)
    assert halls.ledger.do("clinic", first, ADMIN) == answer, "asked again"
    with rough(address).held():
        twice = [IssueTicket(service="registration", token_hash=other) for _ in range(2)]
        answers = [halls.ledger.submit("clinic", one, ADMIN) for one in twice]
    assert answers[0].result(5)
    assert isinstance(answers[1].exception(5), TokenTaken)
    found = halls.ledger.ticket_of(other)
    assert found
    assert found[1].id == twice[0].command_id


def test_two_halls_never_give_one_page_to_two_at_once(halls: DatabaseAdmin) -> None:
    halls.add_hall("bank", "bank", "Bank")
    services = {hall: halls.ledger.hall(hall).menu()[0].id for hall in ("clinic", "bank")}
    for number in range(20):
        token = f"{number:064x}"
        answers = [
            halls.ledger.submit(hall, IssueTicket(service=service, token_hash=token), ADMIN)
            for hall, service in services.items()
        ]
        assert {type(answer.exception(5)) for answer in answers} == {type(None), TokenTaken}


def test_a_locked_database_refuses_everybody_at_once_and_comes_back(halls: DatabaseAdmin, address: str) -> None:
    """Not one after another, each after its own patience."""
    rough(address).hurry(halls.database)
    before = halls.ledger.hall("clinic")
    with rough(address).held():
        began = time.monotonic()
        answers = [halls.ledger.submit("clinic", IssueTicket(service="registration"), ADMIN) for _ in range(20)]
        for answer in answers:
            with pytest.raises(Unreachable, match="busy"):
                answer.result(5)
        assert time.monotonic() - began < 2
        assert halls.ledger.hall("clinic") == before, "it can still be read"
    assert issue(halls) == "A001"
    assert sound(halls)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_full_disk_is_said_and_nothing_is_half_done(halls: DatabaseAdmin) -> None:
    """Of PostgreSQL's see test_postgresql.py."""
    issue(halls)
    limit = _limited(halls.database.engine)
    said: list[str] = []
    for _ in range(300):
        try:
            issue(halls)
        except Failure as failure:
            said.append(failure.detail)
            break
    assert ["is full" in sentence for sentence in said] == [True]
    assert sound(halls)
    limit["pages"] = 1_000_000
    halls.database.engine.dispose()
    assert issue(halls)
    assert sound(halls)


def _limited(engine: Engine) -> dict[str, int]:
    """Let the database grow by a few pages and no more, as a disk that is nearly full does."""
    with engine.connect() as connection:
        limit = {"pages": int(connection.exec_driver_sql("PRAGMA page_count").scalar_one()) + 3}
    event.listen(engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {limit['pages']}"))
    engine.dispose()
    return limit


def test_a_read_only_database_is_said_and_written_again_when_it_may_be(halls: DatabaseAdmin, address: str) -> None:
    rough(address).read_only(halls.database, so=True)
    with pytest.raises(Unreachable, match="read-only"):
        issue(halls)
    rough(address).read_only(halls.database, so=False)
    assert issue(halls) == "A001"


def test_closing_does_not_wait_for_whoever_holds_the_database(halls: DatabaseAdmin, address: str) -> None:
    with rough(address).held():
        ledger = Ledger(Database(address))
        answer = ledger.submit("clinic", IssueTicket(service="registration"), ADMIN)
        began = time.monotonic()
        ledger.close()
        ledger.close()
        assert time.monotonic() - began < 1.5
        with pytest.raises(Unreachable, match="stopping"):
            ledger.do("clinic", IssueTicket(service="registration"), ADMIN)
    assert answer.result(5), "it was under way, and is kept"


def test_every_command_is_answered_while_the_ledger_closes(halls: DatabaseAdmin, address: str) -> None:
    ledger = Ledger(Database(address))
    outcomes: list[str] = []

    def ask() -> None:
        for _ in range(50):
            try:
                ledger.do("clinic", IssueTicket(service="registration"), ADMIN)
                outcomes.append("done")
            except Unreachable:
                outcomes.append("stopping")

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    ledger.close()
    for thread in asking:
        thread.join(10)
    assert len(outcomes) == 200


def test_a_hall_made_twice_is_one(halls: DatabaseAdmin) -> None:
    halls.ledger.create_hall("clinic")
    assert halls.ledger.hall_ids() == ["clinic"]


def test_what_another_program_wrote_is_told_and_read(halls: DatabaseAdmin, address: str) -> None:
    told = threading.Event()
    stop = halls.ledger.listen(told.set)
    before = halls.ledger.hall("clinic").seq
    with database_administration.opened(address) as other:
        told.clear()
        assert issue(other) == "A001"
        assert told.wait(5)
    stop()
    assert halls.ledger.hall("clinic").seq == before + 1
    assert issue(halls) == "A002"


class Calendar(Clock):
    """A clock whose days a test turns."""

    days = 0

    def wall(self) -> datetime:
        return super().wall() + timedelta(days=self.days)


def test_old_answers_are_let_go_and_a_second_init_still_changes_nothing(halls: DatabaseAdmin, address: str) -> None:
    calendar = Calendar()
    ledger = Ledger(Database(address), calendar)
    refused, given = IssueTicket(service="nonsense"), IssueTicket(service="registration")
    with pytest.raises(UnknownService):
        ledger.do("clinic", refused, ADMIN)
    first = ledger.do("clinic", given, ADMIN)
    calendar.days = 3
    assert ledger.do("clinic", given, ADMIN) == first
    ledger.do("clinic", StartBusinessDay(), Actor(name="clock", role=Role.CLOCK))
    assert ledger.do("clinic", given, ADMIN) == first, "a few days later it is still known"
    calendar.days = 9
    ledger.do("clinic", StartBusinessDay(), Actor(name="clock", role=Role.CLOCK))
    with ledger.database.reading() as connection:
        assert len(list(connection.scalars(select(tables.answers.c.command_id)))) <= 2
    ledger.close()
    seq = halls.ledger.hall("clinic").seq
    halls.init("clinic", None)
    assert halls.ledger.hall("clinic").seq == seq
