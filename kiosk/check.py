"""What can be wrong with the kiosk of this machine: its printer, and tickets it gave that are not in their hall."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shared.addresses import EXAMPLES, for_phones, shown
from shared.hall.errors import Unfit
from shared.hall.roles import Role
from shared.link.outbox import require_series
from shared.link.outbox_salvage import Damaged
from shared.link.outbox_store import OutboxStore, stores
from shared.link.paired_hall import PairedHallFile
from shared.settings import Settings, state_path
from shared.ui.station_memory import StationMemory

if TYPE_CHECKING:
    from kiosk.printer.escpos_printer import EscposPrinter


def faults(chosen: Settings) -> Iterator[str]:
    """What is wrong, a sentence each."""
    yield from _printer(chosen)
    yield from _series(chosen)
    yield from _pages(chosen)
    for store in stores(state_path()):
        yield from _store(store)


def _series(chosen: Settings) -> Iterator[str]:
    try:
        require_series(chosen.offline_series)
    except Unfit as unfit:
        yield unfit.detail


def _pages(chosen: Settings) -> Iterator[str]:
    """A kiosk whose tickets have no code for phones, for all it knows; nothing where no kiosk was ever set up."""
    home = PairedHallFile(state_path(), Role.KIOSK).load()
    if not (address := chosen.hall.partition("#")[0] or (home.address if home else "")):
        return
    if not address.startswith(("http://", "https://")):
        if not chosen.public_url:
            yield f"Tickets have no code to follow them on a phone: set public_url, such as {EXAMPLES}."
        return
    known = [StationMemory(state_path(), place) for place in {chosen.hall, home.place if home else ""} if place]
    if not for_phones(address) and not any(memory.load() and memory.pages for memory in known):
        yield (
            f"Tickets have no code to follow them on a phone, for none gets to {shown(address)}: set public_url where"
            f" `nowserving serve` runs, such as {EXAMPLES}."
        )


def _store(store: OutboxStore) -> Iterator[str]:
    """Tickets people hold that the hall does not have."""
    try:
        with contextlib.closing(store):
            stuck = store.stuck(datetime.now(UTC))
    except (sqlite3.Error, OSError, Damaged) as error:
        yield f"The tickets this kiosk gave on its own can't be read ({error}): see to the disk of {store.folder}."
        return
    if waiting := ", ".join(one.label for one in stuck if not one.refused):
        yield f"Tickets given while the hall was away wait to be delivered ({waiting}): start the kiosk and let it run."
    for one in stuck:
        if one.refused:
            yield f"Nobody calls {one.label}, given while the hall was away, for the hall refused it: {one.refused}"


def _printer(chosen: Settings) -> Iterator[str]:
    """A kiosk without a printer shows the number, and nothing is wrong."""
    if chosen.printer in ("", "none"):
        return
    # Here, for they load Qt and the printers' library: most machines that are checked have no printer.
    from kiosk.printer.escpos_printer import EscposPrinter  # noqa: PLC0415
    from kiosk.printer.printer_choice import FolderPrinter, printer_for  # noqa: PLC0415

    try:
        printer = printer_for(chosen.printer, chosen.paper)
    except Unfit as unfit:
        yield unfit.detail
        return
    if isinstance(printer, FolderPrinter):
        yield from _folder(Path(chosen.printer.removeprefix("file:")))
    elif isinstance(printer, EscposPrinter):
        yield from _network(printer, chosen.printer)


def _folder(folder: Path) -> Iterator[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield f"Tickets can't be saved in {folder} ({error.strerror}): check the folder and its permissions."


def _network(printer: EscposPrinter, name: str) -> Iterator[str]:
    from kiosk.printer.printer import Paper  # noqa: PLC0415  # as above

    match printer.ask():
        case None:
            yield f"The printer {name} does not answer: check its power, its cable and its address."
        case Paper.OUT:
            yield f"The printer {name} has no paper: put a new roll in."
        case Paper.LOW:
            yield f"The printer {name} has little paper left: put a new roll in soon."
        case _:
            return
