"""`nowserving check` finds each fault of a database, and says in one sentence what, where and what to do."""

from __future__ import annotations

import json
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from shared.backend.halls import consistency_check, database_administration, journal, table_check
from shared.backend.halls.clock import Clock
from shared.backend.halls.consistency_check import MOST_SENTENCES
from shared.backend.halls.database_administration import DatabaseAdmin
from shared.backend.halls.ledger import Ledger
from shared.backend.storage import machine_check, sqlite
from shared.backend.storage.database import Database
from shared.hall import hall
from shared.hall.business_day import CorrectBusinessDay, StartBusinessDay
from shared.hall.calling import CallNext, Recall
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Command
from shared.hall.parking import ParkTicket
from shared.hall.points import ActivatePoint, DeactivatePoint
from shared.hall.roles import Actor, Role
from shared.hall.serving import ReturnToQueue, StartService, TransferTicket
from shared.hall.set_up import DefinePoint, DefineService, RetireService
from shared.hall.undo import UndoLast

ADMIN = Actor(name="anna", role=Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic's database after a morning: tickets of every kind, a point with a customer."""
    path = tmp_path_factory.mktemp("morning") / "halls.db"
    with database_administration.opened(f"sqlite:///{path}", create=True) as halls:
        hall = halls.init("clinic", None)

        def do(command: Any) -> Any:
            return halls.ledger.do(hall, command, ADMIN).result

        do(ActivatePoint(point="1"))
        do(ActivatePoint(point="2"))
        tickets = [do(IssueTicket(service="registration"))["ticket"]["id"] for _ in range(60)]
        do(CancelTicket(ticket=tickets[5]))
        for ticket in tickets[:3]:
            do(CallNext(point="1", holding=halls.ledger.hall(hall).points["1"].ticket))
            do(Recall(point="1", ticket=ticket))
        do(ReturnToQueue(point="1", ticket=tickets[2]))
        do(CallNext(point="1"))
    return path


Damage = Callable[[sqlite3.Connection], object]


@pytest.fixture
def damaged(morning: Path, tmp_path: Path) -> Callable[[Damage], list[str]]:
    """The faults reported of the morning's database after some damage."""

    def damage(how: Damage) -> list[str]:
        path = tmp_path / "damaged.db"
        with closing(sqlite3.connect(morning)) as sound, closing(sqlite3.connect(path)) as copy:
            sound.backup(copy)
        with closing(sqlite3.connect(path)) as raw, raw:
            how(raw)
        with database_administration.opened(f"sqlite:///{path}", current=False) as halls:
            return list(halls.faults())

    return damage


def sql(statement: str, *values: object) -> Damage:
    def damage(raw: sqlite3.Connection) -> None:
        assert raw.execute(statement, values).rowcount

    return damage


def event(kind: str, **changes: Any) -> Damage:
    """The last event of a kind, changed."""

    def damage(raw: sqlite3.Connection) -> None:
        query = "SELECT seq, body FROM journal WHERE type = ? ORDER BY seq DESC LIMIT 1"
        seq, body = raw.execute(query, [kind]).fetchone()
        told = {**json.loads(body), **changes}
        raw.execute(
            "UPDATE journal SET body = ?, type = ?, at = coalesce(?, at) WHERE seq = ?",
            [json.dumps(told), told["type"], changes.get("at"), seq],
        )

    return damage


def the(kind: str, raw: sqlite3.Connection, nth: int = 0) -> tuple[int, dict[str, Any]]:
    seq, body = raw.execute("SELECT seq, body FROM journal WHERE type = ? ORDER BY seq", [kind]).fetchall()[nth]
    return seq, json.loads(body)


def one_more(**told: Any) -> Damage:
    """An event behind the last one that no rule could have decided."""

    def damage(raw: sqlite3.Connection) -> None:
        (seq,) = raw.execute("SELECT seq FROM halls").fetchone()
        _, last = the("ticket-called", raw, -1)
        body = {"version": 1, "at": last["at"], "order": last["order"], **told}
        at = body["at"].replace("T", " ").replace("Z", "000")
        row = ["clinic", seq + 1, told["type"], at, "made-up", "somebody", json.dumps(body)]
        raw.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        raw.execute("UPDATE halls SET seq = seq + 1")

    return damage


def issued_again(raw: sqlite3.Connection) -> None:
    _, first = the("ticket-issued", raw, 0)
    one_more(**{**first, "type": "ticket-issued"})(raw)


def same_label(raw: sqlite3.Connection) -> None:
    _, first = the("ticket-issued", raw, 30)
    one_more(**{**first, "type": "ticket-issued", "ticket": "another"})(raw)


def called_to_a_busy_point(raw: sqlite3.Connection) -> None:
    _, called = the("ticket-called", raw, -1)
    _, waiting = the("ticket-issued", raw, 40)
    one_more(**{**called, "ticket": waiting["ticket"]})(raw)


def served_while_it_waits(raw: sqlite3.Connection) -> None:
    _, waiting = the("ticket-issued", raw, 40)
    one_more(type="ticket-served", ticket=waiting["ticket"], point="1", closed_by="point")(raw)


def day_goes_back(raw: sqlite3.Connection) -> None:
    one_more(type="business-day-started", day="2001-01-01")(raw)


def order_goes_back(raw: sqlite3.Connection) -> None:
    one_more(type="point-paused", point="2", order=0)(raw)


def acted_twice(raw: sqlite3.Connection) -> None:
    (command,) = raw.execute("SELECT command_id FROM journal WHERE type = 'ticket-issued'").fetchone()
    raw.execute("UPDATE journal SET command_id = ? WHERE seq = (SELECT max(seq) FROM journal)", [command])


def stranger(raw: sqlite3.Connection) -> None:
    names = [name for _, name, *_ in raw.execute("PRAGMA table_info(tickets)") if name != "id"]
    columns = ", ".join(names)
    raw.execute(f"INSERT INTO tickets (id, {columns}) SELECT 'stranger', {columns} FROM tickets LIMIT 1")


DAMAGE: dict[str, tuple[Damage, str]] = {
    "an event is gone": (sql("DELETE FROM journal WHERE seq = 30"), "event 30 is missing in the journal"),
    "the first event is gone": (sql("DELETE FROM journal WHERE seq = 1"), "event 1 is missing in the journal"),
    "the last event is gone": (
        sql("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)"),
        "but the hall's last event was",
    ),
    "the hall's number is behind": (sql("UPDATE halls SET seq = seq - 3"), "but the hall's last event was"),
    "an event is no JSON": (
        sql("UPDATE journal SET body = '{' WHERE seq = 30"),
        "event 30 of the journal can't be read",
    ),
    "an event nobody knows": (event("ticket-called", type="ticket-eaten"), "can't be read (There is no event"),
    "an event of another kind than it says": (
        sql("UPDATE journal SET type = 'ticket-served' WHERE seq = 30"),
        "contradicts the type or time",
    ),
    "an event at another time than it says": (
        sql("UPDATE journal SET at = '2020-02-02 10:00:00.000000' WHERE seq = 30"),
        "contradicts the type or time",
    ),
    "an event about a ticket never issued": (event("ticket-cancelled", ticket="nobody"), "can't have happened"),
    "the order clock goes back": (order_goes_back, "order clock went back"),
    "the day goes back": (day_goes_back, "the business day went back"),
    "a ticket is issued twice": (issued_again, "ticket A001"),
    "two people hold one number": (same_label, "have the same number A031"),
    "a point has two tickets": (called_to_a_busy_point, "service point 1 got A041 while"),
    "somebody is served who waits": (served_while_it_waits, "ticket A041 went from waiting to served"),
    "a command acted twice": (acted_twice, "acted twice, in events"),
    "the snapshot differs": (
        sql("INSERT INTO snapshots VALUES ('clinic', 1, '{}')"),
        "the snapshot the hall starts from differs",
    ),
    "a live ticket's row differs": (
        sql("UPDATE tickets SET state = 'served' WHERE label = 'A050'"),
        "ticket A050 in the table tickets differs from the journal: state 'served' instead of 'waiting'",
    ),
    "an ended ticket's row differs": (
        sql("UPDATE tickets SET ended_at = NULL WHERE label = 'A001'"),
        "ticket A001 in the table tickets differs",
    ),
    "a ticket's day differs": (
        sql("UPDATE tickets SET business_day = '2001-01-01' WHERE label = 'A001'"),
        "business_day '2001-01-01' instead of",
    ),
    "a ticket's row is gone": (
        sql("DELETE FROM tickets WHERE label = 'A006'"),
        "ticket A006 is missing in the table tickets",
    ),
    "a ticket nobody issued": (stranger, "the table of tickets has 1 the journal does not know"),
    "a call's row differs": (sql("UPDATE calls SET point = '9' WHERE NOT recall"), "point '9' instead of '1'"),
    "why somebody was called differs": (
        sql("UPDATE calls SET why = json_set(why, '$.waited', 99) WHERE NOT recall"),
        "differs from the journal: why.waited 99 instead of",
    ),
    "a long text differs at its end": (
        sql("UPDATE services SET description = replace(description, 'Rat ohne', 'Rat mit') WHERE id = 'doctor'"),
        "chung und Rat mit Termin",
    ),
    "a call's row is gone": (sql("DELETE FROM calls WHERE recall"), "is missing in the table calls"),
    "a call that never was": (
        sql("INSERT INTO calls SELECT hall_id, 3, ticket, point, at, recall, why FROM calls LIMIT 1"),
        "the table of calls has call 3, which never happened",
    ),
    "a call behind the last event": (
        sql("INSERT INTO calls SELECT hall_id, 9999, ticket, point, at, recall, why FROM calls LIMIT 1"),
        "call 9999, which never happened",
    ),
    "a service's row differs": (
        sql("UPDATE services SET prefix = 'Z' WHERE id = 'registration'"),
        "service registration in the table services differs from the journal: prefix 'Z' instead of 'A'",
    ),
    "a precedence's row is gone": (
        sql("DELETE FROM precedences WHERE id = 'regular'"),
        "precedence regular is missing in the table precedences",
    ),
    "a point's row differs": (
        sql("UPDATE service_points SET status = 'inactive' WHERE id = '2'"),
        "service point 2 in the table service_points differs",
    ),
    "a point nobody set up": (
        sql(
            "INSERT INTO service_points SELECT hall_id, 'x', serial_number, name, services, backup_services,"
            " backup_penalty, status, ticket FROM service_points LIMIT 1"
        ),
        "has a service point x, which the journal does not know",
    ),
    "an answer with an event to come": (sql("UPDATE answers SET seq = 9999 WHERE command_id = 'init-0'"), "event 9999"),
    "a table that holds no JSON": (
        sql("UPDATE services SET name = 'not json' WHERE id = 'registration'"),
        "a value in a table can't be read",
    ),
}


def test_a_database_nobody_damaged_is_sound(damaged: Callable[[Damage], list[str]]) -> None:
    assert damaged(lambda _: None) == []


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damage_is_reported_in_a_sentence(damaged: Callable[[Damage], list[str]], what: str) -> None:
    damage, says = DAMAGE[what]
    said = damaged(damage)
    assert any(says in sentence for sentence in said), said
    assert all(sentence.startswith("clinic: ") and sentence.endswith(".") for sentence in said)


def test_a_damaged_file_is_reported(morning: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    with closing(sqlite3.connect(morning)) as sound, closing(sqlite3.connect(path)) as copy:
        sound.backup(copy)
    with closing(sqlite3.connect(path)) as raw:
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_tickets_token_hash'").fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size + 8)
        file.write(b"\x00" * 400)
    with database_administration.opened(f"sqlite:///{path}", current=False) as halls:
        assert "is damaged (" in next(halls.faults())


def test_a_thousand_faults_are_reported_in_a_few_sentences(damaged: Callable[[Damage], list[str]]) -> None:
    said = damaged(sql("UPDATE tickets SET due = due + 1"))
    assert len(said) == MOST_SENTENCES + 1
    assert "more of the same" in said[-1]


def test_tickets_of_days_ago_are_still_compared(damaged: Callable[[Damage], list[str]], halls: DatabaseAdmin) -> None:
    """Longer ago than the hall itself remembers."""
    for _ in range(60):
        ticket = halls.ledger.do("clinic", IssueTicket(service="registration"), ADMIN).result["ticket"]["id"]
        halls.ledger.do("clinic", CancelTicket(ticket=ticket), ADMIN)
    assert list(halls.faults()) == []
    with closing(sqlite3.connect(halls.database.kind.path)) as raw, raw:
        raw.execute("UPDATE tickets SET service = 'other' WHERE label = 'A001'")
    assert "ticket A001 in the table tickets differs" in next(halls.faults())


@pytest.fixture
def halls(tmp_path: Path) -> Iterator[DatabaseAdmin]:
    """A clinic in a file."""
    with database_administration.opened(f"sqlite:///{tmp_path / 'halls.db'}", create=True) as opened:
        opened.init("clinic", None)
        yield opened


def test_the_tables_follow_when_a_service_is_retired(halls: DatabaseAdmin) -> None:
    """Every point that gave it has one service less."""
    halls.ledger.do("clinic", DefineService(id="short", name="Short", prefix="S"), ADMIN)
    point = halls.ledger.hall("clinic").points["1"]
    given = (*point.services, "short")
    define = DefinePoint(id="1", serial_number=point.serial_number, name=point.name, services=given)
    halls.ledger.do("clinic", define, ADMIN)
    halls.ledger.do("clinic", RetireService(service="short"), ADMIN)
    assert list(halls.faults()) == []


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_point_that_closes_on_those_who_were_sent_there_leaves_a_sound_hall(
    halls: DatabaseAdmin, taken_back: bool
) -> None:
    """Waiting, called elsewhere, parked: none of them moves, and all of them are told of."""

    def do(command: Command) -> Any:
        return halls.ledger.do("clinic", command, ADMIN).result

    for point in ("1", "2"):
        do(ActivatePoint(point=point))
    for _ in range(2):
        do(IssueTicket(service="registration"))
        called = do(CallNext(point="1"))["ticket"]["id"]
        do(TransferTicket(point="1", ticket=called, to_point="2"))
    here = do(CallNext(point="2"))["ticket"]["id"]
    do(StartService(point="2", ticket=here))
    do(ParkTicket(point="2", ticket=here))
    do(DeactivatePoint(point="2"))
    if taken_back:
        do(UndoLast(point="2"))
    assert list(halls.faults()) == []


def test_the_tables_follow_when_a_day_ends_with_somebody_called(halls: DatabaseAdmin) -> None:
    """The point has nobody any more, though no event names it."""
    for command in (ActivatePoint(point="1"), IssueTicket(service="registration"), CallNext(point="1")):
        halls.ledger.do("clinic", command, ADMIN)
    tomorrow = Tomorrow()
    with closing(Ledger(Database(f"sqlite:///{halls.database.kind.path}"), tomorrow)) as later:
        later.do("clinic", StartBusinessDay(), ADMIN)
    assert not halls.ledger.hall("clinic").points["1"].ticket
    with halls.database.reading() as connection:
        assert list(consistency_check.faults(connection, "clinic")) == []


def test_a_day_begun_by_a_clock_that_was_ahead_is_said_and_sound_once_put_right(halls: DatabaseAdmin) -> None:
    for command in (ActivatePoint(point="1"), IssueTicket(service="registration"), CallNext(point="1")):
        halls.ledger.do("clinic", command, ADMIN)
    with closing(Ledger(Database(f"sqlite:///{halls.database.kind.path}"), Tomorrow())) as later:
        for _ in range(3):
            ticket = later.do("clinic", IssueTicket(service="registration"), ADMIN).result["ticket"]["id"]
        later.do("clinic", CancelTicket(ticket=ticket), ADMIN)
    kept = halls.ledger.hall("clinic").business_day
    assert kept
    clock, said = halls.faults()
    assert "set the clock" in clock
    assert f"the business day, {kept}, lies in the future" in said
    halls.ledger.do("clinic", CorrectBusinessDay(kept=kept), ADMIN)
    assert list(halls.faults()) == []
    assert halls.ledger.do("clinic", IssueTicket(service="registration"), ADMIN).result["ticket"]["label"] == "A004"


class Tomorrow(Clock):
    """The clock of the day after."""

    def wall(self) -> datetime:
        return super().wall() + timedelta(days=1)


def test_a_clock_that_is_behind_what_was_written_is_said(halls: DatabaseAdmin) -> None:
    now = datetime.now(UTC)
    assert list(machine_check.faults(halls.database, now)) == []
    (said,) = machine_check.faults(halls.database, now - timedelta(days=3))
    assert said.startswith("The clock of this machine says") and "set the clock" in said


def test_a_disk_that_is_nearly_full_is_said(halls: DatabaseAdmin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "LEAST_FREE", 1 << 62)
    (said,) = machine_check.faults(halls.database)
    assert "MB left" in said


def test_a_database_that_another_program_holds_is_said(halls: DatabaseAdmin) -> None:
    sqlalchemy.event.listen(halls.database.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 50"))
    halls.database.engine.dispose()
    with closing(sqlite3.connect(halls.database.kind.path, isolation_level=None)) as blocker:
        blocker.execute("BEGIN IMMEDIATE")
        assert "busy" in next(machine_check.faults(halls.database))


def test_a_long_journal_takes_no_more_memory_than_a_short_one(
    halls: DatabaseAdmin, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, most in (
        (consistency_check, "ROWS_AT_ONCE"),
        (table_check, "ROWS_AT_ONCE"),
        (journal, "SNAPSHOT_EVERY"),
        (hall, "LAST_ENDED"),
    ):
        monkeypatch.setattr(module, most, 20)  # what is held at once, however long the journal

    def after_more(tickets: int) -> int:
        """What a check takes at most, in bytes, once so many more have come and gone."""
        for _ in range(tickets // 20):
            come = [IssueTicket(service="registration") for _ in range(20)]
            gone = [CancelTicket(ticket=one.command_id) for one in come]
            for answer in [halls.ledger.submit("clinic", one, ADMIN) for one in (*come, *gone)]:
                answer.result(10)
        tracemalloc.start()
        assert list(halls.faults()) == []
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    after_more(60)  # what is made once, as statements, is made now
    assert after_more(20) * 1.5 > after_more(160), "a ticket is 3 kB"
