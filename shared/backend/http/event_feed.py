"""Events of the halls on their way to whoever listens over HTTP: each read and written down once for all of them.

Listeners who keep up are told in one go, straight into their sockets, and no task of theirs wakes up for it. A listener
whose socket is full is left to its own task, which waits for it and goes on from the journal: it holds up nobody, and
what is kept for it is what its socket holds.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from starlette.types import Message, Send

from shared.backend.halls.journal import Entry
from shared.backend.halls.ledger import Ledger
from shared.backend.http.eager_task import Begun, begin
from shared.hall.errors import Failure, Refused
from shared.hall.field_types import HallId

log = logging.getLogger(__name__)

REMEMBERED = 2000
"""Events of a hall kept at hand for listeners that come back after a short cut."""

AT_ONCE = 100
"""Events in one piece for a listener that catches up, so that a socket is not asked to hold everything."""

HEARTBEAT = 15.0
"""Seconds after which a listener hears a comment line."""

RETRY = b"retry: 1000\n\n"
ALIVE = b": alive\n\n"


@dataclass(eq=False)
class Listener:
    """One open line: how to send there, the last event it was told, and what wakes its own task."""

    send: Send
    seq: int
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    gone: bool = False
    begun: Begun[None] | None = None
    """What its socket had no room for."""

    def leave(self) -> None:
        """Nobody listens there any more."""
        self.gone = True
        self.wake.set()

    def tell_now(self, message: Message, seq: int) -> bool:
        """Send without waiting; False, and its own task has to finish that, if the socket is full."""
        self.seq = seq
        try:
            self.begun = begin(self.send(message))
        except Exception:  # one line that is broken must not keep the others from hearing
            log.exception("a listener could not be told")
            self.gone = True
        if self.begun or self.gone:
            self.wake.set()
            return False
        return True

    async def tell(self, body: bytes) -> None:
        await self.send(_part(body))

    async def finish(self) -> None:
        """Wait until what was begun is sent."""
        if self.begun:
            begun, self.begun = self.begun, None
            await begun


@dataclass
class _Channel:
    """One hall's events, for everybody who listens to it here."""

    hall: HallId
    seq: int
    chunks: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    abreast: set[Listener] = field(default_factory=set)
    """Listeners who have been told everything."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    stale: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the journal may know more."""
    over: bool = False
    """Whether its journal is away, or no longer the one that was told: whoever listens has to come again."""

    def after(self, seq: int) -> list[tuple[int, bytes]] | None:
        """What came after ``seq``; None if that is longer ago than is remembered."""
        if seq >= self.seq:
            return []
        if not self.chunks or self.chunks[0][0] > seq + 1:
            return None
        return [chunk for chunk in self.chunks if chunk[0] > seq]

    def wake(self) -> None:
        """Let everybody look whether it is over."""
        self.news.set()
        for listener in self.abreast:
            listener.wake.set()

    def grow(self, entries: list[Entry]) -> None:
        """Tell everybody what the journal has more."""
        new, before = [(entry.seq, as_sse(entry)) for entry in entries], self.seq
        self.chunks.extend(new)
        self.seq = entries[-1].seq
        message = _part(b"".join(chunk for _, chunk in new))
        for listener in [*self.abreast]:
            if listener.seq > before:  # it read on in the journal, or began there, before this channel did
                self._tell_rest(listener, new)
            elif not listener.tell_now(message, self.seq):
                self.abreast.discard(listener)
        news, self.news = self.news, asyncio.Event()
        news.set()

    def _tell_rest(self, listener: Listener, new: list[tuple[int, bytes]]) -> None:
        rest = b"".join(chunk for seq, chunk in new if seq > listener.seq)
        if rest and not listener.tell_now(_part(rest), self.seq):
            self.abreast.discard(listener)


class Telling(Protocol):
    """How those who listen hear of a hall."""

    @property
    def opening(self) -> str:
        """What the stream of a page begins with: when to come again should it end."""

    @property
    def closing(self) -> str:
        """What it ends with, if that is no outage."""

    def open(self) -> None: ...

    async def tell(self, hall: HallId, listener: Listener, heartbeat: float = HEARTBEAT) -> None:
        """Tell a listener what happens in a hall as Server-Sent Events."""

    def changes(self, hall: HallId, heartbeat: float = HEARTBEAT) -> AsyncIterator[int]:
        """The hall's sequence number, now and as long as the stream of a page lasts."""

    def close(self) -> None: ...


