"""A real connection that is spoiled: answers come late, in drops, in halves or not at all, while requests arrive."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from dataclasses import dataclass

from tests.cable import Cable, _cut

DROP = 64
"""Bytes at a time on a slow connection."""


@dataclass(frozen=True, kw_only=True)
class SpoilChances:
    """The chance, 0 to 1, of each misfortune for every piece of an answer."""

    late: float = 0.1
    slow: float = 0.02
    halved: float = 0.02
    swallowed: float = 0.03
    latest: float = 0.1
    """Seconds."""


class SpoiledCable(Cable):
    """A cable that spoils answers; requests arrive, so that the hall has acted on them."""

    def __init__(self, target: str, seed: int, spoiled: SpoilChances | None = None) -> None:
        self._chance = random.Random(seed)
        self._spoiled = spoiled or SpoilChances()
        self._flows = threading.Event()
        self._flows.set()
        self.misfortunes = 0
        super().__init__(target)

    def freeze(self) -> None:
        """Let nothing through, without closing: a plug pulled far away, a dead radio link."""
        self._flows.clear()

    def thaw(self) -> None:
        """Let everything through again, what was held back first."""
        self._flows.set()

    def unplug(self) -> None:
        super().unplug()
        self._flows.set()

    def _join(self, near: socket.socket) -> None:
        if not self._plugged:
            _cut(near)
            near.close()
            return
        try:
            far = socket.create_connection(self._target)
        except OSError:  # the backend is down
            _cut(near)
            near.close()
            return
        self._open |= {near, far}
        answers = threading.Thread(target=self._pass_answers, args=(far, near), daemon=True)
        answers.start()
        self._pass_requests(near, far)
        answers.join()
        self._open -= {near, far}
        near.close()
        far.close()

    def _pass_requests(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := near.recv(65536):
                self._flows.wait()
                far.sendall(data)
        _cut(near)
        _cut(far)

    def _pass_answers(self, far: socket.socket, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := far.recv(65536):
                self._flows.wait()
                if not self._pass_on(data, near):
                    break
        _cut(near)
        _cut(far)

    def _pass_on(self, data: bytes, near: socket.socket) -> bool:
        """Send a piece on, in some way; False if the connection is to end here."""
        fate, spoiled = self._chance.random(), self._spoiled
        for chance, misfortune in (
            (spoiled.swallowed, self._swallow),
            (spoiled.halved, self._halve),
            (spoiled.slow, self._drip),
            (spoiled.late, self._delay),
        ):
            if fate < chance:
                self.misfortunes += 1
                return misfortune(data, near)
            fate -= chance
        near.sendall(data)
        return True

    def _swallow(self, data: bytes, near: socket.socket) -> bool:
        return False

    def _halve(self, data: bytes, near: socket.socket) -> bool:
        near.sendall(data[: len(data) // 2])
        return False

    def _drip(self, data: bytes, near: socket.socket) -> bool:
        for start in range(0, len(data), DROP):
            near.sendall(data[start : start + DROP])
            time.sleep(0.001)
        return True

    def _delay(self, data: bytes, near: socket.socket) -> bool:
        time.sleep(self._chance.uniform(0, self._spoiled.latest))
        near.sendall(data)
        return True
