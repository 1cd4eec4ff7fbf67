"""A database file that is moved, replaced or damaged under a backend that serves it: nothing is answered that the next
start would not find, it is said, and no stranger learns where the file is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from shared.backend.halls import care
from shared.backend.halls.care import INIT, Care
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.errors import Failure
from shared.hall.issuing import IssueTicket
from shared.hall.words import new_id
from tests.backends import DATABASES, Caller, Premises, new_database, nowserving
from tests.faults.test_disk import issue, refused, sound


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Premises]:
    premises = Premises(tmp_path)
    yield premises
    premises.stop()


def file_of(there: Premises) -> Path:
    return Path(there.database.removeprefix("sqlite:///"))


def serve(there: Premises, log: Path) -> Caller:
    with log.open("a") as file:
        there.serve(log=file)
    caller = Caller(there)
    caller.sign_in()
    return caller


def labels(there: Premises) -> list[str]:
    with care.opened(there.database) as halls:
        return sorted(ticket.label for ticket in halls.ledger.hall(there.hall).tickets.values())


def test_a_file_that_is_gone_is_said_and_over_when_it_is_back(there: Premises, tmp_path: Path) -> None:
    caller, press = serve(there, tmp_path / "log"), new_id()
    assert issue(caller).ok
    file = file_of(there)
    file.rename(tmp_path / "away.db")
    assert "moved, removed or replaced" in refused(issue(caller, press))
    assert caller.get("/readyz").status_code == 503
    assert caller.get(f"/api/v1/halls/{there.hall}").status_code == 503
    assert not file.exists(), "nobody makes another one in its place"
    (tmp_path / "away.db").rename(file)
    assert issue(caller, press).json()["result"]["ticket"]["label"] == "A002"
    assert caller.get("/readyz").ok
    said = (tmp_path / "log").read_text()
    assert said.count(f"{file} is not the file") == said.count(f"{file} is the file that is open again") == 1
    assert sound(there)


def test_it_is_said_within_a_second_though_nobody_asks(there: Premises, tmp_path: Path) -> None:
    serve(there, tmp_path / "log")
    file_of(there).rename(tmp_path / "away.db")
    while "is not the file" not in (tmp_path / "log").read_text():  # the test's own time limit is the only one
        pass


def test_another_file_in_its_place_is_served_by_the_next_start_alone(there: Premises, tmp_path: Path) -> None:
    file, copy = file_of(there), tmp_path / "copy.db"
    assert nowserving("backup", str(copy), "--database", there.database).returncode == 0
    caller = serve(there, tmp_path / "log")
    assert issue(caller).ok
    copy.rename(file)
    refused(issue(caller))
    there.stop()
    caller = serve(there, tmp_path / "log")
    assert issue(caller).ok
    there.stop()


def test_a_log_that_is_gone_loses_nothing_that_was_answered(there: Premises, tmp_path: Path) -> None:
    caller = serve(there, tmp_path / "log")
    given = [issue(caller).json()["result"]["ticket"]["label"] for _ in range(10)]
    for part in ("-wal", "-shm"):
        Path(f"{file_of(there)}{part}").unlink()
    refused(issue(caller))
    assert caller.get("/readyz").status_code == 503
    assert there.stop() == 0
    assert labels(there)[:10] == given
    assert sound(there)


@pytest.mark.parametrize("kind", DATABASES)
def test_an_older_database_in_its_place_is_not_gone_on_with_from_memory(kind: str, tmp_path: Path) -> None:
    with care.opened(new_database(kind, tmp_path), create=True) as halls:
        hall = halls.init("clinic", None)
        before = halls.ledger.hall(hall).seq
        for _ in range(3):
            halls.ledger.do(hall, IssueTicket(service="registration"), INIT)
        _turn_back(halls, hall, before)
        assert halls.ledger.hall(hall).seq == before
        assert halls.ledger.do(hall, IssueTicket(service="registration"), INIT).result["ticket"]["label"] == "A001"


def _turn_back(halls: Care, hall: str, seq: int) -> None:
    """As if the database were an older one; a snapshot is not due yet."""
    with halls.database.writing() as connection:
        for table in (tables.journal, tables.answers):
            connection.execute(delete(table).where(table.c.hall_id == hall, table.c.seq > seq))
        connection.execute(delete(tables.tickets).where(tables.tickets.c.hall_id == hall))
        connection.execute(update(tables.halls).where(tables.halls.c.id == hall).values(seq=seq))


# ── damage ──


def spoil(file: Path) -> None:
    """Overwrite every page but the first, where the names of the tables are."""
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = file.read_bytes()
    with file.open("r+b") as spoiled:
        spoiled.seek(8192)
        spoiled.write(b"\x55" * (len(whole) - 8192))


def test_nobody_serves_a_damaged_file(there: Premises) -> None:
    spoil(file_of(there))
    done = nowserving("serve", "--database", there.database, "--port", "0")
    assert done.returncode == 1
    assert "is damaged" in done.stderr and "nowserving restore" in done.stderr and done.stderr.count("\n") == 1


def test_damage_that_is_met_is_said_and_nothing_is_answered_any_more(there: Premises, tmp_path: Path) -> None:
    caller = serve(there, tmp_path / "log")
    spoil(file_of(there))
    assert "damaged" in refused(caller.sign_in())
    assert caller.get("/readyz").status_code == 503
    assert "is damaged, and nothing is answered" in (tmp_path / "log").read_text()
    there.kill()


# ── strangers ──


def test_no_answer_says_where_the_database_is(there: Premises, tmp_path: Path) -> None:
    caller = serve(there, tmp_path / "log")
    described = caller.get("/api/v1/openapi.json").json()["paths"]
    routes = [path.replace("{hall}", there.hall).replace("{", "").replace("}", "") for path in described]
    file_of(there).rename(tmp_path / "away.db")
    for path in [*routes, "/", f"/h/{there.hall}", "/t/" + "a" * 22, "/healthz", "/readyz", "/metrics"]:
        for method in ("GET", "POST"):
            answer = caller.session.request(method, there.base + path, json={}, timeout=20)
            assert str(tmp_path) not in answer.text, path
            assert "halls.db" not in answer.text, path
    (tmp_path / "away.db").rename(file_of(there))


@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize(
    "complaint",
    ["database is locked", "disk is full", "attempt to write a readonly database", "unable to open database file",
     "file is not a database", "malformed", "whatever it is in /srv/halls.db",
     'FATAL:  database "x"', "password authentication failed", "too many clients", "connection failed: to 10.0.0.1"],
)  # fmt: skip
def test_no_complaint_says_it_either(kind: str, complaint: str, tmp_path: Path) -> None:
    database = Database(new_database(kind, tmp_path), create=True)
    with closing(database):
        error = database.engine.dialect.loaded_dbapi.OperationalError(complaint)
        failure = database.kind.in_words(
            DBAPIError.instance("SELECT", {}, error, database.engine.dialect.loaded_dbapi.Error)
        )
        assert isinstance(failure, Failure)
        public = failure.for_strangers()
        assert "{" not in public.detail and "  " not in public.detail and public.detail.endswith(".")
        for secret in (str(tmp_path), "halls", "127.0.0.1", "10.0.0.1", "hall-keeper"):
            assert secret not in f"{public.detail} {public.about}"
