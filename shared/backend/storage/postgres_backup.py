"""A copy of a PostgreSQL database in one file, made by PostgreSQL's own pg_dump; how its programs are run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL

from shared.durable_files import beside
from shared.hall.errors import Unfit


def dump(url: URL, name: str, target: Path) -> None:
    """Write everything, as of one moment, to a file that ``pg_restore`` reads; raises Unfit and leaves none."""
    tool = program("pg_dump", "A backup", ", or back the database up in your own way and upgrade with --without-backup")
    try:
        with beside(target) as part:
            run([tool, "--format=custom", f"--file={part}"], f"The database {name} can't be copied", url)
    except OSError as error:
        raise Unfit(f"The database {name} can't be copied to {target}: {error}.") from error


def program(name: str, what: str, otherwise: str = "") -> str:
    """Where one of PostgreSQL's own programs is; raises Unfit."""
    found = shutil.which(name)
    if found is None:
        raise Unfit(f"{what} needs {name}: install PostgreSQL's client programs{otherwise}.")
    return found


def run(command: list[str], failed: str, url: URL | None = None) -> str:
    """What one of PostgreSQL's programs prints; raises Unfit, with the cause, when it fails.

    The password of the database goes by the environment: arguments can be seen by others.
    """
    at = ["--no-password", "--dbname", _without_password(url)] if url else []
    secret = password_of(url) if url else ""
    done = subprocess.run(  # noqa: S603  # PostgreSQL's own programs
        [*command, *at],
        env={**os.environ, "PGPASSWORD": secret} if secret else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Unfit(f"{failed}: {_cause(done.stderr)}.")
    return done.stdout


def password_of(url: URL) -> str:
    """The password an address holds, in front of the server's name or behind the question mark; else nothing."""
    return str(url.password or url.query.get("password", ""))


def _without_password(url: URL) -> str:
    """The address as others may see it in the list of processes."""
    query = {name: value for name, value in url.query.items() if name != "password"}
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, query).render_as_string()


def _cause(said: str) -> str:
    """The first line of a complaint, which names the cause; where programs differ in age, the line behind says how."""
    lines = [re.sub(r"^(?:\w+: |psql:\S+ )?(?:error|detail|ERROR|DETAIL): +", "", line) for line in said.splitlines()]
    return "; ".join(line.strip(" .") for line in lines[:2]) or "it failed"
