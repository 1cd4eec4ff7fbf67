"""How a device comes to belong to a hall: it shows a code, an administrator types it in, and the device is known.

The device makes its token itself and tells only the token's hash; so the secret never travels, nothing has to be
delivered once, and a lost answer does no harm: whatever is asked again is answered the same.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from shared.access.devices import Device, Newcomer, ReportState
from shared.backend.access.accounts import device_of, name_taken, named
from shared.backend.access.kiosk_series import first_series
from shared.backend.access.pairing_requests import (
    PairingAsked,
    ProofAsked,
    known_already,
    nobody_waits,
    require_pairing,
    require_state,
)
from shared.backend.access.rate_limits import PAIRING_CODES_PER_ADDRESS, WRONG_CODES_PER_PERSON, RateLimits
from shared.backend.access.secret_hashes import hash_of
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.errors import TooOften, UnknownDevice, UnknownPairing
from shared.hall.field_types import HallId, new_id
from shared.hall.json_codec import encode
from shared.hall.roles import Role

CODE_LASTS = timedelta(minutes=10)

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What no eye takes for something else: no 0 and O, no 1, I and L, no U beside V."""

CODE_LENGTH = 8
"""Six hundred thousand million codes: at the rate of `WRONG_CODES_PER_PERSON` a lifetime is not enough to guess one."""

MOST_WAITING = 50
"""More than anybody unpacks in ten minutes; a stranger can't fill the administrator's list further."""


@dataclass(frozen=True, kw_only=True)
class PendingPairing:
    """What a newcomer shows, and for how long."""

    code: str
    expires: datetime
    lasts: int
    """The same in seconds from now: a new device's clock may be wrong."""


@dataclass(frozen=True, kw_only=True)
class Paired:
    """Where a device belongs."""

    hall: HallId
    name: str
    device: str


class Pairing:
    """The newcomers and the devices of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limits = RateLimits(database)

    # ── what a device asks ──

    def ask(self, asked: PairingAsked, address: str) -> PendingPairing:
        """A code for this newcomer, the same one while it lasts; raises Invalid or TooOften."""
        require_pairing(asked)
        with self._database.reading() as connection:
            waiting = _waiting(connection, asked.token_hash)
        if waiting:
            return waiting
        self._limits.take({f"pairing {address}": PAIRING_CODES_PER_ADDRESS})
        with self._database.writing() as connection:
            self._database.kind.hold(connection, ["pairing"])
            return _waiting(connection, asked.token_hash) or _begun(connection, asked, address)

    def current(self, token: str) -> PendingPairing | Paired:
        """How far the pairing of this token is; raises UnknownPairing if it is over, refused or never began."""
        token_hash, rows = hash_of(token), tables.devices.c
        query = select(rows.hall_id, rows.name, rows.id).where(rows.token_hash == token_hash)
        with self._database.reading() as connection:
            if waiting := _waiting(connection, token_hash):
                return waiting
            if found := connection.execute(query).first():
                return Paired(hall=found.hall_id, name=found.name, device=found.id)
        raise nobody_waits()

    def proof(self, asked: ProofAsked, here: str) -> str:
        """What only who knows the device can say: HMAC-SHA256 of nonce and address, with the token's hash as the key.

        The address is where the question came in (``HOST:PORT``). Without it a stranger could hand the question on to
        the real backend, and its answer back.
        """
        with self._database.reading() as connection:
            query = select(tables.devices.c.token_hash).where(tables.devices.c.id == asked.device)
            if not (key := connection.scalar(query)):
                raise _unknown_device()
        return hmac.digest(key.encode(), f"{asked.nonce} {here}".encode(), "sha256").hex()

    def report(self, device: str, address: str, state: ReportState) -> None:
        """A device says how it is; raises Invalid."""
        require_state(state)
        heard = {"seen_at": datetime.now(UTC), "address": address, **encode(state)}
        with self._database.writing() as connection:
            connection.execute(update(tables.devices).where(tables.devices.c.id == device).values(heard))

    # ── what an administrator asks ──

    def newcomers(self) -> tuple[Newcomer, ...]:
        """Who waits now, the newest last."""
        rows = tables.newcomers.c
        query = select(tables.newcomers).where(rows.expires_at > datetime.now(UTC)).order_by(rows.id)
        with self._database.reading() as connection:
            return tuple(_newcomer(row) for row in connection.execute(query))

    def confirm(self, hall: HallId, code: str, name: str, by: str) -> Device:
        """The newcomer with this code is this hall's; raises UnknownPairing, NameTaken, Invalid, TooOften."""
        name = named(name)
        receipt = self._limits.take({f"code {by}": WRONG_CODES_PER_PERSON})
        with self._database.writing() as connection:
            device = _confirmed(self._database, connection, hall, as_kept(code), name)
        self._limits.give_back(receipt)
        return device

    def refuse(self, newcomer: str) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(tables.newcomers).where(tables.newcomers.c.id == newcomer))

    def rename(self, hall: HallId, device: str, name: str) -> Device:
        """Raises UnknownDevice, NameTaken, Invalid."""
        name, rows = named(name), tables.devices.c
        with self._database.writing() as connection:
            self._database.kind.hold(connection, [f"device names {hall}"])
            taken = select(rows.id).where(rows.hall_id == hall, rows.name == name, rows.id != device)
            if connection.scalar(taken):
                raise name_taken()
            change = update(tables.devices).where(rows.hall_id == hall, rows.id == device).values(name=name)
            if connection.execute(change).rowcount == 0:
                raise _unknown_device()
            return device_of(connection.execute(select(tables.devices).where(rows.id == device)).one())

    def see_troubles(self, hall: HallId, device: str) -> None:
        """What this device tells of now is seen; raises UnknownDevice."""
        rows = tables.devices.c
        change = update(tables.devices).where(rows.hall_id == hall, rows.id == device)
        with self._database.writing() as connection:
            if connection.execute(change.values(seen_troubles=rows.troubles)).rowcount == 0:
                raise _unknown_device()

    def revoke(self, hall: HallId, device: str) -> None:
        """Its token opens nothing any more; again, or for a device of another hall, nothing happens."""
        rows = tables.devices.c
        with self._database.writing() as connection:
            connection.execute(delete(tables.devices).where(rows.hall_id == hall, rows.id == device))


