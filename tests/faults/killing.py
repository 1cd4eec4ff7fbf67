"""A process on a real database, killed at one point after another, and what must hold when it is opened again.

The points are every boundary of an SQL statement, its COMMIT included: killed just before it, nothing was answered;
killed just after it, everything is kept and nobody was told. A warmed parent forks a child for each point, so that one
costs milliseconds. The parent reads through a pipe what was answered before the end.

``NOWSERVING_DATABASE`` names another database than SQLite files: then each point has a hall of its own in it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy

from shared.backend.halls import sample_halls
from shared.backend.halls.consistency_check import faults
from shared.backend.halls.ledger import Ledger
from shared.backend.storage.database import Database
from shared.hall.calling import CallNext
from shared.hall.errors import Failure, Refused
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Accepted, Command
from shared.hall.points import ActivatePoint
from shared.hall.roles import Actor, Role
from shared.hall.serving import FinishService, StartService

ADMIN = Actor(name="anna", role=Role.ADMINISTRATOR)

COMMANDS = 24
"""In one script; some of them wait together and share a transaction."""

Script = list[list[Command]]
Answers = dict[str, str]


@dataclass(frozen=True)
class Point:
    """Where one process dies: at this boundary of this script."""

    script: int
    boundary: int


@dataclass(frozen=True)
class Killed:
    """What came of one point."""

    point: Point
    died: bool
    answered: int
    faults: list[str]


def script(seed: int) -> Script:
    """A short morning at one point: tickets, calls, visits, some wishes at once, some that are refused."""
    chance = random.Random(seed)
    taken: list[str] = []
    at_point: str | None = None
    wishes: list[Command] = [ActivatePoint(command_id=f"{seed}-open", point="1")]
    for number in range(COMMANDS):
        name = f"{seed}-{number}"
        whim = chance.random()
        if whim < 0.55 or not taken:
            wishes.append(IssueTicket(command_id=name, service="registration"))
            taken.append(name)
        elif whim < 0.75:
            wishes.append(CallNext(command_id=name, point="1", holding=at_point))
        elif whim < 0.85:
            wishes.append(CancelTicket(command_id=name, ticket=chance.choice(taken)))
        elif at_point is None:
            at_point = taken[0]
            wishes.append(CallNext(command_id=name, point="1"))
        else:
            wishes.append(chance.choice([StartService, FinishService])(command_id=name, point="1", ticket=at_point))
    return _together(wishes, chance)


def _together(wishes: list[Command], chance: random.Random) -> Script:
    groups: Script = []
    while wishes:
        size = chance.choice([1, 1, 2, 5])
        groups.append(wishes[:size])
        wishes = wishes[size:]
    return groups


class Ground:
    """Where processes die: a fresh SQLite file for each, or a fresh hall in the one database that is named."""

    def __init__(self, folder: Path, address: str = "") -> None:
        self._folder = folder
        self._shared = address
        self._made = 0
        self._template = folder / "template.db"
        if not address:
            with closing(Ledger(Database(f"sqlite:///{self._template}", create=True))) as ledger:
                _furnish(ledger, "hall")

    def fresh(self) -> tuple[str, str]:
        """The address of a database, and a hall in it where nothing has happened yet."""
        self._made += 1
        if not self._shared:
            file = self._folder / f"{self._made}.db"
            shutil.copy(self._template, file)
            return f"sqlite:///{file}", "hall"
        hall = f"killed-{os.getpid()}-{self._made}"
        with closing(Ledger(Database(self._shared, create=True))) as ledger:
            _furnish(ledger, hall)
        return self._shared, hall

    def clear(self) -> None:
        """The files so far are not needed any more."""
        for file in self._folder.glob("[0-9]*.db*"):
            file.unlink()


def _furnish(ledger: Ledger, hall: str) -> None:
    ledger.create_hall(hall)
    for number, command in enumerate(sample_halls.commands("clinic")):
        ledger.do(hall, replace(command, command_id=f"init-{number}"), ADMIN)


# ── the process that dies ──


class Countdown:
    """Kills this process at a boundary; without one it only counts them."""

    def __init__(self, boundary: int | None) -> None:
        self.passed = 0
        self._boundary = boundary

    def install(self, engine: sqlalchemy.Engine) -> None:
        sqlalchemy.event.listen(engine, "before_cursor_execute", self._pass)
        sqlalchemy.event.listen(engine, "after_cursor_execute", self._pass)
        sqlalchemy.event.listen(engine, "commit", self._pass)

    def _pass(self, *about: object) -> None:
        if self.passed == self._boundary:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1


def play(address: str, hall: str, groups: Script, boundary: int | None, told: Callable[[str], object]) -> int:
    """Do a script until the end, or until killed; what is answered is told at once. The number of boundaries."""
    database = Database(address)
    ledger = Quiet(database)
    countdown = Countdown(boundary)
    countdown.install(database.engine)
    with closing(ledger):
        for group in groups:
            _do_together(ledger, hall, group, told)
    return countdown.passed


class Quiet(Ledger):
    """It does not look for others' writes: when it would look is not the same in every run."""

    def _look_for_others(self) -> None:
        pass


