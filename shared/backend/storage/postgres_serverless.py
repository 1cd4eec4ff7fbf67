"""PostgreSQL for a program that answers one request at a time and may be frozen after any: no pool, no news."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from sqlalchemy import event
from sqlalchemy.engine import URL

from shared.backend.storage.postgres import Postgres

PORT = 5432

RECYCLED = 300
"""Seconds after which a connection is replaced: networks forget a silent one after 350, without a word to anybody."""

Password = Callable[[str, int, str], str | None]
"""What opens the database of a host and port for a person at this moment; None: nothing does, or nothing has to."""


class ServerlessPostgres(Postgres):
    """A PostgreSQL server in the eyes of a program that answers one request at a time and may be frozen after any."""

    writers = 1
    pool: ClassVar[Mapping[str, Any]] = {
        "pool_size": 1,
        "max_overflow": 1,  # for what reads while something is written; closed again at once
        "pool_pre_ping": True,
        "pool_recycle": RECYCLED,
    }

    def __init__(self, url: URL, *, create: bool, password: Password) -> None:
        super().__init__(url, create=create)

        def sign(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
            if secret := password(url.host or "", url.port or PORT, url.username or ""):
                options["password"] = secret

        if not url.password:
            event.listen(self.engine, "do_connect", sign)

    def changes(self, closed: threading.Event) -> Iterator[None]:
        """Nobody waits for news here: whoever asks is told what the journal has."""
        yield None
        closed.wait()
