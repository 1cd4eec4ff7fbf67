"""What the numbers of each kiosk begin with that it gives without its hall: another one for each kiosk of a hall."""

from __future__ import annotations

import logging

from sqlalchemy import Connection, select, update

from shared.access.devices import ClaimSeries, OwnSeries
from shared.backend.access.pairing_requests import require_series
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.field_types import HallId
from shared.hall.roles import Role

log = logging.getLogger(__name__)

FIRST, LAST = 2, 999
"""K2 to K999. K1 is given to none: a kiosk uses it that nobody told another, as each did before halls told."""


def claim(database: Database, hall: HallId, device: str, asked: ClaimSeries) -> OwnSeries:
    """The series of this kiosk from now on: what it is set to, else one that no other has. Raises Invalid."""
    require_series(asked)
    with database.writing() as connection:
        hold(database, connection, hall)
        found = _by_kiosk(connection, hall)
        name, own = found.pop(device, ("", ""))
        others = {series for _, series in found.values()}
        series = asked.set_to or (own if own and own not in others else _free(others))
        if series != own:
            connection.execute(update(tables.devices).where(tables.devices.c.id == device).values(series=series))
    shared_with = tuple(sorted(other for other, theirs in found.values() if theirs == series and series))
    if shared_with:
        log.warning("%s: kiosks give numbers of the same series %s: %s", hall, series, ", ".join((name, *shared_with)))
    return OwnSeries(name=series, shared_with=shared_with)


def first_series(database: Database, connection: Connection, hall: HallId, role: Role) -> str:
    """The series of a new device, in the transaction that makes it: empty for all but a kiosk."""
    if role is not Role.KIOSK:
        return ""
    hold(database, connection, hall)
    return _free({series for _, series in _by_kiosk(connection, hall).values()})


def hold(database: Database, connection: Connection, hall: HallId) -> None:
    """No two kiosks of a hall get one at the same moment."""
    database.kind.hold(connection, [f"series {hall}"])


def _by_kiosk(connection: Connection, hall: HallId) -> dict[str, tuple[str, str]]:
    """Name and series of each kiosk of a hall, by its id."""
    rows = tables.devices.c
    query = select(rows.id, rows.name, rows.series).where(rows.hall_id == hall, rows.role == Role.KIOSK.value)
    return {row.id: (row.name, row.series) for row in connection.execute(query)}


def _free(taken: set[str]) -> str:
    """Empty where nearly a thousand are taken: such a kiosk goes on with the one of its settings."""
    return next((name for number in range(FIRST, LAST + 1) if (name := f"K{number}") not in taken), "")
