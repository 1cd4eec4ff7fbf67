"""The audit writer: writes the entries of requests, of sign-ins, and of commands that reach no hall.

Entries are gathered in memory and written together about once a second, so that a crowd of strangers who are refused
can neither keep the ledger waiting nor fill the disk: beyond a rate limit they are only counted.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import insert, select

from shared.backend.access.accounts import Accounts
from shared.backend.access.sessions import Session
from shared.backend.halls import audit_lines
from shared.backend.halls.clock import Clock
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.database_errors import Outage
from shared.backend.storage.row_buffer import TableRow
from shared.hall.errors import Failure, Refused
from shared.hall.field_types import HallId, TicketId
from shared.hall.roles import Actor
from shared.requests.audit import AND_MORE, DONE, SIGN_IN

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two writes."""

COUNT_EVERY = 60.0
"""Seconds between two entries that only count skipped ones."""

MOST_QUEUED = 5_000
"""Entries kept in memory while the database is away; further ones are only counted."""


@dataclass
class TokenBucket:
    """A token bucket, which limits how many entries are written."""

    size: float
    """Entries at once."""
    per_second: float
    """Entries a second in the long run."""
    tokens: float = field(init=False)
    filled_at: float = field(default_factory=time.monotonic)
    """Seconds of the monotonic clock when ``tokens`` was right."""

    def __post_init__(self) -> None:
        self.tokens = self.size

    def take(self) -> bool:
        now = time.monotonic()
        self.tokens = min(self.size, self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class AuditWriter:
    """One for each ledger, which runs ``write_until`` in a thread; all methods may be called from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        """Held while entries are written: ``write``, called before the audit is read, waits for that."""
        self._queued: list[TableRow] = []
        self._buckets = {True: TokenBucket(size=200, per_second=50), False: TokenBucket(size=20, per_second=1)}
        """By whether the actor is known: strangers can't use up the bucket of the others."""
        self._outage = Outage(log, "the audit can't be written", "the audit is written again")
        self._skipped = 0
        self._counted_at = time.monotonic() - COUNT_EVERY

    def queue_entry(
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
        """Queue an entry, with the parameters of ``audit_lines.entry``; beyond the rate limit it is only counted."""
        now = self._clock.wall()
        row = audit_lines.entry(
            now, act, outcome, by=by, address=address, claimed=claimed, hall=hall, ticket=ticket, about=about
        )
        with self._lock:
            if self._buckets[by is not None].take() and len(self._queued) < MOST_QUEUED:
                self._queued.append(row)
            else:
                self._skipped += 1

    @contextmanager
    def refusals(
        self, act: str, *, by: Actor | None = None, address: str = "", hall: HallId | None = None
    ) -> Iterator[None]:
        """Audit a refusal that is raised inside; it goes on to the caller."""
        try:
            yield
        except Refused as refused:
            self.queue_entry(act, refused.type_name(), by=by, address=address, hall=hall)
            raise

    def signing_in(self, accounts: Accounts, login: str, address: str, sign_in: Callable[[], Session]) -> Session:
        """Sign in and audit it; raises what ``sign_in`` raises. Unknown logins are not written: some are passwords."""
        try:
            session = sign_in()
        except Refused as refused:
            known = accounts.people.find(login)
            name, hall = (known.login, known.hall) if known else ("", None)
            self.queue_entry(SIGN_IN, refused.type_name(), address=address, claimed=name, hall=hall)
            raise
        self.queue_entry(SIGN_IN, by=replace(session.actor, address=address), hall=session.actor.hall)
        return session

    def write_until(self, closed: threading.Event) -> None:
        """Write queued entries about once a second until ``closed`` is set, and then what is left."""
        while not closed.wait(EVERY):
            self.write()
        self.write(last=True)

    def write(self, *, last: bool = False) -> None:
        """Write queued entries now; if the database is away they stay queued. Never raises."""
        with self._writing:
            self._write(*self._take(last=last))

    def _write(self, rows: list[TableRow], skipped: int) -> None:
        if not rows:
            return
        try:
            with self._database.writing() as connection:
                halls = set(connection.scalars(select(tables.halls.c.id)))
                for row in rows:  # a stranger may have named any hall
                    row["hall_id"] = row["hall_id"] if row["hall_id"] in halls else None
                connection.execute(insert(tables.audit), rows)
        except Failure as failure:
            self._outage.begin(failure)
            with self._lock:
                self._queued = [row for row in rows if row["act"] != AND_MORE] + self._queued
                self._skipped += skipped
        except Exception:  # the thread must outlive an entry that can't be written
            log.exception("%d audit entries are lost", len(rows))
        else:
            self._outage.end()

    def _take(self, *, last: bool) -> tuple[list[TableRow], int]:
        """Take the queued rows, with one that counts the skipped if that is due; returns also how many it counts."""
        with self._lock:
            rows, self._queued = self._queued, []
            skipped = 0
            if self._skipped and (last or time.monotonic() - self._counted_at >= COUNT_EVERY):
                skipped, self._skipped, self._counted_at = self._skipped, 0, time.monotonic()
                rows.append(audit_lines.entry(self._clock.wall(), AND_MORE, Refused.type_name(), about=str(skipped)))
            return rows, skipped
