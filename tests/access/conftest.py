"""A backend whose whole log is searched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backends import DATABASES, Premises, new_database


@pytest.fixture(params=DATABASES)
def chatty(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Premises]:
    """A backend that logs at debug level into the file ``log``."""
    monkeypatch.setenv("NOWSERVING_LOG_LEVEL", "DEBUG")
    there = Premises(tmp_path, database=new_database(request.param, tmp_path))
    with (tmp_path / "log").open("w") as log:
        there.serve(log=log)
        yield there
        there.stop()
