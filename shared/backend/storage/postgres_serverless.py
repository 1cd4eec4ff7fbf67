"""PostgreSQL for a serverless function, which is frozen between two requests: no pool, no NOTIFY."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from sqlalchemy import event
from sqlalchemy.engine import URL

from shared.backend.storage.postgres import Postgres

PORT = 5432

RECYCLED_AFTER = 300
"""Seconds after which a connection is replaced, because networks silently drop an idle one after 350."""

Password = Callable[[str, int, str], str | None]
"""The current password for a host, port and user; None if there is none."""


class ServerlessPostgres(Postgres):
    """A database on a PostgreSQL server, for a function that answers one request at a time."""

    writers = 1
    pool: ClassVar[Mapping[str, Any]] = {
        "pool_size": 1,
        "max_overflow": 1,  # for a read during a write; closed again at once
        "pool_pre_ping": True,
        "pool_recycle": RECYCLED_AFTER,
    }

    def __init__(self, url: URL, *, create: bool, password: Password) -> None:
        super().__init__(url, create=create)

        def set_password(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
            if secret := password(url.host or "", url.port or PORT, url.username or ""):
                options["password"] = secret

        if not url.password:
            event.listen(self.engine, "do_connect", set_password)

    def changes(self, closed: threading.Event) -> Iterator[None]:
        """Yields the first None only: every request reads the journal."""
        yield None
        closed.wait()
