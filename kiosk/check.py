"""What can be wrong with the kiosk of this machine: the printer its settings name."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from shared.hall.errors import Unfit
from shared.settings import Settings

if TYPE_CHECKING:
    from kiosk.printer.network import NetworkPrinter


def faults(chosen: Settings) -> Iterator[str]:
    """What is wrong, a sentence each; a kiosk without a printer shows the number, and nothing is wrong."""
    if chosen.printer in ("", "none"):
        return
    # Here, for they load Qt and the printers' library: most machines that are checked have no printer.
    from kiosk.printer.network import NetworkPrinter  # noqa: PLC0415
    from kiosk.printer.printer import FolderPrinter, printer_for  # noqa: PLC0415

    try:
        printer = printer_for(chosen.printer, chosen.paper)
    except Unfit as unfit:
        yield unfit.detail
        return
    if isinstance(printer, FolderPrinter):
        yield from _folder(Path(chosen.printer.removeprefix("file:")))
    elif isinstance(printer, NetworkPrinter):
        yield from _network(printer, chosen.printer)


def _folder(folder: Path) -> Iterator[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield f"Tickets can't be saved in {folder} ({error.strerror}): check the folder and its permissions."


def _network(printer: NetworkPrinter, name: str) -> Iterator[str]:
    from kiosk.printer.port import Paper  # noqa: PLC0415  # as above

    match printer.ask():
        case None:
            yield f"The printer {name} does not answer: check its power, its cable and its address."
        case Paper.OUT:
            yield f"The printer {name} has no paper: put a new roll in."
        case Paper.LOW:
            yield f"The printer {name} has little paper left: put a new roll in soon."
        case _:
            return
