"""A process on a real database, killed at one point after another, and what must hold when it is opened again.

The points are every boundary of an SQL statement, its COMMIT included: killed just before it, nothing was answered;
killed just after it, everything is kept and nothing answered. A warmed parent forks a child for each point, which
costs milliseconds. The parent reads the answers given before the end through a pipe.

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
"""Commands of one script; some of them wait together and share a transaction."""

Script = list[list[Command]]
Answers = dict[str, str]


@dataclass(frozen=True)
class Point:
    """Where a process dies: at this boundary of this script."""

    script: int
    boundary: int


@dataclass(frozen=True)
class Killed:
    """The result of one point."""

    point: Point
    died: bool
    answered: int
    faults: list[str]


def script(seed: int) -> Script:
    """A short morning at one service point: tickets, calls, visits, some commands at once, some refused."""
    chance = random.Random(seed)
    taken: list[str] = []
    at_point: str | None = None
    commands: list[Command] = [ActivatePoint(command_id=f"{seed}-open", point="1")]
    for number in range(COMMANDS):
        name = f"{seed}-{number}"
        whim = chance.random()
        if whim < 0.55 or not taken:
            commands.append(IssueTicket(command_id=name, service="registration"))
            taken.append(name)
        elif whim < 0.75:
            commands.append(CallNext(command_id=name, point="1", holding=at_point))
        elif whim < 0.85:
            commands.append(CancelTicket(command_id=name, ticket=chance.choice(taken)))
        elif at_point is None:
            at_point = taken[0]
            commands.append(CallNext(command_id=name, point="1"))
        else:
            commands.append(chance.choice([StartService, FinishService])(command_id=name, point="1", ticket=at_point))
    return _together(commands, chance)


def _together(commands: list[Command], chance: random.Random) -> Script:
    groups: Script = []
    while commands:
        size = chance.choice([1, 1, 2, 5])
        groups.append(commands[:size])
        commands = commands[size:]
    return groups


class FreshDatabases:
    """The databases of the processes that die: a fresh SQLite file each, or a fresh hall in the one that is named."""

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
        """Remove the files made so far."""
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


def play(address: str, hall: str, groups: Script, boundary: int | None, tell: Callable[[str], object]) -> int:
    """Run a script to its end, or until killed, passing each answer on at once; the number of boundaries."""
    database = Database(address)
    ledger = Quiet(database)
    countdown = Countdown(boundary)
    countdown.install(database.engine)
    with closing(ledger):
        for group in groups:
            _do_together(ledger, hall, group, tell)
    return countdown.passed


class Quiet(Ledger):
    """A ledger that does not look for other processes' writes, because when it looks differs from run to run."""

    def _look_for_others(self) -> None:
        pass


def _do_together(ledger: Ledger, hall: str, group: list[Command], tell: Callable[[str], object]) -> None:
    """Submit a group as one batch, and pass on each answer the moment it is given."""
    ledger.drain(10)
    queue_key = ledger.database.kind.queue_key(hall)
    ledger._queue._with_writer[queue_key] = deque()  # nobody takes the first of them before the last is there
    asked = [_submitted(ledger, hall, command, tell) for command in group]
    ledger._queue.done(queue_key)
    for answer in asked:
        _answer_text(answer)


def _submitted(ledger: Ledger, hall: str, command: Command, tell: Callable[[str], object]) -> Future[Accepted]:
    answer = ledger.submit(hall, command, ADMIN)
    answer.add_done_callback(lambda answer: tell(json.dumps([command.command_id, _answer_text(answer)]) + "\n"))
    return answer


def _answer_text(answer: Future[Accepted]) -> str:
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


def kill(databases: FreshDatabases, point: Point) -> Killed:
    """Kill a process at a point, and check what it left."""
    address, hall = databases.fresh()
    groups = script(point.script)
    answers, died = _forked(address, hall, groups, point.boundary)
    wrong = list(_faults_after_restart(address, hall, groups, answers, thoroughly=point.boundary % 5 == 0))
    databases.clear()
    return Killed(point, died, len(answers), wrong)


def boundaries(databases: FreshDatabases, seed: int) -> int:
    """The number of points in a script."""
    address, hall = databases.fresh()
    answers, _ = _forked(address, hall, script(seed), None)
    return int(answers[""])


def _forked(address: str, hall: str, groups: Script, boundary: int | None) -> tuple[Answers, bool]:
    """The answers a child was given, and whether it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(address, hall, groups, boundary, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answers = dict(json.loads(line) for line in pipe)
    _, status = os.waitpid(child, 0)
    assert "failed" not in answers, answers
    return answers, os.WIFSIGNALED(status)


def _faults_after_restart(
    address: str, hall: str, groups: Script, answers: Answers, *, thoroughly: bool
) -> Iterator[str]:
    """What is wrong after a restart: unsound data, a lost answer, another answer to a command that is sent again."""
    database = Database(address)
    with closing(Ledger(database)) as ledger:
        yield from _faults_in(database, hall)
        asked = [(command, ledger.submit(hall, command, ADMIN)) for group in groups for command in group]
        for command, answer in asked:
            again = _answer_text(answer)
            if answers.get(command.command_id, again) != again:
                yield f"{command.command_id} was told {answers[command.command_id]}, and now {again}"
        yield from _wrong_counts(ledger, hall, groups)
        if thoroughly:
            yield from _faults_in(database, hall)


def _faults_in(database: Database, hall: str) -> list[str]:
    with database.reading() as connection:
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA quick_check").scalar() != "ok":
            return ["the file is damaged"]
        return list(faults(connection, hall))


def _wrong_counts(ledger: Ledger, hall: str, groups: Script) -> Iterator[str]:
    """Every press is one ticket in the end, with a number of its own."""
    pressed = sum(isinstance(command, IssueTicket) for group in groups for command in group)
    counter = ledger.hall(hall).counters.get("A", 0)
    if counter != pressed:
        yield f"{pressed} people pressed, and {counter} numbers were given"


def points(databases: FreshDatabases, wanted: int, first_script: int = 0) -> Iterator[Point]:
    """This many points: all of one script after another; of a script with more than are wanted, some spread over it."""
    number = first_script
    while wanted > 0:
        there_are = boundaries(databases, number)
        step = max(1, there_are // wanted)
        chosen = range(0, there_are, step)[:wanted]
        yield from (Point(number, boundary) for boundary in chosen)
        wanted -= len(chosen)
        number += 1


def main(wanted: int, first_script: int = 0, say: Callable[[str], Any] = print) -> int:
    """Kill at this many points; the number of them that went wrong."""
    wrong = died = answered = 0
    with tempfile.TemporaryDirectory() as folder:
        databases = FreshDatabases(Path(folder), os.environ.get("NOWSERVING_DATABASE", ""))
        for number, point in enumerate(points(databases, wanted, first_script), 1):
            killed = kill(databases, point)
            died += killed.died
            answered += killed.answered
            if killed.faults:
                wrong += 1
                say(f"VIOLATION at script {point.script}, boundary {point.boundary}: {killed.faults}")
            if number % 100 == 0:
                say(f"kill points: {number} of {wanted}, {wrong} wrong")
    say(json.dumps({"points": wanted, "died": died, "answered": answered, "wrong": wrong}))
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
