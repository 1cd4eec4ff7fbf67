"""The kinds of printer that the setting ``printer`` chooses from."""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QMarginsF, QRect, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter

from kiosk.printer.printer import Paper, Printed, Printer
from kiosk.printer.ticket_image import DOTS
from shared.hall.errors import Unfit

log = logging.getLogger(__name__)

ESC_POS_PORT = 9100  # TCP


def printer_for(setting: str, paper: int = 80) -> Printer | None:
    """The printer that ``setting`` names, None for none; raises Unfit for a wrong setting or paper width (mm)."""
    if paper not in DOTS:
        raise Unfit(f"Paper of {paper} mm is not supported: write {' or '.join(map(str, DOTS))}.")
    if setting in ("", "none"):
        return None
    if setting.startswith("file:"):
        return FolderPrinter(Path(setting.removeprefix("file:")))
    try:
        address = urlsplit(setting)
        if address.scheme == "tcp" and address.hostname:
            from kiosk.printer.escpos_printer import EscposPrinter  # noqa: PLC0415  # slow to load

            return EscposPrinter(address.hostname, address.port or ESC_POS_PORT)
    except ValueError:  # a port that is no number
        pass
    raise Unfit(f"There is no printer {setting!r}: write none, file:FOLDER or tcp://HOST:9100.")


class FolderPrinter:
    """Saves each ticket as LABEL.png and LABEL.pdf: for trying things out, and where another program prints."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.paper = Paper.OK

    def ask(self) -> Paper:
        """A folder does not run out of paper."""
        return self.paper

    def print_ticket(self, picture: QImage, label: str) -> Printed:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            log.warning("tickets can't be saved in %s: %s", self._folder, error)
            return Printed.NO_ANSWER
        saved = picture.save(str(self._folder / f"{label}.png")) and _save_pdf(picture, self._folder / f"{label}.pdf")
        return Printed.YES if saved else Printed.NO_ANSWER


def _save_pdf(picture: QImage, file: Path) -> bool:
    """Save a page of exactly the ticket's size; returns whether that worked."""
    paper = next(paper for paper, dots in DOTS.items() if dots == picture.width())
    writer = QPdfWriter(str(file))
    size = QSizeF(paper, paper * picture.height() / picture.width())
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF())
    painter = QPainter()
    if not painter.begin(writer):
        return False
    painter.drawImage(QRect(0, 0, writer.width(), writer.height()), picture)
    return painter.end()
