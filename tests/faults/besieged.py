"""A backend under attack: few file descriptors, a clock that can be set, a log per process, and checks of them."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import requests

from tests.backends import Premises
from tests.faults.bookkeeping import Bookkeeping
from tests.faults.stepping import SOFT_LIMIT

GONE, BACK = "is not the file that is open", "is the file that is open again"
CROWDED, ROOM_AGAIN = "there is no room for more connections", "there is room again"
UNWATCHED, WATCHED = "the database could not be watched", "the database is watched again"


class AttackedBackend(Premises):
    """A backend with few file descriptors and a clock that can be set; each of its processes writes its own log."""

    def __init__(self, folder: Path, database: str = "") -> None:
        super().__init__(folder, database=database)
        self.folder, self.logs, self.number = folder, list[Path](), 1
        self.step = folder / "step"
        self.set_clock(0)

    def set_clock(self, seconds: int) -> None:
        new = self.step.with_suffix(".new")
        new.write_text(str(seconds), "ascii")
        new.replace(self.step)

    def begin(self) -> None:
        """Start it, on the port it had; every second process can't raise its limit of file descriptors."""
        life = len(self.logs)
        self.logs.append(self.folder / f"log-{self.number}-{life}")
        hard = SOFT_LIMIT if life % 2 == 0 else 0
        port = self.base.rpartition(":")[2] or "0"
        serve = ["serve", "--database", self.database, "--port", port, "--no-announce"]
        command = [sys.executable, "-m", "tests.faults.stepping", str(self.step), str(hard), *serve]
        with self.logs[-1].open("w") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout
        connection = self.process.stdout.readline()
        assert connection.startswith("serving http"), self.logs[-1].read_text()
        self.base = connection.split()[-1]


@dataclass
class Findings:
    """What the participants of an attack record, and whether it is over."""

    over: Event = field(default_factory=Event)
    bookkeeping: Bookkeeping = field(default_factory=Bookkeeping)
    faults: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)
    outages: list[float] = field(default_factory=list)
    """Seconds."""


def connected(backend: AttackedBackend) -> socket.socket:
    parts = urlsplit(backend.base)
    connection = socket.create_connection((str(parts.hostname), int(parts.port or 0)), 5)
    if (
        connection.getsockname() == connection.getpeername()
    ):  # TCP lets a socket meet itself where nobody listens, and keep the port
        connection.close()
        raise ConnectionRefusedError
    return connection


def ready(backend: AttackedBackend) -> int:
    return requests.get(f"{backend.base}/readyz", timeout=10).status_code


def times_logged(log: Path, words: str) -> int:
    return log.read_text().count(words)


def faults_in_logs(backend: AttackedBackend) -> Iterator[str]:
    """Outages that begin in the last log and do not end there, and bugs in any log."""
    for log in backend.logs:
        text = log.read_text()
        if found := re.search("Traceback|a bug in", text):
            yield f"{log.name}: {text[found.start() :][:3000]}"
    last = backend.logs[-1]
    for began, ended in ((GONE, BACK), (UNWATCHED, WATCHED)):
        begins, ends = times_logged(last, began), times_logged(last, ended)
        if bool(begins) != bool(ends):
            yield f"{last.name} says {began!r} {begins} times, {ended!r} {ends} times"
