"""The mishaps of a backend in an attack: kills, a database that goes away and comes back, a clock that is set."""

from __future__ import annotations

import contextlib
import itertools
import random
import time
from dataclasses import dataclass
from pathlib import Path

import requests

from shared.hall.issuing import IssueTicket
from tests import postgres
from tests.faults.besieged import BACK, GONE, AttackedBackend, Findings, ready, times_logged

STEPS = (0, 1, -1, 90, -90, 3_600, -3_600, 86_400)
"""Seconds by which the wall clock is wrong; within the week for which answers are kept."""


@dataclass
class Mishaps:
    """One after another, at random moments; each kind at least once, if there is time."""

    backends: list[AttackedBackend]
    server: postgres.Server | None
    device: str
    seed: int
    findings: Findings

    def befall(self) -> None:
        chance = random.Random(f"{self.seed} trouble")
        away = [self._cut_off] if self.server else [self._file_away, self._log_away]
        rounds = itertools.chain(
            [*away, self._set, self._kill], iter(lambda: chance.choice([*away, self._set, self._kill]), None)
        )
        while not self.findings.over.wait(chance.uniform(1, 5)):
            next(rounds)(chance)
        self.backends[0].set_clock(0)

    def _set(self, chance: random.Random) -> None:
        self.backends[0].set_clock(chance.choice(STEPS))
        self.findings.figures["clock set"] += 1

    def _kill(self, chance: random.Random) -> None:
        backend, began = chance.choice(self.backends), time.monotonic()
        backend.kill()
        backend.begin()
        self.findings.figures["kills"] += 1
        self._outage(began)

    def _file_away(self, chance: random.Random) -> None:
        self._moved(chance, "")

    def _log_away(self, chance: random.Random) -> None:
        self._moved(chance, "-wal", "-shm")

    def _moved(self, chance: random.Random, *parts: str) -> None:
        """Move files of the database away for a while; answers and the log must say so."""
        (backend,), began = self.backends, time.monotonic()
        file = backend.database.removeprefix("sqlite:///")
        there = [(Path(f"{file}{part}"), backend.folder / f"away{part}") for part in parts]
        if not all(path.exists() for path, _ in there):
            return
        log = backend.logs[-1]
        gone, back = times_logged(log, GONE), times_logged(log, BACK)
        for path, away in there:
            path.rename(away)
        self._probe(backend)
        self.findings.over.wait(chance.uniform(0.2, 2))
        for path, away in there:
            away.rename(path)
        self._until_ready(backend)
        until = time.monotonic() + 5  # readiness and the log are not written by the same thread
        while (times_logged(log, GONE) - gone, times_logged(log, BACK) - back) != (1, 1) and time.monotonic() < until:
            time.sleep(0.05)
        if (times_logged(log, GONE) - gone, times_logged(log, BACK) - back) != (1, 1):
            self.findings.faults.append(f"the log {log.name} does not say that {parts} were away and are back")
        self.findings.figures["files moved"] += 1
        self._outage(began)

    def _cut_off(self, chance: random.Random) -> None:
        """Stop the database server and start it again."""
        assert self.server
        began = time.monotonic()
        self.server.stop()
        for backend in self.backends:
            self._probe(backend)
        self.findings.over.wait(chance.uniform(0.2, 2))
        self.server.start()
        for backend in self.backends:
            self._until_ready(backend)
        self.findings.figures["servers stopped"] += 1
        self._outage(began)

    def _probe(self, backend: AttackedBackend) -> None:
        """In an outage a command and the readiness check must both be answered with 503."""
        path = f"{backend.base}/api/v1/halls/{backend.hall}/commands/issue-ticket"
        headers = {"Authorization": f"Bearer {self.device}"}
        press = IssueTicket(service="registration")
        self.findings.bookkeeping.sent(press, "a probe")
        body = {"command_id": press.command_id, "service": press.service}
        try:
            statuses = [requests.post(path, json=body, headers=headers, timeout=30).status_code, ready(backend)]
        except requests.RequestException as error:
            self.findings.faults.append(f"no answer in an outage: {error}")
            return
        if statuses != [503, 503]:
            self.findings.faults.append(f"in an outage a press and /readyz were answered {statuses}")

    def _until_ready(self, backend: AttackedBackend) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(requests.RequestException):
                if ready(backend) == 200:
                    return
            time.sleep(0.05)
        self.findings.faults.append("a backend was not ready half a minute after an outage")

    def _outage(self, began: float) -> None:
        self.findings.outages.append(time.monotonic() - began)
