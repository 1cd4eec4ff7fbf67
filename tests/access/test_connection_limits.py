"""Strangers who send slowly, without end or too much lose their connection, and nobody else is locked out."""

from __future__ import annotations

import contextlib
import json
import re
import select
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from shared.hall.field_types import new_id
from shared.hall.roles import Role
from tests.backends import Caller, Premises, begin_code

FILES = 256
"""File descriptors the backend of these tests may open, so that it is quickly full."""

SERVE = """
import resource, sys
from shared.backend.http.connection_limits import Deadlines
from shared.backend.http.server import serve
from shared.settings import load
resource.setrlimit(resource.RLIMIT_NOFILE, (64, {files}))
flags = dict(database=sys.argv[1], announce=False, tls=len(sys.argv) > 2)
serve(load(**flags), "127.0.0.1", 0, Deadlines(request=0.5, unread=0.5, quiet=0.5))
"""


@contextlib.contextmanager
def impatient_backend(there: Premises, folder: Path, *tls: str) -> Iterator[tuple[Premises, Path]]:
    """The premises with a backend of short deadlines and few file descriptors, and its log."""
    twin, log = there.another(), folder / "log"
    with log.open("w") as errors:
        twin.process = begin_code(SERVE.format(files=FILES), there.database, *tls, log=errors)
        assert twin.process.stdout
        ready = twin.process.stdout.readline()
        assert ready.startswith("serving "), log.read_text()
        twin.base = ready.split()[-1]
        try:
            yield twin, log
        finally:
            twin.stop()


@pytest.fixture(scope="module")
def crowded(premises: Premises, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Premises, Path]]:
    with impatient_backend(premises, tmp_path_factory.mktemp("crowded")) as there:
        yield there


def dial(there: Premises) -> socket.socket:
    parts = urlsplit(there.base)
    return socket.create_connection((str(parts.hostname), int(parts.port or 0)), 10)


def strangers(there: Premises, data: bytes, pem: str = "") -> Iterator[socket.socket]:
    """More connections than the backend has file descriptors, opened no faster than it accepts them."""
    for number in range(2 * FILES):
        with contextlib.suppress(ConnectionError):
            connection = dial(there)
            connection.sendall(data)
            yield connection
        if number % 16 == 0:
            requests.get(f"{there.base}/healthz", timeout=10, verify=pem or True)


def answer(connection: socket.socket) -> tuple[int, bytes]:
    """The status and the bytes of an answer up to its orderly end; a reset is an error."""
    data = b""
    while part := connection.recv(65536):
        data += part
    return int(data.split(b" ", 2)[1]) if data else 0, data


def exchange(there: Premises, data: bytes) -> tuple[int, bytes]:
    with dial(there) as connection:
        connection.sendall(data)
        return answer(connection)


def measured(there: Premises, what: str) -> float:
    text = requests.get(f"{there.base}/metrics", timeout=10).text
    found = re.search(rf"^{re.escape(what)} (\S+)$", text, re.MULTILINE)
    assert found, text
    return float(found[1])


def memory(there: Premises) -> int:
    """The backend's resident memory in MiB."""
    assert there.process
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{there.process.pid}/status").read_text())
    assert found
    return int(found[1]) // 1024


# ── half a head ──


def test_a_kiosk_connects_while_strangers_hold_more_half_heads_than_there_are_files(
    crowded: tuple[Premises, Path],
) -> None:
    there, log = crowded
    kiosk = there.device(Role.KIOSK)
    with contextlib.ExitStack() as halves:
        for connection in strangers(there, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "):
            halves.enter_context(connection)
        caller = Caller(there)
        new = {"token_hash": "0" * 64, "role": "kiosk", "name": "New"}
        assert caller.post("/api/v1/pairings", new).status_code < 500
        caller.session.headers["Authorization"] = f"Bearer {kiosk}"
        given = caller.command("issue-ticket", command_id=new_id(), service="doctor", origin="kiosk", language="en")
        assert given.status_code == 200, given.text
        caller.session.close()
    while "there is room again" not in log.read_text():
        time.sleep(0.05)
    logged = log.read_text().splitlines()
    assert [entry for entry in logged if "stations still connect" in entry]
    assert len([entry for entry in logged if "there is room again" in entry]) <= len(logged) // 2 + 1
    assert measured(there, 'nowserving_turned_away_total{who="unfinished"}') > 0


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 0),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", 408),
        (b"POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 40\r\n\r\n{", 408),
        (b"POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", 408),
    ],
)
def test_an_unfinished_request_is_closed_after_the_deadline(
    crowded: tuple[Premises, Path], data: bytes, status: int
) -> None:
    there, _ = crowded
    assert exchange(there, data)[0] == status


