"""A board for tests: it listens on a socket or at the end of a serial line, keeps what it hears, and has faults."""

from __future__ import annotations

import os
import pty
import select
import tty
from contextlib import suppress

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QHostAddress, QTcpServer, QTcpSocket


class SocketBoard(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        """Every line, without heartbeats; the greetings tell one connection from the next."""
        self.beats = 0
        self.answers = False
        """Whether it answers PONG."""
        self.refuses = False
        """It closes every connection at once."""
        self.lines: list[QTcpSocket] = []
        self._rest = b""
        self._server = QTcpServer(self)
        self._server.newConnection.connect(self._accept)
        self._server.listen(QHostAddress.SpecialAddress.LocalHost)
        self.port = self._server.serverPort()
        self.address = f"tcp://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        line = self._server.nextPendingConnection()
        if self.refuses:
            line.abort()
            return
        self._rest = b""
        self.lines.append(line)
        line.readyRead.connect(lambda: self._hear(line))

    def _hear(self, line: QTcpSocket) -> None:
        *whole, self._rest = (self._rest + line.readAll().data()).split(b"\n")
        for text in whole:
            if text == b"PING":
                self.beats += 1
                if self.answers:
                    line.write(b"PONG\n")
            else:
                self.heard.append(text.decode())

    def write(self, data: bytes) -> None:
        self.lines[-1].write(data)

    def unplug(self) -> None:
        """It is gone, and nobody listens."""
        self._server.close()
        self.lines[-1].abort()

    def plug(self) -> None:
        self._server.listen(QHostAddress.SpecialAddress.LocalHost, self.port)

    def close(self) -> None:
        self._server.close()


class SerialBoard:
    """The far end of a serial line."""

    def __init__(self) -> None:
        self._end, self._near = pty.openpty()
        tty.setraw(self._near)
        self.address = f"serial:{os.ttyname(self._near)}@19200"

    def heard(self) -> bytes:
        """What has come since the last look."""
        there, _, _ = select.select([self._end], [], [], 0)
        return os.read(self._end, 65_536) if there else b""

    def unplug(self) -> None:
        for end in (self._end, self._near):
            with suppress(OSError):
                os.close(end)
