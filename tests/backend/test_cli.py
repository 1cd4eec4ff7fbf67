"""The command as an administrator types it: it says one clear sentence and the right exit status."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.backend.halls import database_administration
from shared.hall.issuing import IssueTicket
from tests import forked_programs
from tests.backends import DATABASES, PASSWORD, Premises, new_database, nowserving

COMMAND = Path(sys.executable).with_name("nowserving")


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    return Premises(tmp_path)


def fails(*arguments: str, says: str, **environment: str) -> str:
    done = nowserving(*arguments, **environment)
    assert done.returncode == 1
    assert says in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_init_twice_is_harmless(premises: Premises) -> None:
    again = nowserving("init", "--database", premises.database, "--sample", "clinic")
    assert (again.returncode, again.stdout.split()[-1]) == (0, premises.hall)


@pytest.mark.parametrize("other", [("--hall", "City Clinic"), ("--sample", "bank")], ids=" ".join)
def test_another_init_adds_no_hall_beside_the_first_and_says_how_to(premises: Premises, other: tuple[str, str]) -> None:
    at = ("--database", premises.database)
    fails("init", *other, *at, says="hall add")
    assert nowserving("init", *at).stdout.split()[-1] == premises.hall
    assert [*listed(at)] == [premises.hall]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (("--sample", "castle"), "no sample"),
        (("--hall", "a\x07b"), "can't be shown"),
        (("--time-zone", "Mars/Base"), "no time zone"),
    ],
    ids=["sample", "name", "zone"],
)
def test_an_init_that_fails_leaves_nothing_behind_and_asks_for_no_password(
    tmp_path: Path, wrong: tuple[str, str], says: str
) -> None:
    fails("init", *wrong, "--database", f"sqlite:///{tmp_path}/a.db", says=says)
    assert not list(tmp_path.iterdir())


def test_a_bad_password_for_the_first_administrator_leaves_nothing_behind(tmp_path: Path) -> None:
    at = ("--database", f"sqlite:///{tmp_path}/a.db")
    fails("init", *at, says="8 characters", NOWSERVING_ADMIN_PASSWORD="short")
    assert not list(tmp_path.iterdir())


def test_a_typed_password_is_asked_for_twice(tmp_path: Path) -> None:
    at = ("--database", f"sqlite:///{tmp_path}/a.db")
    status, said = typing("init", *at, typed=[PASSWORD, "another-password"])
    assert status == 1 and "differ" in said and not list(tmp_path.iterdir())
    status, said = typing("init", *at, typed=[PASSWORD, PASSWORD])
    assert status == 0, said
    status, said = typing("staff", "add", "admin", "--role", "specialist", *at, typed=[])
    assert status == 1 and "already" in said, "before a password is asked for"


def typing(*arguments: str, typed: list[str]) -> tuple[int, str]:
    """What the command does and says at a terminal where somebody types a line at each prompt."""
    child, terminal = pty.fork()
    if not child:
        os.execv(sys.executable, [sys.executable, "-m", "nowserving", *arguments])
    said = ""
    with os.fdopen(terminal, "r+b", buffering=0) as screen, contextlib.suppress(OSError):  # it ends with EIO
        while part := screen.read(1000):
            said += part.decode()
            if typed and said.rstrip(" ").endswith(":"):
                screen.write(f"{typed.pop(0)}\n".encode())
                said += "\n"
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def test_a_beginning_that_was_cut_off_is_in_nobodys_way(tmp_path: Path) -> None:
    at = ("--database", f"sqlite:///{tmp_path}/a.db")
    with database_administration.opened(at[1], create=True) as halls:
        halls.ledger.create_hall("hall")
    made = nowserving("init", "--sample", "clinic", *at, NOWSERVING_ADMIN_PASSWORD=PASSWORD)
    assert made.returncode == 0, made.stderr
    assert [*listed(at)] == ["clinic"]


def test_a_hall_nobody_ever_used_can_be_taken_away(premises: Premises) -> None:
    at = ("--database", premises.database)
    assert nowserving("hall", "add", "Mistake", "--sample", "bank", *at).returncode == 0
    assert nowserving("device", "add", "Entrance", "--role", "kiosk", "--hall", "mistake", *at).returncode == 0
    fails("hall", "remove", "mistake", *at, says="has devices")
    assert nowserving("device", "revoke", "Entrance", "--hall", "mistake", *at).returncode == 0
    assert nowserving("hall", "remove", "mistake", *at).returncode == 0
    assert [*listed(at)] == [premises.hall]
    assert nowserving("check", *at).returncode == 0
    fails("hall", "remove", "mistake", *at, says="no hall")
    with database_administration.opened(premises.database) as halls:
        halls.ledger.do(premises.hall, IssueTicket(service="registration"), database_administration.INIT)
    fails("hall", "remove", premises.hall, *at, says="given out tickets")


def test_what_is_done_in_a_terminal_is_in_the_audit(premises: Premises) -> None:
    at = ("--database", premises.database)
    nowserving("staff", "add", "anna", "--role", "specialist", *at, NOWSERVING_PASSWORD=PASSWORD)
    nowserving("staff", "role", "anna", "supervisor", *at)
    nowserving("staff", "reset", "anna", *at)
    nowserving("staff", "remove", "anna", *at)
    nowserving("staff", "remove", "anna", *at)
    nowserving("device", "add", "Entrance", "--role", "kiosk", *at)
    nowserving("device", "revoke", "Entrance", *at)
    told = nowserving("audit", *at).stdout
    for act in ("add-person", "change-role", "reset-password", "remove-person"):
        assert re.search(rf"terminal.*{act}.*anna", told), told
    assert re.search(r"terminal.*revoke-device.*Entrance", told), told
    assert "unknown-person" in told, told


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
    fails("check", "--database", premises.database, says="last event was")


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


# ── where a hall is ──


def listed(at: tuple[str, ...]) -> dict[str, str]:
    """The time zone of each hall."""
    lines = nowserving("hall", "list", *at).stdout.splitlines()
    return {line.split()[0]: next(part for part in line.split() if "/" in part or part == "UTC") for line in lines}


def test_a_hall_is_where_its_machine_is_or_where_it_is_said_to_be(tmp_path: Path) -> None:
    at = ("--database", new_database("sqlite", tmp_path))
    here = {"TZ": "Asia/Tokyo", "NOWSERVING_ADMIN_PASSWORD": PASSWORD}
    made = nowserving("init", "--hall", "Town Hall", *at, **here)
    assert "Asia/Tokyo" in made.stdout and made.stdout.split()[-1] == "town-hall"
    nowserving("hall", "add", "Office", "--sample", "office", *at, **here)
    nowserving("hall", "add", "Second", *at, **here)
    nowserving("hall", "add", "Third", "--sample", "bank", "--time-zone", "America/Lima", *at, **here)
    zones = {"town-hall": "Asia/Tokyo", "office": "Asia/Tokyo", "second": "Asia/Tokyo", "third": "America/Lima"}
    assert listed(at) == zones
    office = tomllib.loads(nowserving("export", "--hall", "office", *at).stdout)["hall"]
    assert not office["holidays"], "it is not closed on Berlin's holidays"
    fails("hall", "add", "Fourth", "--time-zone", "localtime", *at, says="no time zone")
    fails("hall", "add", "Fifth", "--time-zone", "Mars/Base", *at, says="no time zone", **here)
    assert listed(at) == zones


@pytest.mark.parametrize("clock", ["Mars/Base", "CET-1CEST", ":/etc/nowhere"])
def test_a_machine_that_is_nowhere_makes_a_hall_on_utc(tmp_path: Path, clock: str) -> None:
    at = ("--database", new_database("sqlite", tmp_path))
    made = nowserving("init", *at, TZ=clock, NOWSERVING_ADMIN_PASSWORD=PASSWORD)
    assert (made.returncode, made.stderr, listed(at)) == (0, "", {"hall": "UTC"})


def test_an_empty_hall_has_one_usual_precedence_so_that_its_first_service_can_be_waited_for(tmp_path: Path) -> None:
    at = ("--database", new_database("sqlite", tmp_path))
    nowserving("init", *at, NOWSERVING_ADMIN_PASSWORD=PASSWORD)
    nowserving("hall", "add", "Second", *at)
    for hall in ("hall", "second"):
        written = tomllib.loads(nowserving("export", "--hall", hall, *at).stdout)
        assert [(one["id"], one["name"]["en"], one["allowance"]) for one in written["precedences"]] == [
            ("regular", "Regular", 30)
        ]


# ── old terminals ──

C_LOCALE = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A Russian hall with a person and a device, in a folder with a name of its own."""
    folder = tmp_path_factory.mktemp("Залы")
    database = new_database("sqlite", folder)
    at = ("--database", database)
    assert (
        nowserving("init", "--hall", "Городская поликлиника", *at, NOWSERVING_ADMIN_PASSWORD=PASSWORD).returncode == 0
    )
    added = nowserving("staff", "add", "мария", "--role", "specialist", *at, NOWSERVING_PASSWORD=PASSWORD)
    assert added.returncode == 0, added.stderr
    assert nowserving("device", "add", "Вход №1", "--role", "kiosk", *at).returncode == 0
    return database, folder


