"""The event feed: events of the halls to everybody who listens over HTTP, each read and serialised once for all.

Listeners that keep up are written to directly, in one go, without waking their tasks. A listener whose socket is full
is left to its own task, which waits and goes on from the journal: it delays nobody, and no queue is kept for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, Protocol

from starlette.types import Message, Send

from shared.backend.halls.journal import Entry
from shared.backend.halls.ledger import Ledger
from shared.backend.http.eager_task import Unfinished, run_until_blocked
from shared.hall.errors import Failure, Refused
from shared.hall.field_types import HallId

log = logging.getLogger(__name__)

EVENTS_KEPT = 2000
"""Events of a hall kept in memory for listeners that reconnect after a brief disconnection."""

EVENTS_PER_BATCH = 100
"""Events sent at once to a listener that catches up, so that a socket need not buffer all of them."""

HEARTBEAT = 15.0
"""Seconds between two comment lines to a listener."""

STATION_RETRY, PAGE_RETRY = 1000, 2000
"""Milliseconds after which a station or a customer's page reconnects when its stream has ended."""

ALIVE = b": alive\n\n"


class EventBytes(NamedTuple):
    """One or several Server-Sent Events as they are sent, and the sequence number of the last."""

    seq: int
    body: bytes


@dataclass(eq=False)
class Listener:
    """One open stream: how to send to it, the last event it was sent, and what wakes its own task."""

    send: Send
    seq: int
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    gone: bool = False
    pending: Unfinished[None] | None = None
    """A send that waits for room in its socket; only the listener's own task may finish it."""

    def leave(self) -> None:
        """The other end is gone, or may not listen any more."""
        self.gone = True
        self.wake.set()

    def write_now(self, message: Message, seq: int) -> bool:
        """Send without waiting; False if its own task has to go on: the socket is full, or the connection broke."""
        self.seq = seq
        try:
            self.pending = run_until_blocked(self.send(message))
        except Exception:  # one broken connection must not keep events from the others
            log.exception("an event could not be sent to a listener")
            self.gone = True
        if self.pending or self.gone:
            self.wake.set()
            return False
        return True

    async def write(self, body: bytes) -> None:
        """Send, and wait for room in the socket; does not move ``seq``."""
        await self.send(_body_part(body))

    async def finish(self) -> None:
        """Finish the pending send; raises what the send does."""
        if self.pending:
            pending, self.pending = self.pending, None
            await pending


@dataclass
class _Channel:
    """One hall's events, for all its listeners."""

    hall: HallId
    seq: int
    recent: deque[EventBytes] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))
    caught_up: set[Listener] = field(default_factory=set)
    """Listeners that miss nothing and wait in ``stream_to``: ``publish`` writes to them directly."""
    published: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, and replaced by a new one, whenever events are published."""
    journal_grew: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the journal may have new events."""
    ended: bool = False
    """Whether the hall's journal can't be read, or is another one now: listeners have to reconnect."""

    def after(self, seq: int) -> list[EventBytes] | None:
        """The events after ``seq``, none if this channel is not further; None if they are no longer all in memory."""
        if seq >= self.seq:
            return []
        if not self.recent or self.recent[0].seq > seq + 1:
            return None
        return [event for event in self.recent if event.seq > seq]

    def notify_ended(self) -> None:
        """Wake listeners that wait, so that they notice the end; one that is being sent to notices after that send."""
        self.published.set()
        for listener in self.caught_up:
            listener.wake.set()

    def publish(self, entries: list[Entry]) -> None:
        """Send new events of the journal to all listeners."""
        new, before = [encode_entry(entry) for entry in entries], self.seq
        self.recent.extend(new)
        self.seq = entries[-1].seq
        message = _body_part(b"".join(event.body for event in new))
        for listener in [*self.caught_up]:
            if listener.seq > before:  # it has read further in the journal than this channel had
                self._write_missing(listener, new)
            elif not listener.write_now(message, self.seq):
                self.caught_up.discard(listener)
        waited_for, self.published = self.published, asyncio.Event()
        waited_for.set()

    def _write_missing(self, listener: Listener, new: list[EventBytes]) -> None:
        missing = b"".join(event.body for event in new if event.seq > listener.seq)
        if missing and not listener.write_now(_body_part(missing), self.seq):
            self.caught_up.discard(listener)


class EventFeed(Protocol):
    """How listeners are sent the events of a hall."""

    @property
    def page_prologue(self) -> str:
        """Sent first in the stream of a page: when to reconnect after it ends."""

    @property
    def page_epilogue(self) -> str:
        """Sent last, where a feed ends streams on purpose; empty where only an outage ends one."""

    def open(self) -> None:
        """Follow the ledger until ``close``; call it inside the running loop."""

    async def stream_to(self, hall: HallId, listener: Listener, heartbeat: float = HEARTBEAT) -> None:
        """Send a listener the events after ``listener.seq``, and a comment every ``heartbeat`` seconds.

        That event must have happened: the caller checks, for not every feed raises Invalid. Raises UnknownHall,
        Unreachable or Unfit if the hall can't be read, and what ``listener.send`` raises.
        """

    def changes(self, hall: HallId, heartbeat: float = HEARTBEAT) -> AsyncIterator[int]:
        """The hall's sequence number, now and while the stream of a page lasts; raises as ``stream_to`` does."""

    def close(self) -> None:
        """End every stream: at once, or after the send that waits for room in its socket."""


