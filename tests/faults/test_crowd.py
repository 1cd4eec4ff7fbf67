"""Everybody comes at once: every number is given once, every customer is called once, whatever is between.

In full size with NOWSERVING_CROWD=2000, or by ``make crowd``, which also says how long it took.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.backends import new_database
from tests.faults.crowd import SHOWS, Size, faults_of

FULL = "NOWSERVING_CROWD" in os.environ
SIZE = Size(tickets=int(os.environ.get("NOWSERVING_CROWD", "160")))
TRIED = [name for name in SHOWS if FULL or "killed" in name]
"""The hardest always; programs on a database itself have test_concurrency.py."""


@pytest.mark.timeout(90 + SIZE.tickets // 4)
@pytest.mark.parametrize("name", TRIED)
def test_every_ticket_is_called_once_and_no_label_is_given_twice(name: str, tmp_path: Path) -> None:
    run_crowd, kind = SHOWS[name]
    premises, outcome = run_crowd(tmp_path, SIZE, new_database(kind, tmp_path))
    assert not faults_of(premises, SIZE, outcome)
