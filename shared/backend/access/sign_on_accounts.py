"""Accounts of people who sign in through the identity provider: its claims become a row of the staff."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select, update

from shared.backend.access.id_tokens import Claims, invalid_sign_on
from shared.backend.access.login_names import is_of_one_script, normalized
from shared.backend.access.passwords import NO_PASSWORD
from shared.backend.access.rate_limits import SIGN_ON_WITH_ONE_TOKEN, RateLimits
from shared.backend.access.security_configuration import SignOnRules
from shared.backend.access.sessions import Session, actor_of, begin_session, end_sessions
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.errors import NotAllowed, TooOften
from shared.hall.field_types import HallId, new_id
from shared.hall.roles import STAFF_ROLES, Role

log = logging.getLogger(__name__)

NAMES = ("preferred_username", "cognito:username", "email", "sub")
"""The claims a login is made from, the first that is there. It is only a name: issuer and subject identify people."""

LONGEST_LOGIN = 60
"""Characters, before a number that makes it unique."""


class Grant(NamedTuple):
    """A role in one hall, or in every hall."""

    role: Role
    hall: HallId | None


class SignOnAccounts:
    """Signs in people whom the provider vouches for."""

    def __init__(self, database: Database, rules: SignOnRules, halls: Callable[[], Collection[HallId]]) -> None:
        self._database = database
        self._rules = rules
        self._halls = halls

    def sign_on(self, id_token: str, nonce: str) -> Session:
        """Begin a session; raises NotSignedIn, Unreachable; without a role NotAllowed, and ends all their sessions."""
        claims = self._rules.verifier.verify(id_token, nonce)
        self._require_first_use(claims)
        grant = granted(claims.get(self._rules.role_claim), self._halls())
        with self._database.writing() as connection:
            known = _known_row(connection, claims)
            if grant is None:
                if known:
                    end_sessions(connection, known.id)
            else:
                row = _with_grant(connection, known, grant) or _new_row(connection, claims, grant)
                return begin_session(connection, row.id, actor_of(row))
        log.warning("%s of %s has no role here", claims["sub"], claims["iss"])
        raise NotAllowed("You have no role in this hall: ask whoever manages your accounts for one.")

    def _require_first_use(self, claims: Claims) -> None:
        """Raises NotSignedIn if the token was used before; compares claims, because a signature can be re-encoded."""
        digest = hashlib.sha256(json.dumps(claims, sort_keys=True).encode()).hexdigest()
        try:
            RateLimits(self._database).take({f"id token {digest}": SIGN_ON_WITH_ONE_TOKEN})
        except TooOften:
            log.warning("an ID token of %s was used a second time", claims["sub"])
            raise invalid_sign_on() from None


def granted(claim: Any, halls: Collection[HallId]) -> Grant | None:
    """The highest role a claim grants, of equal ones that for every hall; None if it grants none.

    ``["staff", "supervisor@clinic"]``, or the same as one text: a gateway writes ``[staff supervisor@clinic]``.
    """
    names = re.split(r"[\s,\[\]\"]+", claim) if isinstance(claim, str) else claim if isinstance(claim, list) else []
    grants = [grant for name in names if (grant := _grant(str(name), halls))]
    return max(sorted(grants, key=lambda grant: grant.hall or ""), key=_strength, default=None)


def _grant(name: str, halls: Collection[HallId]) -> Grant | None:
    role, at, hall = name.partition("@")
    if role not in STAFF_ROLES or (at and hall not in halls):
        return None
    return Grant(Role(role), hall or None)


def _strength(grant: Grant) -> tuple[int, bool]:
    return STAFF_ROLES.index(grant.role), grant.hall is None


def _known_row(connection: Connection, claims: Claims) -> Row[Any] | None:
    rows = tables.staff.c
    who = (rows.issuer == claims["iss"], rows.subject == claims["sub"])
    return connection.execute(select(tables.staff).where(*who)).first()


def _with_grant(connection: Connection, known: Row[Any] | None, grant: Grant) -> Row[Any] | None:
    """Store the granted role in the row of a known person; returns it, or None if nobody is known."""
    if known is None:
        return None
    same = tables.staff.c.id == known.id
    connection.execute(update(tables.staff).where(same).values(role=grant.role.value, hall_id=grant.hall))
    return connection.execute(select(tables.staff).where(same)).one()


def _new_row(connection: Connection, claims: Claims, grant: Grant) -> Row[Any]:
    """Add a row for a new person, with a number behind the login if somebody else has it."""
    row = {
        "id": new_id(),
        "password_hash": NO_PASSWORD,
        "role": grant.role.value,
        "hall_id": grant.hall,
        "created_at": datetime.now(UTC),
        "issuer": claims["iss"],
        "subject": claims["sub"],
    }
    login = _login(claims)
    for name in (login, *(f"{login}-{number}" for number in range(2, 1000))):
        if insert_unless_there(connection, tables.staff, {**row, "login": name}):
            break
        if known := _with_grant(connection, _known_row(connection, claims), grant):
            return known  # another backend added this person at the same moment
    return connection.execute(select(tables.staff).where(tables.staff.c.id == row["id"])).one()


def _login(claims: Claims) -> str:
    login = normalized(next(str(claims[name]) for name in NAMES if claims.get(name)))
    letters = r"\w" if is_of_one_script("".join(re.findall(r"\w", login))) else "A-Za-z0-9_"
    return re.sub(rf"[^{letters}.@-]+", "-", login)[:LONGEST_LOGIN].strip("-") or secrets.token_hex(4)
