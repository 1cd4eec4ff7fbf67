"""A crowd at one hall: many points call back to back while many customers take tickets, until all have been called.

``make crowd`` shows the full size on either database and says how long each took.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from shared.hall.calling import CallNext
from shared.hall.errors import Unreachable
from shared.hall.issuing import IssueTicket
from shared.hall.messages import Accepted, Command
from shared.hall.points import ActivatePoint
from shared.hall.roles import Role
from shared.hall.set_up import DefinePoint, DefineService
from shared.link.connect import connect
from shared.link.link import Link
from tests import postgres
from tests.backends import PASSWORD, Premises, new_database, nowserving

T = TypeVar("T")

RETRY_FOR = 60.0
"""Seconds for which a command is retried while its backend or database is away."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a crowd is. A prefix has 999 labels, so services share the tickets."""

    tickets: int = 2000
    points: int = 16
    issuers: int = 8
    services: int = 4

    @property
    def point_ids(self) -> list[str]:
        return [f"crowd-{number}" for number in range(1, self.points + 1)]

    @property
    def service_ids(self) -> list[str]:
        return [f"crowd-{number}" for number in range(1, self.services + 1)]


@dataclass
class Outcome:
    """What the crowd saw: every ticket taken with its label, every call."""

    issued: list[tuple[str, str]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    seconds: float = 0.0


# ── the whole crowd ──


def prepare(premises: Premises, size: Size) -> None:
    """Create services and open points for the crowd."""
    station = premises.admin("database")
    place = len(station.snapshot().services)
    for number, service in enumerate(size.service_ids):
        letter = "XYZWVUTS"[number]
        station.do(
            DefineService(id=service, name=service, prefix=letter * 3, place=place + number, precedences=("regular",))
        )
    for number, point in enumerate(size.point_ids):
        station.do(DefinePoint(id=point, serial_number=100 + number, name=point, services=tuple(size.service_ids)))
        station.do(ActivatePoint(point=point))
    station.close()


def run(addresses: Sequence[str], size: Size) -> Outcome:
    """Run one program at each address, a backend's or a database's, all starting together."""
    shares = [
        Size(tickets=len(tickets), points=len(points), issuers=len(issuers), services=size.services)
        for tickets, points, issuers in zip(
            *(_dealt_out(range(many), len(addresses)) for many in (size.tickets, size.points, size.issuers)),
            strict=True,
        )
    ]
    points = _dealt_out(size.point_ids, len(addresses))
    with _programs([_arguments(*one) for one in zip(addresses, shares, points, strict=True)]) as programs:
        began = time.monotonic()
        _tell_all(programs, "go", "issued")
        results = [json.loads(line) for line in _tell_all(programs, "rest", None)]
        seconds = time.monotonic() - began
    outcome = Outcome(seconds=seconds)
    for result in results:
        outcome.issued += [(ticket, label) for ticket, label in result["issued"]]
        outcome.called += result["called"]
    return outcome


def faults_of(premises: Premises, size: Size, outcome: Outcome) -> list[str]:
    """What is wrong with the outcome, a sentence each."""
    faults = []
    labels = Counter(label for _, label in outcome.issued)
    calls = Counter(outcome.called)
    if len(outcome.issued) != size.tickets:
        faults.append(f"{len(outcome.issued)} tickets were issued, not {size.tickets}.")
    faults += [f"The label {label} was given {times} times." for label, times in labels.items() if times > 1]
    faults += [f"{label} was called {calls[ticket]} times." for ticket, label in outcome.issued if calls[ticket] != 1]
    faults += [f"{ticket} was called and never issued." for ticket in calls.keys() - dict(outcome.issued).keys()]
    checked = nowserving("check", "--database", premises.database)
    return faults if checked.returncode == 0 else [*faults, checked.stderr]


def _dealt_out(things: Sequence[object] | Sequence[str], hands: int) -> list[list[object]]:
    return [list(things[hand::hands]) for hand in range(hands)]


def _arguments(address: str, share: Size, points: Sequence[object]) -> list[str]:
    return [address, str(share.tickets), str(share.issuers), ",".join(share.service_ids), ",".join(map(str, points))]


@contextmanager
def _programs(arguments: Sequence[list[str]]) -> Iterator[list[subprocess.Popen[str]]]:
    programs = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.crowd", *one],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for one in arguments
    ]
    try:
        for program in programs:
            assert program.stdout and program.stdout.readline() == "ready\n"
        yield programs
    finally:
        for program in programs:
            program.kill()
            program.communicate()


def _tell_all(programs: Sequence[subprocess.Popen[str]], word: str, expected: str | None) -> list[str]:
    """Send a line to all of them; the line each answers."""
    for program in programs:
        assert program.stdin
        program.stdin.write(f"{word}\n")
        program.stdin.flush()
    answers = [program.stdout.readline() for program in programs if program.stdout]
    assert expected is None or set(answers) == {f"{expected}\n"}, answers
    return answers


# ── one program of it ──


