"""A real backend for benchmarks: a database with a hall for each round, and ``nowserving serve`` as a process on it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.backend import care
from shared.hall.messages import Command
from shared.hall.roles import Actor, Role
from shared.hall.words import HallId

ADMIN = Actor(name="bench", role=Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Backend:
    """Where it listens, the halls it serves, and a token for all of them."""

    host: str
    port: int
    halls: list[HallId]
    token: str
    folder: Path

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        """An HTTP request, whole."""
        head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def command(self, hall: HallId, command: Command, fields: bytes) -> bytes:
        path = f"/api/v1/halls/{hall}/commands/{command.type_name()}"
        return self.request("POST", path, fields)


@contextmanager
def serving(halls: int, address: str | None = None) -> Iterator[Backend]:
    """A backend with this many clinics, in a folder of its own, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        database = address or f"sqlite:///{folder}/halls.db"
        with care.opened(database, create=True) as opened:
            names = [opened.init("clinic", f"Hall {number}") for number in range(halls)]
            opened.add_person("bench", "benchmark", Role.ADMINISTRATOR, None)
            token = opened.accounts.sign_in("bench", "benchmark").token
        with _process(database) as (host, port):
            yield Backend(host, port, names, token, Path(folder))


@contextmanager
def _process(database: str) -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", "shared.cli", "serve", "--database", database, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().removeprefix("serving http://").strip()
        host, _, port = address.partition(":")
        yield host, int(port)
        process.terminate()
