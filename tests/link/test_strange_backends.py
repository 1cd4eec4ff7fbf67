"""Whatever answers at a hall's address, a station says so in one sentence, and stops within a second."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from shared.hall.errors import Failure, Unreachable
from shared.hall.issuing import IssueTicket
from shared.link.http_link import HttpLink
from shared.ui.station import Station


def _answer(status: str, kind: str, body: str, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n{body}".encode()


JSON, PROBLEM = "application/json", "application/problem+json"
STRANGE: dict[str, bytes | None] = {
    "never answers": None,
    "hangs up": b"",
    "garbage": b"\x00\x01 not http at all\r\n\r\n",
    "a page": _answer("200 OK", "text/html", "<html>Please accept our terms: id: 7</html>"),
    "moved": b"HTTP/1.1 301 Moved\r\nLocation: http://elsewhere.invalid/\r\nContent-Length: 0\r\n\r\n",
    "half an answer": _answer("200 OK", JSON, '{"hall": {', length=500),
    "another program's JSON": _answer("200 OK", JSON, '{"hall": 3, "result": []}'),
    "a list": _answer("200 OK", JSON, "[1, 2]"),
    "nothing": _answer("200 OK", JSON, "null"),
    "half a problem": _answer("409 Conflict", PROBLEM, '{"type": "x"'),
    "a problem of no kind": _answer("409 Conflict", PROBLEM, "[]"),
    "a problem without words": _answer("409 Conflict", PROBLEM, '{"type": "x", "detail": "x", "sentence": ["{x}"]}'),
    "a problem of numbers": _answer("409 Conflict", PROBLEM, '{"type": "x", "detail": "", "sentence": "{x}", "x": 1}'),
    "a broken backend": _answer("500 Oh", "text/plain", "Traceback"),
}


class Strange:
    """Listens, and gives every request the same answer; or none, and keeps the connection open."""

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer
        self._lines: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._server.accept()
                self._lines.append(line)
                threading.Thread(target=self._say, args=(line,), daemon=True).start()

    def _say(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            line.recv(65536)
            if self._answer is not None:
                line.sendall(self._answer)
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        for line in [self._server, *self._lines]:
            line.close()


@pytest.fixture(params=STRANGE)
def strange(request: pytest.FixtureRequest) -> Iterator[Strange]:
    there = Strange(STRANGE[request.param])
    yield there
    there.close()


def test_every_verb_says_that_no_hall_is_there(strange: Strange) -> None:
    link = HttpLink(strange.base, "clinic", "token")
    verbs: list[Callable[[], object]] = [
        link.snapshot,
        lambda: link.do(IssueTicket(service="doctor")),
        lambda: link.watch(0),
        lambda: link.sign_in("admin", "a-good-password"),
        HttpLink(strange.base).snapshot,
    ]
    said: list[Failure] = []

    def ask(verb: Callable[[], object]) -> None:
        try:
            verb()
        except Failure as failure:
            said.append(failure)

    asking = [threading.Thread(target=ask, args=(verb,)) for verb in verbs]
    began = time.monotonic()
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(10)
    assert time.monotonic() - began < 5
    assert [type(failure) for failure in said] == [Unreachable] * len(verbs)
    assert all(failure.detail.endswith((".", ").")) and "Traceback" not in failure.detail for failure in said)
    link.close()
    link.close()


async def test_a_station_stops_within_a_second_with_a_command_under_way(strange: Strange, until) -> None:
    station = Station(HttpLink(strange.base, "clinic", "token"))
    station.start()
    station.do(IssueTicket(service="doctor"))
    await until(lambda: strange._lines)
    began = time.monotonic()
    station.stop()
    assert time.monotonic() - began < 0.5


async def test_a_station_says_within_five_seconds_that_its_hall_is_silent(until) -> None:
    there = Strange(None)
    station = Station(HttpLink(there.base, "clinic", "token"))
    began = time.monotonic()
    station.start()
    await until(lambda: station.away_since)
    assert time.monotonic() - began < 6, "an answer's patience, and what is not yet called an outage"
    station.stop()
    there.close()
