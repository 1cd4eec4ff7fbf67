"""The command as an administrator types it: it says one clear sentence and the right exit status."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import pytest

from tests.backends import PASSWORD, Premises, nowserving


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    return Premises(tmp_path)


def fails(*arguments: str, says: str, **environment: str) -> None:
    done = nowserving(*arguments, **environment)
    assert done.returncode == 1
    assert says in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_init_twice_is_harmless(premises: Premises) -> None:
    again = nowserving("init", "--database", premises.database, "--sample", "clinic")
    assert (again.returncode, again.stdout.split()[-1]) == (0, premises.hall)


def test_init_needs_a_password_and_never_as_an_argument(tmp_path: Path) -> None:
    fails("init", "--database", f"sqlite:///{tmp_path}/a.db", says="NOWSERVING_ADMIN_PASSWORD")
    assert nowserving("init", "--password", "x").returncode == 2


def test_people_and_devices_are_added_and_listed(premises: Premises) -> None:
    at = ("--database", premises.database)
    added = nowserving("staff", "add", "reception", "--role", "specialist", *at, NOWSERVING_PASSWORD=PASSWORD)
    assert added.returncode == 0, added.stderr
    fails("staff", "add", "reception", "--role", "specialist", *at, says="already", NOWSERVING_PASSWORD=PASSWORD)
    fails("staff", "add", "second", "--role", "specialist", *at, says="8 characters", NOWSERVING_PASSWORD="short")
    fails(
        "staff",
        "add",
        "third",
        "--role",
        "specialist",
        "--hall",
        "x",
        *at,
        says="no hall",
        NOWSERVING_PASSWORD=PASSWORD,
    )
    assert nowserving("device", "add", "Entrance", "--role", "kiosk", *at).returncode == 0
    assert "reception" in nowserving("staff", "list", *at).stdout
    assert "Entrance" in nowserving("device", "list", *at).stdout
    assert nowserving("staff", "add", "fourth", "--role", "emperor", *at).returncode == 2


def test_a_healthy_database_passes_its_check_and_can_be_copied(premises: Premises, tmp_path: Path) -> None:
    at = ("--database", premises.database)
    assert nowserving("check", *at).stdout == "Nothing is wrong.\n"
    copy = tmp_path / "copy.db"
    assert nowserving("backup", str(copy), *at).returncode == 0
    assert nowserving("check", "--database", f"sqlite:///{copy}").returncode == 0
    fails("backup", str(copy), *at, says="is there already")
    assert nowserving("upgrade", *at).stdout == "The database is up to date.\n"


def test_a_check_finds_a_gap_in_the_journal(premises: Premises) -> None:
    with sqlite3.connect(premises.database.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE halls SET seq = seq + 1")
    raw.close()
    fails("check", "--database", premises.database, says="more was written")


def test_a_database_that_can_not_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is not a database, it only looks like a file of one\n" * 50)
    with sqlite3.connect(tmp_path / "other.db") as raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")
    raw.close()
    newer = Premises(tmp_path)
    with sqlite3.connect(newer.database.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    for address, says in [
        (f"sqlite:///{tmp_path}/text.db", "not a database"),
        (f"sqlite:///{tmp_path}/other.db", "another program"),
        (newer.database, "newer Now Serving"),
        (f"sqlite:///{tmp_path}/none.db", "no database"),
        (f"sqlite:///{tmp_path}/no/where.db", "no folder"),
        ("sqlite://", "database file"),
        ("oracle://x", "can't be used"),
        ("nonsense", "no address"),
    ]:
        fails("serve", "--database", address, "--port", "0", says=says)
        fails("kiosk", "--hall", address, says=" ")


def test_a_wrong_log_level_is_one_sentence(premises: Premises) -> None:
    fails("check", "--database", premises.database, says="log_level", NOWSERVING_LOG_LEVEL="loud")


def test_a_port_in_use_is_one_sentence(premises: Premises) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        fails("serve", "--database", premises.database, "--port", port, says="can't be used")


def test_wrong_usage_is_exit_status_2_and_help_reads_well() -> None:
    assert nowserving("nonsense").returncode == 2
    assert nowserving().returncode == 2
    helped = nowserving("--help").stdout
    for word in ("serve", "init", "staff", "device", "kiosk", "display", "console", "demo"):
        assert word in helped
