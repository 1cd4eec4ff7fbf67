"""The cost of a call: the same in a full hall as in a quiet one, and after years as on the first day."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from benchmarks import history
from benchmarks.measured import Measured, side_by_side
from benchmarks.running_backend import ADMIN
from shared.backend.halls import database_administration, sample_halls
from shared.backend.halls.ledger import Ledger
from shared.hall.calling import CallNext
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import encode_answer
from shared.hall.messages import Command
from shared.hall.points import ActivatePoint
from shared.hall.rules import answer, decide, fold
from shared.hall.values import Moment

MORNING = Moment(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), 0)
POINT = "1"
CHOICES = (
    *(("registration", "regular"), ("prescriptions", None), ("cash-desk", None)),
    *(("registration", "priority"), ("prescriptions", None), ("cash-desk", None)),
)
"""The services customers choose, in turn; the cash desk is a backup service of the point."""

CALLS = 15  # of a round
ROUNDS = 41

YOUNG, OLD = 1_000, 1_000_000
"""Tickets in the history of a young and an old database."""
DURABLE_CALLS = 200  # in each of them


def measure() -> Iterator[Measured]:
    quiet, full = _hall_with_waiting(20), _hall_with_waiting(2000)
    few, many = side_by_side(ROUNDS, lambda: _seconds_per_call(quiet), lambda: _seconds_per_call(full))
    yield _compared("a call decided, 2,000 waiting", many, "20 waiting", few, 1.25)
    young, old = _durable_calls()
    yield _compared(f"a durable call, after {OLD:,} tickets", old, f"after {YOUNG:,}", young, 1.1)


def _compared(what: str, ours: float, against: str, peer: float, limit: float) -> Measured:
    return Measured(what=what, value=ours * 1e6, against=against, peer=peer * 1e6, unit="µs", limit=limit)


# ── a full hall ──


def _hall_with_waiting(waiting: int) -> tuple[Hall, Moment]:
    """A hall where a ticket was issued every ten seconds and nobody called, and the moment after the last ticket."""
    hall, now = Hall(id="bench"), MORNING
    for command in [*sample_halls.commands("clinic"), ActivatePoint(point=POINT)]:
        hall = _after(hall, command, now)
    for service, precedence in islice(cycle(CHOICES), waiting):
        now = Moment(now.wall + timedelta(seconds=10), now.order + 10_000)
        hall = _after(hall, IssueTicket(service=service, precedence=precedence), now)
    return hall, now


def _after(hall: Hall, command: Command, now: Moment) -> Hall:
    return fold(hall, decide(hall, command, now))


def _seconds_per_call(hall_then: tuple[Hall, Moment]) -> float:
    """Seconds a call takes from the command to the answer, one customer after another."""
    hall, now = hall_then
    began = time.perf_counter()
    for _ in range(CALLS):
        command = CallNext(point=POINT, holding=hall.point(POINT).ticket)
        events = decide(hall, command, now)
        hall = fold(hall, events)
        encode_answer(hall, answer(hall, command, events))
    return (time.perf_counter() - began) / CALLS


# ── a long history ──


def _durable_calls() -> list[float]:
    """Seconds a durable call takes in a young and in an old database, alternating call by call."""
    with ExitStack() as stack:
        sides = [_HallWithHistory(stack, tickets) for tickets in (YOUNG, OLD)]
        seconds = [[side.call() for side in sides] for _ in range(DURABLE_CALLS)]
    return [median(each) for each in zip(*seconds, strict=True)]


class _HallWithHistory:
    """A hall with a history, and people who wait in it."""

    def __init__(self, stack: ExitStack, tickets: int) -> None:
        file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "halls.db"
        address = f"sqlite:///{file}"
        with database_administration.opened(address, create=True) as opened:
            self._hall = opened.init("clinic", None)
            opened.ledger.do(self._hall, ActivatePoint(point=POINT), ADMIN)
        history.fill(address, file, self._hall, tickets)
        self._ledger: Ledger = stack.enter_context(database_administration.opened(address)).ledger
        choices = islice(cycle(CHOICES), DURABLE_CALLS)
        commands = [IssueTicket(service=service, precedence=precedence) for service, precedence in choices]
        for future in [self._ledger.submit(self._hall, command, ADMIN) for command in commands]:
            future.result()
        self._next = CallNext(point=POINT)

    def call(self) -> float:
        """Seconds the next call took."""
        began = time.perf_counter()
        called = self._ledger.do(self._hall, self._next, ADMIN)
        took = time.perf_counter() - began
        self._next = CallNext(point=POINT, holding=called.result["ticket"]["id"])
        return took
