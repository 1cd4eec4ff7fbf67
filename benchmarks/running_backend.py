"""A real backend for benchmarks: a database with halls, and ``nowserving serve`` as processes on it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice, product
from pathlib import Path
from typing import TypeAlias

from shared.backend.halls import database_administration, sample_halls
from shared.hall.field_types import HallId, new_id
from shared.hall.roles import Actor, Role

Address: TypeAlias = tuple[str, int]

PASSWORD = "measured-by-the-clock"
ADMIN = Actor(name="bench", role=Role.ADMINISTRATOR)

SERVICES = [service.id for service in sample_halls.file("clinic").set_up.services]
"""Services to issue tickets for; each has 999 numbers."""


@dataclass(frozen=True)
class MeasuredBackend:
    """Where its processes listen, the halls they serve, and a token for all of them."""

    addresses: list[Address]
    halls: list[HallId]
    token: str
    folder: Path

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def issuing(self, halls: Sequence[HallId], tickets: int) -> list[bytes]:
        """Requests for this many tickets, in turn for each hall and each of its services."""
        wanted = islice(cycle(product(SERVICES, halls)), tickets)
        return [self.command(hall, "issue-ticket", service=service) for service, hall in wanted]

    def command(self, hall: HallId, name: str, **fields: str | None) -> bytes:
        body = json.dumps({"command_id": new_id(), **fields}).encode()
        return self.request("POST", f"/api/v1/halls/{hall}/commands/{name}", body)


@contextmanager
def serving(halls: int, database: str | None = None, processes: int = 1) -> Iterator[MeasuredBackend]:
    """A backend with this many halls, on a database of its own if none is named, until the block ends."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = database or f"sqlite:///{folder}/halls.db"
        with database_administration.opened(database, create=True) as opened:
            names = [_clinic(opened, f"hall-{number}") for number in range(halls)]
            if not opened.accounts.people.find("bench"):  # the database may have been measured before
                opened.accounts.people.add("bench", PASSWORD, Role.ADMINISTRATOR)
            token = opened.accounts.sessions.sign_in("bench", PASSWORD, "127.0.0.1").token
        serve = ("shared.cli.commands", "serve", "--database", database, "--port", "0", "--no-announce")
        addresses = [stack.enter_context(process(*serve)) for _ in range(processes)]
        yield MeasuredBackend(addresses, names, token, folder)


def _clinic(opened: database_administration.DatabaseAdmin, name: HallId) -> HallId:
    opened.ledger.create_hall(name)
    opened.ledger.do(name, sample_halls.file("clinic").command(retire=False), ADMIN)
    return name


@contextmanager
def process(module: str, *arguments: str) -> Iterator[Address]:
    """Run a module that prints ``serving http://HOST:PORT`` until the block ends; yields where it listens."""
    with subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        host, _, port = running.stdout.readline().removeprefix("serving http://").strip().partition(":")
        yield host, int(port)
        running.terminate()
