"""The migrations make exactly the tables the program uses; older and newer databases are recognised."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text, update

from shared.backend.halls import database_administration
from shared.backend.halls.ledger import Ledger
from shared.backend.request_handlers.dispatch import RequestHandlers
from shared.backend.storage import tables
from shared.backend.storage.database import MIGRATIONS, Database, versions
from shared.hall.calling import CallTicket
from shared.hall.errors import Unfit
from shared.hall.hall import Hall
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.json_codec import encode_hall
from shared.hall.parking import ParkTicket, ResumeTicket
from shared.hall.points import ActivatePoint, PausePoint
from shared.hall.roles import Actor, Role
from shared.hall.serving import StartService
from shared.link.connect import connect
from shared.requests.contacts import EraseTicket
from shared.requests.specialists import ParkedFor, ReadReasons
from tests import postgres
from tests.access.leak_search import rows
from tests.backends import DATABASES, begin, new_database, nowserving

VERSIONS = versions()


def test_a_migrations_file_begins_with_its_number() -> None:
    written = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    assert tuple(script.revision for script in written)[::-1] == VERSIONS


@pytest.mark.parametrize("kind", DATABASES)
def test_an_upgraded_database_has_the_tables_of_the_program(kind: str, tmp_path: Path) -> None:
    database = Database(new_database(kind, tmp_path), create=True)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, tables.metadata)
    assert database.is_current()
    database.close()
    assert differences == []


@pytest.mark.parametrize("kind", DATABASES)
def test_programs_that_begin_at_once_on_an_empty_database_all_succeed(kind: str, tmp_path: Path) -> None:
    address = new_database(kind, tmp_path)
    begun = [begin("init", "--database", address, "--sample", "clinic") for _ in range(3)]
    said = [program.communicate(timeout=60) for program in begun]
    assert [program.returncode for program in begun] == [0, 0, 0], said
    assert {out.split()[-1] for out, _ in said} == {"clinic"}
    assert nowserving("check", "--database", address).stdout == "Nothing is wrong.\n"


@pytest.mark.parametrize("kind", DATABASES)
def test_an_upgrade_makes_a_copy_first_and_a_failed_one_is_in_nobodys_way(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are no tables older than the first migration's, so this program is told of a newer one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(postgres.server().programs), prepend=os.pathsep)
    with database_administration.opened(new_database(kind, tmp_path), create=True) as halls:
        monkeypatch.setattr("shared.backend.storage.database.versions", lambda: (*VERSIONS, "9999"))
        copies = [halls.upgrade(), halls.upgrade(), halls.upgrade(backup=False)]
    assert copies[2] is None
    assert [copy.stat().st_size > 1000 and stat.S_IMODE(copy.stat().st_mode) for copy in copies if copy] == [0o600] * 2
    assert copies[0] != copies[1]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A new database without halls."""
    Database(f"sqlite:///{tmp_path / 'halls.db'}", create=True).close()
    return tmp_path / "halls.db"


def test_the_file_its_log_and_its_copy_are_for_their_owner_alone(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    copy = file.with_name("copy.db")
    database.backup(copy)
    with database.writing():
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in file.parent.iterdir()}
    database.close()
    assert modes == dict.fromkeys(("halls.db", "halls.db-wal", "halls.db-shm", "copy.db"), 0o600)


