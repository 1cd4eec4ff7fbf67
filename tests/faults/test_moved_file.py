"""A database file that is moved, replaced or damaged under a running backend: nothing is accepted that the next start
would not find, the log says so, and no stranger learns where the file is."""

from __future__ import annotations

import resource
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from shared.backend.halls import database_administration
from shared.backend.halls.database_administration import INIT, DatabaseAdmin
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.errors import Failure, Invalid, Unreachable
from shared.hall.field_types import new_id
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Role
from shared.link.connect import connect
from tests import postgres
from tests.backends import DATABASES, Caller, Premises, new_database, nowserving
from tests.faults import test_disk as disk
from tests.faults.test_disk import is_sound, issue, refusal_of


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    premises = Premises(tmp_path)
    yield premises
    premises.stop()


def file_of(premises: Premises) -> Path:
    return Path(premises.database.removeprefix("sqlite:///"))


def serve(premises: Premises, log: Path) -> Caller:
    with log.open("a") as file:
        premises.serve(log=file)
    caller = Caller(premises)
    caller.sign_in()
    return caller


def labels(premises: Premises) -> list[str]:
    with database_administration.opened(premises.database) as halls:
        return sorted(ticket.label for ticket in halls.ledger.hall(premises.hall).tickets.values())


def test_a_file_that_is_gone_is_said_and_over_when_it_is_back(premises: Premises, tmp_path: Path) -> None:
    caller, press = serve(premises, tmp_path / "log"), new_id()
    assert issue(caller).ok
    file = file_of(premises)
    file.rename(tmp_path / "away.db")
    assert "moved, removed or replaced" in refusal_of(issue(caller, press))
    assert caller.get("/readyz").status_code == 503
    assert caller.get(f"/api/v1/halls/{premises.hall}").status_code == 503
    assert not file.exists(), "nobody makes another one in its place"
    (tmp_path / "away.db").rename(file)
    assert issue(caller, press).json()["result"]["ticket"]["label"] == "A002"
    assert caller.get("/readyz").ok
    said = (tmp_path / "log").read_text()
    assert said.count(f"{file} is not the file") == said.count(f"{file} is the file that is open again") == 1
    assert is_sound(premises)


def test_it_is_said_within_a_second_though_nobody_asks(premises: Premises, tmp_path: Path) -> None:
    serve(premises, tmp_path / "log")
    file_of(premises).rename(tmp_path / "away.db")
    while "is not the file" not in (tmp_path / "log").read_text():  # the test's own time limit is the only one
        pass


def test_another_file_in_its_place_is_served_by_the_next_start_alone(premises: Premises, tmp_path: Path) -> None:
    file, copy = file_of(premises), tmp_path / "copy.db"
    assert nowserving("backup", str(copy), "--database", premises.database).returncode == 0
    caller = serve(premises, tmp_path / "log")
    assert issue(caller).ok
    copy.rename(file)
    refusal_of(issue(caller))
    premises.stop()
    caller = serve(premises, tmp_path / "log")
    assert issue(caller).ok
    premises.stop()


def test_a_log_that_is_gone_loses_nothing_that_was_answered(premises: Premises, tmp_path: Path) -> None:
    caller = serve(premises, tmp_path / "log")
    given = [issue(caller).json()["result"]["ticket"]["label"] for _ in range(10)]
    for part in ("-wal", "-shm"):
        Path(f"{file_of(premises)}{part}").unlink()
    refusal_of(issue(caller))
    assert caller.get("/readyz").status_code == 503
    assert premises.stop() == 0
    assert labels(premises)[:10] == given
    assert is_sound(premises)


def times_open(file: Path) -> int:
    """How often this process has the file open."""
    return sum(link.is_symlink() and link.readlink() == file for link in Path("/proc/self/fd").iterdir())


def test_whoever_looks_for_changes_meanwhile_closes_nothing(premises: Premises, tmp_path: Path) -> None:
    """Hold a lock, so that a program that would replace the file finds it in use."""
    file, closed = file_of(premises), threading.Event()
    with closing(Database(premises.database)) as database:
        with database.writing(), database.reading():
            pass
        file.rename(tmp_path / "away.db")
        before = times_open(tmp_path / "away.db")
        for _ in range(2 * before + 2):
            with pytest.raises(Unreachable, match="moved, removed or replaced"):
                next(database.changes(closed))
        assert times_open(tmp_path / "away.db") == before > 0
        (tmp_path / "away.db").rename(file)


