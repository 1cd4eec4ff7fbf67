"""People who come by their house's identity provider: what it says about them becomes a row of the staff."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from shared.backend.access.access_policy import SignOnRules
from shared.backend.access.id_tokens import Claims, not_this
from shared.backend.access.login_names import is_of_one_script, usual
from shared.backend.access.passwords import NOBODYS
from shared.backend.access.rate_limits import SIGN_ON_WITH_ONE_TOKEN, RateLimits
from shared.backend.access.sessions import Session, actor_of, begin, end_all
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.errors import NotAllowed, TooOften
from shared.hall.field_types import HallId, new_id
from shared.hall.roles import STAFF_ROLES, Role

log = logging.getLogger(__name__)

NAMES = ("preferred_username", "cognito:username", "email", "sub")
"""The claims somebody's login here is made from, the first there is. It is a name only: issuer and subject are who."""

LONGEST_LOGIN = 60

Grant = tuple[Role, HallId | None]


class SignOnAccounts:
    """Lets people in whom the provider vouches for."""

    def __init__(self, database: Database, rules: SignOnRules, halls: Callable[[], Collection[HallId]]) -> None:
        self._database = database
        self._rules = rules
        self._halls = halls

    def sign_on(self, id_token: str, nonce: str) -> Session:
        """A new session; raises NotSignedIn, Unreachable, or NotAllowed for somebody without a role here."""
        claims = self._rules.verifier.verify(id_token, nonce)
        self._once(claims)
        grant = granted(claims.get(self._rules.role_claim), self._halls())
        with self._database.writing() as connection:
            known = _known(connection, claims)
            if grant is None:
                if known:
                    end_all(connection, known.id)
            else:
                row = _taken_over(connection, known, grant) or _added(connection, claims, grant)
                return begin(connection, row.id, actor_of(row))
        log.warning("%s of %s has no role here", claims["sub"], claims["iss"])
        raise NotAllowed("You have no role in this hall: ask whoever runs your accounts for one.")

    def _once(self, claims: Claims) -> None:
        """Raises NotSignedIn for what was brought before, known by what was signed: signatures can be rewritten."""
        said = hashlib.sha256(json.dumps(claims, sort_keys=True).encode()).hexdigest()
        try:
            RateLimits(self._database).take({f"id token {said}": SIGN_ON_WITH_ONE_TOKEN})
        except TooOften:
            log.warning("an ID token of %s was brought a second time", claims["sub"])
            raise not_this() from None


def granted(claim: Any, halls: Collection[HallId]) -> Grant | None:
    """The strongest of the roles a claim names, in every hall rather than in one; None if it names none of ours.

    ``["staff", "supervisor@clinic"]``, or the same in one text: a gateway writes ``[staff supervisor@clinic]``.
    """
    said = re.split(r"[\s,\[\]\"]+", claim) if isinstance(claim, str) else claim if isinstance(claim, list) else []
    grants = [grant for one in said if (grant := _grant(str(one), halls))]
    return max(sorted(grants, key=lambda grant: grant[1] or ""), key=_strength, default=None)


def _grant(said: str, halls: Collection[HallId]) -> Grant | None:
    role, at, hall = said.partition("@")
    if role not in STAFF_ROLES or (at and hall not in halls):
        return None
    return Role(role), hall or None


def _strength(grant: Grant) -> tuple[int, bool]:
    return STAFF_ROLES.index(grant[0]), grant[1] is None


def _known(connection: Connection, claims: Claims) -> Row[Any] | None:
    rows = tables.staff.c
    who = (rows.issuer == claims["iss"], rows.subject == claims["sub"])
    return connection.execute(select(tables.staff).where(*who)).first()


def _taken_over(connection: Connection, known: Row[Any] | None, grant: Grant) -> Row[Any] | None:
    """The row of somebody who was here before, with what they may do now."""
    if known is None:
        return None
    mine = tables.staff.c.id == known.id
    connection.execute(update(tables.staff).where(mine).values(role=grant[0].value, hall_id=grant[1]))
    return connection.execute(select(tables.staff).where(mine)).one()


def _added(connection: Connection, claims: Claims, grant: Grant) -> Row[Any]:
    """A row for somebody new; never that of somebody else who has the same name."""
    row = {
        "id": new_id(),
        "password_hash": NOBODYS,
        "role": grant[0].value,
        "hall_id": grant[1],
        "created_at": datetime.now(UTC),
        "issuer": claims["iss"],
        "subject": claims["sub"],
    }
    login = _login(claims)
    for name in (login, *(f"{login}-{number}" for number in range(2, 1000))):
        if insert_unless_there(connection, tables.staff, {**row, "login": name}):
            break
        if known := _taken_over(connection, _known(connection, claims), grant):
            return known  # they came by another backend at this very moment
    return connection.execute(select(tables.staff).where(tables.staff.c.id == row["id"])).one()


def _login(claims: Claims) -> str:
    said = usual(next(str(claims[name]) for name in NAMES if claims.get(name)))
    letters = r"\w" if is_of_one_script("".join(re.findall(r"\w", said))) else "A-Za-z0-9_"
    return re.sub(rf"[^{letters}.@-]+", "-", said)[:LONGEST_LOGIN].strip("-") or secrets.token_hex(4)
