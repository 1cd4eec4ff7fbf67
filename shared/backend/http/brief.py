"""A backend that sleeps between two requests, as a function in a cloud does: it holds no line and follows nothing."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, ClassVar

from sqlalchemy import event
from sqlalchemy.engine import URL

from shared.backend.halls.ledger import Ledger
from shared.backend.halls.timekeeper import look_after_all
from shared.backend.http.feed import HEARTBEAT, Listener, as_sse, pieces
from shared.backend.http.housekeeping import look_through
from shared.backend.storage.postgres import Postgres
from shared.hall.words import HallId

STATION_AGAIN, PAGE_AGAIN = 2000, 5000
"""Milliseconds after which a station or a customer's page comes again: what they then see is that old at most."""

SPREAD = 0.1
"""Part of that by which it differs each time, so that a crowd that came at once does not do so again."""

PORT = 5432

RECYCLED = 300
"""Seconds after which a connection is replaced: networks forget a silent one after 350, without a word to anybody."""

Password = Callable[[str, int, str], str | None]
"""What opens the database of a host and port for a person at this moment; None: nothing does, or nothing has to."""


class BriefPostgres(Postgres):
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


class BriefFeed:
    """Tells whoever asks what there is, and lets them go: they come again."""

    closing = "event: rest\ndata: 1\n\n"
    """So that a page does not take the end for an outage."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def opening(self) -> str:
        return _again(PAGE_AGAIN)

    def open(self) -> None:
        """Nothing to do: nothing is followed."""

    async def tell(self, hall: HallId, listener: Listener, heartbeat: float = HEARTBEAT) -> None:
        """Everything after the last event the listener has."""
        await listener.tell(_again(STATION_AGAIN).encode())
        entries = await asyncio.to_thread(self._ledger.entries_after, hall, listener.seq)
        for seq, piece in pieces([(entry.seq, as_sse(entry)) for entry in entries]):
            await listener.tell(piece)
            listener.seq = seq

    async def changes(self, hall: HallId, heartbeat: float = HEARTBEAT) -> AsyncIterator[int]:
        """The hall's sequence number now."""
        yield (await asyncio.to_thread(self._ledger.hall, hall)).seq

    def close(self) -> None:
        """Nothing to do: no stream outlives its request."""


async def keep_up(ledger: Ledger) -> None:
    """Do once, when somebody outside says that a minute is over, what a backend that is always there does by itself."""
    await look_after_all(ledger)
    await asyncio.to_thread(look_through, ledger, thoroughly=ledger.wall().minute == 0)


def _again(milliseconds: int) -> str:
    return f"retry: {round(milliseconds * random.uniform(1 - SPREAD, 1 + SPREAD))}\n\n"  # noqa: S311  # spreads load, keeps no secret
