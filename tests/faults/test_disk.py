"""A full disk, a read-only file, a locked database: refused in a sentence, nothing half done, and all works again as
soon as the trouble is over."""

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
    """Make file permissions hold for root too."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(CAPBSET_DROP, MAY_WRITE_ANYTHING, 0, 0, 0)


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    """A clinic of its own; nothing serves it yet."""
    premises = Premises(tmp_path)
    yield premises
    premises.stop()


def serve(premises: Premises) -> Caller:
    """Start a backend that obeys the permissions of files; a caller who has not signed in."""
    command = [sys.executable, "-m", "nowserving", "serve", "--database", premises.database, "--port", "0"]
    premises.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=obey_permissions)  # noqa: PLW1509  # it only makes one system call
    assert premises.process.stdout
    premises.base = premises.process.stdout.readline().split()[-1]
    return Caller(premises)


def issue(caller: Caller, press: str | None = None) -> requests.Response:
    return caller.command("issue-ticket", command_id=press or new_id(), service="registration")


def refusal_of(answer: requests.Response) -> str:
    """The sentence of a clear refusal: come again later."""
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (503, "unreachable"), problem
    assert problem["detail"].endswith(".")
    assert answer.headers["Retry-After"]
    return str(problem["detail"])


def is_sound(premises: Premises) -> bool:
    with database_administration.opened(premises.database) as halls:
        assert list(halls.faults()) == []
    return True


def test_a_full_disk_is_said_and_over_when_there_is_room(premises: Premises) -> None:
    caller = serve(premises)
    caller.sign_in()
    assert premises.process
    log = Path(f"{premises.database.removeprefix('sqlite:///')}-wal")
    limit = (log.stat().st_size + ROOM, resource.RLIM_INFINITY)
    resource.prlimit(premises.process.pid, resource.RLIMIT_FSIZE, limit)
    given, press = [], new_id()
    while (answer := issue(caller, press)).ok:
        given.append(answer.json()["result"]["ticket"]["label"])
        press = new_id()
    assert "full" in refusal_of(answer) or "can't be used" in refusal_of(answer)
    assert caller.get(f"/api/v1/halls/{premises.hall}").ok, "it can still be read"
    refusal_of(issue(caller))
    resource.prlimit(premises.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    given.append(issue(caller, press).json()["result"]["ticket"]["label"])
    assert given == [f"A{number:03}" for number in range(1, len(given) + 1)]
    assert sorted(ticket["label"] for ticket in caller.hall()["tickets"]) == given
    assert is_sound(premises)


def test_a_read_only_file_is_said_and_over_when_it_may_be_written(premises: Premises) -> None:
    file = Path(premises.database.removeprefix("sqlite:///"))
    file.chmod(0o400)
    caller = serve(premises)
    assert "read-only" in refusal_of(caller.sign_in())
    assert "read-only" in refusal_of(caller.sign_in())
    assert caller.get("/healthz").ok
    for part in file.parent.glob("halls.db*"):  # SQLite gives its WAL and its index the permissions of the file
        part.chmod(0o600)
    while not caller.sign_in().ok:  # the test's own time limit is the only one
        time.sleep(0.1)
    assert issue(caller).ok
    assert is_sound(premises)


def test_a_database_another_program_holds_is_said_and_over_when_it_lets_go(premises: Premises) -> None:
    caller = serve(premises)
    caller.sign_in()
    press = new_id()
    with closing(sqlite3.connect(premises.database.removeprefix("sqlite:///"), isolation_level=None)) as blocker:
        blocker.execute("BEGIN IMMEDIATE")
        answer = caller.session.post(
            f"{premises.base}/api/v1/halls/{premises.hall}/commands/issue-ticket",
            json={"command_id": press, "service": "registration"},
            timeout=20,
        )
        assert "busy" in refusal_of(answer)
        blocker.execute("ROLLBACK")
    assert issue(caller, press).json()["result"]["ticket"]["label"] == "A001"
    assert is_sound(premises)