class Feed:
    """Follows the ledger from inside a running loop, from ``open`` to ``close``."""

    opening, closing = "retry: 2000\n\n", ""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._channels: dict[HallId, _Channel] = {}
        self._following: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._woken = False
        self._stop_listening: Callable[[], None] = lambda: None

    def open(self) -> None:
        """Begin to follow the ledger; needs a running loop."""
        self._loop = asyncio.get_running_loop()
        self._stop_listening = self._ledger.listen(self._changed)

    async def tell(self, hall: HallId, listener: Listener, heartbeat: float = HEARTBEAT) -> None:
        """Tell a listener what happens in a hall as Server-Sent Events, until it or the feed is gone."""
        channel = await self._channel(hall)
        await listener.tell(RETRY)
        while not self._over(channel, listener):
            listener.wake.clear()
            await listener.finish()
            await self._catch_up(channel, listener)
            channel.abreast.add(listener)
            while not self._over(channel, listener) and not await _set_within(heartbeat, listener.wake):
                await listener.tell(ALIVE)
            channel.abreast.discard(listener)

    async def changes(self, hall: HallId, heartbeat: float = HEARTBEAT) -> AsyncIterator[int]:
        """The hall's sequence number now, after every change, and once per heartbeat."""
        channel = await self._channel(hall)
        while not self._closed and not channel.over:
            seq = channel.seq
            yield seq
            if channel.seq == seq:
                await _set_within(heartbeat, channel.news)

    def close(self) -> None:
        """End every stream at once."""
        self._closed = True
        self._stop_listening()
        for following in self._following:
            following.cancel()
        for channel in self._channels.values():
            channel.wake()

    def _over(self, channel: _Channel, listener: Listener) -> bool:
        return self._closed or channel.over or listener.gone

    async def _channel(self, hall: HallId) -> _Channel:
        if hall not in self._channels:
            seq = (await asyncio.to_thread(self._ledger.hall, hall)).seq
            if hall not in self._channels:  # somebody else may have come meanwhile
                self._channels[hall] = _Channel(hall, seq)
                self._following.append(asyncio.create_task(self._follow(self._channels[hall])))
                self._channels[hall].stale.set()  # what was written meanwhile woke nobody
        return self._channels[hall]

    async def _catch_up(self, channel: _Channel, listener: Listener) -> None:
        """Tell a listener, at its own pace, all that it does not know yet."""
        while not self._over(channel, listener) and (missed := await self._missed(channel, listener.seq)):
            for seq, chunk in pieces(missed):
                await listener.tell(chunk)
                listener.seq = seq

    async def _missed(self, channel: _Channel, after: int) -> list[tuple[int, bytes]]:
        chunks = channel.after(after)
        if chunks is None:
            entries = await asyncio.to_thread(self._ledger.entries_after, channel.hall, after)
            return [(entry.seq, as_sse(entry)) for entry in entries]
        return chunks

    # ── following the journal ──

    def _changed(self) -> None:
        """The ledger wrote something; called from its threads."""
        loop = self._loop
        if loop and not self._woken and not loop.is_closed():
            self._woken = True
            loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._woken = False
        for channel in self._channels.values():
            channel.stale.set()

    async def _follow(self, channel: _Channel) -> None:
        while True:
            await channel.stale.wait()
            channel.stale.clear()
            try:
                while entries := await asyncio.to_thread(self._ledger.entries_after, channel.hall, channel.seq):
                    channel.grow(entries)
            except Failure as failure:
                if isinstance(failure, Refused):  # the hall is gone, or its database an older one
                    log.warning("whoever listens to %s begins anew: %s", channel.hall, failure.detail)
                if isinstance(failure, Refused) or self._ledger.is_away:  # who comes again is told so
                    channel.over = True
                    del self._channels[channel.hall]
                    channel.wake()
                    return
                # the next change tries again; nothing is lost, it is all in the journal
                log.warning("the journal of %s could not be read: %s", channel.hall, failure.detail)
            except Exception:  # nor may a bug with one event make a hall silent for good
                log.exception("the journal of %s could not be read", channel.hall)


async def _set_within(patience: float, event: asyncio.Event) -> bool:
    """Whether it was set before patience ran out."""
    try:
        async with asyncio.timeout(patience):
            return await event.wait()
    except TimeoutError:
        return False


def pieces(chunks: list[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Many chunks as a few larger ones, each with its last number."""
    rest = iter(chunks)
    while piece := list(islice(rest, AT_ONCE)):
        yield piece[-1][0], b"".join(chunk for _, chunk in piece)


def _part(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}


def as_sse(entry: Entry) -> bytes:
    """An event of the journal as one Server-Sent Event (WHATWG HTML, 9.2)."""
    return f"id: {entry.seq}\nevent: {entry.type}\ndata: {entry.body}\n\n".encode()
