"""`nowserving check` says what is wrong with the printer and the sound of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

import display.check
import kiosk.check
from shared.settings import Settings
from tests.backends import Premises, nowserving
from tests.kiosk.fake_printer import FakePrinter


@pytest.fixture(autouse=True)
def a_machine_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ignore what a kiosk has left on the machine that runs the tests."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def said(printer: str) -> list[str]:
    return list(kiosk.check.faults(Settings(printer=printer)))


def test_no_printer_is_no_fault() -> None:
    assert said("none") == []


def test_a_printer_is_asked_for_its_paper() -> None:
    with FakePrinter() as good, FakePrinter(paper="low") as low, FakePrinter(paper="out") as out:
        assert said(good.setting) == []
        assert ["little paper left" in sentence for sentence in said(low.setting)] == [True]
        assert ["has no paper" in sentence for sentence in said(out.setting)] == [True]


def test_a_printer_that_is_off_is_said() -> None:
    gone = FakePrinter()
    gone.close()
    assert ["does not answer" in sentence for sentence in said(gone.setting)] == [True]


def test_a_printer_nobody_makes_is_said() -> None:
    assert ["There is no printer" in sentence for sentence in said("carrier pigeon")] == [True]


def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert said(f"file:{tmp_path / 'tickets'}") == []
    assert list((tmp_path / "tickets").iterdir()) == []
    assert ["can't be saved" in sentence for sentence in said(f"file:{tmp_path / 'file'}")] == [True]


def test_the_sound_is_looked_for_where_it_is_wanted(monkeypatch) -> None:
    assert list(display.check.faults(Settings(sound=True))) == []
    monkeypatch.setattr(display.check, "CHIME", Path("nowhere.wav"))
    assert ["is missing" in sentence for sentence in display.check.faults(Settings(sound=True))] == [True]
    assert list(display.check.faults(Settings(sound=False))) == []


def test_the_command_says_it_and_ends_with_status_1(tmp_path: Path) -> None:
    premises = Premises(tmp_path)
    checked = nowserving("check", "--database", premises.database, NOWSERVING_PRINTER="carrier pigeon")
    assert checked.returncode == 1
    assert checked.stderr.startswith("There is no printer")
