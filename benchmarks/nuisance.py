"""Honest clients beside one whose commands are all refused: they are served nearly as fast as without it."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import repeat

from benchmarks.clients import connected, per_second
from benchmarks.measured import Measured, side_by_side
from benchmarks.running_backend import PASSWORD, MeasuredBackend, serving
from shared.backend.halls import database_administration
from shared.hall.field_types import HallId
from shared.hall.roles import Role

ROUNDS = 5
HONEST = 10  # clients
TICKETS = 500
"""Tickets of a round, each round in a hall of its own."""

PLANTED = "CREATE UNIQUE INDEX planted ON tickets (language) WHERE language = 'ar'"
"""A constraint that only the database has, to provoke a bug: it fails for every Arabic ticket but the first."""

Send = Callable[[MeasuredBackend, HallId], bytes]


def _send_invalid(backend: MeasuredBackend, hall: HallId) -> bytes:
    return backend.command(hall, "issue-ticket", service="registration", token_hash="x" * 2_000)


def _send_refused(backend: MeasuredBackend, hall: HallId) -> bytes:
    return backend.command(hall, "cancel-ticket", ticket="nobody's")


def _send_bug(backend: MeasuredBackend, hall: HallId) -> bytes:
    token = secrets.token_hex(32)
    return backend.command(hall, "issue-ticket", service="registration", language="ar", token_hash=token)


NUISANCES: dict[str, tuple[Send, int, float | None]] = {
    "one that sends invalid fields": (_send_invalid, 1, 0.8),
    "one that sends what the hall refuses": (_send_refused, 1, 0.8),
    "one whose tickets the database refuses": (_send_bug, 1, 0.8),
    "ten that send what the hall refuses": (_send_refused, 10, None),
}
"""What is sent, on how many connections, and the promised ratio, if any."""


def measure() -> Iterator[Measured]:
    with serving(halls=ROUNDS * (1 + len(NUISANCES))) as backend:
        other = _as_nuisance(backend)
        halls = iter(backend.halls)
        sides = [lambda what=what: _rate(backend, next(halls), other, *what[:2]) for what in NUISANCES.values()]
        alone, *beside = side_by_side(ROUNDS, lambda: _rate(backend, next(halls), other, _send_invalid, 0), *sides)
    for (what, (_, _, limit)), rate in zip(NUISANCES.items(), beside, strict=True):
        yield Measured(
            what=f"tickets a second, {HONEST} clients beside {what}",
            value=rate,
            against="without",
            peer=alone,
            unit="/s",
            limit=limit,
            at_most=False,
        )


def _as_nuisance(backend: MeasuredBackend) -> MeasuredBackend:
    """The same backend for another user, after adding the constraint to its database."""
    file = backend.folder / "halls.db"
    with database_administration.opened(f"sqlite:///{file}") as opened:
        opened.accounts.people.add("nuisance", PASSWORD, Role.ADMINISTRATOR)
        token = opened.accounts.sessions.sign_in("nuisance", PASSWORD, "127.0.0.1").token
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(PLANTED)
    return replace(backend, token=token)


def _rate(backend: MeasuredBackend, hall: HallId, other: MeasuredBackend, send: Send, connections: int) -> float:
    """Tickets a second issued to the honest clients, beside ``other`` on this many connections."""
    with connected(backend.addresses, HONEST) as honest, connected(backend.addresses, connections) as others:
        nuisance = (send(other, hall) for _ in repeat(None))
        return per_second(honest, backend.issuing([hall], TICKETS), others, nuisance)
