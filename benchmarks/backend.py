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

    def command(self, hall: HallId, name: str, body: bytes) -> bytes:
        return self.request("POST", f"/api/v1/halls/{hall}/commands/{name}", body)


@contextmanager
def serving(halls: int, address: str | None = None) -> Iterator[Backend]:
    """A backend with this many clinics, in a folder of its own, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        database = address or f"sqlite:///{folder}/halls.db"
        with care.opened(database, create=True) as opened:
            names = [opened.init("clinic", f"Hall {number}") for number in range(halls)]
            opened.add_person("bench", "benchmark", Role.ADMINISTRATOR, None)
            token = opened.accounts.sign_in("bench", "benchmark").token
        with process("shared.cli", "serve", "--database", database, "--port", "0") as (host, port):
            yield Backend(host, port, names, token, Path(folder))


@contextmanager
def process(module: str, *arguments: str) -> Iterator[tuple[str, int]]:
    """A program of ours that says ``serving http://HOST:PORT``, until the block ends; where it listens."""
    with subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        host, _, port = running.stdout.readline().removeprefix("serving http://").strip().partition(":")
        yield host, int(port)
        running.terminate()
