"""How often something may be tried within a while, counted in the database, so that all its backends count together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from shared.backend.access.hashes import hash_of
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.errors import TooOften
from shared.hall.words import new_id

LONGEST = timedelta(days=1)
"""What is older counts for no limit."""


@dataclass(frozen=True)
class Limit:
    """At most so many tries within a while, over any such stretch of time."""

    most: int
    within: timedelta


Counted = Mapping[str, Limit]
"""What is counted, in words of our own, such as ``account anna`` and ``address 10.0.0.7``, each with its limit."""


class Limits:
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


def _wait(connection: Connection, what: str, limit: Limit, now: datetime) -> timedelta | None:
    """How long until one more is within the limit; None if it is."""
    rows = tables.tries.c
    query = select(rows.at).where(rows.what == what, rows.at > now - limit.within).order_by(rows.at.desc())
    eldest = connection.scalar(query.offset(limit.most - 1).limit(1))
    return eldest + limit.within - now if eldest else None
