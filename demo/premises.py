"""A whole clinic in a temporary folder: database, backend process, people, devices; gone when the demo ends."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.backend import care
from shared.backend.ledger import Ledger
from shared.hall.calling import CallNext
from shared.hall.errors import Unfit
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint
from shared.hall.roles import DEVICE_ROLES, Actor, Role
from shared.hall.words import HallId

PASSWORD = "now-serving"  # noqa: S105  # of a hall that lives in a temporary folder while it is shown
STAFF = Actor(name="demo", role=Role.ADMINISTRATOR)
AT_WORK = ("5", "1", "4", "2")
WAITING = (
    *("registration", "children", "blood-tests", "cash-desk", "registration", "vaccination"),
    *("blood-tests", "imaging", "registration", "cash-desk", "prescriptions"),
)
"""The points of the clinic that have called somebody, and the services people came for, in the order they came."""

LOGINS = {"admin": Role.ADMINISTRATOR, "specialist": Role.SPECIALIST}


@dataclass(frozen=True, kw_only=True)
class Premises:
    """Where everything is."""

    folder: Path
    database: str
    hall: HallId
    base: str
    """Address of the backend."""
    tokens: dict[Role, str]
    """One device of each role."""


@contextlib.contextmanager
def premises(sample: str = "clinic") -> Iterator[Premises]:
    """A hall from a sample with its backend running; everything is stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="nowserving-demo-"))
    try:
        database = f"sqlite:///{folder / 'demo.db'}"
        hall, tokens = _furnished(database, sample)
        with _backend(database) as base:
            yield Premises(folder=folder, database=database, hall=hall, base=base, tokens=tokens)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _furnished(database: str, sample: str) -> tuple[HallId, dict[Role, str]]:
    with care.opened(database, create=True) as halls:
        hall = halls.init(sample, None)
        _a_morning(halls.ledger, hall)
        for login, role in LOGINS.items():
            halls.add_person(login, PASSWORD, role, None)
        return hall, {role: halls.accounts.add_device(f"Demo {role}", role, hall) for role in DEVICE_ROLES}


def _a_morning(ledger: Ledger, hall: HallId) -> None:
    """What went on before anybody looked: some points are at work, some people wait."""
    for service in WAITING:
        ledger.do(hall, IssueTicket(service=service), STAFF)
    for point in AT_WORK:
        ledger.do(hall, ActivatePoint(point=point), STAFF)
        ledger.do(hall, CallNext(point=point), STAFF)


@contextlib.contextmanager
def _backend(database: str) -> Iterator[str]:
    """`nowserving serve` as a process of its own; raises Unfit if it does not come up."""
    command = [sys.executable, "-m", "shared.cli", "serve", "--database", database, "--port", "0", "--no-announce"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("serving "):
                raise Unfit("The backend did not start; its reason is above.")
            yield line.split()[-1]
        finally:
            process.terminate()
