"""A receipt printer on a socket: keeps its tickets as pictures, and can have any fault."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from typing import Self

from PIL import Image

DLE_EOT = b"\x10\x04"
RASTER = b"\x1dv0"
CUT = b"\x1dV"
QUEUED_STATUS = b"\x1dr"
FIXED = 0b0001_0010
QUEUED_ANSWERS = {"ok": 0, "low": 0b0011, "out": 0b1111, "out, and no sensor before": 0b1100}


class FakePrinter:
    """A printer in the state its attributes describe; those in ``then`` change once it has cut a ticket."""

    def __init__(self, **trouble: object) -> None:
        self.paper = "ok"
        """``ok``, ``low`` or ``out``."""
        self.cover_open = False
        """Takes it offline."""
        self.mute = False
        """It never answers."""
        self.answers_queued = True
        """It answers GS r too, which many printers do on a serial line only."""
        self.queued_paper = ""
        """Its answer to GS r, if it differs from the real-time status."""
        self.stuck = False
        """It executes nothing more, while its real-time status says that all is well."""
        self.hung_up = False
        """It closes the connection when it receives something."""
        self.tears = False
        """It closes the connection in the middle of a picture."""
        self.takes: int | None = None
        """Bytes after which it stops reading a connection."""
        self.late = 0.0
        """Seconds before each answer."""
        self.garbles = b""
        """Sent instead of every answer."""
        self.unasked = b""
        """Sent at the beginning of a connection, and after each chunk of a picture."""
        self.then: dict[str, object] = {}
        self._become(trouble)
        self.tickets: list[Image.Image] = []
        self._rows: list[bytes] = []
        self._width = 0
        self._listen(0)

    def _become(self, trouble: dict[str, object]) -> None:
        for name, value in trouble.items():
            assert hasattr(self, name), name
            setattr(self, name, value)

    def _listen(self, port: int) -> None:
        self._closing = threading.Event()
        self._server = socket.create_server(("127.0.0.1", port))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._serve, name="printer", daemon=True).start()

    def switch_off_and_on(self) -> None:
        """Lose its buffer and every connection."""
        self.close()
        self._rows = []
        self._listen(self.port)

    @property
    def setting(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)  # else a thread that accepts takes one more
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self) -> None:
        server, closing = self._server, self._closing
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(0.05)
                self._talk(connection, closing)

    def _talk(self, connection: socket.socket, closing: threading.Event) -> None:
        waiting, taken_in = b"", 0
        connection.sendall(self.unasked)
        while not closing.is_set():
            if self.takes is not None and taken_in >= self.takes:
                closing.wait()
                return
            try:
                data = connection.recv(min(65536, (self.takes or 1 << 30) - taken_in))
            except TimeoutError:
                continue
            if not data or self.hung_up or (self.tears and len(data) > 100):
                return
            waiting, taken_in = waiting + data, taken_in + len(data)
            while (taken := self._take(waiting, connection)) > 0:
                waiting = waiting[taken:]

    def _answer(self, connection: socket.socket, status: int) -> None:
        time.sleep(self.late)
        if not self.mute:
            connection.sendall(self.garbles or bytes([status]))

    def _take(self, data: bytes, connection: socket.socket) -> int:
        """Execute the first command in ``data``; returns its length, 0 if it is incomplete."""
        if data.startswith(DLE_EOT) and len(data) >= 3:
            self._answer(connection, self._status(data[2]))
            return 3
        if data.startswith(QUEUED_STATUS) and len(data) >= 3:
            if self.answers_queued and not self.stuck:
                self._answer(connection, QUEUED_ANSWERS[self.queued_paper or self.paper])
            return 3
        if data.startswith(RASTER) and len(data) >= 8:
            wide, high = struct.unpack("<HH", data[4:8])
            taken = self._print_rows(data[8 : 8 + wide * high], wide, high)
            connection.sendall(self.unasked if taken else b"")
            return taken
        if data.startswith(CUT) and len(data) >= 3:
            self._cut()
            return 3
        for command, length in ((b"\x1b@", 2), (b"\x1bd", 3)):
            if data.startswith(command) and len(data) >= length:
                return length
        assert data[:1] in b"\x10\x1b\x1d", data[:20]
        return 0

    def _status(self, question: int) -> int:
        if question == 1:
            return FIXED | (0b1000 if self.cover_open or self.paper == "out" else 0)
        return FIXED | {"ok": 0, "low": 0b1100, "out": 0b110_1100}[self.paper]

    def _print_rows(self, dots: bytes, wide: int, high: int) -> int:
        if len(dots) < wide * high:
            return 0
        self._width = wide * 8
        self._rows += [dots[row * wide : (row + 1) * wide] for row in range(high)]
        return 8 + wide * high

    def _cut(self) -> None:
        if self._rows:
            size = (self._width, len(self._rows))
            self.tickets.append(Image.frombytes("1", size, bytes(~byte & 0xFF for byte in b"".join(self._rows))))
            self._become(self.then)
        self._rows = []
