"""A day of 5,000 tickets on a real backend: spoiled connections, a locked database, kills, and flat memory."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from shared.backend.halls import database_administration
from shared.hall.set_up import DefinePoint
from tests.backends import Premises
from tests.faults.rush import Rush
from tests.faults.spoiling import SpoilChances, SpoiledCable

POINTS = ("1", "2", "3")
KIOSKS = 4

LARGEST_GROWTH = 24.0
"""Megabytes a backend may grow from the first tenth of the day to its end. Waiting tickets, caches and kept answers
take some; a leak with every ticket would take more."""


@dataclass
class Day:
    """The result of a day; memory in megabytes."""

    tickets: int
    called: int
    unanswered: int
    misfortunes: int
    kills: int
    holds: int
    rss_before: float
    rss_after: float
    faults: list[str]


def day(tickets: int, seed: int, say: Callable[[str], object]) -> Day:
    """One day: its first tenth warms everything up and kills the backend twice; the rest must not make it grow."""
    with tempfile.TemporaryDirectory() as folder:
        premises = Premises(Path(folder))
        premises.serve()
        _every_point_gives_every_service(premises)
        trouble = Trouble(premises, seed)
        try:
            return _play(premises, trouble, tickets, say)
        finally:
            trouble.end()
            premises.stop()


def _play(premises: Premises, trouble: Trouble, tickets: int, say: Callable[[str], object]) -> Day:
    cable = SpoiledCable(premises.base, trouble.seed, SpoilChances(late=0.02, slow=0.01, halved=0.01, swallowed=0.02))
    rush = Rush(premises, cable.base)
    trouble.begin(deadly=True)
    rush.play(tickets // 10, KIOSKS, POINTS)
    trouble.kill()
    before = memory(premises)
    say(f"day: {len(rush.issued)} tickets, the backend takes {before:.1f} MB")
    for tenth in range(2, 11):
        rush.again()
        rush.play(tickets // 10, KIOSKS, POINTS)
        say(f"day: {len(rush.issued)} tickets, the backend takes {memory(premises):.1f} MB")
        if tenth == 2:
            before = memory(premises)  # a fresh process's first allocations are no leak
    trouble.end()
    after = memory(premises)
    cable.close()
    faults = [*rush.faults(), *_check(premises), *_growth(before, after)]
    return Day(
        tickets=len(rush.issued),
        called=len(rush.called),
        unanswered=rush.unanswered,
        misfortunes=cable.misfortunes,
        kills=trouble.kills,
        holds=trouble.holds,
        rss_before=before,
        rss_after=after,
        faults=faults,
    )


def memory(premises: Premises) -> float:
    """The resident memory of the backend's process, in megabytes."""
    assert premises.process
    status = Path(f"/proc/{premises.process.pid}/status").read_text("ascii")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1024


def _growth(before: float, after: float) -> Iterator[str]:
    if after - before > LARGEST_GROWTH:
        yield f"the backend grew by {after - before:.1f} MB"


def _check(premises: Premises) -> list[str]:
    with database_administration.opened(premises.database) as halls:
        return list(halls.faults())


def _every_point_gives_every_service(premises: Premises) -> None:
    admin = premises.admin()
    for point in POINTS:
        known = admin.snapshot().points[point]
        serial, name = known.serial_number, known.name
        admin.do(DefinePoint(id=point, serial_number=serial, name=name, services=("registration",)))
    admin.close()


class Trouble:
    """Kills the backend, and locks its database as a backup program would, at random moments."""

    def __init__(self, premises: Premises, seed: int) -> None:
        self.seed = seed
        self.kills = self.holds = 0
        self._premises = premises
        self._chance = random.Random(seed)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._deadly = False

    def begin(self, *, deadly: bool) -> None:
        self._deadly = deadly
        self._thread.start()

    def kill(self) -> None:
        """Kill the backend as a power cut would, and start it again at once."""
        self.kills += 1
        self._premises.kill()
        self._premises.serve()

    def end(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        if self._deadly and not self._over.wait(1):
            self.kill()
        while not self._over.wait(self._chance.uniform(0.5, 4)):
            self._hold()

    def _hold(self) -> None:
        """Lock the database for a moment."""
        path = self._premises.database.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as other:
            other.execute("BEGIN IMMEDIATE")
            self._over.wait(self._chance.uniform(0.05, 0.5))
            other.execute("ROLLBACK")
        self.holds += 1
