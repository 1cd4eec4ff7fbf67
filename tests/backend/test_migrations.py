"""The migrations make exactly the tables the program uses, and a database of another age is told from ours."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text, update

from shared.backend.halls import care, notes
from shared.backend.storage import tables
from shared.backend.storage.database import MIGRATIONS, Database, versions
from shared.hall.aside import ParkTicket
from shared.hall.calling import CallNext
from shared.hall.errors import Unfit
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint
from shared.hall.roles import Role
from shared.hall.serving import StartService
from shared.hall.wire import encode_hall
from shared.link.connect import connect
from tests import postgres
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
    """The first tables are the oldest there are: so this program is made to believe in newer ones."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(postgres.server().programs), prepend=os.pathsep)
    with care.opened(new_database(kind, tmp_path), create=True) as halls:
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
    """The first tables are the oldest there are: so this program is made a newer one."""
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


@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize("erased", [False, True])
def test_why_somebody_was_parked_moves_to_the_notes_unless_they_are_forgotten(
    kind: str, erased: bool, tmp_path: Path
) -> None:
    address = new_database(kind, tmp_path)
    with care.opened(address, create=True) as halls:
        hall, do = halls.init("clinic", None), halls.ledger.do
        ticket = do(hall, IssueTicket(service="registration"), care.INIT).result["ticket"]["id"]
        for command in (ActivatePoint(point="1"), CallNext(point="1"), StartService(point="1", ticket=ticket)):
            do(hall, command, care.INIT)
        do(hall, ParkTicket(point="1", ticket=ticket), care.INIT)
        _as_once(halls, hall, ticket, erased=erased)
        halls.database.upgrade()
    with care.opened(address) as halls:
        assert list(halls.faults()) == []
        said = [note.text for note in halls.ledger.notes(hall, ticket)]
        assert said == ([] if erased else ["Whisperwind fetches a form"])
        with halls.database.reading() as connection:
            for table in (tables.journal, tables.answers, tables.snapshots):
                assert "Whisperwind" not in "".join(connection.scalars(select(table.c.body)))


def _as_once(halls: care.Care, hall: str, ticket: str, *, erased: bool) -> None:
    """The database as the version before wrote it."""
    rows = tables.journal.c
    parked = (rows.hall_id == hall, rows.type == "ticket-parked")
    with halls.database.writing() as connection:
        if erased:
            notes.erase(connection, hall, ticket, halls.ledger.wall())
        body = json.loads(connection.scalar(select(rows.body).where(*parked)) or "")
        body["reason"] = "Whisperwind fetches a form"
        connection.execute(update(tables.journal).where(*parked).values(body=json.dumps(body)))
        then = encode_hall(halls.ledger.hall(hall))
        then["tickets"][0]["reason"] = body["reason"]
        snapshot = {"hall_id": hall, "seq": then["seq"], "body": json.dumps(then)}
        connection.execute(insert(tables.snapshots), snapshot)
        answer = {"result": {"ticket": then["tickets"][0]}}
        connection.execute(
            update(tables.answers).where(tables.answers.c.command_id == "init-0").values(body=json.dumps(answer))
        )
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))
