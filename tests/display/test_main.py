"""The command says in one line why it can't begin, and an ordinary stop is no failure."""

from __future__ import annotations

import pytest

from display.__main__ import main


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for name in ("NOWSERVING_HALL", "NOWSERVING_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_without_a_hall_it_asks_which(capsys) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("Which hall?")


def test_an_address_that_is_none_is_told_in_one_line(capsys) -> None:
    assert main(["--hall", "nonsense"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_unknown_option_is_wrong_usage(capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--loud"])
    assert stop.value.code == 2
