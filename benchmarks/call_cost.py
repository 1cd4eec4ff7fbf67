"""Calling the next customer costs the same in a full hall as in a quiet one, and after years as on the first day."""

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
TAKEN = (
    *(("registration", "regular"), ("prescriptions", None), ("cash-desk", None)),
    *(("registration", "priority"), ("prescriptions", None), ("cash-desk", None)),
)
"""What customers of this point come for, in turn; the cash desk is a backup service there."""

CALLS = 15
ROUNDS = 41

YOUNG, OLD = 1_000, 1_000_000
"""Tickets of history."""
CALLS_KEPT = 200


def measure() -> Iterator[Measured]:
    quiet, full = _crowded(20), _crowded(2000)
    few, many = side_by_side(ROUNDS, lambda: _calls(quiet), lambda: _calls(full))
    yield _against("a call decided, 2,000 waiting", many, "20 waiting", few, 1.25)
    young, old = _kept()
    yield _against(f"a call kept, after {OLD:,} tickets", old, f"after {YOUNG:,}", young, 1.1)


def _against(what: str, ours: float, against: str, peer: float, limit: float) -> Measured:
    return Measured(what=what, value=ours * 1e6, against=against, peer=peer * 1e6, unit="µs", limit=limit)


# ── who waits ──


def _crowded(waiting: int) -> tuple[Hall, Moment]:
    """A hall where somebody came every ten seconds and nobody was called yet; and the time it is then."""
    hall, now = Hall(id="bench"), MORNING
    for command in [*sample_halls.commands("clinic"), ActivatePoint(point=POINT)]:
        hall = _after(hall, command, now)
    for service, precedence in islice(cycle(TAKEN), waiting):
        now = Moment(now.wall + timedelta(seconds=10), now.order + 10_000)
        hall = _after(hall, IssueTicket(service=service, precedence=precedence), now)
    return hall, now


def _after(hall: Hall, command: Command, now: Moment) -> Hall:
    return fold(hall, decide(hall, command, now))


def _calls(crowded: tuple[Hall, Moment]) -> float:
    """Seconds a call takes from the command to the answer, one customer after another."""
    hall, now = crowded
    began = time.perf_counter()
    for _ in range(CALLS):
        command = CallNext(point=POINT, holding=hall.point(POINT).ticket)
        events = decide(hall, command, now)
        hall = fold(hall, events)
        encode_answer(hall, answer(hall, command, events))
    return (time.perf_counter() - began) / CALLS


# ── what has been ──


def _kept() -> list[float]:
    """Seconds a durable call takes, in a database that is young and in one that is old; call by call in turns."""
    with ExitStack() as stack:
        sides = [_Kept(stack, tickets) for tickets in (YOUNG, OLD)]
        took = [[side.call() for side in sides] for _ in range(CALLS_KEPT)]
    return [median(each) for each in zip(*took, strict=True)]


class _Kept:
    """A hall with a history, and people who wait in it."""

    def __init__(self, stack: ExitStack, tickets: int) -> None:
        file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "halls.db"
        address = f"sqlite:///{file}"
        with database_administration.opened(address, create=True) as opened:
            self._hall = opened.init("clinic", None)
            opened.ledger.do(self._hall, ActivatePoint(point=POINT), ADMIN)
        history.fill(address, file, self._hall, tickets)
        self._ledger: Ledger = stack.enter_context(database_administration.opened(address)).ledger
        taken = islice(cycle(TAKEN), CALLS_KEPT)
        commands = [IssueTicket(service=service, precedence=precedence) for service, precedence in taken]
        for given in [self._ledger.submit(self._hall, command, ADMIN) for command in commands]:
            given.result()
        self._next = CallNext(point=POINT)

    def call(self) -> float:
        began = time.perf_counter()
        called = self._ledger.do(self._hall, self._next, ADMIN)
        took = time.perf_counter() - began
        self._next = CallNext(point=POINT, holding=called.result["ticket"]["id"])
        return took
