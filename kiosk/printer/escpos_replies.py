"""What a receipt printer says on its line, told apart: answers at once, answers in turn, and what nobody asked for."""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Final

ANSWER_WITHIN = 2.0
"""Seconds: a printer on the same network answers in milliseconds, but some think for a second and a half."""

NOTHING_SAID: Final = 0

IN_TURN = b"\x1dr\x01"
"""Transmit the paper sensor's status (GS r 1): executed after all that was sent before it, so after the cut."""

# Which bits of a byte tell what it is, in every manual of ESC/POS.
AT_ONCE, AT_ONCE_VALUE = 0b1001_0011, 0b0001_0010
UNASKED, UNASKED_VALUE = 0b1001_0011, 0b0001_0000
"""The first of the four bytes of an automatic status; the other three look like answers in turn."""
OTHER, OTHER_VALUE = 0b1001_0000, 0
FLOW = b"\x11\x13"
"""XON and XOFF."""


class EscposReplies:
    """One line to a printer. What it says when it should not is passed over; every verb raises OSError."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._at_once: deque[int] = deque()
        self._of_unasked = 0
        self._garbled = False
        self.in_turn: int | None = None
        """The paper sensor's status as it was answered in turn; None until it is."""

    def ask(self, question: bytes) -> int:
        """The status byte that answers a question in real time (DLE EOT), or NOTHING_SAID."""
        self._hear(0)
        self._at_once.clear()  # what came too late for an earlier question
        self._garbled = False
        self._say(question)
        self._listen(ANSWER_WITHIN, lambda: bool(self._at_once))
        return self._at_once[0] if self._at_once and not self._garbled else NOTHING_SAID

    def ask_in_turn(self) -> None:
        self._hear(0)
        self.in_turn = None
        self._say(IN_TURN)

    def wait_in_turn(self, seconds: float) -> None:
        """Return as soon as the printer has come to the question in turn, or else after these seconds."""
        self._listen(seconds, lambda: self.in_turn is not None)

    def _say(self, question: bytes) -> None:
        self._line.settimeout(ANSWER_WITHIN)
        self._line.sendall(question)

    def _listen(self, seconds: float, heard: Callable[[], bool]) -> None:
        until = time.monotonic() + seconds
        while not heard() and (left := until - time.monotonic()) > 0:
            self._hear(left)

    def _hear(self, seconds: float) -> None:
        """Take in what comes first within these seconds."""
        self._line.settimeout(seconds)
        try:
            said = self._line.recv(64)
        except (TimeoutError, BlockingIOError):
            return
        if not said:
            raise ConnectionAbortedError("it closed the line")
        for byte in said:
            self._sort(byte)

    def _sort(self, byte: int) -> None:
        if byte & AT_ONCE == AT_ONCE_VALUE:
            self._at_once.append(byte)
            self._of_unasked = 0
        elif byte & UNASKED == UNASKED_VALUE:
            self._of_unasked = 3
        elif byte & OTHER == OTHER_VALUE and self._of_unasked:
            self._of_unasked -= 1
        elif byte & OTHER == OTHER_VALUE:
            self.in_turn = byte
        elif byte not in FLOW:
            self._garbled = True
