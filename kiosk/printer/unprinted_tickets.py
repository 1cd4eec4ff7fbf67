"""Remembers which ticket may not be on paper, on the kiosk's disk: staff see it after a restart too."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from PySide6.QtGui import QImage

from kiosk.printer.printer import Paper, Printed, Printer
from shared.durable_files import write_whole
from shared.link.state_files import read

log = logging.getLogger(__name__)

LABEL = re.compile(r"[A-Z0-9-]{1,16}")


class UnprintedTickets:
    """A printer whose last ticket is remembered until one is known to be printed."""

    def __init__(self, printer: Printer, file: Path | None) -> None:
        """``file`` keeps its label; with None it is only remembered until the program ends."""
        self._printer = printer
        self._file = file
        self.unprinted = self._read()
        """The label of the last ticket if it is not known to be printed, or empty; updated when its printing ends."""

    @property
    def paper(self) -> Paper:
        return self._printer.paper

    def ask(self) -> Paper | None:
        return self._printer.ask()

    def print_ticket(self, picture: QImage, label: str) -> Printed:
        """Print it, with its label on the disk before: a kiosk may be switched off in the middle."""
        self._write(label)
        result = self._printer.print_ticket(picture, label)
        self.unprinted = "" if result is Printed.YES else label
        if not self.unprinted:
            self._write("")
        return result

    def _read(self) -> str:
        return (read(self._file, _label) or "") if self._file else ""

    def _write(self, label: str) -> None:
        """A full disk is only logged: customers get their tickets all the same."""
        try:
            if self._file and label:
                write_whole(self._file, label)
            elif self._file:
                self._file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("the label of the ticket being printed could not be saved: %s", error)


def _label(text: str) -> str:
    """The label as read; raises ValueError if the text is no label."""
    if not LABEL.fullmatch(text):
        raise ValueError(text[:16])
    return text
