"""Rate limits: how often something may be tried. Counted in the database, so that all its backends count together."""

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
"""The longest ``within`` of all limits: older tries are deleted."""


@dataclass(frozen=True)
class RateLimit:
    most: int
    """Tries allowed in any stretch of ``within``."""
    within: timedelta


A_WHILE = timedelta(minutes=15)

LOG_IN_AT_USUAL_PLACE = RateLimit(5, A_WHILE)
"""Wrong passwords for an account from one usual place: an address its owner has signed in from before."""

LOG_IN_BY_STRANGERS = RateLimit(5, A_WHILE)
"""Wrong passwords for an account from all other addresses together: the owner still gets in at a usual one."""

LOG_IN_BY_ONE_STRANGER = RateLimit(3, A_WHILE)
"""Wrong passwords for an account from one other address: two tries are left for the owner at a new one."""

LOG_IN_FROM_ONE_PLACE = RateLimit(30, A_WHILE)
"""Wrong passwords from one address, for all accounts together."""

SIGN_ON_WITH_ONE_TOKEN = RateLimit(1, timedelta(hours=1))
"""An ID token is accepted once; within the hour it expires anyway."""

PAIRING_CODES_PER_ADDRESS = RateLimit(30, timedelta(minutes=10))
"""New pairing codes shown by devices at one address."""

FAILED_CONFIRMATIONS_PER_PERSON = RateLimit(10, timedelta(minutes=10))
"""Tries of one administrator to pair a device that paired none: a wrong code, but also a taken name."""

NUMBERS_FROM_ONE_PLACE = {"a while": RateLimit(120, timedelta(minutes=10)), "a day": RateLimit(2000, timedelta(days=1))}
"""Numbers taken from one address: all the phones of a clinic's Wi-Fi come from the same."""

NUMBERS_FROM_ONE_BROWSER = {"a while": RateLimit(10, timedelta(minutes=10)), "a day": RateLimit(40, timedelta(days=1))}

MISSING_TICKETS_FROM_ONE_PLACE = RateLimit(60, timedelta(minutes=10))
"""Requests for a ticket's page with an unknown token. A valid one is never turned away."""


LimitByKey = Mapping[str, RateLimit]
"""Keys a try counts for, such as ``login anna`` and ``place 10.0.0.7``, each with its limit."""


class RateLimits:
    """The tries counted in one database. A refusal costs a read and writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, counted: LimitByKey) -> list[str]:
        """Count one try for all keys, or for none; returns the receipt for ``give_back``.

        Raises TooOften if a limit is reached. Call it before the try, so that many at once don't get around the limit.
        """
        with self._database.reading() as connection:
            _require(connection, counted)
        with self._database.writing() as connection:
            self._database.kind.lock(connection, map(hash_of, counted))
            now = _require(connection, counted)
            connection.execute(delete(tables.tries).where(tables.tries.c.at < now - LONGEST))
            ids = [new_id() for _ in counted]
            tries = [{"id": id_, "what": hash_of(key), "at": now} for id_, key in zip(ids, counted, strict=True)]
            connection.execute(insert(tables.tries), tries)
        return ids

    def give_back(self, receipt: list[str]) -> None:
        """Take a try off all its keys, because it succeeded."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.tries).where(tables.tries.c.id.in_(receipt)))


def _require(connection: Connection, counted: LimitByKey) -> datetime:
    """The time, if one more try is within all limits; raises TooOften with the seconds to wait."""
    now = datetime.now(UTC)
    waits = [wait for key, limit in counted.items() if (wait := _wait(connection, hash_of(key), limit, now))]
    if waits:
        seconds = -(-max(waits) // timedelta(seconds=1))  # rounded up
        raise TooOften("Too many tries: please wait a little, then try again.", retry_after=str(seconds))
    return now


def _wait(connection: Connection, key_hash: str, limit: RateLimit, now: datetime) -> timedelta | None:
    """How long until one more try is within the limit; None if it is."""
    rows = tables.tries.c
    query = select(rows.at).where(rows.what == key_hash, rows.at > now - limit.within).order_by(rows.at.desc())
    oldest = connection.scalar(query.offset(limit.most - 1).limit(1))
    return oldest + limit.within - now if oldest else None
