"""From a call to its event in the hands of every listener, against a bare broadcast of the same bytes."""

from __future__ import annotations

import json
import resource
import selectors
import time
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from benchmarks.clients import LONGEST, connected, receive, take_answer
from benchmarks.measured import Measured, percentile
from benchmarks.running_backend import Address, process, serving

CROWDS = {1: 20, 100: 10, 1000: 5}
"""How many listen, and how many calls make a round."""
ROUNDS = 5
LIMIT = 3.0
"""For the 99th percentile of a thousand; what a call costs besides is large beside one listener."""

CALLED = b"event: ticket-called"


def measure() -> Iterator[Measured]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a thousand listeners, twice
    for listeners, calls in CROWDS.items():
        ours, bare = _measured(listeners, calls)
        for percent in (50, 99):
            yield Measured(
                what=f"call to event at {listeners:,} listener{'s'[: listeners > 1]}, p{percent}",
                value=ours[percent] * 1e6,
                against="bare broadcast",
                peer=bare[percent] * 1e6,
                unit="µs",
                limit=LIMIT if (listeners, percent) == (1000, 99) else None,
            )


def _measured(listeners: int, calls: int) -> list[dict[int, float]]:
    """The percentiles of ours and of the peer, each the median of its rounds, in turns."""
    with ExitStack() as stack:
        hall = _Hall(stack, listeners)
        _heard(hall)
        bare = _Broadcast(stack, listeners, hall.said)
        rounds = [[_percentiles(side, calls) for side in (hall, bare)] for _ in range(ROUNDS)]
    return [
        {percent: median(each[percent] for each in side) for percent in (50, 99)} for side in zip(*rounds, strict=True)
    ]


def _percentiles(side: _Side, calls: int) -> dict[int, float]:
    heard = [seconds for _ in range(calls) for seconds in _heard(side)]
    return {percent: percentile(heard, percent) for percent in (50, 99)}


def _heard(side: _Side) -> list[float]:
    """Seconds from the call until each line has heard of it."""
    heard: list[float] = []
    with selectors.DefaultSelector() as ready:
        for line in side.lines:
            ready.register(line, selectors.EVENT_READ)
        began = time.perf_counter()
        side.call()
        while len(heard) < len(side.lines):
            told = ready.select(30)
            assert told, "a listener was never told"
            for key, _ in told:
                side.said = receive(key)
                if CALLED in side.said:
                    heard.append(time.perf_counter() - began)
    side.settle()
    return heard


class _Side:
    """Somebody who calls, and a crowd who listens."""

    def __init__(self, stack: ExitStack, address: Address, listeners: int) -> None:
        self.lines = stack.enter_context(connected([address], listeners))
        (self.caller,) = stack.enter_context(connected([address], 1))
        self.said = b""
        """The bytes of the last call, as one listener had them."""

    def call(self) -> None:
        raise NotImplementedError

    def settle(self) -> None:
        """Whatever is to be done before the next call."""


class _Hall(_Side):
    """A real backend, and a point that calls one customer after another."""

    def __init__(self, stack: ExitStack, listeners: int) -> None:
        self._backend = stack.enter_context(serving(halls=1))
        super().__init__(stack, self._backend.addresses[0], listeners)
        self._holding: str | None = None
        self._do("activate-point", point="3")
        for _ in range(1 + ROUNDS * max(CROWDS.values())):
            self._do("issue-ticket", service="doctor")
        for line in self.lines:
            line.sendall(self._backend.request("GET", f"/api/v1/halls/{self._backend.halls[0]}/events"))
        for line in self.lines:
            while b"retry" not in line.recv(LONGEST):
                pass

    def call(self) -> None:
        self._send("call-next", point="3", holding=self._holding)

    def settle(self) -> None:
        self._holding = json.loads(take_answer(self.caller).partition(b"\r\n\r\n")[2])["result"]["ticket"]["id"]

    def _do(self, name: str, **fields: str) -> None:
        self._send(name, **fields)
        take_answer(self.caller)

    def _send(self, name: str, **fields: str | None) -> None:
        self.caller.sendall(self._backend.command(self._backend.halls[0], name, **fields))


class _Broadcast(_Side):
    """A bare server that passes on what it is told."""

    def __init__(self, stack: ExitStack, listeners: int, what: bytes) -> None:
        super().__init__(stack, stack.enter_context(process("benchmarks.broadcast")), listeners)
        self._what = what

    def call(self) -> None:
        self.caller.sendall(self._what)
