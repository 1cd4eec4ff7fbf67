"""``nowserving restore``: a backup in the place of a database, looked at as ``check`` does."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from shared import durable_files
from shared.backend.halls import audit_lines, consistency_check, table_check
from shared.backend.storage import postgres_restore, sqlite_restore, tables
from shared.backend.storage.database import Database, address_of
from shared.hall.errors import Failure, NoHallsYet, Unfit
from shared.hall.roles import Actor

ACT = "restore"
"""As the audit calls it."""


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
    place: str = ""
    """The database it is in place of."""


def restore(address: str, backup: Path, by: Actor) -> Restored:
    """Put a backup in the place of the database; raises Unfit, and then what was there is there."""
    url = address_of(address)
    if not backup.is_file():
        raise Unfit(f"There is no backup {backup}: write the name of a file that `nowserving backup` made.")
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, backup, by)
    return _postgresql(address, url, backup, by)


def _sqlite(url: URL, backup: Path, by: Actor) -> Restored:
    path = Path(url.database or "").resolve()
    if not url.database or not path.parent.is_dir():
        raise Unfit(f"There is no folder {path.parent} for the database: make it first.")
    if path.exists() and path.samefile(backup):
        raise Unfit(f"{backup} is the database itself: write the name of a backup of it.")
    part = durable_files.part_of(path)
    try:
        sqlite_restore.copy_of(backup, part)
        found = _fit(part, backup)
        _write_down(f"sqlite:///{part}", backup, found, by)
        return replace(found, kept=sqlite_restore.put(part, path), place=str(path))
    finally:
        sqlite_restore.clear(part)


def _fit(part: Path, backup: Path) -> Restored:
    """What is in a copy of the backup; raises Unfit for one that may not take the place of anything."""
    try:
        copy = Database(f"sqlite:///{part}")
    except NoHallsYet:
        raise Unfit(f"{backup} is empty, and nothing was changed: take another backup.") from None
    except Failure as failure:
        why = failure.detail.replace(str(part), str(backup))  # a copy whose name nobody knows
        raise Unfit(f"{backup} can't be put in place, and nothing was changed. {why}") from failure
    damaged = f"{backup} is damaged itself, and nothing was changed: take another backup."
    try:
        found = _looked_at(copy)
    except Failure as failure:
        raise Unfit(damaged) from failure
    if found.faults:
        why = found.faults[0].removesuffix(consistency_check.RESTORE).removesuffix(table_check.REMEDY)
        raise Unfit(f"{damaged} {why}".strip())
    return found


def _postgresql(address: str, url: URL, backup: Path, by: Actor) -> Restored:
    kept = postgres_restore.restore(url, backup)
    try:
        found = _looked_at(Database(address))
    except (Failure, DBAPIError) as error:  # it is in place: whoever reads this has to know where the other one is
        found = Restored(None, is_current=True, faults=(f"It can't be read: {str(error).splitlines()[0]}.",))
    if not found.faults:
        _write_down(address, backup, found, by)
    return replace(found, kept=kept, place=str(url.database))


def _looked_at(database: Database) -> Restored:
    """What is in a database that nobody uses, which is closed then; raises Failure for one that can't be read."""
    with closing(database):
        database.require_sound()
        is_current = database.is_current()
        with database.reading() as connection:
            timed = (tables.journal, tables.audit) if is_current else (tables.journal,)
            ends = [connection.scalar(select(func.max(table.c.at))) for table in timed]
            halls = list(connection.scalars(select(tables.halls.c.id))) if is_current else []
            faults = tuple(fault for hall in halls for fault in consistency_check.faults(connection, hall))
        return Restored(max(filter(None, ends), default=None), is_current, faults)


def _write_down(address: str, backup: Path, found: Restored, by: Actor) -> None:
    """That it was put in place, in its own audit; one of an earlier version may have none to write to yet."""
    if found.is_current:
        with closing(Database(address)) as database, database.writing() as connection:
            connection.execute(insert(tables.audit), audit_lines.line(datetime.now(UTC), ACT, by=by, about=backup.name))
