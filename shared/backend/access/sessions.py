"""People coming in and going out: log-in with its limits, sessions and their end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from shared.backend.access import login_names, rate_limits
from shared.backend.access.passwords import matches
from shared.backend.access.rate_limits import (
    LOG_IN_AT_USUAL_PLACE,
    LOG_IN_BY_ONE_STRANGER,
    LOG_IN_BY_STRANGERS,
    LOG_IN_FROM_ONE_PLACE,
    RateLimits,
)
from shared.backend.access.secret_hashes import hash_of
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.upsert import insert_or_overwrite
from shared.hall.errors import NotSignedIn
from shared.hall.field_limits import LOGIN
from shared.hall.input_checks import require
from shared.hall.roles import Actor, Role

SESSION_LASTS = timedelta(hours=14)
"""Longer than any shift, shorter than till tomorrow."""

USUAL_FOR = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Session:
    """A specialist, supervisor or administrator at work. The token is told once and kept as a hash."""

    token: str
    actor: Actor
    expires: datetime


class Sessions:
    """The sessions of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limits = RateLimits(database)

    def sign_in(self, login: str, password: str, place: str) -> Session:
        """A new session for whoever comes from this place, a network address.

        Raises NotSignedIn, the same for a wrong login and a wrong password, and TooOften, whoever it is, and Invalid
        for what can be no login.
        """
        require(LOGIN, login, "login")
        with self._database.reading() as connection:
            present = _named(connection, login) or _named(connection, login := login_names.usual(login))
            usual = _is_usual(connection, login, place)
        lock = hash_of(present.password_hash) if present else ""
        receipt = self._limits.take(_counted(f"{login} {lock}", place, usual=usual))
        with self._database.reading() as connection:
            found = _named(connection, login)
        if not matches(found.password_hash if found else None, password) or found is None:
            raise NotSignedIn("Login or password is wrong.")
        self._limits.give_back(receipt)
        with self._database.writing() as connection:
            insert_or_overwrite(
                connection, tables.usual_places, {"what": _usual(login, place), "at": datetime.now(UTC)}
            )
            return begin(connection, found.id, actor_of(found))

    def end(self, token: str) -> None:
        """The session ends at once."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.sessions).where(tables.sessions.c.token_hash == hash_of(token)))


def begin(connection: Connection, person: str, actor: Actor) -> Session:
    """A session for this row of the staff; those that are over are swept out."""
    now = datetime.now(UTC)
    session = Session(token=secrets.token_urlsafe(32), actor=actor, expires=now + SESSION_LASTS)
    row = {"token_hash": hash_of(session.token), "staff_id": person, "expires_at": session.expires}
    connection.execute(delete(tables.sessions).where(tables.sessions.c.expires_at < now))
    connection.execute(delete(tables.usual_places).where(tables.usual_places.c.at < now - USUAL_FOR))
    connection.execute(insert(tables.sessions), row)
    return session


def end_all(connection: Connection, person: str, but: str = "") -> None:
    """Whatever this person has open ends at once, but for the session of one token."""
    rows = tables.sessions.c
    connection.execute(delete(tables.sessions).where(rows.staff_id == person, rows.token_hash != hash_of(but)))


def actor_of(row: Any) -> Actor:
    """Who a row of the staff is."""
    return Actor(name=row.login, role=Role(row.role), hall=row.hall_id, id=row.id, must_change=row.must_change)


def _named(connection: Connection, login: str) -> Any:
    """The row of the staff with this login; None if there is none."""
    return connection.execute(select(tables.staff).where(tables.staff.c.login == login)).first()


def _counted(account: str, place: str, *, usual: bool) -> rate_limits.Counted:
    """What a try counts for; ``account`` is a login and its present password: a new one is tried anew."""
    here = {f"place {place}": LOG_IN_FROM_ONE_PLACE}
    if usual:
        return {f"login {account} at its place {place}": LOG_IN_AT_USUAL_PLACE, **here}
    return {f"login {account}": LOG_IN_BY_STRANGERS, f"login {account} from {place}": LOG_IN_BY_ONE_STRANGER, **here}


def _usual(login: str, place: str) -> str:
    return hash_of(f"{login} at {place}")


def _is_usual(connection: Connection, login: str, place: str) -> bool:
    rows = tables.usual_places.c
    since = datetime.now(UTC) - USUAL_FOR
    return bool(connection.scalar(select(rows.what).where(rows.what == _usual(login, place), rows.at > since)))
