"""`nowserving restore`: a backup in the place of a database, on either kind, after whatever has happened to it."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.backend.halls import backup_restore, database_administration
from shared.backend.halls.database_administration import INIT
from shared.backend.storage.database import Database
from shared.durable_files import free_name
from shared.hall.errors import Unfit, Unreachable
from shared.hall.field_types import new_id
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Actor, Role
from tests import postgres
from tests.backend.test_cli import fails
from tests.backends import DATABASES, Caller, Premises, new_database, nowserving, run_code


@pytest.fixture(autouse=True)
def _programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own programs, and a folder for what is kept aside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(postgres.server().programs), prepend=os.pathsep)


def tools() -> dict[str, str]:
    return {"PATH": os.environ["PATH"]}


def restore(backup: Path, database: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return nowserving("restore", str(backup), "--database", database, cwd=folder, **tools())


def quoted(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The command that puts the old database back, as it is printed."""
    return shlex.split(done.stdout.split("`")[1])


def labels(database: str) -> list[str]:
    with database_administration.opened(database) as halls:
        assert list(halls.faults()) == []
        return sorted(
            ticket.label for hall in halls.ledger.hall_ids() for ticket in halls.ledger.hall(hall).tickets.values()
        )


def issue(there: Premises, tickets: int) -> None:
    caller = Caller(there)
    caller.sign_in()
    for _ in range(tickets):
        assert caller.command("issue-ticket", command_id=new_id(), service="registration").ok


@pytest.fixture(params=DATABASES)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Premises, Path]]:
    """A hall that is being served, with five tickets, and a backup from after the second."""
    there = Premises(tmp_path, database=new_database(request.param, tmp_path))
    there.serve()
    issue(there, 2)
    backup = tmp_path / "backup"
    done = nowserving("backup", str(backup), "--database", there.database, **tools())
    assert done.returncode == 0, done.stderr
    issue(there, 3)
    yield there, backup
    there.stop()