@pytest.mark.parametrize(
    ("code", "shown"), [("ascii", "????????? ???????????"), ("cp437", "?"), ("koi8-r", "Городская поликлиника")]
)
def test_a_terminal_shows_what_its_code_page_has(abroad: tuple[str, Path], code: str, shown: str) -> None:
    listed = nowserving("hall", "list", "--database", abroad[0], encoding=code, PYTHONIOENCODING=code)
    assert (listed.returncode, listed.stderr) == (0, "") and shown in listed.stdout


def test_every_command_speaks_to_a_terminal_that_knows_ascii_alone(abroad: tuple[str, Path]) -> None:
    database, folder = abroad
    name = "ü"
    at = ("--database", database)
    for status, command in [
        (0, ["hall", "list", *at]),
        (0, ["hall", "add", f"Бюро {name}", *at]),
        (0, ["staff", "list", *at]),
        (0, ["staff", "add", name * 3, "--role", "specialist", *at]),
        (0, ["staff", "reset", "мария", *at]),
        (0, ["device", "list", *at]),
        (1, ["device", "revoke", "Выход", "--hall", "hall", *at]),
        (0, ["audit", "--hall", "hall", *at]),
        (1, ["audit", "--hall", "hall", "--since", "вчера", *at]),
        (0, ["audit", "--hall", "hall", "--export", f"{folder}/{name}.csv", *at]),
        (0, ["export", "--hall", "hall", "--output", f"{folder}/{name}.toml", *at]),
        (0, ["import", f"{folder}/{name}.toml", "--hall", "hall", *at]),
        (1, ["import", f"{folder}/нет.toml", "--hall", "hall", *at]),
        (0, ["backup", f"{folder}/{name}.db", *at]),
        (1, ["check", "--database", f"sqlite:///{folder}/нет.db"]),
        (1, ["check", "--config", f"{folder}/нет.toml"]),
        (2, ["зал"]),
        (0, ["--help"]),
        (0, ["kiosk", "--help"]),
    ]:
        done = nowserving(*command, **C_LOCALE, NOWSERVING_PASSWORD=f"{PASSWORD} мы")
        assert done.returncode == status, (command, done.stderr)
        assert "Traceback" not in done.stderr and "Error" not in done.stderr, done.stderr
    assert {f"{name}.csv", f"{name}.toml", f"{name}.db"} <= {file.name for file in folder.iterdir()}
    assert "Городская поликлиника" in (folder / f"{name}.toml").read_text("utf-8")
    assert name * 3 in nowserving("staff", "list", *at).stdout, "it was understood as it was typed"


