"""A copy of a PostgreSQL database in one file, made by PostgreSQL's own pg_dump."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL

from shared.hall.errors import Unfit

OURS_ALONE = 0o600
"""In the copy is everything of every hall."""


def dump(url: URL, name: str, target: Path) -> None:
    """Write everything, as of one moment, to a file that ``pg_restore`` reads; raises Unfit and leaves none."""
    tool = shutil.which("pg_dump")
    if tool is None:
        raise Unfit(
            "A backup needs pg_dump: install PostgreSQL's client programs, "
            "or back the database up in your own way and upgrade with --without-backup."
        )
    try:
        target.touch(mode=OURS_ALONE)
        done = subprocess.run(  # noqa: S603  # the password goes by the environment: arguments can be seen by others
            [tool, "--format=custom", "--no-password", f"--file={target}", "--dbname", _without_password(url)],
            env={**os.environ, "PGPASSWORD": password_of(url)} if password_of(url) else None,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        target.unlink(missing_ok=True)
        raise Unfit(f"The database {name} can't be copied to {target}: {error}.") from error
    if done.returncode != 0:
        target.unlink(missing_ok=True)
        raise Unfit(f"The database {name} can't be copied: {_cause(done.stderr)}.")


def password_of(url: URL) -> str:
    """The password an address holds, in front of the server's name or behind the question mark; else nothing."""
    return str(url.password or url.query.get("password", ""))


def _without_password(url: URL) -> str:
    """The address as others may see it in the list of processes."""
    query = {name: value for name, value in url.query.items() if name != "password"}
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, query).render_as_string()


def _cause(said: str) -> str:
    """The first line of a complaint, which names the cause; where programs differ in age, the line behind says how."""
    lines = [
        line.removeprefix("pg_dump: ").removeprefix("error: ").removeprefix("detail: ") for line in said.splitlines()
    ]
    return "; ".join(line.strip(" .") for line in lines[:2]) or "pg_dump failed"
