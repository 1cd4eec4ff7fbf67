"""What `nowserving check` says of the kiosk of this machine: printer, offline series, QR codes, undelivered tickets."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shared.addresses import EXAMPLES, for_phones, without_secrets
from shared.hall.errors import Unfit
from shared.hall.roles import Role
from shared.link.outbox import require_series
from shared.link.outbox_salvage import Damaged
from shared.link.outbox_store import OutboxStore, all_stores
from shared.link.paired_hall import PairedHallFile
from shared.settings import Settings, state_path
from shared.ui.station_memory import StationMemory

if TYPE_CHECKING:
    from kiosk.printer.escpos_printer import EscposPrinter


def faults(chosen: Settings) -> Iterator[str]:
    """A sentence for each fault."""
    yield from _printer(chosen)
    yield from _series(chosen)
    yield from _pages(chosen)
    for store in all_stores(state_path()):
        yield from _store(store)


def _series(chosen: Settings) -> Iterator[str]:
    try:
        require_series(chosen.offline_series)
    except Unfit as unfit:
        yield unfit.detail


def _pages(chosen: Settings) -> Iterator[str]:
    """That tickets have no QR code, as far as this machine knows; nothing if no kiosk was ever set up here."""
    paired = PairedHallFile(state_path(), Role.KIOSK).load()
    if not (address := chosen.hall.partition("#")[0] or (paired.address if paired else "")):
        return
    if not address.startswith(("http://", "https://")):
        if not chosen.public_url:
            yield f"Tickets have no QR code for phones: set public_url, such as {EXAMPLES}."
        return
    memories = [StationMemory(state_path(), key) for key in {chosen.hall, paired.key if paired else ""} if key]
    if not for_phones(address) and not any(memory.load() and memory.pages for memory in memories):
        yield (
            f"Tickets have no QR code for phones, because phones can't reach {without_secrets(address)}:"
            f" set public_url where `nowserving serve` runs, such as {EXAMPLES}."
        )


def _store(store: OutboxStore) -> Iterator[str]:
    """Tickets that were given out and are not in the hall."""
    try:
        with contextlib.closing(store):
            missing = store.not_in_the_hall(datetime.now(UTC))
    except (sqlite3.Error, OSError, Damaged) as error:
        yield f"The tickets given while the hall was away can't be read ({error}): check the disk of {store.folder}."
        return
    if waiting := ", ".join(one.label for one in missing if not one.refusal):
        yield f"Tickets given while the hall was away are not delivered yet ({waiting}): start the kiosk, let it run."
    for one in missing:
        if one.refusal:
            yield f"Nobody will call {one.label}, given while the hall was away: the hall refused it. {one.refusal}"


def _printer(chosen: Settings) -> Iterator[str]:
    """No printer is no fault: then the kiosk shows the number on its screen."""
    if chosen.printer in ("", "none"):
        return
    # Imported here because they load Qt and python-escpos: most machines that are checked have no printer.
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
