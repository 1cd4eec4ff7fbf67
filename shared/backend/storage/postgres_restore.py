"""Restores a backup over a PostgreSQL database, in one transaction of psql: all of it or nothing."""

from __future__ import annotations

import re
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import URL

from shared.backend.storage.database import Database, versions
from shared.backend.storage.postgres_backup import dump, program, run
from shared.durable_files import free_name
from shared.hall.errors import NoHallsYet, Unfit

OTHERS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")


def restore(url: URL, backup: Path) -> Path | None:
    """Put the backup in place; returns where the old content is kept. Raises Unfit, Unreachable: no hall is changed."""
    pg_restore, psql = (program(name, "Restoring") for name in ("pg_restore", "psql"))
    _require_ours(pg_restore, backup)
    address = url.render_as_string(hide_password=False)
    with closing(_open(address)) as database:
        with database.engine.connect() as connection:
            if connection.scalar(OTHERS):
                raise Unfit(
                    f"{database.kind.name} is in use, and nothing was changed: stop every backend and program that has "
                    "it open, and try again."
                )
        old_tables, name = inspect(database.engine).get_table_names(), database.kind.name
    kept = free_name(Path(str(url.database)), ".dump") if old_tables else None
    if kept:
        dump(url, name, kept)
    with tempfile.TemporaryDirectory() as folder:
        before, script = Path(folder, "before.sql"), Path(folder, "halls.sql")
        before.write_text("".join(f'DROP TABLE IF EXISTS "{table}" CASCADE;\n' for table in old_tables), "utf-8")
        plain = ("--clean", "--if-exists", "--no-owner", "--no-privileges", f"--file={script}", str(backup))
        run([pg_restore, *plain], f"{backup} can't be read")
        options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
        files = (f"--file={before}", f"--file={script}")
        run([psql, *options, *files], f"{backup} can't be put into {name}, and nothing was changed", url)
    return kept


def _require_ours(pg_restore: str, backup: Path) -> None:
    """Raises Unfit for a file that is no backup of ours, or one of a newer version."""
    wanted = ("--data-only", "--table=alembic_version", "--file=-", str(backup))
    found = re.search(r"^(\w+)$\n\\\.", run([pg_restore, *wanted], f"{backup} can't be read as a backup"), re.MULTILINE)
    if not found:
        raise Unfit(f"{backup} is no backup of Now Serving, and nothing was changed.")
    if found[1] not in versions():
        raise Unfit(f"{backup} was written by a newer Now Serving: install that version or a later one.")


def _open(address: str) -> Database:
    """The database, which may be empty; raises Unfit for one of another program."""
    try:
        return Database(address)
    except NoHallsYet:
        return Database(address, create=True)
