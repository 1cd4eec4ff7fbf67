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
from shared.backend.access import kiosk_series
from shared.backend.access.pairing import Pairing
from shared.backend.request_handlers.request_context import RequestContext
from shared.hall.field_types import HallId
from shared.hall.roles import Actor


def _devices(context: RequestContext, hall: HallId, asked: ListDevices, by: Actor) -> tuple[Device, ...]:
    return tuple(context.accounts.devices(hall))


def _newcomers(context: RequestContext, hall: HallId, asked: ListNewcomers, by: Actor) -> tuple[Newcomer, ...]:
    return _pairing(context).newcomers()


def _confirm(context: RequestContext, hall: HallId, asked: ConfirmPairing, by: Actor) -> Device:
    return _pairing(context).confirm(hall, asked.code, asked.name, by.id or by.name)


def _refuse(context: RequestContext, hall: HallId, asked: RefusePairing, by: Actor) -> Done:
    _pairing(context).refuse(asked.newcomer)
    return Done()


def _rename(context: RequestContext, hall: HallId, asked: RenameDevice, by: Actor) -> Device:
    return _pairing(context).rename(hall, asked.device, asked.name)


def _revoke(context: RequestContext, hall: HallId, asked: RevokeDevice, by: Actor) -> Done:
    _pairing(context).revoke(hall, asked.device)
    return Done()


def _report(context: RequestContext, hall: HallId, asked: ReportState, by: Actor) -> Done:
    if by.id:  # a program that opens the database itself is no device of the list
        _pairing(context).report(by.id, by.address, asked)
    return Done()


def _see(context: RequestContext, hall: HallId, asked: SeeTroubles, by: Actor) -> Done:
    _pairing(context).see_troubles(hall, asked.device)
    return Done()


def _series(context: RequestContext, hall: HallId, asked: ClaimSeries, by: Actor) -> OwnSeries:
    if not by.id:  # as above
        return OwnSeries(name="")
    return kiosk_series.claim(context.ledger.database, hall, by.id, asked)


def _pairing(context: RequestContext) -> Pairing:
    return Pairing(context.ledger.database)


ANSWERS: Mapping[type[Request[Any]], Callable[[RequestContext, HallId, Any, Actor], Any]] = {
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
