"""What the desk answers about the devices of a hall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.access.devices import (
    ClaimSeries,
    ConfirmPairing,
    Device,
    ListDevices,
    ListNewcomers,
    Newcomer,
    OwnSeries,
    RefusePairing,
    RenameDevice,
    ReportState,
    RevokeDevice,
    SeeTroubles,
)
from shared.access.request import Done, Request
from shared.backend.access import series
from shared.backend.access.pairing import Pairing
from shared.backend.desk.books import Books
from shared.hall.roles import Actor
from shared.hall.words import HallId


def _devices(books: Books, hall: HallId, asked: ListDevices, by: Actor) -> tuple[Device, ...]:
    return tuple(books.accounts.devices(hall))


def _newcomers(books: Books, hall: HallId, asked: ListNewcomers, by: Actor) -> tuple[Newcomer, ...]:
    return _pairing(books).newcomers()


def _confirm(books: Books, hall: HallId, asked: ConfirmPairing, by: Actor) -> Device:
    return _pairing(books).confirm(hall, asked.code, asked.name, by.id or by.name)


def _refuse(books: Books, hall: HallId, asked: RefusePairing, by: Actor) -> Done:
    _pairing(books).refuse(asked.newcomer)
    return Done()


def _rename(books: Books, hall: HallId, asked: RenameDevice, by: Actor) -> Device:
    return _pairing(books).rename(hall, asked.device, asked.name)


def _revoke(books: Books, hall: HallId, asked: RevokeDevice, by: Actor) -> Done:
    _pairing(books).revoke(hall, asked.device)
    return Done()


def _report(books: Books, hall: HallId, asked: ReportState, by: Actor) -> Done:
    if by.id:  # a program that opens the database itself is no device of the list
        _pairing(books).report(by.id, by.address, asked)
    return Done()


def _see(books: Books, hall: HallId, asked: SeeTroubles, by: Actor) -> Done:
    _pairing(books).see_troubles(hall, asked.device)
    return Done()


def _series(books: Books, hall: HallId, asked: ClaimSeries, by: Actor) -> OwnSeries:
    if not by.id:  # as above
        return OwnSeries(name="")
    return series.claim(books.ledger.database, hall, by.id, asked)


def _pairing(books: Books) -> Pairing:
    return Pairing(books.ledger.database)


ANSWERS: Mapping[type[Request[Any]], Callable[[Books, HallId, Any, Actor], Any]] = {
    ListDevices: _devices,
    ListNewcomers: _newcomers,
    ConfirmPairing: _confirm,
    RefusePairing: _refuse,
    RenameDevice: _rename,
    RevokeDevice: _revoke,
    ReportState: _report,
    SeeTroubles: _see,
    ClaimSeries: _series,
}
