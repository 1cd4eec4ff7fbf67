"""A hall's set-up as an administrator carries it from the terminal: out, in, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.backend.halls.database_administration import opened
from shared.backend.halls.sample_halls import FOLDER
from shared.cli.commands import main
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Actor, Role
from shared.hall.whole_set_up import set_up_of
from tests.backends import PASSWORD

ADMIN = Actor(name="admin", role=Role.ADMINISTRATOR)
Command = Callable[..., str]


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'halls.db'}"


@pytest.fixture
def run(database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Type a command; what it says, on stderr if it fails with one sentence."""
    monkeypatch.setenv("NOWSERVING_ADMIN_PASSWORD", PASSWORD)

    def typed(*arguments: str | Path, status: int = 0) -> str:
        assert main([*map(str, arguments), "--database", database]) == status
        said = capsys.readouterr()
        assert said.err.count("\n") == status, said.err
        return said.err if status else said.out

    typed("init", "--sample", "clinic", "--hall", "Clinic", "--time-zone", "Europe/Berlin")
    return typed


def test_an_export_imported_into_a_new_hall_is_the_same_file_again(run: Command, tmp_path: Path) -> None:
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    assert run("export", "--output", first) == f"The set-up of clinic is in {first}.\n"
    assert "change hall\n" in run("import", first, "--new", "north")
    run("export", "--hall", "north", "--output", second)
    assert first.read_bytes() == second.read_bytes()
    assert run("export", "--hall", "north").encode() == first.read_bytes()


def test_a_look_says_what_would_change_and_changes_nothing(run: Command, tmp_path: Path, database: str) -> None:
    file = tmp_path / "clinic.toml"
    run("export", "--output", file)
    text = file.read_text("utf-8").replace('en = "Counter 1"', 'en = "Desk 1"')
    text = text[: text.rindex("[[points]]")].replace(
        'services = ["blood-tests"]', 'services = ["blood-tests", "imaging"]'
    )
    file.write_text(text, "utf-8")
    looked = run("import", file, "--dry-run")
    assert looked.splitlines() == [
        "change points 1",
        "change points 5",
        "keep   points 6 (not in the file; --retire takes it away)",
        "Nothing was changed: this was a dry run.",
    ]
    assert "retire points 6" in run("import", file, "--dry-run", "--retire")
    with opened(database) as halls:
        before = halls.ledger.hall("clinic")
        assert "6" in before.points
    assert "retire points 6" in run("import", file, "--retire")
    with opened(database) as halls:
        after = halls.ledger.hall("clinic")
        assert after.points["1"].name["en"] == "Desk 1" and "6" not in after.points  # type: ignore[index]
        types = [entry.type for entry in halls.ledger.entries_after("clinic", before.seq)]
        assert types == ["point-defined", "point-defined", "point-retired"]
        assert not list(halls.faults())
    assert run("import", file, "--retire") == "clinic is as the file says.\n"


def test_a_wrong_line_is_one_sentence_and_nothing_changes(run: Command, tmp_path: Path, database: str) -> None:
    file = tmp_path / "clinic.toml"
    run("export", "--output", file)
    text = file.read_text("utf-8").replace('en = "City', 'en = "New').replace('prefix = "C"', 'prefix = "B"')
    file.write_text(text, "utf-8")
    line = text.splitlines().index('prefix = "B"', text[: text.index('id = "children"')].count("\n")) + 1
    says = f"nowserving: clinic.toml, line {line}: services[2].prefix: Another service gives these numbers"
    for options in (["--hall", "clinic"], ["--hall", "clinic", "--dry-run"], ["--new", "north"]):
        assert run("import", file, *options, status=1).startswith(says)
    with opened(database) as halls:
        assert halls.ledger.hall_ids() == ["clinic"]
        assert "New" not in str(halls.ledger.hall("clinic").settings.name)


def test_what_somebody_waits_for_stays_and_so_does_all_the_rest(run: Command, tmp_path: Path, database: str) -> None:
    file = tmp_path / "small.toml"
    file.write_text('[hall]\nname = "Empty"\n', "utf-8")
    with opened(database) as halls:
        halls.ledger.do("clinic", IssueTicket(service="imaging"), ADMIN)
        before = set_up_of(halls.ledger.hall("clinic"))
    said = run("import", file, "--retire", status=1)
    assert said.startswith('nowserving: small.toml: services "imaging": Somebody still has a ticket for this service')
    with opened(database) as halls:
        assert set_up_of(halls.ledger.hall("clinic")) == before


def test_halls_are_listed_and_added(run: Command, database: str, tmp_path: Path) -> None:
    file = tmp_path / "tokyo.toml"
    text = (FOLDER / "bank.toml").read_text("utf-8").replace('"Europe/Berlin"', '"Asia/Tokyo"')
    file.write_text(text, "utf-8")
    run("import", file, "--new", "tokyo")
    assert run("hall", "add", "Office North", "--sample", "office", "--time-zone", "Europe/Berlin") == "office-north\n"
    assert run("hall", "add", "Annex", "--time-zone", "UTC") == "annex\n"
    with opened(database) as halls:
        for _ in range(3):
            halls.ledger.do("tokyo", IssueTicket(service=halls.ledger.hall("tokyo").menu()[0].id), ADMIN)
    rows = [line.split("  ") for line in run("hall", "list").splitlines()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert [(row[0], row[2], row[3]) for row in cells] == [
        ("annex", "UTC", "0 tickets today"),
        ("clinic", "Europe/Berlin", "0 tickets today"),
        ("office-north", "Europe/Berlin", "0 tickets today"),
        ("tokyo", "Asia/Tokyo", "3 tickets today"),
    ]
    assert "already a hall annex" in run("hall", "add", "Annex", status=1)
    assert "already a hall tokyo" in run("import", file, "--new", "tokyo", status=1)
    assert "up to 64 letters" in run("import", file, "--new", "a/b", status=1)
    assert "Say which hall" in run("import", file, status=1)
    assert "Say which hall" in run("export", status=1)
    assert "can't be written" in run("export", "--hall", "tokyo", "--output", tmp_path, status=1)
    assert "There is no file" in run("import", tmp_path / "none.toml", "--hall", "tokyo", status=1)


def test_a_new_hall_whose_beginning_was_cut_off_can_begin_again(run: Command, database: str) -> None:
    with opened(database) as halls:
        halls.ledger.create_hall("north")
    assert "north is as the file says" in run("import", FOLDER / "bank.toml", "--new", "north")


def test_a_sample_begins_as_one_command_and_twice_is_harmless(run: Command, database: str) -> None:
    with opened(database) as halls:
        seq = halls.ledger.hall("clinic").seq
        entries = halls.ledger.entries_after("clinic", 0)
        assert halls.init("clinic", "Clinic") == "clinic"
        assert halls.ledger.hall("clinic").seq == seq == len(entries)
        assert halls.ledger.hall("clinic").settings.name == "Clinic"