def _do_together(ledger: Ledger, hall: str, group: list[Command], told: Callable[[str], object]) -> None:
    """Hand in a group as one batch, and pass on each answer the moment it is given."""
    ledger.rest(10)
    lane = ledger.database.kind.lane(hall)
    ledger._queue._behind[lane] = deque()  # nobody takes the first of them before the last is there
    asked = [_asked(ledger, hall, command, told) for command in group]
    ledger._queue.done(lane)
    for answer in asked:
        _said(answer)


def _asked(ledger: Ledger, hall: str, command: Command, told: Callable[[str], object]) -> Future[Accepted]:
    answer = ledger.submit(hall, command, ADMIN)
    answer.add_done_callback(lambda answer: told(json.dumps([command.command_id, _said(answer)]) + "\n"))
    return answer


def _said(answer: Future[Accepted]) -> str:
    try:
        accepted = answer.result()
    except Refused as refused:
        return f"{refused.type_name()}: {refused.detail}"
    return json.dumps([accepted.seq, accepted.result], sort_keys=True)


def _child(address: str, hall: str, groups: Script, boundary: int | None, pipe: int) -> NoReturn:
    try:
        passed = play(address, hall, groups, boundary, lambda line: os.write(pipe, line.encode()))
        os.write(pipe, json.dumps(["", str(passed)]).encode() + b"\n")
    except Failure as failure:
        os.write(pipe, json.dumps(["failed", failure.detail]).encode() + b"\n")
    finally:
        os._exit(0)


# ── the process that looks on ──


def kill(ground: Ground, point: Point) -> Killed:
    """Let a process die at a point; what is wrong afterwards."""
    address, hall = ground.fresh()
    groups = script(point.script)
    told, died = _forked(address, hall, groups, point.boundary)
    wrong = list(_after(address, hall, groups, told, thoroughly=point.boundary % 5 == 0))
    ground.clear()
    return Killed(point, died, len(told), wrong)


def boundaries(ground: Ground, seed: int) -> int:
    """How many points there are in a script."""
    address, hall = ground.fresh()
    told, _ = _forked(address, hall, script(seed), None)
    return int(told[""])


def _forked(address: str, hall: str, groups: Script, boundary: int | None) -> tuple[Answers, bool]:
    """What a child was answered, and whether it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(address, hall, groups, boundary, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = dict(json.loads(line) for line in pipe)
    _, status = os.waitpid(child, 0)
    assert "failed" not in told, told
    return told, os.WIFSIGNALED(status)


def _after(address: str, hall: str, groups: Script, told: Answers, *, thoroughly: bool) -> Iterator[str]:
    """Open it again: it is sound, keeps what was answered, and everything asked again is answered rightly."""
    database = Database(address)
    with closing(Ledger(database)) as ledger:
        yield from _checked(database, hall)
        asked = [(command, ledger.submit(hall, command, ADMIN)) for group in groups for command in group]
        for command, answer in asked:
            again = _said(answer)
            if told.get(command.command_id, again) != again:
                yield f"{command.command_id} was told {told[command.command_id]}, and now {again}"
        yield from _one_each(ledger, hall, groups)
        if thoroughly:
            yield from _checked(database, hall)


def _checked(database: Database, hall: str) -> list[str]:
    with database.reading() as connection:
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA quick_check").scalar() != "ok":
            return ["the file is damaged"]
        return list(faults(connection, hall))


def _one_each(ledger: Ledger, hall: str, groups: Script) -> Iterator[str]:
    """Every press is one ticket in the end, with a number of its own."""
    pressed = sum(isinstance(command, IssueTicket) for group in groups for command in group)
    counter = ledger.hall(hall).counters.get("A", 0)
    if counter != pressed:
        yield f"{pressed} people pressed, and {counter} numbers were given"


def points(ground: Ground, wanted: int, first_script: int = 0) -> Iterator[Point]:
    """So many points: all of one script after another, or as many of the first, spread over all of it."""
    number = first_script
    while wanted > 0:
        there_are = boundaries(ground, number)
        step = max(1, there_are // wanted)
        chosen = range(0, there_are, step)[:wanted]
        yield from (Point(number, boundary) for boundary in chosen)
        wanted -= len(chosen)
        number += 1


def main(wanted: int, first_script: int = 0, said: Callable[[str], Any] = print) -> int:
    """Kill at so many points; how many went wrong."""
    wrong = died = answered = 0
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(Path(folder), os.environ.get("NOWSERVING_DATABASE", ""))
        for number, point in enumerate(points(ground, wanted, first_script), 1):
            killed = kill(ground, point)
            died += killed.died
            answered += killed.answered
            if killed.faults:
                wrong += 1
                said(f"VIOLATION at script {point.script}, boundary {point.boundary}: {killed.faults}")
            if number % 100 == 0:
                said(f"kill points: {number} of {wanted}, {wrong} wrong")
    said(json.dumps({"points": wanted, "died": died, "answered": answered, "wrong": wrong}))
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
