"""Everything at once on a real backend: clients over spoiled connections, kills, a database that goes away and comes
back, clocks that are set, a sender of invalid requests, and more half-open connections than file descriptors."""

from __future__ import annotations

import json
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import sqlalchemy

from shared.backend.halls import database_administration
from shared.backend.storage import tables
from shared.hall.business_day import BusinessDayStarted, CorrectBusinessDay
from shared.hall.json_codec import decode_event
from shared.hall.messages import Accepted, Command, Happened
from shared.hall.opening import day_ahead
from shared.hall.roles import Role
from shared.hall.set_up import DefinePoint
from tests import postgres
from tests.backends import nowserving
from tests.faults.backend import JournalledEvent
from tests.faults.besieged import CROWDED, ROOM_AGAIN, AttackedBackend, Findings, faults_in_logs, times_logged
from tests.faults.clients import Clients
from tests.faults.mishaps import Mishaps
from tests.faults.spoiling import SpoilChances, SpoiledCable
from tests.faults.strangers import Strangers

KIOSKS, CONSOLES = 14, 6

CROWD_OVER = 90.0
"""Seconds within which the log says that a crowd is over; the backend itself waits a minute."""


class Attack:
    """One attack: its participants, what they recorded, and what was wrong."""

    def __init__(self, backends: list[AttackedBackend], seed: int, server: postgres.Server | None) -> None:
        self.backends, self.findings = backends, Findings()
        self._cables = [
            SpoiledCable(one.base, seed + number, SpoilChances(late=0.05, slow=0.01, halved=0.01, swallowed=0.02))
            for number, one in enumerate(backends)
        ]
        device = backends[0].device(Role.KIOSK)
        self._points()
        self._before = {written.command_id for written in self._journal()}
        self._clients = Clients([cable.base for cable in self._cables], backends[0].hall, device, seed, self.findings)
        self._strangers = Strangers(backends, device, seed, self.findings)
        self._mishaps = Mishaps(backends, server, device, seed, self.findings)

    def _points(self) -> None:
        admin = self.backends[0].admin()
        services = tuple(admin.snapshot().services)
        for number in range(1, CONSOLES + 1):
            admin.do(DefinePoint(id=f"a{number}", serial_number=50 + number, name=f"A{number}", services=services))
        admin.close()

    def play(self, seconds: float) -> None:
        """Everything at once for this many seconds; then quiet, and every command once more."""
        acts = [self._strangers.nonsense, self._strangers.half_open]
        acts += [partial(self._clients.kiosk, number) for number in range(KIOSKS)]
        acts += [partial(self._clients.console, number) for number in range(1, CONSOLES + 1)]
        threads = self._begun(acts)
        threading.Timer(seconds, self.findings.over.set).start()
        self._watched(self._mishaps.befall)  # here: a server that is started anew ends with the thread that started it
        self.findings.over.wait()
        for thread in threads:
            thread.join(120)
            if thread.is_alive():
                self.findings.faults.append("somebody was not answered within two minutes after the attack")
        for thread in self._begun([partial(self._clients.ask_again, share, KIOSKS) for share in range(KIOSKS)]):
            thread.join()
        self._put_day_right()

    def _put_day_right(self) -> None:
        """Correct the business day, as an administrator would after a clock that was ahead."""
        admin = self.backends[0].admin()
        hall = admin.snapshot()
        if day_ahead(hall, datetime.now(UTC)) and hall.business_day:
            command = CorrectBusinessDay(kept=hall.business_day)
            self.findings.bookkeeping.sent(command, "the administrator")
            admin.do(command)
            self.findings.figures["days put right"] += 1
        admin.close()

    def _begun(self, acts: Sequence[Callable[[], None]]) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._watched, args=(act,), daemon=True) for act in acts]
        for thread in threads:
            thread.start()
        return threads

    def judge(self) -> list[str]:
        """Everything that was wrong, a sentence each."""
        self.findings.faults += self._crowd_over()
        for backend in self.backends:
            if backend.stop() != 0:
                self.findings.faults.append("a backend did not end in order")
            self.findings.faults += faults_in_logs(backend)
            self.findings.figures["crowds logged"] += sum(times_logged(log, CROWDED) for log in backend.logs)
        checked = nowserving("check", "--database", self.backends[0].database)
        if checked.returncode:
            self.findings.faults.append(f"check: {checked.stdout} {checked.stderr}")
        written = [*self._journal()]
        for one in written:
            if one.command_id in self._before or isinstance(one.happened.event, BusinessDayStarted):
                self._own(one.command_id)
        with database_administration.opened(self.backends[0].database) as halls:
            final = halls.ledger.hall(self.backends[0].hall)
        self.findings.faults += self.findings.bookkeeping.audit(iter(written), final)
        answered = [entry.answer for entry in self.findings.bookkeeping.commands.values() if entry.answer]
        self.findings.figures["commands"] = len(answered)
        self.findings.figures["accepted"] = sum(isinstance(answer, Accepted) for answer in answered)
        self.findings.figures["answers spoiled"] = sum(cable.misfortunes for cable in self._cables)
        return self.findings.faults

    def _own(self, command_id: str) -> None:
        """Record a command that no client sent: the hall's own, or from its set-up."""
        self.findings.bookkeeping.sent(Command(command_id=command_id), "the hall")

    def close(self) -> None:
        for cable in self._cables:
            cable.close()
        for backend in self.backends:
            backend.kill()

    def _watched(self, act: Callable[[], None]) -> None:
        """Run one participant; its exception is recorded and ends no other."""
        try:
            act()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what the attack found
            self.findings.faults.append(f"a participant raised {type(error).__name__}: {error}")

    def _journal(self) -> Iterator[JournalledEvent]:
        rows = tables.journal.c
        query = sqlalchemy.select(rows.seq, rows.body, rows.command_id)
        query = query.where(rows.hall_id == self.backends[0].hall).order_by(rows.seq)
        with database_administration.opened(self.backends[0].database) as halls, halls.database.reading() as connection:
            for seq, body, command_id in connection.execute(query):
                yield JournalledEvent(Happened(seq, decode_event(json.loads(body))), command_id)

    def _crowd_over(self) -> Iterator[str]:
        """Wait until the last process of each backend logs the end of a crowd it logged the beginning of."""
        until = time.monotonic() + CROWD_OVER
        for backend in self.backends:
            while times_logged(backend.logs[-1], CROWDED) > times_logged(backend.logs[-1], ROOM_AGAIN):
                if time.monotonic() > until:
                    yield "the log does not say that the crowd is over"
                    return
                time.sleep(0.5)


def attack(*, minutes: float, seed: int, database: str, say: Callable[[str], object]) -> int:
    """Run the whole attack; the number of violations."""
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, max(files, 8_192)), most))
    server = postgres.Server(safe=True) if database == "postgresql" else None
    with tempfile.TemporaryDirectory() as folder:
        first = AttackedBackend(Path(folder), server.database() if server else "")
        backends = [first]
        if server:
            second = first.another()
            assert isinstance(second, AttackedBackend)
            second.logs, second.number = [], 2
            backends.append(second)
        for backend in backends:
            backend.begin()
        played = Attack(backends, seed, server)
        try:
            played.play(60 * minutes)
            faults = played.judge()
        finally:
            played.close()
            if server:
                server.remove()
    figures = [f"{value:,} {name}" for name, value in sorted(played.findings.figures.items())]
    longest = max(played.findings.outages, default=0)
    say(", ".join([*figures, f"{len(played.findings.outages)} outages", f"longest outage {longest:.1f} s"]))
    again = f"python -m tests.faults attack --minutes {minutes:g} --seed {seed} --database {database}"
    for fault in faults:
        say(f"VIOLATION: {fault}\n    {again}")
    say(f"{len(faults)} violations")
    return len(faults)
