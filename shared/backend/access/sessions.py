"""Sessions: sign-in with its rate limits, and how sessions begin and end."""

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
from shared.hall.input_checks import check_text
from shared.hall.roles import Actor, Role

SESSION_LASTS = timedelta(hours=14)
"""Longer than a usual shift; a session begun in the morning is over before the next."""

USUAL_FOR = timedelta(days=90)
"""How long after a sign-in its address stays a usual place of the account."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """The session of a specialist, supervisor or administrator. The token is sent once and stored as a hash."""

    token: str
    actor: Actor
    expires: datetime


class Sessions:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._limits = RateLimits(database)

    def sign_in(self, login: str, password: str, address: str) -> Session:
        """Begin a session from this network address; raises NotSignedIn, TooOften, or Invalid if this is no login."""
        check_text(LOGIN, login, "login")
        with self._database.reading() as connection:
            before = _staff_row(connection, login) or _staff_row(connection, login := login_names.normalized(login))
            is_usual = _is_usual_place(connection, login, address)
        password_key = hash_of(before.password_hash) if before else ""
        receipt = self._limits.take(_limits_of(f"{login} {password_key}", address, is_usual=is_usual))
        with self._database.reading() as connection:
            found = _staff_row(connection, login)
        if not matches(found.password_hash if found else None, password) or found is None:
            raise NotSignedIn("Login or password is wrong.")
        self._limits.give_back(receipt)
        with self._database.writing() as connection:
            place = {"what": _place_key(login, address), "at": datetime.now(UTC)}
            insert_or_overwrite(connection, tables.usual_places, place)
            return begin_session(connection, found.id, actor_of(found))

    def end(self, token: str) -> None:
        """End the session with this token, if there is one."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.sessions).where(tables.sessions.c.token_hash == hash_of(token)))


def begin_session(connection: Connection, person_id: str, actor: Actor) -> Session:
    """Begin a session for this person, and delete expired sessions and usual places of all."""
    now = datetime.now(UTC)
    session = Session(token=secrets.token_urlsafe(32), actor=actor, expires=now + SESSION_LASTS)
    row = {"token_hash": hash_of(session.token), "staff_id": person_id, "expires_at": session.expires}
    connection.execute(delete(tables.sessions).where(tables.sessions.c.expires_at < now))
    connection.execute(delete(tables.usual_places).where(tables.usual_places.c.at < now - USUAL_FOR))
    connection.execute(insert(tables.sessions), row)
    return session


def end_sessions(connection: Connection, person_id: str, kept: str = "") -> None:
    """End all sessions of this person, except the one with the token ``kept``."""
    rows = tables.sessions.c
    connection.execute(delete(tables.sessions).where(rows.staff_id == person_id, rows.token_hash != hash_of(kept)))


def actor_of(row: Any) -> Actor:
    """The actor of a row of the staff."""
    return Actor(name=row.login, role=Role(row.role), hall=row.hall_id, id=row.id, must_change=row.must_change)


def _staff_row(connection: Connection, login: str) -> Any:
    """The row of the staff with this login; None if there is none."""
    return connection.execute(select(tables.staff).where(tables.staff.c.login == login)).first()


def _limits_of(account: str, address: str, *, is_usual: bool) -> rate_limits.LimitByKey:
    """The limits of a try; ``account`` is a login and its password's hash: a new one resets all but the address's."""
    all_accounts = {f"place {address}": LOG_IN_FROM_ONE_PLACE}
    if is_usual:
        return {f"login {account} at its place {address}": LOG_IN_AT_USUAL_PLACE, **all_accounts}
    from_here = {f"login {account} from {address}": LOG_IN_BY_ONE_STRANGER}
    return {f"login {account}": LOG_IN_BY_STRANGERS, **from_here, **all_accounts}


def _place_key(login: str, address: str) -> str:
    return hash_of(f"{login} at {address}")


def _is_usual_place(connection: Connection, login: str, address: str) -> bool:
    rows = tables.usual_places.c
    since = datetime.now(UTC) - USUAL_FOR
    return bool(connection.scalar(select(rows.what).where(rows.what == _place_key(login, address), rows.at > since)))
