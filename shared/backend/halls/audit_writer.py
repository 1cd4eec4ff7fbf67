"""Writes down what passes beside the ledger: answers to requests, sign-ins, and refusals at the door.

Lines are gathered in memory and written together about once a second, so that a crowd of strangers who are refused can
neither keep the ledger waiting nor fill the disk: beyond an allowance they are only counted.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import insert, select

from shared.access.audit import AND_MORE, DONE, SIGN_IN
from shared.backend.access.accounts import Accounts
from shared.backend.access.sessions import Session
from shared.backend.halls import audit_lines
from shared.backend.halls.clock import Clock
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.database_errors import Outage
from shared.backend.storage.row_buffer import Row
from shared.hall.errors import Failure, Refused
from shared.hall.field_types import HallId, TicketId
from shared.hall.roles import Actor

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two looks whether there is something to write."""

MORE_EVERY = 60.0
"""Seconds between two lines that only count the others: under a flood a day then takes some megabytes, not more."""

MOST_WAITING = 5_000
"""Lines kept in memory while the database is away."""


@dataclass
class Allowance:
    """Lines that may be written: so many at once, and so many a second in the long run."""

    burst: float
    a_second: float
    left: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.left = self.burst

    def take(self) -> bool:
        now = time.monotonic()
        self.left = min(self.burst, self.left + (now - self.at) * self.a_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class AuditWriter:
    """One for each ledger, which lets it ``write`` from a thread until it is closed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._pen = threading.Lock()
        """Held while lines are written: who reads the audit waits for them."""
        self._waiting: list[Row] = []
        self._allowances = {True: Allowance(200, 50), False: Allowance(20, 1)}
        """For those who are known, and for strangers: whom they flood is nobody else."""
        self._outage = Outage(log, "the audit waits", "the audit is written again")
        self._more = 0
        self._more_at = time.monotonic() - MORE_EVERY

    def write_down(
        self,
        act: str,
        outcome: str = DONE,
        *,
        by: Actor | None = None,
        address: str = "",
        claimed: str = "",
        hall: HallId | None = None,
        ticket: TicketId | None = None,
        about: str = "",
    ) -> None:
        """Keep a line in mind, as ``audit.line`` has it; it is written within about a second."""
        now = self._clock.wall()
        row = audit_lines.line(
            now, act, outcome, by=by, address=address, claimed=claimed, hall=hall, ticket=ticket, about=about
        )
        with self._lock:
            if self._allowances[by is not None].take() and len(self._waiting) < MOST_WAITING:
                self._waiting.append(row)
            else:
                self._more += 1

    @contextmanager
    def refusals(
        self, act: str, *, by: Actor | None = None, address: str = "", hall: HallId | None = None
    ) -> Iterator[None]:
        """Write down whatever is refused in here."""
        try:
            yield
        except Refused as refused:
            self.write_down(act, refused.type_name(), by=by, address=address, hall=hall)
            raise

    def signing_in(self, accounts: Accounts, login: str, address: str, sign_in: Callable[[], Session]) -> Session:
        """Write down who came in, or who could not. A login nobody has is not repeated: people type passwords there."""
        try:
            session = sign_in()
        except Refused as refused:
            known = accounts.people.found(login)
            name, hall = (known.login, known.hall) if known else ("", None)
            self.write_down(SIGN_IN, refused.type_name(), address=address, claimed=name, hall=hall)
            raise
        self.write_down(SIGN_IN, by=replace(session.actor, address=address), hall=session.actor.hall)
        return session

    def write_until(self, closed: threading.Event) -> None:
        """Write what waits, about once a second, and the rest at the end."""
        while not closed.wait(EVERY):
            self.write()
        self.write(last=True)

    def write(self, *, last: bool = False) -> None:
        """Write what waits; if the database is away it goes on waiting."""
        with self._pen:
            self._write(*self._taken(last=last))

    def _write(self, rows: list[Row], more: int) -> None:
        if not rows:
            return
        try:
            with self._database.writing() as connection:
                halls = set(connection.scalars(select(tables.halls.c.id)))
                for row in rows:  # a stranger may have named any hall
                    row["hall_id"] = row["hall_id"] if row["hall_id"] in halls else None
                connection.execute(insert(tables.audit), rows)
        except Failure as failure:
            self._outage.met(failure)
            with self._lock:
                self._waiting = [row for row in rows if row["act"] != AND_MORE] + self._waiting
                self._more += more
        except Exception:  # the scribe must outlive a line that can't be written
            log.exception("%d lines of the audit are lost", len(rows))
        else:
            self._outage.is_over()

    def _taken(self, *, last: bool) -> tuple[list[Row], int]:
        with self._lock:
            rows, self._waiting = self._waiting, []
            more = 0
            if self._more and (last or time.monotonic() - self._more_at >= MORE_EVERY):
                more, self._more, self._more_at = self._more, 0, time.monotonic()
                rows.append(audit_lines.line(self._clock.wall(), AND_MORE, Refused.type_name(), about=str(more)))
            return rows, more
