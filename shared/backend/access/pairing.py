"""Pairs devices with a hall: a device shows a code, and an administrator types it in.

The device makes its token itself and sends only the token's hash; so the secret never travels, nothing has to be
delivered exactly once, and a lost answer does no harm: a retry gets the same answer.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from shared.backend.access.accounts import checked_device_name, device_of, name_taken
from shared.backend.access.device_request_bodies import (
    PairingRequest,
    ProofRequest,
    already_paired,
    require_device_role,
    require_state,
    unknown_pairing,
)
from shared.backend.access.kiosk_series import first_series
from shared.backend.access.rate_limits import FAILED_CONFIRMATIONS_PER_PERSON, PAIRING_CODES_PER_ADDRESS, RateLimits
from shared.backend.access.secret_hashes import hash_of
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.errors import TooOften, UnknownDevice, UnknownPairing
from shared.hall.field_types import HallId, new_id
from shared.hall.json_codec import encode
from shared.hall.roles import Role
from shared.hall.units import Seconds
from shared.requests.devices import Device, Newcomer, ReportState

CODE_LASTS = timedelta(minutes=10)

RETRY_AFTER: Seconds = 60
"""Named in the refusal when too many newcomers wait, for programs; its sentence asks people for a few minutes."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Characters that are not mistaken for one another: no 0 and O, no 1, I and L, no U beside V."""

CODE_LENGTH = 8
"""Without the dash. Of 6·10¹¹ codes nobody guesses one in a lifetime within ``FAILED_CONFIRMATIONS_PER_PERSON``."""

MOST_NEWCOMERS = 50
"""More than anybody unpacks in ten minutes; a stranger can't fill the administrator's list further."""


@dataclass(frozen=True, kw_only=True)
class PendingPairing:
    """The code a newcomer shows, and how long it is valid."""

    code: str
    expires: datetime
    lasts: Seconds
    """Left until ``expires``, for a device whose clock may be wrong."""


@dataclass(frozen=True, kw_only=True)
class Paired:
    """The hall a device belongs to, and the device's name and id there."""

    hall: HallId
    name: str
    device: str


