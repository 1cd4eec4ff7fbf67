"""Many halls on one PostgreSQL, behind one backend and behind two, against pgbench committing the same writes."""

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

SECONDS = 1
MOST_CONNECTIONS = 40
"""Of pgbench; beyond that it measures its own crowd."""

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
"""The same rows as a ticket of ours, the hall's lock included; how many a second is up to PostgreSQL alone."""


def measure() -> Iterator[Measured]:
    with closing(_Postgres()) as postgres:
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
    with connected(backend.addresses, CLIENTS) as lines:
        return per_second(lines, backend.issuing(backend.halls[:halls], TICKETS))


class _Postgres:
    """A PostgreSQL server that loses nothing, with room for the bare writes beside ours."""

    def __init__(self) -> None:
        self._server = Server(safe=True)
        self.address, self._bare = self._server.database(), self._server.database()
        with closing(self._server.connect(self._bare)) as connection:
            connection.execute(TABLES)

    def bare_commits(self, halls: int) -> float:
        """Commits a second of as many connections as there are halls."""
        script = self._server.folder / "ticket.sql"
        script.write_text(A_TICKET.format(last=halls - 1))
        connections = min(halls, MOST_CONNECTIONS)
        where = f"-h 127.0.0.1 -p {self._server.port} -U {SUPERUSER}"
        how = f"-n -M prepared -c {connections} -j {min(2, connections)} -T {SECONDS} -f {script}"
        said = subprocess.run(
            [self._server.programs / "pgbench", *where.split(), *how.split(), self._bare.rpartition("/")[2]],
            env={"PGPASSWORD": SECRET},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found = re.search(r"tps = ([0-9.]+)", said)
        assert found, said
        return float(found[1])

    def close(self) -> None:
        self._server.remove()