class LiveFeed:
    """Follows the ledger from ``open`` to ``close``, inside a running loop; streams last until they are closed."""

    page_prologue, page_epilogue = f"retry: {PAGE_RETRY}\n\n", ""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._channels: dict[HallId, _Channel] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = self._mark_scheduled = False
        self._stop_listening: Callable[[], None] = lambda: None

    def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop_listening = self._ledger.listen(self._on_change)

    async def stream_to(self, hall: HallId, listener: Listener, heartbeat: float = HEARTBEAT) -> None:
        """Until the listener or the feed is gone, or the channel has ended."""
        channel = await self._channel(hall)
        await listener.write(f"retry: {STATION_RETRY}\n\n".encode())
        while not self._has_ended(channel, listener):
            listener.wake.clear()
            await listener.finish()
            await self._catch_up(channel, listener)
            # No await since _catch_up found nothing missing: no event can slip in between.
            channel.caught_up.add(listener)
            while not self._has_ended(channel, listener) and not await _set_within(heartbeat, listener.wake):
                await listener.write(ALIVE)
            channel.caught_up.discard(listener)

    async def changes(self, hall: HallId, heartbeat: float = HEARTBEAT) -> AsyncIterator[int]:
        """The hall's sequence number now, after every change and heartbeat, until the feed or the channel ends."""
        channel = await self._channel(hall)
        while not self._closed and not channel.ended:
            seq = channel.seq
            yield seq
            if channel.seq == seq:
                await _set_within(heartbeat, channel.published)

    def close(self) -> None:
        self._closed = True
        self._stop_listening()
        for task in self._tasks:
            task.cancel()
        for channel in self._channels.values():
            channel.notify_ended()

    def _has_ended(self, channel: _Channel, listener: Listener) -> bool:
        return self._closed or channel.ended or listener.gone

    async def _channel(self, hall: HallId) -> _Channel:
        if hall not in self._channels:
            seq = (await asyncio.to_thread(self._ledger.hall, hall)).seq
            if hall not in self._channels:  # unless another listener has made it meanwhile
                self._channels[hall] = _Channel(hall, seq)
                self._tasks.append(asyncio.create_task(self._follow(self._channels[hall])))
                self._channels[hall].journal_grew.set()  # events committed during the read woke no channel
        return self._channels[hall]

    async def _catch_up(self, channel: _Channel, listener: Listener) -> None:
        """Send a listener, at its own pace, all events it has not had yet."""
        while not self._has_ended(channel, listener) and (missed := await self._missed(channel, listener.seq)):
            for batch in batches_of(missed):
                await listener.write(batch.body)
                listener.seq = batch.seq

    async def _missed(self, channel: _Channel, after: int) -> list[EventBytes]:
        """Events after ``after``, not always all; empty if there are none."""
        if (recent := channel.after(after)) is not None:
            return recent
        entries = await asyncio.to_thread(self._ledger.entries_after, channel.hall, after)
        return [encode_entry(entry) for entry in entries]

    # ── following the journal ──

    def _on_change(self) -> None:
        """The journal may have grown, or the database is away; called from the ledger's threads."""
        loop = self._loop
        if loop and not self._mark_scheduled and not loop.is_closed():
            self._mark_scheduled = True
            loop.call_soon_threadsafe(self._mark_grown)

    def _mark_grown(self) -> None:
        self._mark_scheduled = False
        for channel in self._channels.values():
            channel.journal_grew.set()

    async def _follow(self, channel: _Channel) -> None:
        while True:
            await channel.journal_grew.wait()
            channel.journal_grew.clear()
            try:
                while entries := await asyncio.to_thread(self._ledger.entries_after, channel.hall, channel.seq):
                    channel.publish(entries)
            except Failure as failure:
                if isinstance(failure, Refused):  # the hall is gone, or the database was restored to an older state
                    log.warning("the listeners of %s have to reconnect: %s", channel.hall, failure.detail)
                if isinstance(failure, Refused) or self._ledger.database_is_away:  # who reconnects is told why
                    channel.ended = True
                    del self._channels[channel.hall]
                    channel.notify_ended()
                    return
                # the next change tries again; nothing is lost, it is all in the journal
                log.warning("the journal of %s could not be read: %s", channel.hall, failure.detail)
            except Exception:
                # A bug must not end the feed: the next change tries these events again; no later ones are sent before.
                log.exception("the journal of %s could not be read", channel.hall)


async def _set_within(seconds: float, event: asyncio.Event) -> bool:
    """Wait for the event; False if it was not set within these seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


def batches_of(events: list[EventBytes]) -> Iterator[EventBytes]:
    """Single events joined into batches of up to ``EVENTS_PER_BATCH``."""
    remaining = iter(events)
    while batch := list(islice(remaining, EVENTS_PER_BATCH)):
        yield EventBytes(batch[-1].seq, b"".join(event.body for event in batch))


def _body_part(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}


def encode_entry(entry: Entry) -> EventBytes:
    """An event of the journal as one Server-Sent Event (WHATWG HTML, 9.2)."""
    return EventBytes(entry.seq, f"id: {entry.seq}\nevent: {entry.type}\ndata: {entry.body}\n\n".encode())
