"""``~`` in a path is the home folder, whichever setting, flag or command names it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shared.hall.errors import Unfit
from shared.settings import PATHS, Settings, default_path, load, state_path
from tests.backends import PASSWORD, nowserving


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME" if os.name == "posix" else "USERPROFILE", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("kind", ["", "file:", "sqlite:///"])
def test_a_tilde_in_a_setting_is_the_writers_own_folder(home: Path, tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / "settings.toml").write_text(f'{name} = "{kind}~/of/ours"', "utf-8")
    for given in (
        load(tmp_path / "settings.toml", {}),
        load(tmp_path / "settings.toml", {f"NOWSERVING_{name.upper()}": f"{kind}~/of/ours"}),
        Settings(**{name: f"{kind}~/of/ours"}),
    ):
        assert getattr(given, name) == f"{kind}{home}/of/ours"


def test_what_only_looks_like_it_stays() -> None:
    for place in ("file:tickets~", "sqlite:///a~b.db", "https://example.org/~hall", "tcp://192.0.2.40:9100", ""):
        assert (Settings(printer=place).printer, Settings(hall=place).hall) == (place, place)


def test_a_tilde_of_nobody_is_one_sentence() -> None:
    with pytest.raises(Unfit, match="no home folder"):
        Settings(printer="file:~nobody-of-this-name/tickets")


def test_the_folders_of_the_system_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "~/state")
    monkeypatch.setenv("XDG_CONFIG_HOME", "~/config")
    assert not any(str(place).startswith("~") for place in (state_path(), default_path()))


def test_every_command_finds_home_where_no_shell_did(home: Path, tmp_path: Path) -> None:
    (home / "nowserving.toml").write_text('database = "sqlite:///~/halls.db"', "utf-8")
    ours, folder = "--config=~/nowserving.toml", tmp_path / "elsewhere"
    folder.mkdir()

    def done(*arguments: str) -> None:
        ran = nowserving(*arguments, ours, cwd=folder, HOME=str(home), NOWSERVING_ADMIN_PASSWORD=PASSWORD)
        assert ran.returncode == 0, ran.stderr

    done("init", "--sample", "clinic")
    done("export", "--output=~/set-up.toml")
    done("import", "--new=another", "~/set-up.toml")
    done("audit", "--hall=clinic", "--export=~/audit.csv")
    done("backup", "~/copy.db")
    made = {file.name for file in home.iterdir()}
    assert {"halls.db", "set-up.toml", "audit.csv", "copy.db"} <= made
    assert not list(folder.iterdir())
