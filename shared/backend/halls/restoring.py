"""``nowserving restore``: a backup in the place of a database, looked at as ``check`` does."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import URL

from shared.backend.halls import checking
from shared.backend.storage import postgres_restore, sqlite_restore, tables
from shared.backend.storage.database import Database, address_of
from shared.hall.errors import Failure, Unfit


@dataclass(frozen=True)
class Restored:
    """What is in place now."""

    newest: datetime | None
    """When the last thing in it happened; None if nothing ever did."""
    is_current: bool
    """Whether it is of this version, or has to be upgraded."""
    faults: tuple[str, ...] = ()
    """What is wrong with it, a sentence each."""
    kept: Path | None = None
    """Where what was there before is kept."""


def restore(address: str, backup: Path) -> Restored:
    """Put a backup in the place of the database; raises Unfit, and then what was there is there."""
    url = address_of(address)
    if not backup.is_file():
        raise Unfit(f"There is no backup {backup}: write the name of a file that `nowserving backup` made.")
    return _sqlite(url, backup) if url.get_backend_name() == "sqlite" else _postgresql(address, url, backup)


def _sqlite(url: URL, backup: Path) -> Restored:
    path = Path(url.database or "").resolve()
    if not url.database or not path.parent.is_dir():
        raise Unfit(f"There is no folder {path.parent} for the database: make it first.")
    if path.exists() and path.samefile(backup):
        raise Unfit(f"{backup} is the database itself: write the name of a backup of it.")
    part = path.with_name(f".nowserving-{os.getpid()}.part")
    try:
        sqlite_restore.copy_of(backup, part)
        try:
            found = _looked_at(f"sqlite:///{part}")
        except Failure as failure:
            why = failure.for_strangers().detail  # which would name a copy nobody knows
            raise Unfit(f"{backup} is no backup that can be put in place, and nothing was changed. {why}") from failure
        if found.faults:
            raise Unfit(f"{backup} is damaged itself, and nothing was changed: take another one. {found.faults[0]}")
        return Restored(found.newest, found.is_current, kept=sqlite_restore.put(part, path))
    finally:
        sqlite_restore.clear(part)


def _postgresql(address: str, url: URL, backup: Path) -> Restored:
    kept = postgres_restore.restore(url, backup)
    try:
        found = _looked_at(address)
    except Failure as failure:  # it is in place: whoever reads this has to know where the other one is
        return Restored(None, is_current=True, faults=(failure.detail,), kept=kept)
    return Restored(found.newest, found.is_current, found.faults, kept)


def _looked_at(address: str) -> Restored:
    """What is in a database that nobody uses; raises Failure for one that can't be read."""
    with closing(Database(address)) as database:
        database.require_sound()
        with database.reading() as connection:
            newest = connection.scalar(select(func.max(tables.journal.c.at)))
            halls = list(connection.scalars(select(tables.halls.c.id))) if database.is_current() else []
            faults = tuple(fault for hall in halls for fault in checking.faults(connection, hall))
        return Restored(newest, database.is_current(), faults)
