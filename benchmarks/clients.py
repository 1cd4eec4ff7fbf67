"""Many HTTP clients in one thread, as cheap as Python allows: raw sockets that stay open, no library."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice

LONGEST = 65536
"""Bytes read at once."""


@contextmanager
def connected(addresses: Sequence[tuple[str, int]], connections: int) -> Iterator[list[socket.socket]]:
    """This many open connections, spread over these addresses."""
    opened = [socket.create_connection(address) for address in islice(cycle(addresses), connections)]
    for connection in opened:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        yield opened
    finally:
        for connection in opened:
            connection.close()


def per_second(
    connections: list[socket.socket],
    requests: list[bytes],
    others: Sequence[socket.socket] = (),
    nuisance: Iterator[bytes] | None = None,
) -> float:
    """Answers a second, when on every connection the next request follows the last answer.

    On ``others`` an endless ``nuisance`` is sent in the same way; how it is answered does not matter.
    """
    sending = {**dict.fromkeys(connections, iter(requests)), **dict.fromkeys(others, nuisance or iter(()))}
    began = time.perf_counter()
    with selectors.DefaultSelector() as ready:
        for connection, to_send in sending.items():
            ready.register(connection, selectors.EVENT_READ)
            connection.sendall(next(to_send))
        answered = 0
        while answered < len(requests):
            for key, _ in ready.select(10):
                connection = _socket(key)
                take_answer(connection, any_status=connection in others)
                answered += connection not in others
                if request := next(sending[connection], None):
                    connection.sendall(request)
    return len(requests) / (time.perf_counter() - began)


def _socket(key: selectors.SelectorKey) -> socket.socket:
    assert isinstance(key.fileobj, socket.socket)
    return key.fileobj


def receive(key: selectors.SelectorKey) -> bytes:
    """The next bytes of a connection that is ready."""
    return _socket(key).recv(LONGEST)


def take_answer(connection: socket.socket, *, any_status: bool = False) -> bytes:
    """Receive one complete answer; fails if its status is not 200, unless ``any_status``."""
    answer = connection.recv(LONGEST)
    head, _, body = answer.partition(b"\r\n\r\n")
    missing = int(head.lower().partition(b"content-length:")[2].split()[0]) - len(body)
    while missing > 0:
        more = connection.recv(LONGEST)
        answer, missing = answer + more, missing - len(more)
    assert any_status or answer.startswith(b"HTTP/1.1 200"), answer
    return answer
