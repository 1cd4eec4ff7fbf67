"""What the desk answers about the devices of a hall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from shared.access.devices import (
    ConfirmPairing,
    Device,
    ListDevices,
    ListNewcomers,
    Newcomer,
    RefusePairing,
    RenameDevice,
    ReportState,
    RevokeDevice,
)
from shared.access.request import Done, Request
from shared.backend.pairing import Pairing
from shared.hall.roles import Actor
from shared.hall.words import HallId

if TYPE_CHECKING:
    from shared.backend.desk import Desk


def _devices(desk: Desk, hall: HallId, asked: ListDevices, by: Actor) -> tuple[Device, ...]:
    return tuple(desk.accounts.devices(hall))


def _newcomers(desk: Desk, hall: HallId, asked: ListNewcomers, by: Actor) -> tuple[Newcomer, ...]:
    return _pairing(desk).newcomers()


def _confirm(desk: Desk, hall: HallId, asked: ConfirmPairing, by: Actor) -> Device:
    return _pairing(desk).confirm(hall, asked.code, asked.name, by.id or by.name)


def _refuse(desk: Desk, hall: HallId, asked: RefusePairing, by: Actor) -> Done:
    _pairing(desk).refuse(asked.newcomer)
    return Done()


def _rename(desk: Desk, hall: HallId, asked: RenameDevice, by: Actor) -> Device:
    return _pairing(desk).rename(hall, asked.device, asked.name)


def _revoke(desk: Desk, hall: HallId, asked: RevokeDevice, by: Actor) -> Done:
    _pairing(desk).revoke(hall, asked.device)
    return Done()


def _report(desk: Desk, hall: HallId, asked: ReportState, by: Actor) -> Done:
    if by.id:  # a program that opens the database itself is no device of the list
        _pairing(desk).report(by.id, by.address, asked)
    return Done()


def _pairing(desk: Desk) -> Pairing:
    return Pairing(desk.ledger.database)


ANSWERS: Mapping[type[Request[Any]], Callable[[Desk, HallId, Any, Actor], Any]] = {
    ListDevices: _devices,
    ListNewcomers: _newcomers,
    ConfirmPairing: _confirm,
    RefusePairing: _refuse,
    RenameDevice: _rename,
    RevokeDevice: _revoke,
    ReportState: _report,
}
