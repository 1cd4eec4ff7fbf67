"""The kiosk as a program: what it says and how it ends when it can't begin."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.__main__ import main


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in [name for name in os.environ if name.startswith("NOWSERVING_")]:
        monkeypatch.delenv(name)
    file = tmp_path / "nowserving.toml"
    file.write_text("")
    return str(file)


def test_a_printer_that_is_none_is_one_line_and_ends_with_1(settings: str, capsys) -> None:
    Path(settings).write_text('hall = "http://127.0.0.1:9"\nprinter = "abacus"\n')
    assert main(["--config", settings]) == 1
    assert "There is no printer" in capsys.readouterr().err


def test_it_starts_while_its_hall_is_away_and_ends_on_a_signal(settings: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kiosk", "--config", settings, "--hall", "http://127.0.0.1:9", "--windowed"]
    environment = {
        **os.environ,
        "NOWSERVING_TOKEN": "any",
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_STATE_HOME": str(tmp_path),
    }
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr
        assert "the hall can't be reached" in program.stderr.readline()
        began = time.monotonic()
        program.send_signal(signal.SIGTERM)
        rest = program.stderr.read()
        assert program.wait(10) == 0, rest
        assert "Traceback" not in rest and time.monotonic() - began < 5
