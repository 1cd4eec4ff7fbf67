"""``nowserving restore``: checks a backup and puts it in the place of a database."""

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
"""Its name in the audit."""


@dataclass(frozen=True)
class Restored:
    newest: datetime | None
    """The time of the backup's newest event or audit entry; None if there is none."""
    is_current: bool
    """Whether its tables are of this version; otherwise it has to be upgraded."""
    faults: tuple[str, ...] = ()
    """A sentence for each fault found in it. A SQLite backup with faults is refused, so these are PostgreSQL's."""
    kept: Path | None = None
    """The file or database in which the replaced one is kept; None if there was none."""
    database: str = ""
    """The file or PostgreSQL database that was replaced."""


def restore(address: str, backup: Path, by: Actor) -> Restored:
    """Replace the database by a backup; raises Unfit if that can't be done, and then nothing has changed."""
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
    part = durable_files.temporary_file_for(path)
    try:
        sqlite_restore.copy_of(backup, part)
        found = _checked_copy(part, backup)
        _audit(f"sqlite:///{part}", backup, found, by)
        return replace(found, kept=sqlite_restore.put(part, path), database=str(path))
    finally:
        sqlite_restore.clear(part)


def _checked_copy(part: Path, backup: Path) -> Restored:
    """Check a copy of the backup; raises Unfit if it is empty, damaged or not ours."""
    try:
        copy = Database(f"sqlite:///{part}")
    except NoHallsYet:
        raise Unfit(f"{backup} is empty, and nothing was changed: take another backup.") from None
    except Failure as failure:
        why = failure.detail.replace(str(part), str(backup))  # nobody knows the copy's name
        raise Unfit(f"{backup} can't be put in place, and nothing was changed. {why}") from failure
    damaged = f"{backup} is damaged itself, and nothing was changed: take another backup."
    try:
        found = _checked(copy)
    except Failure as failure:
        raise Unfit(damaged) from failure
    if found.faults:
        why = found.faults[0].removesuffix(consistency_check.RESTORE).removesuffix(table_check.REMEDY)
        raise Unfit(f"{damaged} {why}".strip())
    return found


def _postgresql(address: str, url: URL, backup: Path, by: Actor) -> Restored:
    kept = postgres_restore.restore(url, backup)
    try:
        found = _checked(Database(address))
    except (Failure, DBAPIError) as error:  # it is in place: the administrator has to know where the old database is
        found = Restored(None, is_current=True, faults=(f"It can't be read: {str(error).splitlines()[0]}.",))
    if not found.faults:
        _audit(address, backup, found, by)
    return replace(found, kept=kept, database=str(url.database))


def _checked(database: Database) -> Restored:
    """Check a database nobody uses, and close it; raises Failure if it can't be read. Of an older one only that."""
    with closing(database):
        database.require_sound()
        is_current = database.is_current()
        with database.reading() as connection:
            timed = (tables.journal, tables.audit) if is_current else (tables.journal,)
            newest = [connection.scalar(select(func.max(table.c.at))) for table in timed]
            halls = list(connection.scalars(select(tables.halls.c.id))) if is_current else []
            faults = tuple(fault for hall in halls for fault in consistency_check.faults(connection, hall))
        return Restored(max(filter(None, newest), default=None), is_current, faults)


def _audit(address: str, backup: Path, found: Restored, by: Actor) -> None:
    """Audit the restore in the restored database; one of an earlier version may have no audit yet."""
    if found.is_current:
        with closing(Database(address)) as database, database.writing() as connection:
            row = audit_lines.entry(datetime.now(UTC), ACT, by=by, about=backup.name)
            connection.execute(insert(tables.audit), row)
