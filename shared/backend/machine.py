"""Whether the machine is fit for its database: the file sound and writable, room on the disk, the clock right."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from shared.backend import tables
from shared.backend.database import Database
from shared.hall.errors import Failure

LEAST_ROOM = 100_000_000
"""Bytes that should be free: several weeks of a large hall, and time to make room."""

SLACK = timedelta(minutes=2)
"""How far a clock may be behind what is written before anybody is told: less is a small correction by the network."""

COMPLAINTS = 3
"""How many of SQLite's own complaints are passed on; a damaged file has thousands, and one remedy."""


def faults(database: Database, now: datetime | None = None) -> Iterator[str]:
    """What is wrong with the file, the disk and the clock, a sentence each."""
    try:
        with database.writing():
            pass
    except Failure as failure:
        yield failure.detail
    with database.reading() as connection:
        if connection.dialect.name == "sqlite":
            yield from _file_damaged(connection, Path(database.path))
            yield from _disk_full(Path(database.path))
        yield from _clock_behind(connection, now or datetime.now(UTC))


def _file_damaged(connection: Connection, path: Path) -> Iterator[str]:
    complaints = list(connection.exec_driver_sql(f"PRAGMA integrity_check({COMPLAINTS})").scalars())
    if complaints != ["ok"]:
        said = "; ".join(" ".join(str(complaint).split()) for complaint in complaints)
        yield f"The database {path} is damaged ({said}): stop the backend and put the last good backup in its place."
    for table, *_ in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(COMPLAINTS):
        yield f"The table {table} has rows of a hall or person nobody knows: put the last good backup in its place."


def _disk_full(path: Path) -> Iterator[str]:
    free = shutil.disk_usage(path.absolute().parent).free
    if free < LEAST_ROOM:
        yield f"The disk with the database {path} has only {free // 1_000_000} MB left: make room before it is full."


def _clock_behind(connection: Connection, now: datetime) -> Iterator[str]:
    written = connection.scalar(select(func.max(tables.halls.c.created_at)))
    newest = max(
        filter(None, [_utc(written), *(_last_event(connection, hall) for hall in _halls(connection))]), default=now
    )
    if newest > now + SLACK:
        yield (
            f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, but something was written at "
            f"{newest:%Y-%m-%d %H:%M} UTC: set the clock."
        )


def _halls(connection: Connection) -> list[str]:
    return list(connection.scalars(select(tables.halls.c.id)))


def _last_event(connection: Connection, hall: str) -> datetime | None:
    rows = tables.journal.c
    query = select(rows.at).where(rows.hall_id == hall).order_by(rows.seq.desc()).limit(1)
    return connection.scalar(query)


def _utc(moment: datetime | None) -> datetime | None:
    """A time the database computed with, as every other."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
