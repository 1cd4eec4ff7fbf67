"""A receipt printer on the network that speaks ESC/POS, asked how it is before and after each ticket."""

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

from kiosk.printer.escpos_replies import ANSWER_WITHIN, NOTHING_SAID, EscposReplies
from kiosk.printer.printer import Paper, Printed

log = logging.getLogger(__name__)

TAKES_WITHIN = 5.0
"""Seconds for a piece of the picture: a printer that is busy with the piece before takes no more for a while."""

PRINTS_WITHIN = 8.0
"""Seconds until the slowest printer on the slowest line has cut a ticket."""

SETTLES_WITHIN = 2.0
"""The same for a printer that is known to answer nothing in turn: most trouble shows by then."""

LOOK = 0.5
"""Seconds between two looks for trouble while a ticket is being printed."""

PIECE = 256
"""Rows sent at a time; cheap printers keep no more than some 20 KB."""

# Bits of the status bytes (DLE EOT 1 and 4). Off line is also a printer whose cover is open, or with an error.
OFFLINE = 0b0000_1000
NEAR_END = 0b0000_1100
PAPER_END = 0b0110_0000

# Bits of the answer in turn (GS r 1).
NEAR_END_IN_TURN = 0b0000_0011
PAPER_END_IN_TURN = 0b0000_1100

TROUBLE = (Printed.NO_PAPER, Printed.NOT_READY)


class EscposPrinter:
    """Connects for each ticket, for a printer may be switched off and on as it likes."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._answers_in_turn: bool | None = None
        """Many answer that question on a serial line only; None until a ticket has shown which this one is."""
        self.paper = Paper.UNKNOWN
        """As last asked."""

    def put(self, picture: QImage, label: str) -> Printed:
        try:
            with self._connected() as device:
                return self._print(device, picture, label)
        except (Error, OSError) as error:
            log.warning("%s was not printed: %s", label, error)
            self.paper = Paper.UNKNOWN
            return Printed.NO_ANSWER

    def ask(self) -> Paper | None:
        """What it says of its paper now; None if it can't be reached."""
        try:
            with self._connected() as device:
                self.paper = _paper(EscposReplies(device.device))
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

    def _print(self, device: Network, picture: QImage, label: str) -> Printed:
        """Nothing is sent to a printer that can't print now: it would come out later, for somebody else."""
        talk = EscposReplies(device.device)
        before = self._state(talk)
        if before in TROUBLE:
            return before
        try:
            _send(device, picture)
            return self._became(talk) if before is Printed.YES else Printed.PERHAPS
        except OSError as error:
            log.warning("%s may not be printed, or in part: %s", label, error)
            self.paper = Paper.UNKNOWN
            return Printed.PERHAPS

    def _became(self, talk: EscposReplies) -> Printed:
        """What it says after the cut.

        In real time it says that all is well while the picture is still in its memory, so it is asked in turn too. One
        that never answers in turn is believed if nothing is wrong with it a little later.
        """
        until = time.monotonic() + (SETTLES_WITHIN if self._answers_in_turn is False else PRINTS_WITHIN)
        talk.ask_in_turn()
        while True:
            talk.wait_in_turn(LOOK)
            in_turn, state = talk.in_turn, self._state(talk)
            if in_turn is not None or state in TROUBLE or time.monotonic() > until:
                break
        return self._judged(state, in_turn)

    def _judged(self, state: Printed, in_turn: int | None) -> Printed:
        """The worse of its two answers about paper counts: a printer need not tell of every sensor in both."""
        if in_turn is not None:
            self._answers_in_turn = True
            if in_turn & PAPER_END_IN_TURN:
                self.paper = Paper.OUT
                return Printed.NO_PAPER
            if in_turn & NEAR_END_IN_TURN and self.paper is Paper.OK:
                self.paper = Paper.LOW
        elif state is Printed.YES and self._answers_in_turn:
            return Printed.PERHAPS
        elif state is Printed.YES:
            self._answers_in_turn = False
        return state

    def _state(self, talk: EscposReplies) -> Printed:
        """What would become of a ticket now: YES if it says that nothing is wrong, PERHAPS if it says nothing."""
        self.paper = _paper(talk)
        if self.paper is Paper.UNKNOWN:
            return Printed.PERHAPS
        if self.paper is Paper.OUT:
            return Printed.NO_PAPER
        online = talk.ask(RT_STATUS_ONLINE)
        if online == NOTHING_SAID:
            return Printed.PERHAPS
        return Printed.NOT_READY if online & OFFLINE else Printed.YES


def _send(device: Network, picture: QImage) -> None:
    device.device.settimeout(TAKES_WITHIN)
    device.hw("INIT")
    device.image(_for_escpos(picture), fragment_height=PIECE)
    device.cut()


def _for_escpos(picture: QImage) -> Image.Image:
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    size = (grey.width(), grey.height())
    return Image.frombytes("L", size, bytes(grey.constBits()), "raw", "L", grey.bytesPerLine())


def _paper(talk: EscposReplies) -> Paper:
    status = talk.ask(RT_STATUS_PAPER)
    if status == NOTHING_SAID:
        return Paper.UNKNOWN
    if status & PAPER_END:
        return Paper.OUT
    return Paper.LOW if status & NEAR_END else Paper.OK
