"""The write queue: commands wait in queues by key; each queue is in order and has one writer thread at a time."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class WriteQueue(Generic[T]):
    """Queues of items, by key. Items put before ``close`` are still taken."""

    def __init__(self) -> None:
        self._ready: dict[str, deque[T]] = {}
        """Queues without a writer in which items wait, the longest wait first."""
        self._with_writer: dict[str, deque[T]] = {}
        """The items not taken yet of queues that have a writer."""
        self._closed = False
        lock = threading.Lock()
        self._not_empty = threading.Condition(lock)
        self._idle = threading.Condition(lock)

    def put(self, key: str, item: T) -> bool:
        """Append an item to the queue of this key; returns False, without the item, after ``close``."""
        with self._not_empty:
            if self._closed:
                return False
            queues = self._with_writer if key in self._with_writer else self._ready
            queues.setdefault(key, deque()).append(item)
            self._not_empty.notify()
            return True

    def take(self, most: int) -> tuple[str, list[T]] | None:
        """Take up to ``most`` items of the queue that waits longest; returns its key and them, None at the end.

        Blocks until there is one, or the queue is closed and none is ready. The queue is the caller's until ``done``.
        """
        with self._not_empty:
            while not self._ready:
                if self._closed:
                    return None
                self._not_empty.wait()
            key = next(iter(self._ready))
            waiting = self._ready.pop(key)
            taken = [waiting.popleft() for _ in range(min(most, len(waiting)))]
            self._with_writer[key] = waiting
            return key, taken

    def done(self, key: str) -> None:
        """Give the queue back; if items wait in it, it goes behind the other queues."""
        with self._not_empty:
            if waiting := self._with_writer.pop(key):
                self._ready[key] = waiting
                self._not_empty.notify()
            elif not self._ready and not self._with_writer:
                self._idle.notify_all()

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds until no item waits or is being worked on. Returns whether that is so."""
        with self._not_empty:
            return self._idle.wait_for(lambda: not self._ready and not self._with_writer, timeout)

    def close(self) -> None:
        with self._not_empty:
            self._closed = True
            self._not_empty.notify_all()
