"""A backend that is killed at any statement loses nothing it answered and does nothing by halves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import killing
from tests.faults.mutants import MUTANTS, misfits

POINTS = 40


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't fork")
def test_whatever_statement_it_dies_at() -> None:
    """In a process of its own: one with threads and windows must not fork."""
    killed = subprocess.run(
        [sys.executable, "-m", "tests.faults.killing", str(POINTS)], capture_output=True, text=True, check=False
    )
    assert killed.returncode == 0, killed.stdout + killed.stderr
    figures = json.loads(killed.stdout.splitlines()[-1])
    assert figures["died"] == POINTS
    assert figures["answered"] > POINTS, "or there was nothing to keep"


def test_a_file_that_lost_what_was_answered_is_found_out(tmp_path: Path) -> None:
    """A backend that answers before its commit is found out."""
    databases = killing.FreshDatabases(tmp_path)
    address, hall = databases.fresh()
    groups = killing.script(0)
    answers: dict[str, str] = {}
    killing.play(address, hall, groups, None, lambda line: answers.update([json.loads(line)]))
    lost, hall = databases.fresh()
    assert list(killing._faults_after_restart(address, hall, groups, answers, thoroughly=True)) == []
    assert any(
        "was told" in fault for fault in killing._faults_after_restart(lost, hall, groups, answers, thoroughly=True)
    )


def test_every_fault_on_the_list_can_still_be_put_into_the_rules() -> None:
    assert list(misfits()) == []
    assert len(MUTANTS) >= 35
    assert all(mutant.breaks and mutant.old != mutant.new for mutant in MUTANTS)
