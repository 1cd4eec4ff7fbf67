"""The time from a call until every listener has its event, against a bare broadcast of the same bytes."""

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
"""The number of listeners, each with the number of calls in a round."""
ROUNDS = 5
LIMIT = 3.0
"""The largest ratio, of the 99th percentiles with a thousand listeners; with few, the call itself costs most."""

CALLED = b"event: ticket-called"


def measure() -> Iterator[Measured]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a thousand listeners, twice
    for listeners, calls in CROWDS.items():
        ours, bare = _delay_percentiles(listeners, calls)
        for percent in (50, 99):
            yield Measured(
                what=f"call to event at {listeners:,} listener{'s'[: listeners > 1]}, p{percent}",
                value=ours[percent] * 1e6,
                against="bare broadcast",
                peer=bare[percent] * 1e6,
                unit="µs",
                limit=LIMIT if (listeners, percent) == (1000, 99) else None,
            )


def _delay_percentiles(listeners: int, calls: int) -> list[dict[int, float]]:
    """The percentiles of ours and of the peer in seconds, each the median of its rounds; rounds alternate."""
    with ExitStack() as stack:
        hall = _RealBackend(stack, listeners)
        delays(hall)
        bare = BareServer(stack, listeners, hall.last_event)
        rounds = [[_percentiles(side, calls) for side in (hall, bare)] for _ in range(ROUNDS)]
    return [
        {percent: median(each[percent] for each in side) for percent in (50, 99)} for side in zip(*rounds, strict=True)
    ]


def _percentiles(side: Side, calls: int) -> dict[int, float]:
    taken = [seconds for _ in range(calls) for seconds in delays(side)]
    return {percent: percentile(taken, percent) for percent in (50, 99)}


def delays(side: Side) -> list[float]:
    """Seconds from the call until each connection has its event."""
    taken: list[float] = []
    with selectors.DefaultSelector() as ready:
        for connection in side.connections:
            ready.register(connection, selectors.EVENT_READ)
        began = time.perf_counter()
        side.call()
        while len(taken) < len(side.connections):
            ready_now = ready.select(30)
            assert ready_now, "a listener was never told"
            for key, _ in ready_now:
                side.last_event = receive(key)
                if CALLED in side.last_event:
                    taken.append(time.perf_counter() - began)
    side.settle()
    return taken


class Side:
    """A server, one connection that calls, and many that listen."""

    def __init__(self, stack: ExitStack, address: Address, listeners: int) -> None:
        self.connections = stack.enter_context(connected([address], listeners))
        (self.caller,) = stack.enter_context(connected([address], 1))
        self.last_event = b""
        """The bytes of the last call, as one listener had them."""

    def call(self) -> None:
        raise NotImplementedError

    def settle(self) -> None:
        """Prepare the next call."""


class _RealBackend(Side):
    """A real backend, and a point that calls one customer after another."""

    def __init__(self, stack: ExitStack, listeners: int) -> None:
        self._backend = stack.enter_context(serving(halls=1))
        super().__init__(stack, self._backend.addresses[0], listeners)
        self._holding: str | None = None
        self._do("activate-point", point="3")
        for _ in range(1 + ROUNDS * max(CROWDS.values())):
            self._do("issue-ticket", service="doctor")
        for connection in self.connections:
            connection.sendall(self._backend.request("GET", f"/api/v1/halls/{self._backend.halls[0]}/events"))
        for connection in self.connections:
            while b"retry" not in connection.recv(LONGEST):
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


class BareServer(Side):
    def __init__(self, stack: ExitStack, listeners: int, message: bytes) -> None:
        super().__init__(stack, stack.enter_context(process("benchmarks.broadcast")), listeners)
        self._message = message

    def call(self) -> None:
        self.caller.sendall(self._message)
