"""The clinic of the demo: a whole one in a temporary folder, gone when it ends, or one that is there already."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.access.devices import ConfirmPairing, RevokeDevice
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
from shared.settings import machine_zone

PASSWORD = "now-serving"  # noqa: S105  # of a hall that lives in a temporary folder while it is shown
STAFF = Actor(name="demo", role=Role.ADMINISTRATOR)
AT_WORK = ("6", "5", "1", "4", "2")
WAITING = (
    *("registration", "children", "blood-tests", "cash-desk", "registration", "vaccination"),
    *("blood-tests", "imaging", "registration", "cash-desk", "prescriptions", "imaging"),
)
"""The points of the clinic that have called somebody, and the services people came for, in the order they came."""

LOGINS = {"admin": Role.ADMINISTRATOR, "specialist": Role.SPECIALIST}


@dataclass(frozen=True, kw_only=True)
class DemoHall:
    """Where everything is."""

    folder: Path
    hall: HallId
    base: str
    """Address of the backend."""
    tokens: dict[Role, str]
    """One device of each role."""
    login: str = "admin"
    """Who sits at the console."""
    password: str = PASSWORD


@contextlib.contextmanager
def premises(sample: str = "clinic") -> Iterator[DemoHall]:
    """A hall from a sample with its backend running; everything is stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="nowserving-demo-"))
    try:
        database = f"sqlite:///{folder / 'demo.db'}"
        hall, tokens = _furnished(database, sample)
        with _backend(database) as base:
            yield DemoHall(folder=folder, hall=hall, base=base, tokens=tokens)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def visited(address: str, login: str, password: str) -> Iterator[DemoHall]:
    """A clinic behind a backend that runs, ``http(s)://…#ID``, in the eyes of one of its administrators.

    It has devices of ours as long as this lasts; what happens in it has happened.
    """
    base, _, hall = address.partition("#")
    console = connect(address, role=Role.CONSOLE)
    admin, _ = console.sign_in(login, password)
    _a_morning(admin.do)
    paired = {role: _paired(base, admin, role) for role in DEVICE_ROLES}
    tokens = {role: token for role, (token, _) in paired.items()}
    with tempfile.TemporaryDirectory(prefix="nowserving-demo-") as folder:
        try:
            yield DemoHall(folder=Path(folder), hall=hall, base=base, tokens=tokens, login=login, password=password)
        finally:
            for _, device in paired.values():
                admin.request(RevokeDevice(device=device))
            admin.close()
            console.close()


def _paired(base: str, admin: Link, role: Role) -> tuple[str, str]:
    """The token and the id of a new device, paired as every device is."""
    token = new_token()
    with contextlib.closing(PairingClient(base, token)) as door:
        code = door.begin(role).code
    return token, admin.request(ConfirmPairing(code=code, name=f"Demo {role} {token[:4]}")).id


def _furnished(database: str, sample: str) -> tuple[HallId, dict[Role, str]]:
    with database_administration.opened(database, create=True) as halls:
        hall = halls.init(sample, None, machine_zone())
        _a_morning(lambda command: halls.ledger.do(hall, command, STAFF))
        for login, role in LOGINS.items():
            halls.add_person(login, PASSWORD, role, None)
        return hall, {role: halls.accounts.add_device(f"Demo {role}", role, hall) for role in DEVICE_ROLES}


def _a_morning(do: Callable[[Command], object]) -> None:
    """What went on before anybody looked: some points are at work, some people wait."""
    for service in WAITING:
        do(IssueTicket(service=service))
    for point in AT_WORK:
        do(ActivatePoint(point=point))
        do(CallNext(point=point))


@contextlib.contextmanager
def _backend(database: str) -> Iterator[str]:
    """`nowserving serve` as a process of its own; raises Unfit if it does not come up."""
    command = [
        sys.executable,
        "-m",
        "shared.cli.commands",
        "serve",
        "--database",
        database,
        "--port",
        "0",
        "--no-announce",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("serving "):
                raise Unfit("The backend did not start; its reason is above.")
            yield line.split()[-1]
        finally:
            process.terminate()