def test_a_backup_is_put_in_place_after_a_crash(served: tuple[Premises, Path], tmp_path: Path) -> None:
    there, backup = served
    there.kill()
    done = restore(backup, there.database, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert labels(there.database) == ["A001", "A002"]
    assert "restore" in nowserving("audit", "--database", there.database).stdout
    again = nowserving(*quoted(done)[1:], "--database", there.database, cwd=tmp_path, **tools())
    assert again.returncode == 0, again.stderr
    assert labels(there.database) == ["A001", "A002", "A003", "A004", "A005"]
    there.serve()
    issue(there, 1)


def test_nothing_is_restored_while_anybody_serves(served: tuple[Premises, Path], tmp_path: Path) -> None:
    there, backup = served
    before = sorted(file.name for file in tmp_path.iterdir())
    done = restore(backup, there.database, tmp_path)
    assert done.returncode == 1 and "is in use, and nothing was changed: stop" in done.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == before
    issue(there, 1)
    there.stop()
    assert len(labels(there.database)) == 6


@pytest.mark.parametrize("kind", DATABASES)
def test_what_is_no_backup_is_refused_and_nothing_changes(kind: str, tmp_path: Path) -> None:
    there = Premises(tmp_path, database=new_database(kind, tmp_path))
    (tmp_path / "text").write_text("this is no database\n" * 500)
    with closing(sqlite3.connect(tmp_path / "other.db")) as raw, raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")
    at = ("--database", there.database)
    for backup in ("text", "other.db"):
        fails(
            "restore",
            str(tmp_path / backup),
            *at,
            says="nothing was changed" if kind == "sqlite" else "can't be read",
            **tools(),
        )
    fails("restore", str(tmp_path / "nowhere"), *at, says="no backup", **tools())
    assert nowserving("check", *at).returncode == 0


def test_of_one_in_place_that_can_t_be_read_it_is_said_where_the_one_before_is(tmp_path: Path) -> None:
    """PostgreSQL's tools look at nothing beforehand: whoever reads this has to know that it was changed."""
    old, half = (Premises(tmp_path, database=new_database("postgresql", tmp_path)) for _ in range(2))
    before = labels(old.database)
    with closing(postgres.server().connect(half.database)) as raw:
        raw.execute("DROP TABLE journal CASCADE")
    assert nowserving("backup", str(tmp_path / "half"), "--database", half.database, **tools()).returncode == 0
    done = restore(tmp_path / "half", old.database, tmp_path)
    assert (done.returncode, "is in place" in done.stdout, done.stderr.count("\n")) == (1, True, 1), done
    assert restore(tmp_path / quoted(done)[2], old.database, tmp_path).returncode == 0
    assert labels(old.database) == before


# ── one file ──


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of three tickets, closed; beside it ``backup.db`` from after the first."""
    file = tmp_path / "halls.db"
    with database_administration.opened(f"sqlite:///{file}", create=True) as halls:
        hall = halls.init("clinic", None)
        for number in range(3):
            halls.ledger.do(hall, IssueTicket(service="registration"), INIT)
            if not number:
                halls.backup(tmp_path / "backup.db")
    return file


@pytest.mark.parametrize("damage", ["garbled", "empty", "gone", "gone but for its log"])
def test_whatever_became_of_the_file_a_backup_takes_its_place(file: Path, damage: str, tmp_path: Path) -> None:
    match damage:
        case "garbled":
            file.write_bytes(b"\x55" * 40_000)
            Path(f"{file}-wal").write_bytes(b"\x55" * 4_000)
        case "empty":
            file.write_bytes(b"")
        case "gone":
            file.unlink()
        case _:
            with closing(sqlite3.connect(file)) as open_still:
                open_still.execute("UPDATE halls SET seq = seq")
                open_still.commit()
                shutil.copy(f"{file}-wal", tmp_path / "log")
            file.unlink()
            (tmp_path / "log").rename(f"{file}-wal")
    done = restore(tmp_path / "backup.db", f"sqlite:///{file}", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert labels(f"sqlite:///{file}") == ["A001"]
    if damage == "garbled":
        [kept] = tmp_path.glob("halls.before-restore-*.db")
        assert kept.read_bytes() == b"\x55" * 40_000 and Path(f"{kept}-wal").exists()


@pytest.mark.parametrize("parts", [[""], ["", "-wal"], ["", "-wal", "-shm"]])
def test_nothing_takes_the_place_of_a_file_that_was_moved_while_it_is_served(
    file: Path, parts: list[str], tmp_path: Path
) -> None:
    """Its log, or the log's index, is still there and open. Of one that is gone with both nothing is lost."""
    with database_administration.opened(f"sqlite:///{file}") as halls:
        halls.ledger.do(halls.named_or_only_hall(None), IssueTicket(service="registration"), INIT)
        (tmp_path / "away").mkdir()
        for part in parts:
            Path(f"{file}{part}").rename(tmp_path / "away" / f"halls.db{part}")
        done = restore(tmp_path / "backup.db", f"sqlite:///{file}", tmp_path)
        assert (done.returncode == 1) == (len(parts) < 3), done.stderr
        if len(parts) < 3:
            assert "is in use, and nothing was changed: stop" in done.stderr
            for part in parts:
                (tmp_path / "away" / f"halls.db{part}").rename(f"{file}{part}")
    assert len(labels(f"sqlite:///{file}")) == (4 if len(parts) < 3 else 1)


def test_it_is_said_whose_place_a_backup_took_and_that_none_was_there(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "my hall"
    folder.mkdir()
    done = restore(tmp_path / "backup.db", "sqlite:///mistyped.db", folder)
    assert f"in place, as {folder / 'mistyped.db'}." in done.stdout
    assert "There was no database there before." in done.stdout
    again = restore(file, "sqlite:///mistyped.db", folder)
    assert nowserving(*quoted(again)[1:], "--database", "sqlite:///mistyped.db", cwd=folder).returncode == 0


def test_what_a_killed_restore_left_is_said_and_goes_with_the_next_one(file: Path, tmp_path: Path) -> None:
    left = [tmp_path / f".halls.db.1.part{end}" for end in ("", "-wal")]
    for part in left:
        part.write_bytes(b"names and telephones")
        os.utime(part, (0, 0))
    at = ("--database", f"sqlite:///{file}")
    assert f"remove {left[0]}" in nowserving("check", *at).stderr
    assert nowserving("restore", str(tmp_path / "backup.db"), *at).returncode == 0
    assert not any(part.exists() for part in left)
    assert nowserving("check", *at).returncode == 0


@pytest.mark.parametrize(
    ("backup", "says"),
    [("empty.db", "is empty, and nothing was changed: take another backup."), ("other.db", "of another program")],
)
def test_a_backup_that_is_refused_is_called_by_its_own_name(file: Path, backup: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with closing(sqlite3.connect(tmp_path / "other.db")) as raw, raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")
    done = restore(tmp_path / backup, f"sqlite:///{file}", tmp_path)
    assert done.returncode == 1 and says in done.stderr and backup in done.stderr
    assert ".part" not in done.stderr and "nowserving init" not in done.stderr


def test_a_damaged_backup_and_the_database_itself_are_refused(file: Path, tmp_path: Path) -> None:
    at = ("--database", f"sqlite:///{file}")
    spoiled = tmp_path / "spoiled.db"
    shutil.copy(tmp_path / "backup.db", spoiled)
    with spoiled.open("r+b") as raw:
        raw.seek(8192)
        raw.write(b"\x55" * (spoiled.stat().st_size - 8192))
    said = fails("restore", str(spoiled), *at, says="and nothing was changed")
    assert "stop the backend" not in said and "restore FILE" not in said
    with closing(sqlite3.connect(tmp_path / "backup.db")) as raw, raw:
        raw.execute("UPDATE halls SET seq = seq + 1")
    fails("restore", str(tmp_path / "backup.db"), *at, says="damaged itself")
    fails("restore", str(file), *at, says="is the database itself")
    assert len(labels(f"sqlite:///{file}")) == 3


KILLED = """
import os, signal, sys
from pathlib import Path
left = int(sys.argv[1])
def count(event, arguments):
    global left
    if event in ("os.rename", "os.link", "os.remove", "shutil.copyfile", "sqlite3.connect", "open"):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
from shared.backend.halls import backup_restore
from shared.hall.roles import Actor, Role
sys.addaudithook(count)
backup_restore.restore(sys.argv[2], Path(sys.argv[3]), Actor(name="x", role=Role.ADMINISTRATOR))
"""


@pytest.mark.parametrize("crashed", [False, True], ids=["closed", "crashed"])
def test_a_restore_that_is_killed_leaves_the_old_or_the_new(file: Path, tmp_path: Path, *, crashed: bool) -> None:
    """The old with the ticket that stands in its log alone, if the backend was killed before."""
    backup, log, database = tmp_path / "backup.db", Path(f"{file}-wal"), f"sqlite:///{file}"
    with database_administration.opened(database) as halls:
        if crashed:
            halls.ledger.do(halls.named_or_only_hall(None), IssueTicket(service="registration"), INIT)
        left = {path: path.read_bytes() for path in (file, log) if path is file or crashed}
    old = labels(database)
    seen, step, ended = set(), 0, False
    while not ended:
        step += 1
        for path in (log, Path(f"{file}-shm"), *tmp_path.glob("halls.before-restore-*")):
            path.unlink(missing_ok=True)
        for path, whole in left.items():
            path.write_bytes(whole)
        ended = run_code(KILLED, str(step), database, str(backup)).returncode != -signal.SIGKILL
        found = labels(database)
        assert found in (["A001"], old), step
        if found != old:
            [kept] = tmp_path.glob("halls.before-restore-*.db")
            assert labels(f"sqlite:///{kept}") == old
        seen.add(len(found))
    assert seen == {1, len(old)}
    assert step > 10, "it was killed at every step"


# ── half-written copies ──


@pytest.mark.parametrize("command", [("backup", "copy.db"), ("export", "--output", "copy.db")])
def test_a_copy_that_is_killed_does_not_take_its_name(file: Path, command: tuple[str, ...], tmp_path: Path) -> None:
    script = (
        KILLED.split("from shared.backend", maxsplit=1)[0]
        .replace("sys.argv[1]", "1")
        .replace('"os.rename", "os.link", "os.remove", "shutil.copyfile", "sqlite3.connect", "open"', '"os.rename",')
    )
    script += "from shared.cli.commands import main\nsys.addaudithook(count)\nmain(sys.argv[1:])\n"
    arguments = [*command, "--database", f"sqlite:///{file}"]
    killed = run_code(script, *arguments, cwd=tmp_path)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "copy.db").exists()
    assert nowserving(*arguments, cwd=tmp_path).returncode == 0
    assert (tmp_path / "copy.db").stat().st_size > 500


def test_what_is_kept_in_one_second_has_names_of_its_own(tmp_path: Path) -> None:
    """Otherwise the second restore would write over what the first kept, which it may be about."""
    kept = []
    for _ in range(20):
        kept.append(free_name(tmp_path / "halls", ".dump"))
        kept[-1].touch(exist_ok=False)
    assert len({*kept}) == 20


def test_a_disk_without_room_is_no_fault_of_the_backup(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfile", full)
    by = Actor(name="x", role=Role.ADMINISTRATOR)
    with pytest.raises(Unfit, match=r"can't be copied into .*, and nothing was changed: .* Make room there\."):
        backup_restore.restore(f"sqlite:///{file}", tmp_path / "backup.db", by)
    assert len(labels(f"sqlite:///{file}")) == 3


def test_a_database_that_can_t_be_made_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:  # before a byte of it could be written
        raise Unreachable("The disk is full.")

    monkeypatch.setattr(Database, "_check", full)
    with pytest.raises(Unreachable):
        Database(f"sqlite:///{tmp_path / 'new.db'}", create=True)
    assert not [*tmp_path.glob("new.db*")]
