"""Rooms import only what they may, and each of the contracts that say so is broken once to see that it bites."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.test_house import HOUSE, files

CONTRACTS = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]

BREACHES = {
    "Stations know what is shared": ("kiosk/menu.py", "import display.screen.layout"),
    "Inside shared": ("shared/settings.py", "import shared.ui.station"),
    "Inside the backend": ("shared/backend/storage/tables.py", "import shared.backend.halls.ledger"),
    "Inside the console": ("console/table.py", "import console.app"),
    "Windows and links do not know the backend": ("shared/link/roaming.py", "import shared.backend.halls.ledger"),
    "Functions know the backend": ("shared/functions/api.py", "import shared.link.link"),
    "A voice stands on the hall": ("shared/voice/chain.py", "import requests"),
    "The backend has no voice": ("shared/backend/halls/journal.py", "import shared.voice.voice"),
    "The hall stands on the standard library": ("shared/hall/labels.py", "import requests"),
    "The hall touches no clock": ("shared/hall/opening.py", "import os"),
    "Qt is for windows": ("shared/link/link.py", "import PySide6"),
    "Databases and web servers": ("shared/link/link.py", "import sqlalchemy"),
    "The cloud's way of asking": ("shared/backend/http/server.py", "import mangum"),
    "Requests are for the link": ("shared/ui/station.py", "import requests"),
    "The local network": ("kiosk/app.py", "import zeroconf"),
    "CLDR is asked": ("console/sentences.py", "import babel"),
    "TOML is written": ("shared/cli/commands.py", "import tomlkit"),
    "Spreadsheets are written": ("console/set_up/audit_model.py", "import xlsxwriter"),
    "Windows leave threads": ("kiosk/view_model.py", "import threading"),
}
"""How the name of each contract begins, and an import that breaks it: into which file."""


def lint(house: Path) -> str:
    tool = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "COLUMNS": "400", "PYTHONPATH": str(house)}
    command: list[str | Path] = [tool, "--no-cache", "--config", house / "pyproject.toml"]
    done = subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)
    return done.stdout


def verdicts(said: str) -> dict[str, str]:
    return dict(re.findall(r"^(.+) (KEPT|BROKEN)\b.*$", said, re.MULTILINE))


def test_rooms_import_only_what_they_may() -> None:
    said = lint(HOUSE)
    assert verdicts(said) == {contract["name"]: "KEPT" for contract in CONTRACTS}, said
    modules = list(files(".py", rooms=("demo", "kiosk", "display", "console", "shared", "resources")))
    assert int(re.findall(r"Analyzed (\d+) files", said)[0]) >= len(modules) > 250, "and it has looked at all of them"


def test_every_contract_is_broken_by_an_import_it_forbids(tmp_path: Path) -> None:
    for room in ("demo", "kiosk", "display", "console", "shared", "resources", "scripts"):
        shutil.copytree(HOUSE / room, tmp_path / room, ignore=shutil.ignore_patterns("[!_]*.[!p]*", "__pycache__"))
    shutil.copy(HOUSE / "pyproject.toml", tmp_path)
    for name, statement in BREACHES.values():
        file = tmp_path / name
        file.write_text(file.read_text("utf-8") + f"\n{statement}\n", "utf-8")
    said = verdicts(lint(tmp_path))
    assert set(said.values()) == {"BROKEN"}, said
    assert len(said) == len(CONTRACTS) == len(BREACHES)
    assert all(any(name.startswith(start) for name in said) for start in BREACHES)
