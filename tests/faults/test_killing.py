"""A backend that is killed at any statement has lost nothing it answered and done nothing by halves."""

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
    """In a program of its own: a process with threads and windows must not fork."""
    killed = subprocess.run(
        [sys.executable, "-m", "tests.faults.killing", str(POINTS)], capture_output=True, text=True, check=False
    )
    assert killed.returncode == 0, killed.stdout + killed.stderr
    figures = json.loads(killed.stdout.splitlines()[-1])
    assert figures["died"] == POINTS
    assert figures["answered"] > POINTS, "else there was nothing to keep"


def test_a_file_that_lost_what_was_answered_is_found_out(tmp_path: Path) -> None:
    """As if a backend answered before its commit."""
    ground = killing.Ground(tmp_path)
    address, hall = ground.fresh()
    groups = killing.script(0)
    told: dict[str, str] = {}
    killing.play(address, hall, groups, None, lambda line: told.update([json.loads(line)]))
    lost, hall = ground.fresh()
    assert list(killing._after(address, hall, groups, told, thoroughly=True)) == []
    assert any("was told" in fault for fault in killing._after(lost, hall, groups, told, thoroughly=True))


def test_every_fault_on_the_list_can_still_be_put_into_the_rules() -> None:
    assert list(misfits()) == []
    assert len(MUTANTS) >= 35
    assert all(mutant.breaks and mutant.old != mutant.new for mutant in MUTANTS)
