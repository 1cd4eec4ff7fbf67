"""Checks the machine for `nowserving check`: writing, the database itself, the room on its disk, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.formats import TO_THE_MINUTE
from shared.hall.errors import Failure

TOLERATED_LAG = timedelta(minutes=2)
"""How far the clock may be behind the newest event: so much is a small correction by the network."""


def faults(database: Database, now: datetime | None = None) -> Iterator[str]:
    """What is wrong with the database itself, its disk and the clock, a sentence each; raises Unreachable or Unfit."""
    try:
        with database.writing():
            pass
    except Failure as failure:
        yield failure.detail
    with database.reading() as connection:
        yield from database.kind.faults(connection)
        yield from _clock_behind(connection, now or datetime.now(UTC))


def _clock_behind(connection: Connection, now: datetime) -> Iterator[str]:
    newest_hall = connection.scalar(select(func.max(tables.halls.c.created_at)))
    halls = connection.scalars(select(tables.halls.c.id)).all()
    newest = max(filter(None, [_utc(newest_hall), *(_last_event(connection, hall) for hall in halls)]), default=now)
    if newest > now + TOLERATED_LAG:
        yield (
            f"The clock of this machine says {now:{TO_THE_MINUTE}} UTC, but something was written at "
            f"{newest:{TO_THE_MINUTE}} UTC: set the clock, unless it is right now and was ahead then."
        )


def _last_event(connection: Connection, hall: str) -> datetime | None:
    rows = tables.journal.c
    query = select(rows.at).where(rows.hall_id == hall).order_by(rows.seq.desc()).limit(1)
    return connection.scalar(query)


def _utc(moment: datetime | None) -> datetime | None:
    """A time from an aggregate function, which has lost its time zone on SQLite."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
