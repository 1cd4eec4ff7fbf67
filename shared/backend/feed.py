"""Events of the halls on their way to whoever listens over HTTP: each read and written down once for all of them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from shared.backend.journal import Entry
from shared.backend.ledger import Ledger
from shared.hall.errors import Failure
from shared.hall.words import HallId

log = logging.getLogger(__name__)

REMEMBERED = 2000
"""Events of a hall kept at hand for listeners that come back after a short cut."""

HEARTBEAT = 15.0
"""Seconds of silence after which a listener hears a comment line."""

RETRY = b"retry: 1000\n\n"


@dataclass
class _Channel:
    """One hall's events, for everybody who listens to it here."""

    hall: HallId
    seq: int
    chunks: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def after(self, seq: int) -> list[tuple[int, bytes]] | None:
        """What came after ``seq``; None if that is longer ago than is remembered."""
        if seq >= self.seq:
            return []
        if not self.chunks or self.chunks[0][0] > seq + 1:
            return None
        return [chunk for chunk in self.chunks if chunk[0] > seq]


class Feed:
    """Follows the ledger from inside a running loop, from ``open`` to ``close``."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._channels: dict[HallId, _Channel] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._woken = False
        self._stop_listening: Callable[[], None] = lambda: None

    def open(self) -> None:
        """Begin to follow the ledger; needs a running loop."""
        self._loop = asyncio.get_running_loop()
        self._stop_listening = self._ledger.listen(self._changed)

    async def events(self, hall: HallId, after: int, heartbeat: float = HEARTBEAT) -> AsyncIterator[bytes]:
        """A hall's events after ``after`` as Server-Sent Events, for as long as anybody listens."""
        channel = self._channel(hall)
        yield RETRY
        while not self._closed:
            chunks = channel.after(after)
            if chunks is None:
                chunks = self._long_ago(hall, after)
            for seq, chunk in chunks:
                after = seq
                yield chunk
            if not chunks and not await self._news(channel, heartbeat):
                yield b": alive\n\n"

    async def changes(self, hall: HallId, heartbeat: float = HEARTBEAT) -> AsyncIterator[int]:
        """The hall's sequence number now, after every change, and once per heartbeat."""
        channel = self._channel(hall)
        while not self._closed:
            seq = channel.seq
            yield seq
            if channel.seq == seq:
                await self._news(channel, heartbeat)

    def close(self) -> None:
        """End every stream at once."""
        self._closed = True
        self._stop_listening()
        for channel in self._channels.values():
            channel.news.set()

    def _channel(self, hall: HallId) -> _Channel:
        if hall not in self._channels:
            self._channels[hall] = _Channel(hall, self._ledger.hall(hall).seq)
        return self._channels[hall]

    def _long_ago(self, hall: HallId, after: int) -> list[tuple[int, bytes]]:
        """What came after an event that is not at hand any more."""
        return [(entry.seq, as_sse(entry)) for entry in self._ledger.entries_after(hall, after)]

    async def _news(self, channel: _Channel, patience: float) -> bool:
        """Whether anything came before patience ran out."""
        try:
            async with asyncio.timeout(patience):
                await channel.news.wait()
        except TimeoutError:
            return False
        return True

    def _changed(self) -> None:
        """The ledger wrote something; called from its threads."""
        loop = self._loop
        if loop and not self._woken and not loop.is_closed():
            self._woken = True
            loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._woken = False
        for channel in self._channels.values():
            try:
                self._pull(channel)
            except Failure as failure:  # the next change tries again; nothing is lost, it is all in the journal
                log.warning("the journal of %s could not be read: %s", channel.hall, failure.detail)

    def _pull(self, channel: _Channel) -> None:
        while entries := self._ledger.entries_after(channel.hall, channel.seq):
            channel.chunks.extend((entry.seq, as_sse(entry)) for entry in entries)
            channel.seq = entries[-1].seq
            news, channel.news = channel.news, asyncio.Event()
            news.set()


def as_sse(entry: Entry) -> bytes:
    """An event of the journal as one Server-Sent Event (WHATWG HTML, 9.2)."""
    return f"id: {entry.seq}\nevent: {entry.type}\ndata: {entry.body}\n\n".encode()
