"""Handles requests about the devices of a hall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.backend.access import kiosk_series
from shared.backend.access.pairing import Pairing
from shared.backend.request_handlers.request_context import RequestContext
from shared.hall.field_types import HallId
from shared.hall.roles import Actor
from shared.requests.devices import (
    ClaimSeries,
    ConfirmPairing,
    Device,
    ListDevices,
    ListNewcomers,
    Newcomer,
    OwnDevice,
    OwnSeries,
    ReadOwnDevice,
    RefusePairing,
    RenameDevice,
    ReportState,
    RevokeDevice,
    SeeTroubles,
)
from shared.requests.request import Done, Request


def _devices(context: RequestContext, hall: HallId, request: ListDevices, by: Actor) -> tuple[Device, ...]:
    return tuple(context.accounts.devices(hall))


def _newcomers(context: RequestContext, hall: HallId, request: ListNewcomers, by: Actor) -> tuple[Newcomer, ...]:
    return _pairing(context).newcomers()


def _confirm(context: RequestContext, hall: HallId, request: ConfirmPairing, by: Actor) -> Device:
    return _pairing(context).confirm(hall, request.code, request.name, by.id or by.name)


def _refuse(context: RequestContext, hall: HallId, request: RefusePairing, by: Actor) -> Done:
    _pairing(context).decline(request.newcomer)
    return Done()


def _rename(context: RequestContext, hall: HallId, request: RenameDevice, by: Actor) -> Device:
    return _pairing(context).rename(hall, request.device, request.name)


def _revoke(context: RequestContext, hall: HallId, request: RevokeDevice, by: Actor) -> Done:
    _pairing(context).revoke(hall, request.device)
    return Done()


def _report(context: RequestContext, hall: HallId, request: ReportState, by: Actor) -> Done:
    if by.id:  # a program that opens the database itself is not a paired device
        _pairing(context).report(by.id, by.address, request)
    return Done()


def _see(context: RequestContext, hall: HallId, request: SeeTroubles, by: Actor) -> Done:
    _pairing(context).acknowledge_troubles(hall, request.device)
    return Done()


def _series(context: RequestContext, hall: HallId, request: ClaimSeries, by: Actor) -> OwnSeries:
    if not by.id:  # as in _report
        return OwnSeries(name="")
    return kiosk_series.claim(context.ledger.database, hall, by.id, request)


def _own_device(context: RequestContext, hall: HallId, request: ReadOwnDevice, by: Actor) -> OwnDevice:
    return OwnDevice(id=by.id)


def _pairing(context: RequestContext) -> Pairing:
    return Pairing(context.ledger.database)


HANDLERS: Mapping[type[Request[Any]], Callable[[RequestContext, HallId, Any, Actor], Any]] = {
    ListDevices: _devices,
    ListNewcomers: _newcomers,
    ConfirmPairing: _confirm,
    RefusePairing: _refuse,
    RenameDevice: _rename,
    RevokeDevice: _revoke,
    ReportState: _report,
    SeeTroubles: _see,
    ClaimSeries: _series,
    ReadOwnDevice: _own_device,
}
