"""A network receipt printer that speaks ESC/POS: its status is read before and after each ticket."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from escpos.constants import RT_STATUS_ONLINE, RT_STATUS_PAPER
from escpos.exceptions import Error
from escpos.printer import Network
from PIL import Image
from PySide6.QtGui import QImage

from kiosk.printer.escpos_replies import NO_REPLY, REPLY_TIMEOUT, EscposReplies
from kiosk.printer.printer import Paper, Printed

log = logging.getLogger(__name__)

SEND_TIMEOUT = 5.0
"""Seconds for a chunk of the picture: a printer that is busy with the chunk before takes no more for a while."""

PRINT_TIMEOUT = 8.0
"""Seconds until the slowest printer on the slowest network has cut a ticket."""

SETTLE_TIME = 2.0
"""Seconds instead for a printer known not to answer queued questions: most trouble shows by then."""

POLL_INTERVAL = 0.5
"""Seconds between two status checks while a ticket is being printed."""

CHUNK_ROWS = 256
"""Rows of dots sent at a time: the buffers of cheap printers hold some 20 KB."""

# Bits of the real-time status (DLE EOT 1 and 4). An open cover and an error take a printer offline too.
OFFLINE = 0b0000_1000
NEAR_END = 0b0000_1100
PAPER_END = 0b0110_0000

# Bits of the queued status (GS r 1).
NEAR_END_QUEUED = 0b0000_0011
PAPER_END_QUEUED = 0b0000_1100

NOT_PRINTING = (Printed.NO_PAPER, Printed.NOT_READY)


class EscposPrinter:
    """Connects anew for each ticket, because a printer may be switched off and on at any time."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._answers_queued: bool | None = None
        """Whether it answers GS r, which many do on a serial line only; None until a ticket has shown it."""
        self.paper = Paper.UNKNOWN
        """As last asked."""

    def print_ticket(self, picture: QImage, label: str) -> Printed:
        try:
            with self._connected() as device:
                return self._print(device, picture, label)
        except (Error, OSError) as error:
            log.warning("%s was not printed: %s", label, error)
            self.paper = Paper.UNKNOWN
            return Printed.NO_ANSWER

    def ask(self) -> Paper | None:
        """The state of its paper now; None if it can't be reached."""
        try:
            with self._connected() as device:
                self.paper = _paper(EscposReplies(device.device))
        except (Error, OSError):
            self.paper = Paper.UNKNOWN
            return None
        return self.paper

    @contextmanager
    def _connected(self) -> Iterator[Network]:
        # python-escpos takes the width and the way to cut from the profile; this one is as wide as 80 mm paper.
        device = Network(self._host, self._port, timeout=REPLY_TIMEOUT, profile="TM-T20II")
        try:
            # Network.open() knows no IPv6 and leaks the socket of a failed attempt.
            device.device = socket.create_connection((self._host, self._port), REPLY_TIMEOUT)
            yield device
        finally:
            device.close()

    def _print(self, device: Network, picture: QImage, label: str) -> Printed:
        """Send nothing to a printer that can't print now: the ticket would come out later, for somebody else."""
        replies = EscposReplies(device.device)
        before = self._state(replies)
        if before in NOT_PRINTING:
            return before
        try:
            _send(device, picture)
            return self._result_after_cut(replies) if before is Printed.YES else Printed.PERHAPS
        except OSError as error:
            log.warning("%s may not be printed, or only in part: %s", label, error)
            self.paper = Paper.UNKNOWN
            return Printed.PERHAPS

    def _result_after_cut(self, replies: EscposReplies) -> Printed:
        """Ask the printer after the cut what became of the ticket.

        Its real-time status says that all is well while the picture is still in its buffer, so a queued question is
        sent too. A printer that never answers those is believed if nothing is wrong with it a little later.
        """
        until = time.monotonic() + (SETTLE_TIME if self._answers_queued is False else PRINT_TIMEOUT)
        replies.ask_queued()
        while True:
            replies.wait_queued(POLL_INTERVAL)
            queued, state = replies.queued, self._state(replies)
            if queued is not None or state in NOT_PRINTING or time.monotonic() > until:
                break
        return self._result(state, queued)

    def _result(self, state: Printed, queued: int | None) -> Printed:
        """What became of the ticket; ``queued`` is None if the queued question was not answered.

        The worse of the two answers about paper counts: a printer need not report every sensor in both.
        """
        if queued is not None:
            self._answers_queued = True
            if queued & PAPER_END_QUEUED:
                self.paper = Paper.OUT
                return Printed.NO_PAPER
            if queued & NEAR_END_QUEUED and self.paper is Paper.OK:
                self.paper = Paper.LOW
        elif state is Printed.YES and self._answers_queued:
            return Printed.PERHAPS
        elif state is Printed.YES:
            self._answers_queued = False
        return state

    def _state(self, replies: EscposReplies) -> Printed:
        """What would become of a ticket now: YES if the printer says it is ready, PERHAPS if it does not answer."""
        self.paper = _paper(replies)
        if self.paper is Paper.UNKNOWN:
            return Printed.PERHAPS
        if self.paper is Paper.OUT:
            return Printed.NO_PAPER
        online = replies.ask(RT_STATUS_ONLINE)
        if online == NO_REPLY:
            return Printed.PERHAPS
        return Printed.NOT_READY if online & OFFLINE else Printed.YES


def _send(device: Network, picture: QImage) -> None:
    device.device.settimeout(SEND_TIMEOUT)
    device.hw("INIT")
    device.image(_for_escpos(picture), fragment_height=CHUNK_ROWS)
    device.cut()


def _for_escpos(picture: QImage) -> Image.Image:
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    size = (grey.width(), grey.height())
    return Image.frombytes("L", size, bytes(grey.constBits()), "raw", "L", grey.bytesPerLine())


def _paper(replies: EscposReplies) -> Paper:
    status = replies.ask(RT_STATUS_PAPER)
    if status == NO_REPLY:
        return Paper.UNKNOWN
    if status & PAPER_END:
        return Paper.OUT
    return Paper.LOW if status & NEAR_END else Paper.OK