def test_a_byte_now_and_then_does_not_keep_a_connection(crowded: tuple[Premises, Path]) -> None:
    there, _ = crowded
    with dial(there) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        while not select.select([connection], [], [], 0.05)[0]:
            connection.sendall(b"a")
        assert answer(connection)[0] == 408


def test_a_dripping_body_does_not_keep_a_connection_after_the_answer_either(crowded: tuple[Premises, Path]) -> None:
    there, _ = crowded
    with dial(there) as connection:
        connection.sendall(b"POST /api/v1/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 404"
        with contextlib.suppress(ConnectionError):
            while True:
                connection.sendall(b"a")
                if select.select([connection], [], [], 0.05)[0] and not connection.recv(65536):
                    break


def test_a_head_without_end_is_refused_and_costs_next_to_nothing(crowded: tuple[Premises, Path]) -> None:
    there, _ = crowded
    before, sent = memory(there), 0
    with dial(there) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ")
        with contextlib.suppress(ConnectionError):
            while not select.select([connection], [], [], 0)[0] and sent < 200 * 2**20:
                sent += connection.send(b"a" * 65536)
        assert answer(connection)[0] == 431
    assert memory(there) - before < 20
    for long in (b"X-Long: " + b"a" * 40_000, b"\r\n".join(b"X-%d: a" % n for n in range(9000))):
        assert exchange(there, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + long + b"\r\n\r\n")[0] == 431
    with dial(there) as connection:  # nor may trailers be endless
        connection.sendall(b"POST /api/v1/nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"X-Long: " + b"a" * 2**20)
        assert b" 404 " in answer(connection)[1]


def test_unfinished_handshakes_keep_no_station_out(premises: Premises, tmp_path: Path) -> None:
    with impatient_backend(premises, tmp_path, "tls") as (there, _), contextlib.ExitStack() as silent:
        pem = str(next((Path(there.database.removeprefix("sqlite:///")).parent).rglob("authority.pem")))
        connections = [silent.enter_context(connection) for connection in strangers(there, b"", pem)]
        assert requests.get(f"{there.base}/readyz", timeout=10, verify=pem).text == "ready\n"
        assert answer(connections[-1]) == (0, b"")


# ── too much of a body ──


def body(length: int, **headers: str) -> bytes:
    fields = {"Host": "127.0.0.1", "Content-Length": str(length), **headers}
    return "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\n"


@pytest.mark.parametrize("close", ["close", "keep-alive"])
@pytest.mark.parametrize("path", ["/api/v1/sessions", "/api/v1/pairings", "/h/clinic/tickets", "/t/x/feedback"])
def test_a_body_too_large_is_413_and_no_reset(crowded: tuple[Premises, Path], path: str, close: str) -> None:
    there, _ = crowded
    with dial(there) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\n".encode() + body(3_000_000, Connection=close))
        connection.sendall(b" " * 3_000_000)
        assert answer(connection)[0] == 413


@pytest.mark.parametrize("path", ["/api/v1/sessions", "/h/clinic/tickets"])
def test_a_body_announced_too_large_is_refused_at_once(crowded: tuple[Premises, Path], path: str) -> None:
    there, _ = crowded
    with dial(there) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\n".encode() + body(10**12, Expect="100-continue"))
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_a_body_in_pieces_is_refused_when_it_is_too_large(crowded: tuple[Premises, Path]) -> None:
    there, _ = crowded
    with dial(there) as connection:
        head = b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(
            head + b"10000\r\n" + b" " * 65536 + b"\r\n" + b"10000\r\n" + b" " * 65536 + b"\r\n0\r\n\r\n"
        )
        assert answer(connection)[0] == 413


# ── clients that do not read ──


def test_a_client_that_reads_no_answer_keeps_neither_connection_nor_memory(crowded: tuple[Premises, Path]) -> None:
    there, _ = crowded
    before = memory(there)
    with dial(there) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with contextlib.suppress(ConnectionError, TimeoutError):
            connection.settimeout(5)
            while True:
                connection.sendall(b"GET /static/web.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 100)
    assert memory(there) - before < 20


def test_one_listener_too_many_gets_a_sentence_and_stations_still_connect(
    crowded: tuple[Premises, Path],
) -> None:
    there, _ = crowded
    kiosk = {"Authorization": f"Bearer {there.device(Role.KIOSK)}"}
    with contextlib.ExitStack() as listeners:

        def listen(path: str, **headers: Any) -> requests.Response:
            return listeners.enter_context(
                requests.get(f"{there.base}{path}", stream=True, timeout=10, headers={"Connection": "close", **headers})
            )

        while (last := listen("/h/clinic/events", **{"Accept-Language": "de"})).status_code == 200:
            pass
        assert last.status_code == 503 and int(last.headers["Retry-After"]) > 0
        assert "Zu viele" in last.text
        assert requests.get(f"{there.base}/h/clinic", timeout=10).status_code == 200, (
            "pages need no connection of their own"
        )
        for _ in range(10):
            assert listen("/api/v1/halls/clinic/events", **kiosk).status_code == 200
        assert measured(there, 'nowserving_connections{who="live"}') > 20


# ── pipelined requests ──


def commands(kiosk: str, number: int) -> bytes:
    """Pipelined requests for this many tickets."""
    data = b""
    for _ in range(number):
        command = json.dumps({"command_id": new_id(), "service": "doctor", "origin": "kiosk"}).encode()
        data += b"POST /api/v1/halls/clinic/commands/issue-ticket HTTP/1.1\r\nHost: a\r\n"
        data += f"Authorization: Bearer {kiosk}\r\nContent-Length: {len(command)}\r\n\r\n".encode() + command
    return data


def tickets(there: Premises) -> float:
    return measured(there, 'nowserving_tickets{hall="clinic",state="waiting"}')


@pytest.mark.parametrize("end", ["half-closed", "no request", "half a request", "open"])
@pytest.mark.parametrize("number", [1, 3, 40])
def test_whoever_asks_for_much_at_once_is_answered_for_all_that_was_done(
    crowded: tuple[Premises, Path], number: int, end: str
) -> None:
    there, log = crowded
    kiosk = there.device(Role.KIOSK)
    with dial(there) as connection:
        connection.sendall(commands(kiosk, 1))
        assert b" 200 " in connection.recv(65536)
        before = tickets(there)
        connection.sendall(commands(kiosk, number))
        connection.sendall({"no request": b"\x16\x03\r\n\r\n", "half a request": commands(kiosk, 1)[:-9]}.get(end, b""))
        if end == "half-closed":
            connection.shutdown(socket.SHUT_WR)
        answers = answer(connection)[1].count(b"HTTP/1.1 200 ")
    assert answers == tickets(there) - before
    assert answers == min(number, 17), "one is answered while sixteen may wait"
    assert "Traceback" not in log.read_text()


# ── what is no valid request ──


@pytest.mark.parametrize("hosts", ["", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n", "Host: a b\r\n"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/h/clinic"])
def test_a_request_names_one_host(crowded: tuple[Premises, Path], hosts: str, path: str) -> None:
    there, _ = crowded
    assert exchange(there, f"GET {path} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())[0] == 400


def test_nothing_a_stranger_sends_is_logged(premises: Premises, tmp_path: Path) -> None:
    with impatient_backend(premises, tmp_path) as (there, log):
        socket_ = b"Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: YQ==\r\n\r\n"
        with dial(there) as connection:
            connection.sendall(b"GET /h/clinic/events HTTP/1.1\r\n" + socket_)
            assert connection.recv(9) == b"HTTP/1.1 "
        for nonsense in (b"GET / HTTP/9\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n"):
            assert exchange(there, nonsense)[0] == 400
        for number in (*range(1, 20), 40):  # clients that leave before the answers
            with dial(there) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n" * number)
                time.sleep(0.002 * number % 0.01)  # in whatever state the connection is, nothing is logged
        assert requests.get(f"{there.base}/readyz", timeout=10).ok
        assert log.read_text() == ""


HEADS = ["/healthz", "/readyz", "/metrics", "/api/docs", "/api/v1/openapi.json", "/api/v1/halls", "/h/clinic"]
HEADS += ["/", "/nowhere", "/t/nobody", "/static/web.css", "/h/clinic/events", "/api/v1/halls/clinic/events"]


@pytest.mark.parametrize("path", HEADS)
def test_head_is_answered_like_get_without_a_body(crowded: tuple[Premises, Path], path: str) -> None:
    there, _ = crowded
    token = {"Authorization": f"Bearer {there.device(Role.CONSOLE)}"} if path.endswith("s") and "api" in path else {}
    wanted = {"headers": token, "timeout": 10, "allow_redirects": False, "stream": True}
    head = requests.head(there.base + path, **wanted)
    with requests.get(there.base + path, **wanted) as whole:
        assert (head.status_code, head.text) == (whole.status_code, "")
        same = [name for name in whole.headers if name.lower() not in ("date", "set-cookie", "transfer-encoding")]
        assert {name: head.headers.get(name) for name in same} == {name: whole.headers[name] for name in same}
