"""The recipes for starting at boot name real commands, and are valid for systemd and desktops."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from shared.cli.commands import main

HOUSE = Path(__file__).parent.parent
PAGE = (HOUSE / "docs" / "starting.md").read_text("utf-8")
OURS = "/opt/nowserving/bin/nowserving"


def files() -> dict[str, str]:
    """The files in the page, by their names."""
    blocks = re.findall(r"^```ini\n# (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return {name.rpartition("/")[2]: text for name, text in blocks}


def commands() -> list[tuple[str, ...]]:
    """Every command of ours that the page names, with its flags."""
    named = re.findall(r"(?:nowserving(?:\.exe)? |`)(serve|init|kiosk|display|console)\b([^`;\n]*)", PAGE)
    return sorted({(command, *re.findall(r"--[a-z-]+", rest)) for command, rest in named})


def test_the_page_has_a_unit_and_an_entry() -> None:
    assert set(files()) == {"nowserving.service", "nowserving.desktop"}
    assert {"serve", "init", "kiosk", "display", "console"} == {command for command, *_ in commands()}


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_what_it_starts_is_there_with_all_its_flags(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([words[0], "--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert ended.value.code == 0
    assert set(words[1:]) <= known


def test_the_unit_keeps_the_backend_running() -> None:
    unit = _read(files()["nowserving.service"])
    assert (unit["Service"]["Restart"], unit["Install"]["WantedBy"]) == ("always", "multi-user.target")
    assert unit["Service"]["ExecStart"].startswith(f"{OURS} serve ")


def test_the_entry_starts_a_station_again_until_it_is_closed(tmp_path: Path) -> None:
    """Its command as a desktop runs it, with a stand-in for our program that is killed twice before it is closed."""
    entry = _read(files()["nowserving.desktop"])["Desktop Entry"]
    ours, starts = tmp_path / "nowserving", tmp_path / "starts"
    ours.write_text(f'#!/bin/sh\necho "$@" >> {starts}\n[ $(wc -l < {starts}) -eq 3 ] || kill -9 $$\n', "utf-8")
    ours.chmod(0o755)
    run = shlex.split(entry["Exec"].replace(OURS, str(ours)).replace("sleep 2", "true"))
    assert subprocess.run(run, timeout=60, check=False, capture_output=True).returncode == 0
    assert starts.read_text("utf-8") == "kiosk\n" * 3


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    file = tmp_path / "nowserving.service"
    file.write_text(files()[file.name].replace(OURS, "/bin/true").replace("User=nowserving", "User=root"), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True, check=False)
    assert file.name not in done.stderr


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="desktop-file-utils is not installed here")
def test_desktops_understand_the_entry(tmp_path: Path) -> None:
    file = tmp_path / "nowserving.desktop"
    file.write_text(files()[file.name], "utf-8")
    assert subprocess.run(["desktop-file-validate", file], capture_output=True, text=True, check=False).stdout == ""


def _read(text: str) -> configparser.ConfigParser:
    """A strict parser: no duplicates, and names as they are written."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # as its documentation says
    parser.read_string(text)
    return parser
