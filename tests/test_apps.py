"""The three apps as programs: each has the same options and the same one-line errors."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import console.__main__
import display.__main__
import kiosk.__main__

APPS = {"kiosk": kiosk.__main__.main, "display": display.__main__.main, "console": console.__main__.main}

Start = Callable[..., int]


@pytest.fixture(params=APPS)
def app(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "nowserving.toml"


@pytest.fixture
def start(app: str, settings: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Start the app with this file of settings, and nothing else that would name a hall."""
    for name in [name for name in os.environ if name.startswith("NOWSERVING_")]:
        monkeypatch.delenv(name)
    settings.write_text("")
    return lambda *arguments: APPS[app](["--config", str(settings), *arguments])


@pytest.mark.parametrize("address", ["nonsense", "gopher://hall", "sqlite:////nowhere/at/all.db"])
def test_an_address_that_is_none_is_one_line_and_ends_with_1(start: Start, capsys, address: str) -> None:
    assert start("--hall", address) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("line", ["paper = 'wide'", "colour = 'red'", "log_level = 'LOUD'", "hall = "])
def test_a_setting_that_is_none_is_one_line_and_ends_with_1(start: Start, settings: Path, capsys, line: str) -> None:
    settings.write_text(line)
    assert start("--hall", "http://127.0.0.1:9") == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_unknown_option_is_wrong_usage(start: Start) -> None:
    with pytest.raises(SystemExit) as stop:
        start("--loud")
    assert stop.value.code == 2


def test_its_help_reads_like_the_others(start: Start, app: str, capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        start("--help")
    said = capsys.readouterr().out
    assert stop.value.code == 0
    assert said.startswith(f"usage: nowserving {app} ")
    assert "--hall URL" in said and "--elsewhere" in said and "--config PATH" in said
    assert ("--windowed" in said) == (app != "console")
    assert ("--point N" in said) == (app == "display")
