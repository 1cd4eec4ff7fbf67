"""Who may come in: staff with a password, devices with a token; both only as hashes."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import BindParameter, bindparam, delete, insert, select

from shared.access.devices import Device
from shared.access.staff import Person
from shared.backend import tables
from shared.backend.database import Database
from shared.backend.upsert import insert_unless_there
from shared.hall.errors import Invalid, NotSignedIn
from shared.hall.roles import DEVICE_ROLES, STAFF_ROLES, Actor, Role
from shared.hall.words import HallId, new_id

SESSION_LASTS = timedelta(hours=14)
"""Longer than any shift, shorter than till tomorrow."""

SHORTEST_PASSWORD = 8


def not_valid() -> NotSignedIn:
    """What whoever brings a token hears that opens nothing."""
    return NotSignedIn("This token is not valid (any more): sign in again, or add the device again.")


_WANTED: BindParameter[str] = bindparam("hashes", expanding=True)
_BY_SESSION = (
    select(
        tables.sessions.c.token_hash,
        tables.staff.c.login,
        tables.staff.c.role,
        tables.staff.c.hall_id,
        tables.staff.c.id,
    )
    .join(tables.staff, tables.sessions.c.staff_id == tables.staff.c.id)
    .where(tables.sessions.c.token_hash.in_(_WANTED), tables.sessions.c.expires_at > bindparam("now"))
)
_BY_DEVICE = select(
    tables.devices.c.token_hash,
    tables.devices.c.name,
    tables.devices.c.role,
    tables.devices.c.hall_id,
    tables.devices.c.id,
).where(tables.devices.c.token_hash.in_(_WANTED))

_hasher = PasswordHasher()


@dataclass(frozen=True, kw_only=True)
class Session:
    """A specialist, supervisor or administrator at work. The token is told once and kept as a hash."""

    token: str
    actor: Actor
    expires: datetime


class Accounts:
    """The staff and the devices of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_staff(self, login: str, password: str, role: Role, hall: HallId | None = None) -> bool:
        """A new person; False if the login is taken already. Raises Invalid."""
        if not re.fullmatch(r"[\w.@-]{1,64}", login):
            raise Invalid("A login is up to 64 letters, digits, dots and dashes.")
        if len(password) < SHORTEST_PASSWORD:
            raise Invalid(f"A password has at least {SHORTEST_PASSWORD} characters.")
        if role not in STAFF_ROLES:
            raise Invalid(f"A person is one of {', '.join(STAFF_ROLES)}.")
        row = {
            "id": new_id(),
            "login": login,
            "password_hash": _hasher.hash(password),
            "role": role.value,
            "hall_id": hall,
            "created_at": datetime.now(UTC),
        }
        with self._database.writing() as connection:
            return insert_unless_there(connection, tables.staff, row)

    def staff(self, hall: HallId | None = None) -> list[Person]:
        """Everybody, or who may work in this hall, by login."""
        rows = tables.staff.c
        query = select(rows.id, rows.login, rows.role, rows.hall_id, rows.must_change, rows.subject).order_by(
            rows.login
        )
        if hall is not None:
            query = query.where((rows.hall_id == hall) | rows.hall_id.is_(None))
        with self._database.reading() as connection:
            return [_person(row) for row in connection.execute(query)]

    def person(self, login: str) -> Person | None:
        """Whoever has this login, if anybody does."""
        return next((person for person in self.staff() if person.login == login), None)

    def sign_in(self, login: str, password: str) -> Session:
        """A new session; raises NotSignedIn, the same for a wrong login and a wrong password."""
        rows = tables.staff.c
        with self._database.reading() as connection:
            found = connection.execute(select(tables.staff).where(rows.login == login)).first()
        if not _matches(found.password_hash if found else _nobodys(), password) or found is None:
            raise NotSignedIn("Login or password is wrong.")
        session = Session(
            token=secrets.token_urlsafe(32),
            actor=Actor(name=found.login, role=Role(found.role), hall=found.hall_id, id=found.id),
            expires=datetime.now(UTC) + SESSION_LASTS,
        )
        self._keep(session, found.id)
        return session

    def sign_out(self, token: str) -> None:
        """The session ends at once."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.sessions).where(tables.sessions.c.token_hash == hash_of(token)))

    def add_device(self, name: str, role: Role, hall: HallId) -> str:
        """A new device; its token, which nobody can ask for again. Raises Invalid."""
        if role not in DEVICE_ROLES:
            raise Invalid(f"A device is one of {', '.join(DEVICE_ROLES)}.")
        if not name.strip() or len(name) > 64 or not name.isprintable():
            raise Invalid("A device needs a name of up to 64 characters.")
        token = secrets.token_urlsafe(32)
        row = {
            "id": new_id(),
            "name": name,
            "role": role.value,
            "hall_id": hall,
            "token_hash": hash_of(token),
            "created_at": datetime.now(UTC),
        }
        with self._database.writing() as connection:
            connection.execute(insert(tables.devices), row)
        return token

    def devices(self, hall: HallId | None = None) -> list[Device]:
        """Every device, or those of this hall, by name."""
        rows = tables.devices.c
        query = select(tables.devices).order_by(rows.name)
        if hall is not None:
            query = query.where(rows.hall_id == hall)
        with self._database.reading() as connection:
            return [_device(row) for row in connection.execute(query)]

    def actor(self, token: str) -> Actor:
        """Whose token this is; raises NotSignedIn for one that is unknown, revoked or over."""
        if actor := self.actors([token]).get(token):
            return actor
        raise not_valid()

    def actors(self, tokens: Sequence[str]) -> dict[str, Actor]:
        """Whose tokens these are; those that are unknown, revoked or over are left out."""
        by_hash = {hash_of(token): token for token in tokens}
        asked = {"hashes": list(by_hash), "now": datetime.now(UTC)}
        with self._database.reading() as connection:
            found = [*connection.execute(_BY_SESSION, asked), *connection.execute(_BY_DEVICE, asked)]
        return {
            by_hash[hashed]: Actor(name=name, role=Role(role), hall=hall, id=row)
            for hashed, name, role, hall, row in found
        }

    def _keep(self, session: Session, staff: str) -> None:
        row = {"token_hash": hash_of(session.token), "staff_id": staff, "expires_at": session.expires}
        over = tables.sessions.c.expires_at < datetime.now(UTC)
        with self._database.writing() as connection:
            connection.execute(delete(tables.sessions).where(over))
            connection.execute(insert(tables.sessions), row)


def _person(row: Any) -> Person:
    return Person(
        id=row.id,
        login=row.login,
        role=Role(row.role),
        hall=row.hall_id,
        must_change=row.must_change,
        signs_on=row.subject is not None,
    )


def _device(row: Any) -> Device:
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
    )


def hash_of(token: str) -> str:
    """How a token is kept: SHA-256, hexadecimal. It has 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _nobodys() -> str:
    """Checked when the login is unknown, so that the answer takes as long as for a wrong password."""
    return _hasher.hash(secrets.token_hex())


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False
