"""Everything at once on a real backend: clients with books of their own over spoiled lines, kills, a database that goes
away and comes back, clocks that are set, a sender of nonsense, and more half-open connections than files."""

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
from tests.faults.backend import Written
from tests.faults.besieged import CROWDED, ROOM_AGAIN, Besieged, Seen, half_said, said
from tests.faults.clients import Clients
from tests.faults.mishaps import Mishaps
from tests.faults.spoiling import Spoiled, SpoiledCable
from tests.faults.strangers import Strangers

KIOSKS, CONSOLES = 14, 6

CROWD_OVER = 90.0
"""Seconds within which the log says that a crowd is over; it waits a minute itself."""


class Attack:
    """One attack: who takes part, what they saw, and what was wrong."""

    def __init__(self, backends: list[Besieged], seed: int, server: postgres.Server | None) -> None:
        self.backends, self.seen = backends, Seen()
        self._cables = [
            SpoiledCable(one.base, seed + number, Spoiled(late=0.05, slow=0.01, halved=0.01, swallowed=0.02))
            for number, one in enumerate(backends)
        ]
        device = backends[0].device(Role.KIOSK)
        self._points()
        self._before = {written.command_id for written in self._journal()}
        self._clients = Clients([cable.base for cable in self._cables], backends[0].hall, device, seed, self.seen)
        self._strangers = Strangers(backends, device, seed, self.seen)
        self._mishaps = Mishaps(backends, server, device, seed, self.seen)

    def _points(self) -> None:
        admin = self.backends[0].admin()
        services = tuple(admin.snapshot().services)
        for number in range(1, CONSOLES + 1):
            admin.do(DefinePoint(id=f"a{number}", serial_number=50 + number, name=f"A{number}", services=services))
        admin.close()

    def play(self, seconds: float) -> None:
        """All of it at once for so long; then quiet, and every question once more."""
        acts = [self._strangers.nonsense, self._strangers.half_open]
        acts += [partial(self._clients.kiosk, number) for number in range(KIOSKS)]
        acts += [partial(self._clients.console, number) for number in range(1, CONSOLES + 1)]
        threads = self._begun(acts)
        threading.Timer(seconds, self.seen.over.set).start()
        self._watched(self._mishaps.befall)  # here: a server that is started anew ends with the thread that started it
        self.seen.over.wait()
        for thread in threads:
            thread.join(120)
            if thread.is_alive():
                self.seen.faults.append("somebody was not answered within two minutes after the attack")
        for thread in self._begun([partial(self._clients.ask_again, share, KIOSKS) for share in range(KIOSKS)]):
            thread.join()
        self._put_day_right()

    def _put_day_right(self) -> None:
        """What an administrator does whose clock was ahead over the day's end."""
        admin = self.backends[0].admin()
        hall = admin.snapshot()
        if day_ahead(hall, datetime.now(UTC)) and hall.business_day:
            wish = CorrectBusinessDay(kept=hall.business_day)
            self.seen.books.sent(wish, "the administrator")
            admin.do(wish)
            self.seen.figures["days put right"] += 1
        admin.close()

    def _begun(self, acts: Sequence[Callable[[], None]]) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._watched, args=(act,), daemon=True) for act in acts]
        for thread in threads:
            thread.start()
        return threads

    def judge(self) -> list[str]:
        """All that was wrong with it, a sentence each."""
        self.seen.faults += self._crowd_over()
        for backend in self.backends:
            if backend.stop() != 0:
                self.seen.faults.append("a backend did not end in order")
            self.seen.faults += half_said(backend)
            self.seen.figures["crowds said"] += sum(said(log, CROWDED) for log in backend.logs)
        checked = nowserving("check", "--database", self.backends[0].database)
        if checked.returncode:
            self.seen.faults.append(f"check: {checked.stdout} {checked.stderr}")
        written = [*self._journal()]
        for one in written:
            if one.command_id in self._before or isinstance(one.happened.event, BusinessDayStarted):
                self._own(one.command_id)
        with database_administration.opened(self.backends[0].database) as halls:
            final = halls.ledger.hall(self.backends[0].hall)
        self.seen.faults += self.seen.books.audit(iter(written), final)
        answered = [wish.told for wish in self.seen.books.wishes.values() if wish.told]
        self.seen.figures["commands"] = len(answered)
        self.seen.figures["accepted"] = sum(isinstance(told, Accepted) for told in answered)
        self.seen.figures["answers spoiled"] = sum(cable.misfortunes for cable in self._cables)
        return self.seen.faults

    def _own(self, command_id: str) -> None:
        """The hall's own command, or one of its beginning: none of ours."""
        self.seen.books.sent(Command(command_id=command_id), "the hall")

    def close(self) -> None:
        for cable in self._cables:
            cable.close()
        for backend in self.backends:
            backend.kill()

    def _watched(self, act: Callable[[], None]) -> None:
        """What ends one of them ends no other, and is said."""
        try:
            act()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what the attack found
            self.seen.faults.append(f"{type(error).__name__} met whoever took part: {error}")

    def _journal(self) -> Iterator[Written]:
        rows = tables.journal.c
        query = sqlalchemy.select(rows.seq, rows.body, rows.command_id)
        query = query.where(rows.hall_id == self.backends[0].hall).order_by(rows.seq)
        with database_administration.opened(self.backends[0].database) as halls, halls.database.reading() as connection:
            for seq, body, command_id in connection.execute(query):
                yield Written(Happened(seq, decode_event(json.loads(body))), command_id)

    def _crowd_over(self) -> Iterator[str]:
        """A crowd that the last life of a backend saw begin, it sees end."""
        until = time.monotonic() + CROWD_OVER
        for backend in self.backends:
            while said(backend.logs[-1], CROWDED) > said(backend.logs[-1], ROOM_AGAIN):
                if time.monotonic() > until:
                    yield "the log does not say that the crowd is over"
                    return
                time.sleep(0.5)


def attack(*, minutes: float, seed: int, database: str, say: Callable[[str], object]) -> int:
    """The whole attack; how many promises were broken."""
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, max(files, 8_192)), most))
    server = postgres.Server(safe=True) if database == "postgresql" else None
    with tempfile.TemporaryDirectory() as folder:
        first = Besieged(Path(folder), server.database() if server else "")
        backends = [first]
        if server:
            second = first.another()
            assert isinstance(second, Besieged)
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
    figures = [f"{value:,} {name}" for name, value in sorted(played.seen.figures.items())]
    longest = max(played.seen.outages, default=0)
    say(", ".join([*figures, f"{len(played.seen.outages)} outages", f"longest outage {longest:.1f} s"]))
    again = f"python -m tests.faults attack --minutes {minutes:g} --seed {seed} --database {database}"
    for fault in faults:
        say(f"VIOLATION: {fault}\n    {again}")
    say(f"{len(faults)} violations")
    return len(faults)
