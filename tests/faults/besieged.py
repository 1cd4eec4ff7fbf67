"""A backend under attack: few files, a clock that can be set, a log for each of its lives, and what to ask of them."""

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
from tests.faults.bookkeeping import RequestContext
from tests.faults.stepping import SOFT

GONE, BACK = "is not the file that is open", "is the file that is open again"
CROWDED, ROOM_AGAIN = "there is no room for more connections", "there is room again"
UNWATCHED, WATCHED = "the database could not be watched", "the database is watched again"


class Besieged(Premises):
    """A backend with few files and a clock that can be set; each of its lives writes a log of its own."""

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
        """Start it, on the port it had; every second life has no more files to take."""
        life = len(self.logs)
        self.logs.append(self.folder / f"log-{self.number}-{life}")
        hard = SOFT if life % 2 == 0 else 0
        port = self.base.rpartition(":")[2] or "0"
        serve = ["serve", "--database", self.database, "--port", port, "--no-announce"]
        command = [sys.executable, "-m", "tests.faults.stepping", str(self.step), str(hard), *serve]
        with self.logs[-1].open("w") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.startswith("serving http"), self.logs[-1].read_text()
        self.base = line.split()[-1]


@dataclass
class Seen:
    """What everybody in an attack writes down, and whether it is over."""

    over: Event = field(default_factory=Event)
    books: RequestContext = field(default_factory=RequestContext)
    faults: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)
    outages: list[float] = field(default_factory=list)
    """Seconds."""


def dialled(backend: Besieged) -> socket.socket:
    parts = urlsplit(backend.base)
    line = socket.create_connection((str(parts.hostname), int(parts.port or 0)), 5)
    if (
        line.getsockname() == line.getpeername()
    ):  # TCP lets a socket meet itself where nobody listens, and keep the port
        line.close()
        raise ConnectionRefusedError
    return line


def ready(backend: Besieged) -> int:
    return requests.get(f"{backend.base}/readyz", timeout=10).status_code


def said(log: Path, words: str) -> int:
    return log.read_text().count(words)


def half_said(backend: Besieged) -> Iterator[str]:
    """Every outage that begins in a log ends there, unless that life was ended first; no bug is in it."""
    for log in backend.logs:
        text = log.read_text()
        if found := re.search("Traceback|a bug in", text):
            yield f"{log.name}: {text[found.start() :][:3000]}"
    last = backend.logs[-1]
    for began, ended in ((GONE, BACK), (UNWATCHED, WATCHED)):
        if bool(said(last, began)) != bool(said(last, ended)):
            yield f"{last.name} says {began!r} {said(last, began)} times, {ended!r} {said(last, ended)} times"
