"""The crowd in front of a backend, as lean as Python allows: raw sockets that stay open, one thread, no library."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice

LONGEST = 65536


@contextmanager
def connected(addresses: Sequence[tuple[str, int]], lines: int) -> Iterator[list[socket.socket]]:
    """This many open lines, spread over these addresses."""
    opened = [socket.create_connection(address) for address in islice(cycle(addresses), lines)]
    for line in opened:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        yield opened
    finally:
        for line in opened:
            line.close()


def per_second(
    lines: list[socket.socket],
    requests: list[bytes],
    others: Sequence[socket.socket] = (),
    nuisance: Iterator[bytes] | None = None,
) -> float:
    """Answers a second, when on every line the next request follows the last answer.

    On ``others`` the same is done with a ``nuisance`` that has no end; how it is answered does not matter.
    """
    sending = {**dict.fromkeys(lines, iter(requests)), **dict.fromkeys(others, nuisance or iter(()))}
    began = time.perf_counter()
    with selectors.DefaultSelector() as ready:
        for line, waiting in sending.items():
            ready.register(line, selectors.EVENT_READ)
            line.sendall(next(waiting))
        answered = 0
        while answered < len(requests):
            for key, _ in ready.select(10):
                line = _socket(key)
                take_answer(line, any_status=line in others)
                answered += line not in others
                if request := next(sending[line], None):
                    line.sendall(request)
    return len(requests) / (time.perf_counter() - began)


def _socket(key: selectors.SelectorKey) -> socket.socket:
    assert isinstance(key.fileobj, socket.socket)
    return key.fileobj


def receive(key: selectors.SelectorKey) -> bytes:
    """What a line that is ready has to say."""
    return _socket(key).recv(LONGEST)


def take_answer(line: socket.socket, *, any_status: bool = False) -> bytes:
    """One whole answer from a line; usually it has to be a good one."""
    answer = line.recv(LONGEST)
    head, _, body = answer.partition(b"\r\n\r\n")
    missing = int(head.lower().partition(b"content-length:")[2].split()[0]) - len(body)
    while missing > 0:
        more = line.recv(LONGEST)
        answer, missing = answer + more, missing - len(more)
    assert any_status or answer.startswith(b"HTTP/1.1 200"), answer
    return answer
