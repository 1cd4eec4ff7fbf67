"""Durable tickets a second over HTTP, in one hall on SQLite, against bare one-row commits to the same disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.clients import connected, per_second
from benchmarks.measured import Measured, seconds_each, side_by_side
from benchmarks.running_backend import MeasuredBackend, serving
from shared.hall.field_types import HallId

ROUNDS = 5
CROWD = 100  # clients at once
TICKETS = 1500
"""Tickets of a round, each round in a hall of its own: a busy morning, with nobody called yet."""
ALONE = 200
"""Tickets of a round with one client."""

A_TICKET = "x" * 300
"""A row of about the size of an event."""


def measure() -> Iterator[Measured]:
    with serving(halls=2 * ROUNDS) as backend:
        halls = iter(backend.halls)
        crowd, bare, alone = side_by_side(
            ROUNDS,
            lambda: _tickets(backend, next(halls), TICKETS, CROWD),
            lambda: _bare_commits(backend.folder / "bare.db"),
            lambda: _tickets(backend, next(halls), ALONE, 1),
        )
    yield _compared(bare, f"tickets a second through HTTP, {CROWD} clients", crowd, 0.5)
    yield _compared(bare, "tickets a second through HTTP, one client", alone, None)


def _compared(bare: float, what: str, rate: float, limit: float | None) -> Measured:
    return Measured(what=what, value=rate, against="one row a commit", peer=bare, unit="/s", limit=limit, at_most=False)


def _tickets(backend: MeasuredBackend, hall: HallId, tickets: int, clients: int) -> float:
    with connected(backend.addresses, clients) as connections:
        return per_second(connections, backend.issuing([hall], tickets))


def _bare_commits(file: Path) -> float:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS bare (body TEXT)")
        return 1 / seconds_each(lambda: connection.execute("INSERT INTO bare VALUES (?)", (A_TICKET,)), 1000)