def test_what_is_no_text_of_the_terminal_is_one_sentence(abroad: tuple[str, Path]) -> None:
    latin = os.fsdecode("Bürgeramt".encode("latin-1"))
    fails("hall", "add", latin, "--database", abroad[0], says="code page", LC_ALL="C.UTF-8", PYTHONUTF8="1")


@pytest.mark.parametrize("command", [["hall", "list"], ["audit", "--hall", "hall"], ["export", "--hall", "hall"]])
def test_whoever_has_read_enough_hears_no_complaint(abroad: tuple[str, Path], command: list[str]) -> None:
    done = unread(*command, "--database", abroad[0])
    assert (done.returncode, done.stderr) == (141, "")


def test_the_help_may_be_left_unread_too() -> None:
    assert unread("--help").stderr == ""


def unread(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command into a pipe whose reader has gone, as ``| head`` soon does."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out, tempfile.TemporaryFile("w+") as errors:
        status = forked_programs.begin(arguments, {}, None, out, errors).wait(150)
        errors.seek(0)
        return subprocess.CompletedProcess(arguments, status, "", errors.read())


def test_one_ticket_is_one_ticket(premises: Premises) -> None:
    listed = nowserving("hall", "list", "--database", premises.database).stdout
    assert listed.endswith(" 0 tickets today\n")
    with contextlib.closing(premises.admin("database")) as admin:
        admin.do(IssueTicket(service="imaging"))
    assert nowserving("hall", "list", "--database", premises.database).stdout.endswith(" 1 ticket today\n")


# ── several at once ──


@pytest.mark.parametrize("kind", DATABASES)
def test_of_several_inits_at_once_one_begins_the_hall_and_appoints_its_administrator(kind: str, tmp_path: Path) -> None:
    at = ("--database", new_database(kind, tmp_path))

    def begin(name: str) -> subprocess.CompletedProcess[str]:
        return nowserving("init", "--hall", name, *at, NOWSERVING_ADMIN_PASSWORD=f"kedava-own-{name}")

    names = [f"h{number}" for number in range(4)]
    with ThreadPoolExecutor(len(names)) as together:
        done = dict(zip(names, together.map(begin, names), strict=True))
    [first] = [name for name, one in done.items() if one.returncode == 0]
    assert "The administrator is `admin`." in done[first].stdout, done
    for name in {*names} - {first}:
        assert "There is a hall already" in done[name].stderr and not done[name].stdout, done
    assert [*listed(at)] == [first]
    with database_administration.opened(at[1]) as halls:
        assert halls.accounts.sessions.sign_in("admin", f"kedava-own-{first}", "here")


# ── what people type ──


def test_a_password_in_another_code_page_is_not_repeated(premises: Premises) -> None:
    at = ("--database", premises.database)
    said = subprocess.run(
        [COMMAND, "staff", "reset", "admin", *at],
        env={**os.environb, b"NOWSERVING_PASSWORD": b"Geh\xe4imnis-77"},
        capture_output=True,
        check=False,
    )
    assert said.returncode == 1
    assert said.stderr.startswith(b"nowserving: NOWSERVING_PASSWORD can't be read: ") and b"77" not in said.stderr


def test_a_login_differs_from_others_in_more_than_capitals(premises: Premises) -> None:
    wanted = ("--role", "specialist", "--database", premises.database)
    said = fails("staff", "add", "ADMIN", *wanted, says="already somebody", NOWSERVING_PASSWORD=PASSWORD)
    assert "password" not in said


def test_roles_are_offered_as_they_are_typed(premises: Premises) -> None:
    done = nowserving("staff", "role", "admin", "chief", "--database", premises.database)
    assert "choose from" in done.stderr and "<" not in done.stderr


def test_halls_have_names_and_ids_of_their_own(premises: Premises) -> None:
    at = ("--database", premises.database)
    for blank in ("", "  "):
        fails("hall", "add", blank, *at, says="A hall needs a name")
    names = ("مستشفى", "Καλαμάτα", "😀", "Hall")
    assert [nowserving("hall", "add", name, *at).stdout.strip() for name in names[:3]] == ["hall", "hall-2", "hall-3"]
    fails("hall", "add", "Hall", *at, says="There is already a hall hall")
    fails("hall", "remove", "Second Hall", *at, says="`nowserving hall list`")


def test_an_output_without_room_is_a_sentence(premises: Premises) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND, "staff", "list", "--database", premises.database],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("nowserving: The output can't be written: ") and done.stderr.count("\n") == 1
