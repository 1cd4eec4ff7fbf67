"""Reads what an ESC/POS printer sends: real-time status, queued status, and status nobody asked for."""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Final

REPLY_TIMEOUT = 2.0
"""Seconds: most printers answer in milliseconds, some need a second and a half."""

NO_REPLY: Final = 0

MAX_RECEIVED = 64
"""Bytes read at a time: a reply has one, an automatic status four."""

QUEUED_STATUS = b"\x1dr\x01"
"""The question for the paper sensor's status (GS r 1): answered after all that was sent before, so after the cut."""

# The fixed bits by which ESC/POS manuals tell the kinds of bytes apart.
REALTIME, REALTIME_VALUE = 0b1001_0011, 0b0001_0010
ASB, ASB_VALUE = 0b1001_0011, 0b0001_0000
"""The first of the four bytes of an automatic status (ASB); the other three look like queued answers."""
OTHER, OTHER_VALUE = 0b1001_0000, 0
FLOW = b"\x11\x13"
"""XON and XOFF."""


class EscposReplies:
    """The replies on one connection; unsolicited ones are ignored. Methods raise OSError if the connection is lost."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._realtime: deque[int] = deque()
        self._asb_bytes_left = 0
        self._garbled = False
        self.queued: int | None = None
        """The answer to the queued question: the paper sensor's status; None until it has come."""

    def ask(self, question: bytes) -> int:
        """The status byte that answers a real-time question (DLE EOT), or NO_REPLY if none came or it was garbled."""
        self._receive(0)
        self._realtime.clear()  # late answers to an earlier question
        self._garbled = False
        self._send(question)
        self._receive_until(REPLY_TIMEOUT, lambda: bool(self._realtime))
        return self._realtime[0] if self._realtime and not self._garbled else NO_REPLY

    def ask_queued(self) -> None:
        self._receive(0)
        self.queued = None
        self._send(QUEUED_STATUS)

    def wait_queued(self, seconds: float) -> None:
        """Wait until the queued question is answered, for at most these seconds."""
        self._receive_until(seconds, lambda: self.queued is not None)

    def _send(self, question: bytes) -> None:
        self._connection.settimeout(REPLY_TIMEOUT)
        self._connection.sendall(question)

    def _receive_until(self, seconds: float, done: Callable[[], bool]) -> None:
        until = time.monotonic() + seconds
        while not done() and (left := until - time.monotonic()) > 0:
            self._receive(left)

    def _receive(self, seconds: float) -> None:
        """Read what comes first within these seconds, if anything does; raises OSError."""
        self._connection.settimeout(seconds)
        try:
            received = self._connection.recv(MAX_RECEIVED)
        except (TimeoutError, BlockingIOError):
            return
        if not received:
            raise ConnectionAbortedError("it closed the connection")
        for byte in received:
            self._sort(byte)

    def _sort(self, byte: int) -> None:
        if byte & REALTIME == REALTIME_VALUE:
            self._realtime.append(byte)
            self._asb_bytes_left = 0
        elif byte & ASB == ASB_VALUE:
            self._asb_bytes_left = 3
        elif byte & OTHER == OTHER_VALUE and self._asb_bytes_left:
            self._asb_bytes_left -= 1
        elif byte & OTHER == OTHER_VALUE:
            self.queued = byte
        elif byte not in FLOW:
            self._garbled = True
