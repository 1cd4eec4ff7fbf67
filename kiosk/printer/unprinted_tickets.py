"""Which ticket may not be on paper, kept on the kiosk's disk: staff hear of it after a restart too."""

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
        """``file``: where it is remembered over a restart."""
        self._printer = printer
        self._file = file
        self.unprinted = self._read()
        """The label of the last ticket put, unless it is known to be printed; not of one that is being printed."""

    @property
    def paper(self) -> Paper:
        return self._printer.paper

    def ask(self) -> Paper | None:
        return self._printer.ask()

    def put(self, picture: QImage, label: str) -> Printed:
        """On the disk before anything is sent: a kiosk may be switched off in the middle."""
        self._write(label)
        became = self._printer.put(picture, label)
        self.unprinted = "" if became is Printed.YES else label
        if not self.unprinted:
            self._write("")
        return became

    def _read(self) -> str:
        return (read(self._file, _label) or "") if self._file else ""

    def _write(self, label: str) -> None:
        """A full disk is logged: people get their tickets all the same."""
        try:
            if self._file and label:
                write_whole(self._file, label)
            elif self._file:
                self._file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("which ticket may not be printed could not be remembered: %s", error)


def _label(text: str) -> str:
    """Raises ValueError for what is no label."""
    if not LABEL.fullmatch(text):
        raise ValueError(text[:16])
    return text