class Pairing:
    """The newcomers of one database, and its devices: paired, renamed, revoked, and the state they report."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limits = RateLimits(database)

    # ── requests of devices ──

    def code_for(self, request: PairingRequest, address: str) -> PendingPairing:
        """The newcomer's code, the same until it expires; raises Invalid, TooOften, NotNow if its token is paired."""
        require_device_role(request)
        with self._database.reading() as connection:
            pending = _pending(connection, request.token_hash)
        if pending:
            return pending
        self._limits.take({f"pairing {address}": PAIRING_CODES_PER_ADDRESS})
        with self._database.writing() as connection:
            self._database.kind.lock(connection, ["pairing"])
            return _pending(connection, request.token_hash) or _begin(connection, request, address)

    def progress_of(self, token: str) -> PendingPairing | Paired:
        """How far this token's pairing is.

        Raises UnknownPairing if it expired, was declined or never began, or if the device was revoked.
        """
        token_hash, rows = hash_of(token), tables.devices.c
        query = select(rows.hall_id, rows.name, rows.id).where(rows.token_hash == token_hash)
        with self._database.reading() as connection:
            if pending := _pending(connection, token_hash):
                return pending
            if found := connection.execute(query).first():
                return Paired(hall=found.hall_id, name=found.name, device=found.id)
        raise unknown_pairing()

    def proof(self, request: ProofRequest, own_address: str) -> str:
        """HMAC-SHA256 of the nonce and this backend's ``HOST:PORT``, keyed with the token's hash.

        The device expects the address it asked: so an impostor at another one, who relays the request to us, can't pass
        our proof on as its own. Raises UnknownDevice.
        """
        with self._database.reading() as connection:
            query = select(tables.devices.c.token_hash).where(tables.devices.c.id == request.device)
            if not (key := connection.scalar(query)):
                raise _unknown_device()
        return hmac.digest(key.encode(), f"{request.nonce} {own_address}".encode(), "sha256").hex()

    def report(self, device_id: str, address: str, state: ReportState) -> None:
        """Store the state a device reports, unless it was revoked meanwhile; raises Invalid."""
        require_state(state)
        values = {"seen_at": datetime.now(UTC), "address": address, **encode(state)}
        with self._database.writing() as connection:
            connection.execute(update(tables.devices).where(tables.devices.c.id == device_id).values(values))

    # ── requests of administrators ──

    def newcomers(self) -> tuple[Newcomer, ...]:
        """The devices that wait now, the newest last."""
        rows = tables.newcomers.c
        query = select(tables.newcomers).where(rows.expires_at > datetime.now(UTC)).order_by(rows.id)
        with self._database.reading() as connection:
            return tuple(_newcomer(row) for row in connection.execute(query))

    def confirm(self, hall: HallId, code: str, name: str, by: str) -> Device:
        """Pair the newcomer with this code; raises UnknownPairing, NameTaken, Invalid, TooOften.

        A try that fails counts, whether for a wrong code or a taken name; only one with an invalid name does not.
        """
        name = checked_device_name(name)
        receipt = self._limits.take({f"code {by}": FAILED_CONFIRMATIONS_PER_PERSON})
        with self._database.writing() as connection:
            device = _confirm(self._database, connection, hall, normalized(code), name)
        self._limits.give_back(receipt)
        return device

    def decline(self, newcomer_id: str) -> None:
        """Delete a newcomer; nothing happens if it is gone."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.newcomers).where(tables.newcomers.c.id == newcomer_id))

    def rename(self, hall: HallId, device_id: str, name: str) -> Device:
        """Give a device of this hall another name; raises UnknownDevice, NameTaken, Invalid."""
        name, rows = checked_device_name(name), tables.devices.c
        with self._database.writing() as connection:
            # The insert at pairing does nothing if the name is taken, and says so; an update would raise a database
            # error, so the name is checked first, under a lock.
            self._database.kind.lock(connection, [f"device names {hall}"])
            same_name = select(rows.id).where(rows.hall_id == hall, rows.name == name, rows.id != device_id)
            if connection.scalar(same_name):
                raise name_taken()
            change = update(tables.devices).where(rows.hall_id == hall, rows.id == device_id).values(name=name)
            if connection.execute(change).rowcount == 0:
                raise _unknown_device()
            return device_of(connection.execute(select(tables.devices).where(rows.id == device_id)).one())

    def acknowledge_troubles(self, hall: HallId, device_id: str) -> None:
        """Mark the troubles this device reports now as seen; raises UnknownDevice."""
        rows = tables.devices.c
        change = update(tables.devices).where(rows.hall_id == hall, rows.id == device_id)
        with self._database.writing() as connection:
            if connection.execute(change.values(seen_troubles=rows.troubles)).rowcount == 0:
                raise _unknown_device()

    def revoke(self, hall: HallId, device_id: str) -> None:
        """Delete a device, and so its token; nothing happens if this hall has no such device."""
        rows = tables.devices.c
        with self._database.writing() as connection:
            connection.execute(delete(tables.devices).where(rows.hall_id == hall, rows.id == device_id))


def normalized(code: str) -> str:
    """A code as it is stored, however it was typed: ``7kqf 9mhr`` is ``7KQF-9MHR``."""
    plain = re.sub(r"[^A-Z0-9]", "", code.upper())
    return f"{plain[:4]}-{plain[4:]}"[:16]  # what the column holds; a longer input matches no code anyway


def _unknown_device() -> UnknownDevice:
    return UnknownDevice("There is no such device here, or it has been removed.")


def _pending(connection: Connection, token_hash: str) -> PendingPairing | None:
    rows, now = tables.newcomers.c, datetime.now(UTC)
    query = select(rows.code, rows.expires_at).where(rows.token_hash == token_hash, rows.expires_at > now)
    found = connection.execute(query).first()
    if found is None:
        return None
    lasts = round((found.expires_at - now).total_seconds())
    return PendingPairing(code=found.code, expires=found.expires_at, lasts=lasts)


def _begin(connection: Connection, request: PairingRequest, address: str) -> PendingPairing:
    now = datetime.now(UTC)
    if connection.scalar(select(tables.devices.c.id).where(tables.devices.c.token_hash == request.token_hash)):
        raise already_paired()
    connection.execute(delete(tables.newcomers).where(tables.newcomers.c.expires_at <= now))
    if (connection.scalar(select(func.count()).select_from(tables.newcomers)) or 0) >= MOST_NEWCOMERS:
        raise TooOften(
            "Too many new devices are waiting already: please try again in a few minutes.", retry_after=str(RETRY_AFTER)
        )
    pending = PendingPairing(code=_new_code(), expires=now + CODE_LASTS, lasts=int(CODE_LASTS.total_seconds()))
    row = {
        "id": new_id(),
        "code": pending.code,
        "role": request.role.value,
        "token_hash": request.token_hash,
        "address": address,
        "version": request.version,
        "created_at": now,
        "expires_at": pending.expires,
    }
    connection.execute(insert(tables.newcomers), row)
    return pending


def _new_code() -> str:
    return normalized("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)))


def _confirm(database: Database, connection: Connection, hall: HallId, code: str, name: str) -> Device:
    """Move a row from the newcomers to the devices, in one transaction: a code is valid once."""
    now, rows = datetime.now(UTC), tables.newcomers.c
    found = connection.execute(select(tables.newcomers).where(rows.code == code, rows.expires_at > now)).first()
    if found is None or connection.execute(delete(tables.newcomers).where(rows.id == found.id)).rowcount == 0:
        raise UnknownPairing("No device shows this code now: look at its screen again.")
    row = {
        "id": new_id(),
        "name": name,
        "role": found.role,
        "hall_id": hall,
        "token_hash": found.token_hash,
        "created_at": now,
        "address": found.address,
        "version": found.version,
        "series": first_series(database, connection, hall, Role(found.role)),
    }
    if not insert_unless_there(connection, tables.devices, row):
        raise name_taken()  # the other unique columns are free: the id is new, and a paired token gets no code
    return device_of(connection.execute(select(tables.devices).where(tables.devices.c.id == row["id"])).one())


def _newcomer(row: Any) -> Newcomer:
    return Newcomer(
        id=row.id,
        role=Role(row.role),
        address=row.address,
        version=row.version,
        asked_at=row.created_at,
        expires=row.expires_at,
    )
