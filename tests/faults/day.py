"""A day of 5,000 tickets on a real backend: lines spoiled, its database held, itself killed, and its memory flat."""

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
from tests.faults.spoiling import Spoiled, SpoiledCable

POINTS = ("1", "2", "3")
KIOSKS = 4

LARGEST_GROWTH = 24.0
"""Megabytes a backend may grow from the first tenth of the day to its end. The tickets alive, caches and the answers
at hand take some; what grows with every ticket would take more."""


@dataclass
class Day:
    """How a day went."""

    tickets: int
    called: int
    unanswered: int
    misfortunes: int
    kills: int
    holds: int
    rss_before: float
    rss_after: float
    faults: list[str]


def day(tickets: int, seed: int, said: Callable[[str], object]) -> Day:
    """One day: its first tenth warms everything up and kills the backend twice; the rest must not make it grow."""
    with tempfile.TemporaryDirectory() as folder:
        premises = Premises(Path(folder))
        premises.serve()
        _everybody_gives_everything(premises)
        trouble = Trouble(premises, seed)
        try:
            return _played(premises, trouble, tickets, said)
        finally:
            trouble.end()
            premises.stop()


def _played(premises: Premises, trouble: Trouble, tickets: int, said: Callable[[str], object]) -> Day:
    cable = SpoiledCable(premises.base, trouble.seed, Spoiled(late=0.02, slow=0.01, halved=0.01, swallowed=0.02))
    rush = Rush(premises, cable.base)
    trouble.begin(deadly=True)
    rush.play(tickets // 10, KIOSKS, POINTS)
    trouble.kill()
    before = memory(premises)
    said(f"day: {len(rush.issued)} tickets, the backend takes {before:.1f} MB")
    for tenth in range(2, 11):
        rush.again()
        rush.play(tickets // 10, KIOSKS, POINTS)
        said(f"day: {len(rush.issued)} tickets, the backend takes {memory(premises):.1f} MB")
        if tenth == 2:
            before = memory(premises)  # what a fresh process needs for its first work is no growth
    trouble.end()
    after = memory(premises)
    cable.close()
    faults = [*rush.faults(), *_checked(premises), *_grown(before, after)]
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
    """Megabytes the backend's process keeps in memory."""
    assert premises.process
    status = Path(f"/proc/{premises.process.pid}/status").read_text("ascii")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1024


def _grown(before: float, after: float) -> Iterator[str]:
    if after - before > LARGEST_GROWTH:
        yield f"the backend grew by {after - before:.1f} MB"


def _checked(premises: Premises) -> list[str]:
    with database_administration.opened(premises.database) as halls:
        return list(halls.faults())


def _everybody_gives_everything(premises: Premises) -> None:
    admin = premises.admin()
    for point in POINTS:
        known = admin.snapshot().points[point]
        serial, name = known.serial_number, known.name
        admin.do(DefinePoint(id=point, serial_number=serial, name=name, services=("registration",)))
    admin.close()


class Trouble:
    """Kills the backend, and holds its database as a backup program would, at random moments."""

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
        """As a power cut would; it is started again at once."""
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
        """Another program has the database for a moment."""
        path = self._premises.database.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as other:
            other.execute("BEGIN IMMEDIATE")
            self._over.wait(self._chance.uniform(0.05, 0.5))
            other.execute("ROLLBACK")
        self.holds += 1
