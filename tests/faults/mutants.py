"""Mutation tests: puts each fault of ``mutants.toml`` into a copy of the rules, and says which test notices it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

HOUSE = Path(__file__).parent.parent.parent

RULES = Path("shared") / "hall"

QUICK = (
    "calling_order",
    "labels",
    "issuing",
    "calling",
    "serving",
    "parking",
    "undo",
    "appointments",
    "feedback",
    "opening",
    "points",
    "attended",
    "shifts",
    "business_day",
    "set_up",
    "rules",
    "json_codec",
    "field_types",
    "errors",
)
"""The quick tests, in the order in which they run; the histories come last."""

TIMEOUT = 600
"""Seconds after which a mutant counts as noticed: it made a test run forever."""


class Mutant(NamedTuple):
    """One fault: what it would break, its module, the text to replace and its replacement."""

    breaks: str
    file: str
    old: str
    new: str

    @property
    def path(self) -> Path:
        return RULES / f"{self.file}.py"


MUTANTS = [
    Mutant(**line) for line in tomllib.loads((Path(__file__).parent / "mutants.toml").read_text("utf-8"))["mutants"]
]


def misfits() -> Iterator[str]:
    """The mutants whose ``old`` text is not in their file exactly once."""
    for mutant in MUTANTS:
        if (found := (HOUSE / mutant.path).read_text("utf-8").count(mutant.old)) != 1:
            yield f"{mutant.file}: {mutant.old!r} stands there {found} times"


def tried_mutants(at_once: int = 2) -> Iterator[tuple[Mutant, str]]:
    """Every mutant with the test that noticed it, or an empty string if none did."""
    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(lambda mutant: (mutant, test_that_fails(mutant)), MUTANTS)


def test_that_fails(mutant: Mutant) -> str:
    """The test that fails with this mutant in the rules; empty if all pass."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for room in ("shared", "tests", "resources"):
            shutil.copytree(HOUSE / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(HOUSE / "pyproject.toml", copy)
        file = copy / mutant.path
        file.write_text(file.read_text("utf-8").replace(mutant.old, mutant.new), "utf-8")
        return _first_failure(copy)


def _first_failure(copy: Path) -> str:
    tests = [f"tests/hall/test_{name}.py" for name in (*QUICK, "histories")]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider"]
    command += ["-p", "no:randomly", "-p", "no:xdist", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return "a test that never ended"
    if done.returncode == 0:
        return ""
    failures = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failures[0] if failures else done.stdout[-300:] + done.stderr[-300:]