def take_part(address: str, tickets: int, issuers: int, services: Sequence[str], points: Sequence[str]) -> None:
    """Take tickets and call at these points, each in a thread of its own; the parent says when."""
    console = connect(address, role=Role.CONSOLE)
    station, _ = patiently(lambda: console.sign_in("admin", PASSWORD))
    print("ready", flush=True)
    sys.stdin.readline()
    outcome, all_issued = Outcome(), threading.Event()
    callers = [_thread(call_all, station, point, all_issued, outcome.called) for point in points]
    turns = itertools.cycle(services)
    commands = iter([IssueTicket(service=next(turns)) for _ in range(tickets)])
    lock = threading.Lock()
    for taker in [_thread(take_all, station, commands, lock, outcome.issued) for _ in range(issuers)]:
        taker.join()
    print("issued", flush=True)
    sys.stdin.readline()
    all_issued.set()
    for caller in callers:
        caller.join()
    station.close()
    console.close()
    print(json.dumps({"issued": outcome.issued, "called": outcome.called}), flush=True)


def take_all(
    station: Link, commands: Iterator[IssueTicket], lock: threading.Lock, issued: list[tuple[str, str]]
) -> None:
    """Take tickets until there are no more commands."""
    while True:
        with lock:
            command = next(commands, None)
        if command is None:
            return
        ticket = persist(station, command).result["ticket"]
        issued.append((ticket["id"], ticket["label"]))


def call_all(station: Link, point: str, all_issued: threading.Event, called: list[str]) -> None:
    """Call one after another, each of them served at once, until nobody waits and nobody will come."""
    holding = None
    while True:
        last = all_issued.is_set()  # read before the call: a later ticket is called by the next one
        ticket = persist(station, CallNext(point=point, holding=holding)).result["ticket"]
        holding = ticket["id"] if ticket else None
        if ticket:
            called.append(ticket["id"])
        elif last:
            return
        else:
            all_issued.wait(0.1)


def persist(station: Link, command: Command) -> Accepted:
    """Send a command, and retry with the same id while the hall can't be reached."""
    return patiently(lambda: station.do(command))


def patiently(ask: Callable[[], T]) -> T:
    until = time.monotonic() + RETRY_FOR
    while True:
        try:
            return ask()
        except Unreachable:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _thread(act: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=act, args=arguments, daemon=True)
    thread.start()
    return thread


# ── by hand ──


def on_two_backends(folder: Path, size: Size, database: str) -> tuple[Premises, Outcome]:
    """The crowd in two programs, each at a backend of its own, both on one database."""
    return _at_backends(folder, size, database, 2, kill=False)


def on_one_backend(folder: Path, size: Size, database: str) -> tuple[Premises, Outcome]:
    return _at_backends(folder, size, database, 1, kill=False)


def while_one_of_two_is_killed(folder: Path, size: Size, database: str) -> tuple[Premises, Outcome]:
    return _at_backends(folder, size, database, 2, kill=True)


def while_the_one_is_killed(folder: Path, size: Size, database: str) -> tuple[Premises, Outcome]:
    return _at_backends(folder, size, database, 1, kill=True)


def _at_backends(folder: Path, size: Size, database: str, many: int, *, kill: bool) -> tuple[Premises, Outcome]:
    premises = Premises(folder, database=database)
    prepare(premises, size)
    backends = [premises, premises.another()][:many]
    addresses = [backend.serve() for backend in backends]
    over = threading.Event()
    killing = _thread(_kill_in_the_middle, backends[-1], size, over) if kill else None
    try:
        outcome = run([*addresses, *addresses][:2], size)
    finally:
        over.set()
        if killing:
            killing.join()
        for backend in backends:
            backend.stop()
    return premises, outcome


def _kill_in_the_middle(backend: Premises, size: Size, over: threading.Event) -> None:
    """Kill the backend when about a third is done, and start it again at once."""
    station = backend.admin("database")
    begun = station.snapshot().seq
    while station.snapshot().seq < begun + size.tickets and not over.wait(0.02):  # a ticket makes three events
        pass
    station.close()
    backend.kill()
    backend.serve()


def without_backend(folder: Path, size: Size, database: str) -> tuple[Premises, Outcome]:
    """Four programs that open the database themselves."""
    premises = Premises(folder, database=database)
    prepare(premises, size)
    return premises, run([premises.database] * 4, size)


SHOWS = {
    "two backends on one PostgreSQL": (on_two_backends, "postgresql"),
    "one backend on SQLite": (on_one_backend, "sqlite"),
    "two backends on one PostgreSQL, one killed": (while_one_of_two_is_killed, "postgresql"),
    "one backend on SQLite, killed": (while_the_one_is_killed, "sqlite"),
    "four programs on one SQLite file": (without_backend, "sqlite"),
    "four programs on one PostgreSQL": (without_backend, "postgresql"),
}


def show(size: Size) -> int:
    """Run every kind of crowd and print how it went; 0 if all was right."""
    wrong, server = 0, postgres.Server(safe=True)
    for name, (run_crowd, kind) in SHOWS.items():
        with tempfile.TemporaryDirectory() as folder:
            address = server.database() if kind == "postgresql" else new_database(kind, Path(folder))
            premises, outcome = run_crowd(Path(folder), size, address)
            faults = faults_of(premises, size, outcome)
        wrong += len(faults)
        print(f"{name}: {size.tickets} tickets, {outcome.seconds:.1f} s", *faults, sep="\n  ", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(show(Size()))
    _address, _tickets, _issuers, _services, _points = sys.argv[1:]
    take_part(_address, int(_tickets), int(_issuers), _services.split(","), _points.split(",") if _points else [])
