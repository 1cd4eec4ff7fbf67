"""Accounts of staff and devices, and whose token a request carries. Tokens are stored only as hashes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from shared.backend.access.kiosk_series import first_series
from shared.backend.access.secret_hashes import hash_of
from shared.backend.access.sessions import Sessions, actor_of
from shared.backend.access.staff_table import StaffTable
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.errors import Invalid, NameTaken, NotSignedIn
from shared.hall.field_limits import DEVICE
from shared.hall.field_types import HallId, new_id
from shared.hall.input_checks import check_text
from shared.hall.json_codec import decode
from shared.hall.roles import DEVICE_ROLES, Actor, Role
from shared.requests.devices import Device, Trouble


def invalid_token() -> NotSignedIn:
    """The refusal of a token that is unknown, revoked or expired."""
    return NotSignedIn("This token is not valid: sign in again, or add the device again.")


_HASHES: BindParameter[str] = bindparam("hashes", expanding=True)
_BY_SESSION = (
    select(tables.sessions.c.token_hash, tables.staff)
    .join(tables.staff, tables.sessions.c.staff_id == tables.staff.c.id)
    .where(tables.sessions.c.token_hash.in_(_HASHES), tables.sessions.c.expires_at > bindparam("now"))
)
_BY_DEVICE = select(tables.devices).where(tables.devices.c.token_hash.in_(_HASHES))


class Accounts:
    """The staff and the devices of one database."""

    def __init__(self, database: Database) -> None:
        self.people = StaffTable(database)
        self.sessions = Sessions(database)
        self._database = database

    def add_device(self, name: str, role: Role, hall: HallId) -> str:
        """Add a device without pairing; returns its token, shown only this once. Raises Invalid or NameTaken."""
        if role not in DEVICE_ROLES:
            raise Invalid(f"A device is one of {', '.join(DEVICE_ROLES)}.")
        token = secrets.token_urlsafe(32)
        row = {
            "id": new_id(),
            "name": checked_device_name(name),
            "role": role.value,
            "hall_id": hall,
            "token_hash": hash_of(token),
            "created_at": datetime.now(UTC),
        }
        with self._database.writing() as connection:
            row["series"] = first_series(self._database, connection, hall, role)
            if not insert_unless_there(connection, tables.devices, row):
                raise name_taken()
        return token

    def devices(self, hall: HallId | None = None) -> list[Device]:
        """Every device, or those of this hall, sorted by name."""
        rows = tables.devices.c
        query = select(tables.devices).order_by(rows.name)
        if hall is not None:
            query = query.where(rows.hall_id == hall)
        with self._database.reading() as connection:
            return [device_of(row) for row in connection.execute(query)]

    def actor(self, token: str) -> Actor:
        """Whose token this is; raises NotSignedIn if it is unknown, revoked or expired."""
        if actor := self.actors([token]).get(token):
            return actor
        raise invalid_token()

    def actors(self, tokens: Sequence[str]) -> dict[str, Actor]:
        """Whose tokens these are; those that are unknown, revoked or expired are left out."""
        by_hash = {hash_of(token): token for token in tokens}
        parameters = {"hashes": list(by_hash), "now": datetime.now(UTC)}
        with self._database.reading() as connection:
            people = {row.token_hash: actor_of(row) for row in connection.execute(_BY_SESSION, parameters)}
            devices = {row.token_hash: _device_actor(row) for row in connection.execute(_BY_DEVICE, parameters)}
        found = {by_hash[hashed]: actor for hashed, actor in {**people, **devices}.items()}
        return {token: replace(actor, token=token) for token, actor in found.items()}


def _device_actor(row: Any) -> Actor:
    return Actor(name=row.name, role=Role(row.role), hall=row.hall_id, id=row.id)


def device_of(row: Any) -> Device:
    """A row of the devices as a value, with the troubles no administrator has seen yet."""
    return Device(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        hall=row.hall_id,
        added_at=row.created_at,
        seen_at=row.seen_at,
        address=row.address,
        version=row.version,
        paper=row.paper,
        unprinted=row.unprinted,
        series=row.series,
        troubles=tuple(decode(Trouble, one) for one in row.troubles if one not in row.seen_troubles),
        sound=row.sound,
    )


def checked_device_name(name: str) -> str:
    """A device's name without spaces around it; raises Invalid if it is empty, too long or unreadable."""
    name = name.strip()
    if not 0 < len(name) <= DEVICE.longest:
        raise Invalid("A device needs a name of up to 64 characters.")
    check_text(DEVICE, name, "name")
    return name


def name_taken() -> NameTaken:
    return NameTaken("Another device of this hall has this name: choose another one.")
