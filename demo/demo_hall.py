"""The clinic of the demo: one in a temporary folder that is removed at the end, or an existing one."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.backend.halls import database_administration
from shared.hall.calling import CallNext
from shared.hall.errors import Unfit
from shared.hall.field_types import HallId
from shared.hall.issuing import IssueTicket
from shared.hall.messages import Command
from shared.hall.points import ActivatePoint
from shared.hall.roles import DEVICE_ROLES, Actor, Role
from shared.link.connect import connect
from shared.link.link import Link
from shared.link.pairing_client import PairingClient, new_token
from shared.requests.devices import ConfirmPairing, RevokeDevice
from shared.settings import machine_zone

PASSWORD = "now-serving"  # noqa: S105  # of a hall that lives in a temporary folder while it is shown
STAFF = Actor(name="demo", role=Role.ADMINISTRATOR)
OPEN_POINTS = ("6", "5", "1", "4", "2")
"""The points of the clinic that are open, each with a called ticket."""

QUEUED_SERVICES = (
    *("registration", "children", "blood-tests", "cash-desk", "registration", "vaccination"),
    *("blood-tests", "imaging", "registration", "cash-desk", "prescriptions", "imaging"),
)
"""The services of the tickets, in order of issue."""

LOGINS = {"admin": Role.ADMINISTRATOR, "specialist": Role.SPECIALIST}


@dataclass(frozen=True, kw_only=True)
class DemoHall:
    """A hall with a running backend, and how windows and people get into it."""

    folder: Path
    hall_id: HallId
    url: str
    """Of the backend, without a path."""
    tokens: dict[Role, str]
    """The token of one paired device of each role."""
    login: str = "admin"
    """Of the person at the console."""
    password: str = PASSWORD


@contextlib.contextmanager
def temporary_hall(sample: str = "clinic") -> Iterator[DemoHall]:
    """A new hall with its backend, all removed at the end; raises Unfit if the backend does not start."""
    folder = Path(tempfile.mkdtemp(prefix="nowserving-demo-"))
    try:
        database = f"sqlite:///{folder / 'demo.db'}"
        hall_id, tokens = _create_hall(database, sample)
        with _backend(database) as url:
            yield DemoHall(folder=folder, hall_id=hall_id, url=url, tokens=tokens)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def existing_hall(address: str, login: str, password: str) -> Iterator[DemoHall]:
    """An existing clinic at ``http(s)://…#ID``, used by one of its administrators.

    Its demo devices are revoked at the end; the tickets stay. Raises Refused, Unreachable or Unfit.
    """
    url, _, hall_id = address.partition("#")
    console = connect(address, role=Role.CONSOLE)
    admin, _ = console.sign_in(login, password)
    _fill_queue(admin.do)
    paired = {role: _paired(url, admin, role) for role in DEVICE_ROLES}
    tokens = {role: token for role, (token, _) in paired.items()}
    with tempfile.TemporaryDirectory(prefix="nowserving-demo-") as folder:
        try:
            yield DemoHall(folder=Path(folder), hall_id=hall_id, url=url, tokens=tokens, login=login, password=password)
        finally:
            for _, device in paired.values():
                admin.request(RevokeDevice(device=device))
            admin.close()
            console.close()


def _paired(url: str, admin: Link, role: Role) -> tuple[str, str]:
    """Pair a new device as every device is; returns its token and its id."""
    token = new_token()
    with contextlib.closing(PairingClient(url, token)) as client:
        code = client.begin(role).code
    return token, admin.request(ConfirmPairing(code=code, name=f"Demo {role} {token[:4]}")).id


def _create_hall(database: str, sample: str) -> tuple[HallId, dict[Role, str]]:
    with database_administration.opened(database, create=True) as halls:
        hall_id = halls.init(sample, None, machine_zone())
        _fill_queue(lambda command: halls.ledger.do(hall_id, command, STAFF))
        for login, role in LOGINS.items():
            halls.add_person(login, PASSWORD, role, None)
        return hall_id, {role: halls.accounts.add_device(f"Demo {role}", role, hall_id) for role in DEVICE_ROLES}


def _fill_queue(do: Callable[[Command], object]) -> None:
    """Issue the tickets of QUEUED_SERVICES, then open OPEN_POINTS and let each call one."""
    for service in QUEUED_SERVICES:
        do(IssueTicket(service=service))
    for point in OPEN_POINTS:
        do(ActivatePoint(point=point))
        do(CallNext(point=point))


@contextlib.contextmanager
def _backend(database: str) -> Iterator[str]:
    """`nowserving serve` as a process of its own, by its URL; raises Unfit if it does not start."""
    options = ("--database", database, "--port", "0", "--no-announce")
    command = [sys.executable, "-m", "shared.cli.commands", "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("serving "):
                raise Unfit("The backend did not start: the reason is above.")
            yield line.split()[-1]
        finally:
            process.terminate()