def test_nobody_begins_another_log_while_the_one_that_was_open_is_away(premises: Premises, tmp_path: Path) -> None:
    """Not even if every connection was closed meanwhile: the first may be put back over the second."""
    parts = [Path(f"{file_of(premises)}{end}") for end in ("-wal", "-shm")]
    with closing(Database(premises.database)) as database:
        with database.writing() as connection:
            connection.execute(update(tables.halls).values(seq=tables.halls.c.seq))
        for part in parts:
            part.rename(tmp_path / f"away{part.suffix}")
        for _ in range(3):
            with pytest.raises(Unreachable, match="moved, removed or replaced"), database.writing():
                pass
            database.kind.reconnect()
        assert not any(part.exists() for part in parts)
        for part in parts:
            (tmp_path / f"away{part.suffix}").rename(part)
        with database.writing() as connection:
            connection.execute(update(tables.halls).values(seq=tables.halls.c.seq))
    assert is_sound(premises)


@pytest.mark.parametrize("way", ["over HTTP", "straight to the file"])
def test_a_station_that_listens_is_cut_off_too(way: str, premises: Premises, tmp_path: Path) -> None:
    """It says since when the hall is away, and does not take silence for a quiet hall."""
    caller = serve(premises, tmp_path / "log")
    link = (
        premises.admin() if way == "over HTTP" else connect(f"{premises.database}#{premises.hall}", role=Role.DISPLAY)
    )
    with closing(link):
        heard = iter(link.watch(link.snapshot().seq))
        assert issue(caller).ok
        assert next(happened for happened in heard if happened)
        file_of(premises).rename(tmp_path / "away.db")
        with pytest.raises(Unreachable):
            list(heard)
        (tmp_path / "away.db").rename(file_of(premises))
        while not issue(caller).ok:  # the test's own time limit is the only one
            pass
        link.snapshot()


