"""Durable tickets a second from one hall's ledger, against bare one-row commits of the same database."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path

from benchmarks.measured import Measured, seconds_each
from shared.backend import care
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Actor, Role

CROWD = 100
KIOSK = Actor(name="bench", role=Role.KIOSK)


def measure() -> Iterator[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        bare = 1 / _bare_commit(Path(folder) / "bare.db")
        alone, crowd = _tickets(f"sqlite:///{folder}/hall.db")
    yield _against(bare, "tickets a second, one after another", alone, 0.05)
    yield _against(bare, f"tickets a second, {CROWD} at once", crowd, 0.1)


def _against(bare: float, what: str, rate: float, limit: float) -> Measured:
    return Measured(
        what=what, value=rate, against="bare durable commits", peer=bare, unit="/s", limit=limit, at_most=False
    )


def _bare_commit(file: Path) -> float:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE told (what TEXT)")
        return seconds_each(
            lambda: connection.execute("INSERT INTO told VALUES ('something of a ticket''s size')"), 200
        )


def _tickets(address: str) -> tuple[float, float]:
    """Tickets a second, asked for one after another and by a crowd."""
    with care.opened(address, create=True) as halls:
        hall = halls.init("clinic", None)
        services = cycle(halls.ledger.hall(hall).services)  # each has 999 numbers

        def crowd() -> None:
            waiting = [halls.ledger.submit(hall, IssueTicket(service=next(services)), KIOSK) for _ in range(CROWD)]
            for answer in waiting:
                answer.result()

        alone = seconds_each(lambda: halls.ledger.do(hall, IssueTicket(service=next(services)), KIOSK), 30)
        return 1 / alone, CROWD / seconds_each(crowd, 2)
