"""The house keeps its own rules: what is written down about it is true, and what must not creep in does not."""

from __future__ import annotations

import ast
import dataclasses
import re
import subprocess
import sys
import tomllib
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from shared.hall.hall_settings import HallSettings
from shared.hall.json_codec import decode
from shared.hall.whole_set_up import LISTS
from shared.settings import Settings

HOUSE = Path(__file__).parent.parent
ROOMS = ("kiosk", "display", "console", "demo", "shared", "resources", "scripts", "tests", "benchmarks")
LONGEST_FILE = 500


def files(*endings: str, rooms: tuple[str, ...] = ROOMS) -> Iterator[Path]:
    """The files of these rooms; nothing is said to hold for a room in which there are none."""
    for room in rooms:
        found = [file for file in (HOUSE / room).rglob("*") if file.suffix in endings]
        assert found, f"no file of {room} was looked at"
        yield from found


def test_every_setting_is_documented_as_the_program_explains_it() -> None:
    page = (HOUSE / "docs" / "settings.md").read_text("utf-8")
    written = dict(re.findall(r"^\| `(\w+)` \| `[^`]*` \| (.+) \|$", page, re.MULTILINE))
    assert written == {field.name: field.metadata["meaning"] for field in dataclasses.fields(Settings)}


def test_every_documented_default_is_the_real_one() -> None:
    page = (HOUSE / "docs" / "settings.md").read_text("utf-8")
    written = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", page, re.MULTILINE))
    assert {name: ast.literal_eval(text.capitalize() if text in ("true", "false") else text)
            for name, text in written.items()} == dataclasses.asdict(Settings())  # fmt: skip


def test_every_field_of_a_set_up_file_is_described_with_its_usual_value() -> None:
    page = (HOUSE / "docs" / "set-up-file.md").read_text("utf-8")
    for section, kind in {"[hall]": HallSettings, **{f"[[{name}]]": kind for name, kind in LISTS.items()}}.items():
        about = page.split(f"## `{section}`\n")[1].split("\n## ")[0]
        rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \| .+ \|$", about, re.MULTILINE))
        assert list(rows) == [field.name for field in dataclasses.fields(kind)], section
        needed = [name for name, usual in rows.items() if usual == "must be given"]
        usual = {name: tomllib.loads(f"it = {text.strip('`')}")["it"] for name, text in rows.items() if "`" in text}
        hints = typing.get_type_hints(kind)
        for field in dataclasses.fields(kind):
            if field.name in needed:
                assert field.default in (dataclasses.MISSING, ""), field.name  # a hall without a name is refused
            elif field.default is not None:
                assert decode(hints[field.name], usual[field.name], field.name) == field.default


@pytest.mark.parametrize(
    ("room", "stranger"),
    [
        ("shared.link.http_link", "sqlalchemy"),  # a kiosk that talks HTTP has no database
        ("shared.link.connect", "sqlalchemy"),
        ("shared.link.http_link", "fastapi"),
        ("shared.backend.http.routes", "PySide6"),  # a server has no windows
        ("shared.cli.commands", "PySide6"),
        ("shared.voice.station_voice", "PySide6"),
        ("shared.cli.commands", "sqlalchemy"),
        ("shared.hall.rules", "asyncio"),
    ],
)
def test_a_room_runs_without_what_it_does_not_need(room: str, stranger: str) -> None:
    code = f"import sys, {room}; sys.exit({stranger!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=HOUSE, check=False).returncode == 0


def test_no_file_is_too_long_to_read() -> None:
    long = {
        str(file.relative_to(HOUSE)): lines
        for file in files(".py", ".qml", ".js", ".css", ".html")
        if (lines := len(file.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        str(file.relative_to(HOUSE))
        for file in files(".py")
        if (tree := ast.parse(file.read_text("utf-8"))).body and not ast.get_docstring(tree)
    ]
    assert not silent


def test_every_decision_has_its_four_parts() -> None:
    parts = ("## Context", "## Decision", "## Consequences", "## Alternatives")
    records = list((HOUSE / "docs" / "decisions").glob("0*.md"))
    assert len(records) > 25
    for record in records:
        assert [line for line in record.read_text("utf-8").splitlines() if line.startswith("## ")] == [*parts]


def test_every_link_in_the_documents_leads_somewhere() -> None:
    pages = [*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\((?!\w+:)([^)#]+)", page.read_text("utf-8"))]
    assert len(links) > 50
    assert not [(page.name, link) for page, link in links if not (page.parent / link).exists()]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from 3.12 on")
def test_qt_loses_no_reference_to_none(qapp: QCoreApplication) -> None:
    """PySide6 6.12.0 on Python below 3.12 loses one with every call; after some thousand the process aborts."""
    before = sys.getrefcount(None)
    for _ in range(1000):
        qapp.processEvents()
    assert sys.getrefcount(None) > before - 500


def test_every_test_that_the_security_page_names_is_there() -> None:
    page = (HOUSE / "docs" / "security.md").read_text("utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    there = {
        name
        for file in files(".py", rooms=("tests",))
        for name in re.findall(r"^ *(?:async )?def (test_\w+)\(", file.read_text("utf-8"), re.MULTILINE)
    }
    assert named, "it names the tests that show what it says"
    assert not named - there
