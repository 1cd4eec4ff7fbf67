"""Gives each kiosk of a hall its own series: the prefix of the numbers it gives while cut off."""

from __future__ import annotations

import logging

from sqlalchemy import Connection, select, update

from shared.backend.access.device_request_bodies import require_series
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.field_types import HallId
from shared.hall.roles import Role
from shared.requests.devices import ClaimSeries, OwnSeries

log = logging.getLogger(__name__)

FIRST, LAST = 2, 999
"""Numbers of series: K2 to K999. A kiosk without a series uses K1, as all did before halls gave them."""


def claim(database: Database, hall: HallId, device: str, request: ClaimSeries) -> OwnSeries:
    """Store and return this kiosk's series: as set there, or its own unless shared, or a free one. Raises Invalid."""
    require_series(request)
    with database.writing() as connection:
        lock(database, connection, hall)
        found = _by_kiosk(connection, hall)
        name, own = found.pop(device, ("", ""))
        others = {series for _, series in found.values()}
        series = request.set_to or (own if own and own not in others else _free(others))
        if series != own:
            connection.execute(update(tables.devices).where(tables.devices.c.id == device).values(series=series))
    shared_with = tuple(sorted(other for other, theirs in found.values() if theirs == series and series))
    if shared_with:
        log.warning("%s: several kiosks use the same series %s: %s", hall, series, ", ".join((name, *shared_with)))
    return OwnSeries(name=series, shared_with=shared_with)


def first_series(database: Database, connection: Connection, hall: HallId, role: Role) -> str:
    """A free series for a new kiosk, in the transaction that adds it; empty for other devices, or if all are taken."""
    if role is not Role.KIOSK:
        return ""
    lock(database, connection, hall)
    return _free({series for _, series in _by_kiosk(connection, hall).values()})


def lock(database: Database, connection: Connection, hall: HallId) -> None:
    """Lock the series of a hall until the transaction ends: two kiosks must not get the same one at once."""
    database.kind.lock(connection, [f"series {hall}"])


def _by_kiosk(connection: Connection, hall: HallId) -> dict[str, tuple[str, str]]:
    """Name and series of each kiosk of a hall, by its id."""
    rows = tables.devices.c
    query = select(rows.id, rows.name, rows.series).where(rows.hall_id == hall, rows.role == Role.KIOSK.value)
    return {row.id: (row.name, row.series) for row in connection.execute(query)}


def _free(taken: set[str]) -> str:
    """The first free series; empty if all are taken: the kiosk then uses the one of its settings."""
    return next((name for number in range(FIRST, LAST + 1) if (name := f"K{number}") not in taken), "")