def test_what_waits_for_the_file_is_said_once(
    premises: Premises, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with database_administration.opened(premises.database) as halls:
        halls.ledger.audit_writer.queue_entry("sign-in")
        file_of(premises).rename(tmp_path / "away.db")
        for _ in range(3):
            halls.ledger.audit_writer.write()
        (tmp_path / "away.db").rename(file_of(premises))
        halls.ledger.audit_writer.write()
    assert caplog.text.count("the audit can't be written") == caplog.text.count("the audit is written again") == 1


@pytest.mark.parametrize("kind", DATABASES)
def test_another_history_as_long_as_the_one_that_is_known_is_read_anew(kind: str, tmp_path: Path) -> None:
    """A database was restored to an older state, and another backend went on with it before this one looked."""
    address = new_database(kind, tmp_path)
    with database_administration.opened(address, create=True) as halls:
        hall = halls.init("clinic", None)
        before = halls.ledger.hall(hall).seq
        for _ in range(3):
            halls.ledger.do(hall, IssueTicket(service="registration"), INIT)
        with database_administration.opened(address) as another:
            _turn_back(another, hall, before)
            for _ in range(3):
                another.ledger.do(hall, IssueTicket(service="doctor"), INIT)
            now = another.ledger.hall(hall)
        assert halls.ledger.hall(hall).tickets.keys() == now.tickets.keys()
        label = halls.ledger.do(hall, IssueTicket(service="registration"), INIT).result["ticket"]["label"]
        assert label == "A001"


@pytest.mark.parametrize("kind", DATABASES)
def test_a_station_ahead_of_an_older_database_begins_anew(kind: str, tmp_path: Path) -> None:
    premises = Premises(tmp_path, database=new_database(kind, tmp_path))
    premises.serve()
    with closing(premises.admin()) as link:
        before = link.snapshot().seq
        for _ in range(3):
            link.do(IssueTicket(service="registration"))
        watch = link.watch(link.snapshot().seq)
        with database_administration.opened(premises.database) as halls:
            _turn_back(halls, premises.hall, before)
            halls.ledger.do(premises.hall, IssueTicket(service="doctor"), INIT)
        with pytest.raises(Invalid, match="fresh snapshot"):
            list(watch)
        assert link.snapshot().seq == before + 1
    premises.stop()


@pytest.mark.parametrize("kind", DATABASES)
def test_an_older_database_in_its_place_is_not_gone_on_with_from_memory(kind: str, tmp_path: Path) -> None:
    with database_administration.opened(new_database(kind, tmp_path), create=True) as halls:
        hall = halls.init("clinic", None)
        before = halls.ledger.hall(hall).seq
        for _ in range(3):
            halls.ledger.do(hall, IssueTicket(service="registration"), INIT)
        _turn_back(halls, hall, before)
        assert halls.ledger.hall(hall).seq == before
        assert halls.ledger.do(hall, IssueTicket(service="registration"), INIT).result["ticket"]["label"] == "A001"


def _turn_back(halls: DatabaseAdmin, hall: str, seq: int) -> None:
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


def test_nobody_serves_a_damaged_file(premises: Premises) -> None:
    spoil(file_of(premises))
    done = nowserving("serve", "--database", premises.database, "--port", "0")
    assert done.returncode == 1
    assert "is damaged" in done.stderr and "nowserving check" in done.stderr and "nowserving restore" in done.stderr
    assert done.stderr.count("\n") == 1


def test_damage_that_is_met_is_said_and_nothing_is_answered_any_more(premises: Premises, tmp_path: Path) -> None:
    caller = serve(premises, tmp_path / "log")
    spoil(file_of(premises))
    assert "damaged" in refusal_of(caller.sign_in())
    assert caller.get("/readyz").status_code == 503
    assert "is damaged, and requests are refused" in (tmp_path / "log").read_text()
    premises.kill()


# ── strangers ──


def make_read_only(premises: Premises) -> None:
    for part in file_of(premises).parent.glob("halls.db*"):
        part.chmod(0o400)


def fill_disk(premises: Premises) -> None:
    assert premises.process
    resource.prlimit(premises.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def hold(premises: Premises) -> None:
    premises.blocker = sqlite3.connect(file_of(premises), isolation_level=None)  # type: ignore[attr-defined]
    premises.blocker.execute("BEGIN IMMEDIATE")  # type: ignore[attr-defined]


def move_away(premises: Premises) -> None:
    file_of(premises).rename(file_of(premises).with_name("away"))


TROUBLES = {
    "damaged": lambda premises: spoil(file_of(premises)),
    "without a head": lambda premises: file_of(premises).write_bytes(b"no database at all" * 5000),
    "missing": move_away,
    "read-only": make_read_only,
    "full": fill_disk,
    "held": hold,
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_answer_says_where_the_database_is(trouble: str, premises: Premises, tmp_path: Path) -> None:
    caller = disk.serve(premises)
    caller.sign_in()
    asked = every_route(caller)
    TROUBLES[trouble](premises)
    met = False
    while not met:  # the trouble is met by the next connection: an open one keeps its rights
        answers = answers_to(caller, asked)
        for (method, path), answer in zip(asked, answers, strict=True):
            assert str(tmp_path) not in answer, (method, path)
            assert "halls.db" not in answer, (method, path)
            assert "HTTP 500" not in answer, (method, path, answer)
        met = any("HTTP 503" in answer for answer in answers)
    premises.kill()


def test_no_answer_says_where_the_server_is(tmp_path: Path) -> None:
    address = new_database("postgresql", tmp_path)
    premises = Premises(tmp_path, database=address)
    premises.serve()
    caller = Caller(premises)
    caller.sign_in()
    asked, name = every_route(caller), address.rpartition("/")[2]
    with postgres.server().connect("postgres") as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    answers = answers_to(caller, asked)
    for (method, path), answer in zip(asked, answers, strict=True):
        for secret in (name, postgres.SUPERUSER, f":{postgres.server().port}", "s3cret"):
            assert secret not in answer, (method, path, answer)
        assert "HTTP 500" not in answer, (method, path, answer)
    assert any("HTTP 503" in answer for answer in answers)
    premises.kill()


def every_route(caller: Caller) -> list[tuple[str, str]]:
    """Every route by each of its methods; the streams too, because they are refused."""
    hall = caller.premises.hall
    paths = caller.get("/api/v1/openapi.json").json()["paths"]
    described = [(method.upper(), path.replace("{hall}", hall)) for path, ways in paths.items() for method in ways]
    token = "a" * 22
    pages = ["/", f"/h/{hall}", f"/h/{hall}/s/registration", f"/t/{token}", "/healthz", "/readyz", "/metrics"]
    forms = [f"/h/{hall}/tickets", f"/t/{token}/leave", f"/t/{token}/feedback"]
    live = [path for _, path in described if path.endswith("/events")]
    asked = [one for one in described if one[1] not in live] + [("GET", path) for path in pages]
    return sorted({*asked, *(("POST", path) for path in forms), ("GET", f"/t/{token}/events")})


def answers_to(caller: Caller, asked: list[tuple[str, str]]) -> list[str]:
    """The answer to each, headers too; all are sent at once, because a locked file keeps each waiting for seconds."""

    def answer(one: tuple[str, str]) -> str:
        method, path = one
        press = {"command_id": new_id(), "service": "registration", "login": "admin", "password": "wrong", "rating": 1}
        form = {"data": {**press, "token": "b" * 22}} if path.startswith(("/h/", "/t/")) else {"json": press}
        found = requests.request(
            method,
            caller.premises.base + path,
            headers=caller.session.headers,
            timeout=60,
            **form,  # type: ignore[arg-type]
        )
        return f"HTTP {found.status_code} {found.headers} {found.text}"

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(answer, asked))


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
        failure = database.kind.as_failure(
            DBAPIError.instance("SELECT", {}, error, database.engine.dialect.loaded_dbapi.Error)
        )
        assert isinstance(failure, Failure)
        public = failure.without_operator_details()
        assert "{" not in public.detail and "  " not in public.detail and public.detail.endswith(".")
        for secret in (str(tmp_path), "halls", "127.0.0.1", "10.0.0.1", "hall-keeper"):
            assert secret not in f"{public.detail} {public.about}"
