"""A receipt printer on the network that speaks ESC/POS, asked about its paper before and after each ticket."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from escpos.constants import RT_STATUS_ONLINE, RT_STATUS_PAPER
from escpos.exceptions import Error
from escpos.printer import Network
from PIL import Image
from PySide6.QtGui import QImage

from kiosk.printer.port import Paper, Printed

log = logging.getLogger(__name__)

ANSWER_WITHIN = 1.0
"""Seconds: a printer on the same network answers in milliseconds, and a customer waits meanwhile."""

TAKES_WITHIN = 5.0
"""Seconds for a piece of the picture: a printer that is busy with the piece before takes no more for a while."""

PIECE = 256
"""Rows sent at a time; cheap printers keep no more than some 20 KB."""

# Bits of the status bytes (DLE EOT 1 and 4); each has two bits always set and two always clear.
FIXED, FIXED_VALUE = 0b1001_0011, 0b0001_0010
OFFLINE = 0b0000_1000
NEAR_END = 0b0000_1100
PAPER_END = 0b0110_0000


class NetworkPrinter:
    """Connects for each ticket, for a printer may be switched off and on as it likes."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self.paper = Paper.UNKNOWN
        """As last asked."""

    def put(self, picture: QImage, label: str) -> Printed:
        try:
            with self._connected() as device:
                return self._print(device, picture)
        except (Error, OSError) as error:
            log.warning("%s was not printed: %s", label, error)
            self.paper = Paper.UNKNOWN
            return Printed.NO_ANSWER

    def ask(self) -> Paper | None:
        """What it says of its paper now; None if it can't be reached."""
        try:
            with self._connected() as device:
                self.paper = _paper(device)
        except (Error, OSError):
            self.paper = Paper.UNKNOWN
            return None
        return self.paper

    @contextmanager
    def _connected(self) -> Iterator[Network]:
        # The profile is asked for its width and for how to cut; this one is as wide as 80 mm paper.
        device = Network(self._host, self._port, timeout=ANSWER_WITHIN, profile="TM-T20II")
        try:
            # Its own open() knows no IPv6 and leaves the socket of a failed try behind.
            device.device = socket.create_connection((self._host, self._port), ANSWER_WITHIN)
            yield device
        finally:
            device.close()

    def _print(self, device: Network, picture: QImage) -> Printed:
        """Nothing is sent to a printer that can't print now: it would come out later, for somebody else."""
        self.paper = _paper(device)
        if self.paper is Paper.OUT:
            return Printed.NO_PAPER
        if self.paper is not Paper.UNKNOWN and _status(device, RT_STATUS_ONLINE) & OFFLINE:
            return Printed.NOT_READY
        _send(device, picture)
        if self.paper is Paper.UNKNOWN:
            return Printed.PERHAPS
        self.paper = _paper(device)
        return Printed.NO_PAPER if self.paper is Paper.OUT else Printed.YES


def _send(device: Network, picture: QImage) -> None:
    device.device.settimeout(TAKES_WITHIN)
    device.hw("INIT")
    device.image(_for_escpos(picture), fragment_height=PIECE)
    device.cut()
    device.device.settimeout(ANSWER_WITHIN)


def _for_escpos(picture: QImage) -> Image.Image:
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    size = (grey.width(), grey.height())
    return Image.frombytes("L", size, bytes(grey.constBits()), "raw", "L", grey.bytesPerLine())


NOTHING_SAID: Final = 0


def _status(device: Network, question: bytes) -> int:
    """The status byte, or NOTHING_SAID. python-escpos reads "plenty of paper" into no answer at all: ask ourselves."""
    try:
        answer = bytes(device.query_status(question))
    except TimeoutError:
        return NOTHING_SAID
    status = answer[-1] if answer else NOTHING_SAID
    return status if status & FIXED == FIXED_VALUE else NOTHING_SAID


def _paper(device: Network) -> Paper:
    status = _status(device, RT_STATUS_PAPER)
    if status == NOTHING_SAID:
        return Paper.UNKNOWN
    if status & PAPER_END:
        return Paper.OUT
    return Paper.LOW if status & NEAR_END else Paper.OK
