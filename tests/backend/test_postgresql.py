"""What only PostgreSQL has: parallel halls, a server that stops, an answer lost at the commit."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg._pipeline import BasePipeline
from sqlalchemy import insert, make_url, text

from shared.backend.halls import database_administration
from shared.backend.halls.database_administration import DatabaseAdmin
from shared.backend.storage import postgres_backup, tables
from shared.backend.storage.database import Database
from shared.hall.errors import Failure, Refused, Unfit, Unreachable
from shared.hall.field_types import new_id
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Actor, Role
from shared.link.connect import connect
from tests import postgres
from tests.backend.direct_sql import rough
from tests.backends import nowserving
from tests.cable import Cable
from tests.postgres import SECRET, SUPERUSER, Server

ADMIN = Actor(name="anna", role=Role.ADMINISTRATOR)


@pytest.fixture
def address() -> str:
    return postgres.server().database()


@pytest.fixture
def halls(address: str) -> Iterator[DatabaseAdmin]:
    with database_administration.opened(address, create=True) as opened:
        opened.init("clinic", None)
        yield opened


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server this test may stop."""
    server = Server()
    yield server
    server.remove()


def issue(halls: DatabaseAdmin, hall: str = "clinic") -> str:
    answer = halls.ledger.do(hall, IssueTicket(service="registration"), ADMIN)
    return str(answer.result["ticket"]["label"])


# ── error messages ──


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda address: address.replace("s3cret", "guess"), "does not let the user hall-keeper in"),
        (lambda address: address.replace(SUPERUSER, "nobody"), "does not let the user nobody in"),
        (lambda address: address + "x", "There is no database halls"),
        (lambda address: address.rpartition("/")[0], "Say which database"),
        (lambda address: address.replace("127.0.0.1:", "127.0.0.1:1"), "no address of a database|can't be reached"),
        (lambda address: address.replace("//", "/"), "no address of a database"),
        (lambda address: address.replace("postgresql", "postgresql+psycopg2"), "reached by psycopg"),
        (lambda address: address.replace("postgresql", "mysql"), "A mysql database can't be used"),
        (lambda address: address + "?password=" + SECRET + "&sslmode=nonsense", "can't be reached"),
        (lambda address: address, "has no halls yet"),
    ],
)  # fmt: skip
def test_an_address_that_does_not_lead_there_is_one_sentence_without_the_password(address: str, change, says) -> None:
    with pytest.raises(Failure, match=says) as failure:
        Database(change(address))
    assert "s3cret" not in failure.value.detail and "guess" not in failure.value.detail
    assert "\n" not in failure.value.detail


def test_the_command_and_the_windows_say_it_too(address: str) -> None:
    wrong = address.replace("s3cret", "guess")
    for arguments in (["serve", "--database", wrong], ["kiosk", "--hall", wrong]):
        done = nowserving(*arguments)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert "does not let the user hall-keeper in" in done.stderr and "guess" not in done.stderr
    with pytest.raises(Unfit) as failure:
        connect(address.replace("postgresql", "postgres"), role=Role.KIOSK)
    assert "s3cret" not in failure.value.detail


def test_without_the_driver_it_is_said_what_to_install(address: str) -> None:
    code = "import sys; sys.modules['psycopg'] = None; from shared.cli.commands import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", "--database", address], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (
        1,
        "nowserving: A PostgreSQL database needs psycopg: install nowserving[postgres].\n",
    )


