"""Real backends for tests: a database made by `nowserving init`, a process that serves it, people and devices."""

from __future__ import annotations

import copy
import itertools
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import requests

from shared.hall.roles import Role
from shared.link.connect import connect
from shared.link.link import Link
from tests import forked_programs, postgres
from tests.forked_programs import Program

PASSWORD = "a-good-password"

_numbers = itertools.count(1)
"""No two devices of a hall have one name."""

DATABASES = ("sqlite", "postgresql")
"""Every kind of database there is: ``@pytest.mark.parametrize("kind", DATABASES)``."""


def new_database(kind: str, folder: Path) -> str:
    """The address of a database of this kind without anything in it."""
    return f"sqlite:///{folder / 'halls.db'}" if kind == "sqlite" else postgres.server().database()


def nowserving(
    *arguments: str, cwd: Path | None = None, encoding: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as a person types it, in a folder of theirs and at a terminal of this encoding."""
    if forked_programs.can_begin(environment):
        return _run_forked(arguments, environment, cwd, encoding)
    return subprocess.run(
        [sys.executable, "-m", "nowserving", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding=encoding,
        timeout=150,
        check=False,
    )


def run_code(
    code: str, *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a program of a test's own, as after ``python -c``."""
    return _run_forked(arguments, environment, cwd, code=code)


def _run_forked(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    cwd: Path | None,
    encoding: str | None = None,
    code: str = "",
) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        status = forked_programs.begin(arguments, environment, cwd, out, err, code=code).wait(150)
        said = [_read(file, encoding) for file in (out, err)]
    return subprocess.CompletedProcess(arguments, status, *said)


def _read(file: IO[bytes], encoding: str | None) -> str:
    file.seek(0)
    return file.read().decode(encoding or "utf-8")


def begin_code(code: str, *arguments: str, stdin: IO[str] | None = None, log: IO[str] | None = None) -> Program:
    """Start a program of a test's own, as after ``python -c``, with a pipe from what it prints, and go on."""
    return _begin_forked(arguments, {}, log, stdin, code)


def _begin_forked(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    log: IO[str] | None,
    stdin: IO[str] | None = None,
    code: str = "",
) -> Program:
    mine, theirs = os.pipe()
    with os.fdopen(theirs, "w", encoding="utf-8") as out:
        program = forked_programs.begin(arguments, environment, None, out, log, stdin=stdin, code=code)
    program.stdout = os.fdopen(mine, "r", encoding="utf-8")
    return program


def _started(
    arguments: Sequence[str], environment: Mapping[str, str], log: IO[str] | None
) -> Program | subprocess.Popen[str]:
    """The command under way, with a pipe from what it prints."""
    if forked_programs.can_begin(environment):
        return _begin_forked(arguments, environment, log)
    command = [sys.executable, "-m", "nowserving", *arguments]
    return subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=log, text=True)


def _new_hall(sample: str, database: str) -> str:
    """Its id."""
    hall = ("--sample", sample, "--time-zone", "Europe/Berlin")
    made = nowserving("init", "--database", database, *hall, NOWSERVING_ADMIN_PASSWORD=PASSWORD)
    assert made.returncode == 0, made.stderr
    return made.stdout.split()[-1]


@cache
def _file_of_new_hall(sample: str) -> tuple[bytes, str]:
    """A file with a new hall, and its id."""
    with tempfile.TemporaryDirectory() as folder:
        hall = _new_hall(sample, new_database("sqlite", Path(folder)))
        [file] = Path(folder).iterdir()
        return file.read_bytes(), hall


def _copy_of_new_hall(sample: str, file: Path) -> str:
    """Its id. To be made anew, it would take longer than many tests; only what tells installations apart is new."""
    content, hall = _file_of_new_hall(sample)
    file.touch(0o600)
    file.write_bytes(content)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE installation SET id = ?", [str(uuid4())])
    return hall


class Premises:
    """A database with one hall, and a backend process on it that can be killed and started again.

    ``database`` is an address, such as ``new_database`` gives, instead of that of an SQLite file in ``folder``.
    """

    def __init__(self, folder: Path, sample: str = "clinic", database: str = "") -> None:
        self.database = database or new_database("sqlite", folder)
        if self.database.startswith("sqlite:"):
            self.hall = _copy_of_new_hall(sample, Path(self.database.removeprefix("sqlite:///")))
        else:
            self.hall = _new_hall(sample, self.database)
        self.process: Program | subprocess.Popen[str] | None = None
        self.base = ""

    def device(self, role: Role, hall: str = "") -> str:
        """A new device's token; ``hall``: which, where there are several."""
        name, which = f"{role} {next(_numbers)}", ("--hall", hall) if hall else ()
        added = nowserving("device", "add", name, "--role", role, *which, "--database", self.database)
        assert added.returncode == 0, added.stderr
        return added.stdout.split()[-1]

    def serve(self, *arguments: str, log: IO[str] | None = None, **environment: str) -> str:
        """Start the backend, on the port it had before, with more arguments and settings; its address.

        Stations of other tests hear nothing of it unless it is told to ``--host``: then it announces itself too.
        ``log`` takes what it says otherwise.
        """
        arguments = arguments if "--host" in arguments else (*arguments, "--no-announce")
        port = self.base.rpartition(":")[2] or "0"
        self.process = _started(["serve", "--database", self.database, "--port", port, *arguments], environment, log)
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.startswith("serving http"), line
        self.base = line.split()[-1]
        return self.base

    def another(self) -> Premises:
        """The same hall with a backend process of its own, not started yet."""
        twin = copy.copy(self)
        twin.process, twin.base = None, ""
        return twin

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As an administrator would; the exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        if self.process is None:
            return 0
        process, self.process = self.process, None
        process.send_signal(number)
        status = process.wait(10)
        if process.stdout:
            process.stdout.close()
        return status

    def admin(self, kind: str = "http") -> Link:
        """A link on behalf of the administrator."""
        address = self.base if kind == "http" else self.database
        console = connect(address, role=Role.CONSOLE)
        link, _ = console.sign_in("admin", PASSWORD)
        console.close()
        return link


class Caller:
    """A program that speaks plain HTTP, as interfaces.md writes it."""

    def __init__(self, premises: Premises) -> None:
        self.premises = premises
        self.session = requests.Session()

    def sign_in(self, login: str = "admin", password: str = PASSWORD) -> requests.Response:
        answer = self.post("/api/v1/sessions", {"login": login, "password": password})
        if answer.ok:
            self.session.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return answer

    def command(self, name: str, /, **fields: Any) -> requests.Response:
        return self.post(f"/api/v1/halls/{self.premises.hall}/commands/{name}", fields)

    def hall(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/api/v1/halls/{self.premises.hall}").json()
        return found

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.premises.base + path, timeout=5, **options)

    def post(self, path: str, body: Any, **options: Any) -> requests.Response:
        return self.session.post(self.premises.base + path, json=body, timeout=5, **options)
