"""The event feed of a serverless backend, which sleeps between two requests: listeners poll."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

from shared.backend.halls.ledger import Ledger
from shared.backend.http.event_feed import HEARTBEAT, Listener, batches_of, encode_entry
from shared.hall.field_types import HallId
from shared.hall.units import Milliseconds

STATION_RETRY, PAGE_RETRY = 2000, 5000
"""Milliseconds after which a station or a customer's page polls again: what they show is at most that old."""

SPREAD = 0.1
"""The random part of these, 0 to 1, so that a crowd that polled at one moment does not do so again."""


class PollingFeed:
    """Sends the events there are and ends the stream; the listener reconnects, and so polls."""

    page_epilogue = "event: rest\ndata: 1\n\n"
    """Tells a page that the end of its stream is no outage."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def page_prologue(self) -> str:
        return _retry(PAGE_RETRY)

    def open(self) -> None:
        """Nothing to do: nothing is followed."""

    async def stream_to(self, hall: HallId, listener: Listener, heartbeat: float = HEARTBEAT) -> None:
        """Send the next events after ``listener.seq``, as many as one read of the journal returns."""
        await listener.write(_retry(STATION_RETRY).encode())
        entries = await asyncio.to_thread(self._ledger.entries_after, hall, listener.seq)
        for batch in batches_of([encode_entry(entry) for entry in entries]):
            await listener.write(batch.body)
            listener.seq = batch.seq

    async def changes(self, hall: HallId, heartbeat: float = HEARTBEAT) -> AsyncIterator[int]:
        """The hall's sequence number now."""
        yield (await asyncio.to_thread(self._ledger.hall, hall)).seq

    def close(self) -> None:
        """Nothing to do: no stream outlives its request."""


def _retry(milliseconds: Milliseconds) -> str:
    return f"retry: {round(milliseconds * random.uniform(1 - SPREAD, 1 + SPREAD))}\n\n"  # noqa: S311  # spreads load, keeps no secret