def test_a_server_that_stops_at_the_end_of_many_rows_is_an_outage_and_no_bug(
    halls: DatabaseAdmin, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    """The error arrives while psycopg leaves pipeline mode: a connection that stays in it can't be rolled back."""

    def stopped(pipeline: BasePipeline) -> Iterator[None]:
        pipeline.pgconn.pipeline_sync()
        raise psycopg.errors.AdminShutdown("terminating connection due to administrator command")
        yield

    moment = datetime.now(UTC)
    rows = [{"id": new_id(), "what": "x", "at": moment} for _ in range(2)]
    with monkeypatch.context() as shutdown:
        shutdown.setattr(BasePipeline, "_exit_gen", stopped)
        with pytest.raises(Unreachable), halls.database.writing() as connection:
            connection.execute(insert(tables.tries), rows)
    assert not caplog.records
    assert issue(halls) == "A001"


@pytest.mark.parametrize(
    ("state", "says", "kind"),
    [
        ("53100", "is full: nothing was changed", Unreachable),
        ("25006", "read-only", Unreachable),
        ("53300", "no connection left", Unreachable),
        ("40P01", "busy", Unreachable),
        ("57P01", "stopping or starting", Unreachable),
        ("58030", "can't be reached", Unreachable),
        ("42501", "make it the owner", Unfit),
        ("XX001", "nowserving restore FILE", Unreachable),
    ],
)
def test_each_complaint_of_the_server_is_a_sentence_and_nothing_is_half_done(
    halls: DatabaseAdmin, address: str, state: str, says: str, kind: type[Failure]
) -> None:
    """A trigger raises the error at the last row a command writes."""
    issue(halls)
    rough(address).execute(
        "CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'trouble' USING ERRCODE = '{state}'; END $$"
    )
    rough(address).execute("CREATE TRIGGER trouble BEFORE INSERT ON answers EXECUTE FUNCTION trouble()")
    with pytest.raises(kind, match=says):
        issue(halls)
    rough(address).execute("DROP TRIGGER trouble ON answers")
    assert issue(halls) == "A002"
    assert list(halls.faults()) == []


def test_no_connection_left_is_said(address: str) -> None:
    name = address.rpartition("/")[2]
    rough(address).execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    rough(address).execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    try:
        with pytest.raises(Unreachable, match="no connection left"):
            Database(address.replace(address.partition("//")[2].rpartition("@")[0], "guest:guest"))
    finally:
        rough(address).execute("DROP ROLE guest")


def test_a_database_that_can_not_hold_every_language_is_refused(address: str) -> None:
    name = address.rpartition("/")[2]
    rough(address).execute(f"CREATE DATABASE {name}_old ENCODING 'SQL_ASCII' TEMPLATE template0")
    with pytest.raises(Unfit, match="createdb -E UTF8"):
        Database(f"{address}_old", create=True)


def test_a_sign_that_postgresql_can_not_keep_is_refused(halls: DatabaseAdmin) -> None:
    with pytest.raises(Refused):
        halls.ledger.hall("\0")
    with pytest.raises(Refused):
        halls.accounts.sessions.sign_in("admin\0", "a-good-password", "127.0.0.1")
    with pytest.raises(Refused):
        halls.ledger.do("\0", IssueTicket(service="registration"), ADMIN)


# ── one hall, one lock ──


def test_halls_do_not_wait_for_one_another(halls: DatabaseAdmin, address: str) -> None:
    assert halls.add_hall("second", "clinic", None) == "second"
    with rough(address).held():
        stuck = halls.ledger.submit("clinic", IssueTicket(service="registration"), ADMIN)
        assert issue(halls, "second") == "A001"
        halls.accounts.add_device("a kiosk", Role.KIOSK, "clinic")
        assert not stuck.done()
    assert stuck.result(5)


def test_a_commit_is_on_disk_whatever_the_server_usually_does(address: str) -> None:
    for usual, ours in (("off", "on"), ("remote_apply", "remote_apply")):
        rough(address).execute(f"ALTER ROLE CURRENT_USER SET synchronous_commit = '{usual}'")
        database = Database(address, create=True)
        with database.writing() as connection:
            assert connection.scalar(text("SHOW synchronous_commit")) == ours
            assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "10s"
        database.close()
    rough(address).execute("ALTER ROLE CURRENT_USER RESET synchronous_commit")


# ── outages ──


def _behind_a_cable(address: str) -> tuple[Cable, str]:
    """A cable to the server, and the address of the same database through it."""
    port = postgres.server().port
    cable = Cable(f"http://127.0.0.1:{port}")
    return cable, address.replace(f":{port}", f":{cable.base.rpartition(':')[2]}")


def test_an_answer_lost_at_the_commit_is_given_to_who_asks_again(halls: DatabaseAdmin, address: str) -> None:
    """The sender can't know whether the command was stored; it was, and is not carried out twice."""
    cable, away = _behind_a_cable(address)
    command = IssueTicket(service="registration")
    with database_administration.opened(away) as far:
        cable.last_words = b"COMMIT"
        with pytest.raises(Unreachable):
            far.ledger.do("clinic", command, ADMIN)
        cable.last_words = None
        again = far.ledger.do("clinic", command, ADMIN)
    cable.close()
    assert [ticket.label for ticket in halls.ledger.hall("clinic").tickets.values()] == ["A001"]
    assert again == halls.ledger.do("clinic", command, ADMIN)
    assert list(halls.faults()) == []


def test_a_connection_cut_in_the_middle_of_a_command_leaves_nothing_half_done(
    halls: DatabaseAdmin, address: str
) -> None:
    cable, away = _behind_a_cable(address)
    command = IssueTicket(service="registration")
    with database_administration.opened(away) as far:
        cable.last_words = b"INTO tickets"
        with pytest.raises(Unreachable):
            far.ledger.do("clinic", command, ADMIN)
        assert halls.ledger.hall("clinic").tickets == {}
        cable.last_words = None
        assert far.ledger.do("clinic", command, ADMIN).result["ticket"]["label"] == "A001"
    cable.close()
    assert list(halls.faults()) == []


def test_a_server_that_is_started_again_is_found_again(own_server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """The outage and its end are logged once; listeners are woken; the first command succeeds."""
    told = threading.Event()
    with database_administration.opened(own_server.database(), create=True) as halls, caplog.at_level(logging.WARNING):
        halls.init("clinic", None)
        halls.ledger.listen(told.set)
        own_server.stop()
        for _ in range(3):
            with pytest.raises(Unreachable):
                issue(halls)
        with pytest.raises(Unreachable):
            halls.ledger.hall("clinic")
        time.sleep(1.5)  # long enough for several attempts to watch it
        told.clear()
        own_server.start()
        assert issue(halls) == "A001"
        assert told.wait(10)
        until = time.monotonic() + 10
        while "watched again" not in caplog.text and time.monotonic() < until:
            time.sleep(0.02)
        assert list(halls.faults()) == []
    assert [record.levelname for record in caplog.records if "be watched" in record.message] == ["WARNING"]
    assert caplog.text.count("watched again") == 1
    assert "s3cret" not in caplog.text


# ── backups ──


def test_a_backup_is_a_file_that_can_be_restored(halls: DatabaseAdmin, address: str, tmp_path: Path) -> None:
    tools = {"PATH": f"{postgres.server().programs}{os.pathsep}{os.environ['PATH']}"}
    issue(halls)
    copy = tmp_path / "halls.dump"
    done = nowserving("backup", str(copy), "--database", address, **tools)
    assert (done.returncode, done.stderr) == (0, "")
    fresh = postgres.server().database()
    subprocess.run(
        ["pg_restore", "--no-owner", "--dbname", fresh, copy], env={**os.environ, **tools}, check=True, cwd=tmp_path
    )
    assert nowserving("check", "--database", fresh).stdout == "Nothing is wrong.\n"
    with database_administration.opened(fresh) as restored:
        assert issue(restored) == "A002"


def test_a_backup_that_can_not_be_made_says_how_to_go_on(
    halls: DatabaseAdmin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unfit, match="--without-backup"):
        halls.backup(tmp_path / "halls.dump")
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump: error: aborting because of server version mismatch' >&2\nexit 1\n")
    old.chmod(0o755)
    with pytest.raises(Unfit, match="version mismatch"):
        halls.backup(tmp_path / "halls.dump")
    assert not (tmp_path / "halls.dump").exists()


def test_no_program_is_given_a_password_where_others_can_read_it(address: str) -> None:
    url = make_url(address)
    for one in (url, url.set(password="").update_query_dict({"password": SECRET})):
        shown = postgres_backup._without_password(one)
        assert "s3cret" not in shown and "*" not in shown
        assert shown.startswith(f"postgresql://{SUPERUSER}@127.0.0.1:")
