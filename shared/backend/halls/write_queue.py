"""Commands on their way to the writers: each lane in order and one writer at a time, lanes beside one another."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class WriteQueue(Generic[T]):
    """What waits, by lane. Whatever was put in before ``close`` is still taken."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[T]] = {}
        """Lanes nobody works at in which something waits; the one that waits longest is first."""
        self._behind: dict[str, deque[T]] = {}
        """Lanes somebody works at, and what came meanwhile."""
        self._closed = False
        lock = threading.Lock()
        self._news = threading.Condition(lock)
        self._rest = threading.Condition(lock)

    def put(self, lane: str, item: T) -> bool:
        """Queue up; False if the lanes are closed already."""
        with self._news:
            if self._closed:
                return False
            lanes = self._behind if lane in self._behind else self._waiting
            lanes.setdefault(lane, deque()).append(item)
            self._news.notify()
            return True

    def take(self, most: int) -> tuple[str, list[T]] | None:
        """The lane that waits longest and what waits in it, in order; None when closed and nothing is left to take.

        Waits for something to come. The lane is the caller's until they are ``done`` with it.
        """
        with self._news:
            while not self._waiting:
                if self._closed:
                    return None
                self._news.wait()
            lane = next(iter(self._waiting))
            waiting = self._waiting.pop(lane)
            taken = [waiting.popleft() for _ in range(min(most, len(waiting)))]
            self._behind[lane] = waiting
            return lane, taken

    def done(self, lane: str) -> None:
        """Give the lane back; what came meanwhile queues up behind the other lanes."""
        with self._news:
            if behind := self._behind.pop(lane):
                self._waiting[lane] = behind
                self._news.notify()
            elif not self._waiting and not self._behind:
                self._rest.notify_all()

    def rest(self, patience: float) -> bool:
        """Wait until nothing waits and nobody works, at most so many seconds; whether it is so."""
        with self._news:
            return self._rest.wait_for(lambda: not self._waiting and not self._behind, patience)

    def close(self) -> None:
        with self._news:
            self._closed = True
            self._news.notify_all()
