"""The feed of a backend that sleeps between two requests, as a function in a cloud does: whoever asks comes again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

from shared.backend.halls.ledger import Ledger
from shared.backend.http.event_feed import HEARTBEAT, Listener, as_sse, pieces
from shared.hall.field_types import HallId

STATION_AGAIN, PAGE_AGAIN = 2000, 5000
"""Milliseconds after which a station or a customer's page comes again: what they then see is that old at most."""

SPREAD = 0.1
"""Part of that by which it differs each time, so that a crowd that came at once does not do so again."""


class PollingFeed:
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


def _again(milliseconds: int) -> str:
    return f"retry: {round(milliseconds * random.uniform(1 - SPREAD, 1 + SPREAD))}\n\n"  # noqa: S311  # spreads load, keeps no secret
