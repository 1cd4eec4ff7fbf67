"""A disk that is full, a file that is read-only, a database somebody holds: said in a sentence, nothing by halves, over
as soon as it is over."""

from __future__ import annotations

import ctypes
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from shared.backend.halls import database_administration
from shared.hall.field_types import new_id
from tests.backends import Caller, Premises

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and capabilities are Linux's")

CAPBSET_DROP, MAY_WRITE_ANYTHING = 24, 1
"""From prctl(2) and capabilities(7)."""

ROOM = 30_000
"""Bytes: enough for a few tickets."""


def obey_permissions() -> None:
    """Let even root be refused what a file's permissions say."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(CAPBSET_DROP, MAY_WRITE_ANYTHING, 0, 0, 0)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Premises]:
    """A clinic of its own; nothing serves it yet."""
    premises = Premises(tmp_path)
    yield premises
    premises.stop()


def serve(premises: Premises) -> Caller:
    """A backend that obeys the permissions of files, and somebody signed in."""
    command = [sys.executable, "-m", "nowserving", "serve", "--database", premises.database, "--port", "0"]
    premises.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=obey_permissions)  # noqa: PLW1509  # it only makes one system call
    assert premises.process.stdout
    premises.base = premises.process.stdout.readline().split()[-1]
    return Caller(premises)


def issue(caller: Caller, press: str | None = None) -> requests.Response:
    return caller.command("issue-ticket", command_id=press or new_id(), service="registration")


def refused(answer: requests.Response) -> str:
    """The sentence of a clear refusal: come again later."""
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (503, "unreachable"), problem
    assert problem["detail"].endswith(".")
    assert answer.headers["Retry-After"]
    return str(problem["detail"])


def sound(premises: Premises) -> bool:
    with database_administration.opened(premises.database) as halls:
        assert list(halls.faults()) == []
    return True


def test_a_full_disk_is_said_and_over_when_there_is_room(there: Premises) -> None:
    caller = serve(there)
    caller.sign_in()
    assert there.process
    log = Path(f"{there.database.removeprefix('sqlite:///')}-wal")
    limit = (log.stat().st_size + ROOM, resource.RLIM_INFINITY)
    resource.prlimit(there.process.pid, resource.RLIMIT_FSIZE, limit)
    given, press = [], new_id()
    while (answer := issue(caller, press)).ok:
        given.append(answer.json()["result"]["ticket"]["label"])
        press = new_id()
    assert "full" in refused(answer) or "can't be used" in refused(answer)
    assert caller.get(f"/api/v1/halls/{there.hall}").ok, "it can still be read"
    refused(issue(caller))
    resource.prlimit(there.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    given.append(issue(caller, press).json()["result"]["ticket"]["label"])
    assert given == [f"A{number:03}" for number in range(1, len(given) + 1)]
    assert sorted(ticket["label"] for ticket in caller.hall()["tickets"]) == given
    assert sound(there)


def test_a_read_only_file_is_said_and_over_when_it_may_be_written(there: Premises) -> None:
    file = Path(there.database.removeprefix("sqlite:///"))
    file.chmod(0o400)
    caller = serve(there)
    assert "read-only" in refused(caller.sign_in())
    assert "read-only" in refused(caller.sign_in())
    assert caller.get("/healthz").ok
    for part in file.parent.glob("halls.db*"):  # SQLite gives its log and its index the permissions of the file
        part.chmod(0o600)
    while not caller.sign_in().ok:  # the test's own time limit is the only one
        time.sleep(0.1)
    assert issue(caller).ok
    assert sound(there)


def test_a_database_another_program_holds_is_said_and_over_when_it_lets_go(there: Premises) -> None:
    caller = serve(there)
    caller.sign_in()
    press = new_id()
    with closing(sqlite3.connect(there.database.removeprefix("sqlite:///"), isolation_level=None)) as blocker:
        blocker.execute("BEGIN IMMEDIATE")
        answer = caller.session.post(
            f"{there.base}/api/v1/halls/{there.hall}/commands/issue-ticket",
            json={"command_id": press, "service": "registration"},
            timeout=20,
        )
        assert "busy" in refused(answer)
        blocker.execute("ROLLBACK")
    assert issue(caller, press).json()["result"]["ticket"]["label"] == "A001"
    assert sound(there)
