"""Backs up a PostgreSQL database with pg_dump; how PostgreSQL's own programs are run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL

from shared.durable_files import replacing
from shared.hall.errors import Unfit


def dump(url: URL, name: str, target: Path) -> None:
    """Write a snapshot of everything to a file for ``pg_restore``; raises Unfit, and leaves no file, if it fails."""
    tool = program("pg_dump", "A backup", ", or back the database up in your own way and upgrade with --without-backup")
    try:
        with replacing(target) as part:
            run([tool, "--format=custom", f"--file={part}"], f"The database {name} can't be copied", url)
    except OSError as error:
        raise Unfit(f"The database {name} can't be copied to {target}: {error}.") from error


def program(name: str, what: str, otherwise: str = "") -> str:
    """The path of one of PostgreSQL's own programs; raises Unfit, naming ``what`` needs it, if it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise Unfit(f"{what} needs {name}: install PostgreSQL's client programs{otherwise}.")
    return found


def run(command: list[str], failed: str, url: URL | None = None) -> str:
    """What one of PostgreSQL's programs prints; raises Unfit (``failed``: the cause) if it fails.

    The database's password is passed in the environment: others on the machine can see arguments.
    """
    target = ["--no-password", "--dbname", _without_password(url)] if url else []
    secret = password_of(url) if url else ""
    done = subprocess.run(  # noqa: S603  # PostgreSQL's own programs
        [*command, *target],
        env={**os.environ, "PGPASSWORD": secret} if secret else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Unfit(f"{failed}: {_cause(done.stderr)}.")
    return done.stdout


def password_of(url: URL) -> str:
    """The password in an address, before the server's name or after the question mark; empty if there is none."""
    return str(url.password or url.query.get("password", ""))


def _without_password(url: URL) -> str:
    """The address as others may see it in the process list."""
    query = {name: value for name, value in url.query.items() if name != "password"}
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, query).render_as_string()


def _cause(stderr: str) -> str:
    """The first line, which names the cause, and the second, which has the versions if they don't match."""
    lines = [re.sub(r"^(?:\w+: |psql:\S+ )?(?:error|detail|ERROR|DETAIL): +", "", line) for line in stderr.splitlines()]
    return "; ".join(line.strip(" .") for line in lines[:2]) or "it failed"