def as_kept(code: str) -> str:
    """A code as it is kept, however it was typed: ``7kqf 9mhr`` is ``7KQF-9MHR``."""
    plain = re.sub(r"[^A-Z0-9]", "", code.upper())
    return f"{plain[:4]}-{plain[4:]}"[:16]


def _unknown_device() -> UnknownDevice:
    return UnknownDevice("There is no such device here (any more).")


def _waiting(connection: Connection, token_hash: str) -> PendingPairing | None:
    rows, now = tables.newcomers.c, datetime.now(UTC)
    query = select(rows.code, rows.expires_at).where(rows.token_hash == token_hash, rows.expires_at > now)
    found = connection.execute(query).first()
    if found is None:
        return None
    return PendingPairing(
        code=found.code, expires=found.expires_at, lasts=round((found.expires_at - now).total_seconds())
    )


def _begun(connection: Connection, asked: PairingAsked, address: str) -> PendingPairing:
    now = datetime.now(UTC)
    if connection.scalar(select(tables.devices.c.id).where(tables.devices.c.token_hash == asked.token_hash)):
        raise known_already()
    connection.execute(delete(tables.newcomers).where(tables.newcomers.c.expires_at <= now))
    if (connection.scalar(select(func.count()).select_from(tables.newcomers)) or 0) >= MOST_WAITING:
        raise TooOften("Too many new devices wait already: please try again in a few minutes.", retry_after="60")
    waiting = PendingPairing(code=_new_code(), expires=now + CODE_LASTS, lasts=int(CODE_LASTS.total_seconds()))
    row = {
        "id": new_id(),
        "code": waiting.code,
        "role": asked.role.value,
        "token_hash": asked.token_hash,
        "address": address,
        "version": asked.version,
        "created_at": now,
        "expires_at": waiting.expires,
    }
    connection.execute(insert(tables.newcomers), row)
    return waiting


def _new_code() -> str:
    return as_kept("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)))


def _confirmed(database: Database, connection: Connection, hall: HallId, code: str, name: str) -> Device:
    """From the newcomers to the devices, in one step: a code is good once."""
    now, rows = datetime.now(UTC), tables.newcomers.c
    found = connection.execute(select(tables.newcomers).where(rows.code == code, rows.expires_at > now)).first()
    if found is None or connection.execute(delete(tables.newcomers).where(rows.id == found.id)).rowcount == 0:
        raise UnknownPairing("No device shows this code (any more): look at its screen again.")
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
        raise name_taken()
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