def test_a_copy_that_can_not_be_made_is_one_sentence_and_leaves_nothing(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    with pytest.raises(Unfit, match="can't be copied"):
        database.backup(file.parent / "no folder" / "copy.db")
    database.close()


def test_a_database_of_a_newer_program_is_told(file: Path) -> None:
    _revise(file, "9999")
    with pytest.raises(Unfit, match="newer Now Serving"):
        Database(f"sqlite:///{file}")


def test_a_database_of_an_older_program_is_told_everywhere(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no tables older than the first migration's, so this program is told of a newer one."""
    monkeypatch.setattr("shared.backend.storage.database.versions", lambda: (*VERSIONS, "9999"))
    database = Database(f"sqlite:///{file}")
    with pytest.raises(Unfit, match="nowserving upgrade"):
        database.require_current()
    with pytest.raises(Unfit, match="nowserving upgrade"):
        connect(f"sqlite:///{file}", role=Role.DISPLAY)


def test_a_damaged_database_is_one_sentence(file: Path) -> None:
    with file.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xff" * (file.stat().st_size - 4096))
    said = nowserving("check", "--database", f"sqlite:///{file}")
    assert said.returncode == 1
    assert "damaged" in said.stderr
    assert said.stderr.count("\n") == 1


def _revise(file: Path, revision: str) -> None:
    raw = sqlite3.connect(file)
    raw.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    raw.commit()
    raw.close()


# ── data that an upgrade changes ──

ANNA = Actor(name="anna", role=Role.SPECIALIST, hall="clinic")
WHY = "Zebulon Quagmire is “at the cash desk”"


def _parks(ledger: Ledger) -> ParkTicket:
    """Park somebody at the first point; returns the command."""
    ticket = ledger.do("clinic", IssueTicket(service="registration"), ANNA).result["ticket"]["id"]
    park = ParkTicket(point="1", ticket=ticket)
    for command in (CallTicket(point="1", ticket=ticket), StartService(point="1", ticket=ticket), park):
        ledger.do("clinic", command, ANNA)
    return park


def _take_back(database: Database, hall: Hall) -> None:
    """Write what migration 0007 found: a reason in the journal, in answers, in a snapshot and beside a point."""

    def said(body: Any) -> Any:
        if isinstance(body, list):
            return [said(one) for one in body]
        if not isinstance(body, dict):
            return body
        about = {"state", "status"} & body.keys()
        had_one = about or body.get("type") in ("ticket-parked", "point-paused")
        return {name: said(value) for name, value in body.items()} | ({"reason": WHY} if had_one else {})

    compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with database.writing() as connection:
        snapshot = {"hall_id": hall.id, "seq": hall.seq, "body": compact(encode_hall(hall))}
        connection.execute(insert(tables.snapshots), snapshot)
        for table, write in ((tables.journal, compact), (tables.snapshots, compact), (tables.answers, json.dumps)):
            for row in connection.execute(select(table)).mappings().all():
                its_own = [column == row[column.name] for column in table.primary_key]
                connection.execute(update(table).where(*its_own).values(body=write(said(json.loads(row["body"])))))
        connection.execute(update(tables.answers).values(fingerprint="of more than it says"))
        connection.execute(text("ALTER TABLE service_points ADD COLUMN reason TEXT NOT NULL DEFAULT ''"))
        connection.execute(text("UPDATE service_points SET reason = :why"), {"why": WHY})
        for since in ("DROP TABLE media_parts", "DROP TABLE media", "ALTER TABLE devices DROP COLUMN sound"):
            connection.execute(text(since))
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))


@pytest.mark.parametrize("kind", DATABASES)
def test_an_upgrade_moves_why_somebody_is_parked_to_the_notes_and_erases_it_of_all_others(
    kind: str, tmp_path: Path
) -> None:
    address = new_database(kind, tmp_path)
    with database_administration.opened(address, create=True) as halls:
        halls.init("clinic", None)
        handlers = RequestHandlers(halls.ledger, halls.accounts)
        for point in ("1", "2"):
            halls.ledger.do("clinic", ActivatePoint(point=point), ANNA)
        halls.ledger.do("clinic", PausePoint(point="2"), ANNA)
        here, gone, forgotten = (_parks(halls.ledger) for _ in "123")
        for command in (ResumeTicket(point="1", ticket=gone.ticket), CancelTicket(ticket=gone.ticket)):
            halls.ledger.do("clinic", command, ANNA)
        handlers.answer("clinic", EraseTicket(ticket=forgotten.ticket), Actor(name="admin", role=Role.ADMINISTRATOR))
        answered = halls.ledger.do("clinic", here, ANNA)
        _take_back(halls.database, halls.ledger.hall("clinic"))
    upgraded = nowserving("upgrade", "--database", address, "--without-backup")
    assert upgraded.stdout == "Upgraded.\n", upgraded.stderr
    checked = nowserving("check", "--database", address)
    assert checked.stdout == "Nothing is wrong.\n", checked.stderr
    everywhere = rows(address)
    assert everywhere.pop("the table notes").count(WHY) == 1
    assert not [place for place, there in everywhere.items() if WHY in there]
    assert sum(file.read_bytes().count(b"Zebulon") for file in tmp_path.glob("halls.db*")) in (0, 1)
    with database_administration.opened(address) as halls:
        handlers = RequestHandlers(halls.ledger, halls.accounts)
        [note] = halls.ledger.notes("clinic", here.ticket)
        assert (note.author, note.text) == ("anna", WHY)
        assert handlers.answer("clinic", ReadReasons(), ANNA) == (ParkedFor(ticket=here.ticket, reason=WHY),)
        again = halls.ledger.do("clinic", here, ANNA)
        assert (again.seq, again.result["ticket"]["state"]) == (answered.seq, "parked")
