"""A database of every earlier version is upgraded, and `nowserving check` then finds nothing wrong."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shared.backend.storage.database import versions
from tests import kept_databases
from tests.backends import nowserving
from tests.kept_databases.__main__ import write

FOLDER = Path(kept_databases.__file__).parent
KEPT = sorted(file.name.removesuffix(".sql.gz") for file in FOLDER.glob("*.sql.gz"))


def test_a_database_of_every_form_is_kept() -> None:
    """If this fails, keep a database before a migration is added: see the README beside them."""
    assert {name[:4] for name in KEPT} >= set(versions()[:-1])


def test_the_next_one_can_be_kept(tmp_path: Path) -> None:
    assert write(tmp_path / "halls.db") == versions()[-1]
    assert _check(f"sqlite:///{tmp_path / 'halls.db'}") == "Nothing is wrong.\n"


@pytest.mark.parametrize("name", KEPT)
def test_what_an_earlier_release_wrote_is_upgraded_and_found_sound(name: str, tmp_path: Path) -> None:
    _unpack(name, tmp_path / "halls.db")
    assert _upgraded_and_checked(f"sqlite:///{tmp_path / 'halls.db'}", name) == "Nothing is wrong.\n"


def _upgraded_and_checked(address: str, name: str) -> str:
    if name[:4] != versions()[-1]:
        assert "run `nowserving upgrade`" in _check(address)
    upgraded = nowserving("upgrade", "--without-backup", "--database", address)
    assert upgraded.returncode == 0, upgraded.stderr
    return _check(address)


def _check(address: str) -> str:
    checked = nowserving("check", "--database", address)
    return checked.stdout + checked.stderr


def _unpack(name: str, path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(gzip.decompress((FOLDER / f"{name}.sql.gz").read_bytes()).decode())
