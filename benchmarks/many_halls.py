"""Tickets a second in many halls on one PostgreSQL, by one and by two backends, against pgbench with equal writes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from functools import partial

from benchmarks.clients import connected, per_second
from benchmarks.measured import Measured, side_by_side
from benchmarks.running_backend import MeasuredBackend, serving
from tests.postgres import SECRET, SUPERUSER, Server

HALLS = (1, 10, 100)
BACKENDS = (1, 2)
CLIENTS = 100
TICKETS = 600
ROUNDS = 3

SECONDS = 1  # of pgbench in a round
MOST_CONNECTIONS = 40
"""Connections of pgbench; with more it measures its own contention."""

TABLES = """
CREATE TABLE bare_halls (id int PRIMARY KEY, seq bigint);
CREATE TABLE bare_journal (id bigserial PRIMARY KEY, hall int, body text);
CREATE TABLE bare_tickets (id bigserial PRIMARY KEY, hall int, body text);
CREATE TABLE bare_answers (id bigserial PRIMARY KEY, hall int, body text);
INSERT INTO bare_halls SELECT i, 0 FROM generate_series(0, 99) i;
"""
A_TICKET = """
\\set hall random(0, {last})
BEGIN;
UPDATE bare_halls SET seq = seq + 1 WHERE id = :hall;
INSERT INTO bare_journal (hall, body) VALUES (:hall, repeat('x', 300));
INSERT INTO bare_tickets (hall, body) VALUES (:hall, repeat('x', 300));
INSERT INTO bare_answers (hall, body) VALUES (:hall, repeat('x', 500));
COMMIT;
"""
"""The same rows as a ticket of ours, including the lock on the hall."""


def measure() -> Iterator[Measured]:
    with closing(_PostgresPeer()) as postgres:
        for backends in BACKENDS:
            with serving(max(HALLS), postgres.address, backends) as backend:
                for halls in HALLS:
                    ours, bare = side_by_side(
                        ROUNDS, partial(_tickets, backend, halls), partial(postgres.bare_commits, halls)
                    )
                    yield Measured(
                        what=f"tickets a second on PostgreSQL, {CLIENTS} clients; halls: {halls}, backends: {backends}",
                        value=ours,
                        against="pgbench, a ticket's rows a commit",
                        peer=bare,
                        unit="/s",
                    )


def _tickets(backend: MeasuredBackend, halls: int) -> float:
    with connected(backend.addresses, CLIENTS) as connections:
        return per_second(connections, backend.issuing(backend.halls[:halls], TICKETS))


class _PostgresPeer:
    """A PostgreSQL server with durable commits, and a second database for the bare writes."""

    def __init__(self) -> None:
        self._server = Server(safe=True)
        self.address, self._bare = self._server.database(), self._server.database()
        with closing(self._server.connect(self._bare)) as connection:
            connection.execute(TABLES)

    def bare_commits(self, halls: int) -> float:
        """Commits a second, with as many connections as there are halls."""
        script = self._server.folder / "ticket.sql"
        script.write_text(A_TICKET.format(last=halls - 1))
        connections = min(halls, MOST_CONNECTIONS)
        server = f"-h 127.0.0.1 -p {self._server.port} -U {SUPERUSER}"
        options = f"-n -M prepared -c {connections} -j {min(2, connections)} -T {SECONDS} -f {script}"
        output = subprocess.run(
            [self._server.programs / "pgbench", *server.split(), *options.split(), self._bare.rpartition("/")[2]],
            env={"PGPASSWORD": SECRET},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found = re.search(r"tps = ([0-9.]+)", output)
        assert found, output
        return float(found[1])

    def close(self) -> None:
        self._server.remove()
