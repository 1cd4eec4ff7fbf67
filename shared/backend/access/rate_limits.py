"""How often something may be tried within a while, counted in the database, so that all its backends count together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from shared.backend.access.secret_hashes import hash_of
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.errors import TooOften
from shared.hall.field_types import new_id

LONGEST = timedelta(days=1)
"""What is older counts for no limit."""


@dataclass(frozen=True)
class RateLimit:
    """At most so many tries within a while, over any such stretch of time."""

    most: int
    within: timedelta


# ── all limits there are: so many tries, within ──

A_WHILE = timedelta(minutes=15)

LOG_IN_AT_USUAL_PLACE = RateLimit(5, A_WHILE)
"""Wrong tries at an account from one place its owner has signed in from before."""

LOG_IN_BY_STRANGERS = RateLimit(5, A_WHILE)
"""Wrong tries at an account from all other places together: whoever uses them up keeps the owner out nowhere usual."""

LOG_IN_BY_ONE_STRANGER = RateLimit(3, A_WHILE)
"""Wrong tries at an account from one other place: it leaves some for the owner who is at a new one."""

LOG_IN_FROM_ONE_PLACE = RateLimit(30, A_WHILE)
"""Wrong tries from one place at whichever accounts."""

SIGN_ON_WITH_ONE_TOKEN = RateLimit(1, timedelta(hours=1))
"""An ID token signs somebody on once; before the hour is over it is too old anyway."""

PAIRING_CODES_PER_ADDRESS = RateLimit(30, timedelta(minutes=10))
"""New codes for devices at one address."""

WRONG_CODES_PER_PERSON = RateLimit(10, timedelta(minutes=10))
"""Wrong pairing codes of one administrator."""

NUMBERS_FROM_ONE_PLACE = {"a while": RateLimit(120, timedelta(minutes=10)), "a day": RateLimit(2000, timedelta(days=1))}
"""Numbers taken from one address: all the phones of a clinic's Wi-Fi come from the same."""

NUMBERS_FROM_ONE_BROWSER = {"a while": RateLimit(10, timedelta(minutes=10)), "a day": RateLimit(40, timedelta(days=1))}

MISSING_TICKETS_FROM_ONE_PLACE = RateLimit(60, timedelta(minutes=10))
"""Addresses of tickets that are not there. Whoever has a right one is never turned away."""


Counted = Mapping[str, RateLimit]
"""What is counted, in words of our own, such as ``account anna`` and ``address 10.0.0.7``, each with its limit."""


class RateLimits:
    """The tries at one database. Whoever is refused costs a look and writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, counted: Counted) -> list[str]:
        """Count one try for all of these, or for none; its receipt. Raises TooOften.

        Counted before what is tried is done, so that a crowd that comes at once is no way around.
        """
        with self._database.reading() as connection:
            _require(connection, counted)
        with self._database.writing() as connection:
            self._database.kind.hold(connection, map(hash_of, counted))
            now = _require(connection, counted)
            connection.execute(delete(tables.tries).where(tables.tries.c.at < now - LONGEST))
            tries = {new_id(): hash_of(what) for what in counted}
            connection.execute(
                insert(tables.tries), [{"id": one, "what": what, "at": now} for one, what in tries.items()]
            )
        return [*tries]

    def give_back(self, receipt: list[str]) -> None:
        """This try was right, and does not count."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.tries).where(tables.tries.c.id.in_(receipt)))


def _require(connection: Connection, counted: Counted) -> datetime:
    """Now, if one more is within all limits; raises TooOften, which says for how many seconds."""
    now = datetime.now(UTC)
    waits = [wait for what, limit in counted.items() if (wait := _wait(connection, hash_of(what), limit, now))]
    if waits:
        seconds = -(-max(waits) // timedelta(seconds=1))
        raise TooOften("Too many tries: please wait a little, then try again.", retry_after=str(seconds))
    return now


def _wait(connection: Connection, what: str, limit: RateLimit, now: datetime) -> timedelta | None:
    """How long until one more is within the limit; None if it is."""
    rows = tables.tries.c
    query = select(rows.at).where(rows.what == what, rows.at > now - limit.within).order_by(rows.at.desc())
    eldest = connection.scalar(query.offset(limit.most - 1).limit(1))
    return eldest + limit.within - now if eldest else None
