"""A receipt printer that listens on a socket: keeps what it prints as pictures, and can be in any trouble."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import Self

from PIL import Image

DLE_EOT = b"\x10\x04"
RASTER = b"\x1dv0"
CUT = b"\x1dV"
FIXED = 0b0001_0010


class FakePrinter:
    """``paper`` is ``ok``, ``low`` or ``out``; ``cover_open`` takes it off line; a ``mute`` one answers nothing."""

    def __init__(self, *, paper: str = "ok", cover_open: bool = False, mute: bool = False, runs_out: bool = False):
        self.paper = paper
        self.cover_open = cover_open
        self.mute = mute
        self.runs_out = runs_out
        self.tickets: list[Image.Image] = []
        self._rows: list[bytes] = []
        self._width = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._serve, name="printer", daemon=True).start()

    @property
    def setting(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)  # else a thread that accepts takes one more
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        waiting = b""
        while data := connection.recv(65536):
            waiting += data
            while (taken := self._take(waiting, connection)) > 0:
                waiting = waiting[taken:]

    def _take(self, data: bytes, connection: socket.socket) -> int:
        """Obey the first command in ``data``; returns its length, 0 if it has not all come yet."""
        if data.startswith(DLE_EOT) and len(data) >= 3:
            if not self.mute:
                connection.sendall(bytes([self._status(data[2])]))
            return 3
        if data.startswith(RASTER) and len(data) >= 8:
            wide, high = struct.unpack("<HH", data[4:8])
            return self._print_rows(data[8 : 8 + wide * high], wide, high)
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
        self._rows = []
        if self.runs_out:
            self.paper = "out"
