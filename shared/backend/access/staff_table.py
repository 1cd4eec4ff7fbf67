"""The staff of a database: add, find, change and remove people. A refusal changes nobody, but may count as a try."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from shared.backend.access.login_names import checked_login, normalized
from shared.backend.access.passwords import NO_PASSWORD, hashed, matches, require_good
from shared.backend.access.rate_limits import LOG_IN_AT_USUAL_PLACE, RateLimits
from shared.backend.access.secret_hashes import hash_of
from shared.backend.access.sessions import end_sessions
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.errors import Invalid, LastAdministrator, LoginTaken, UnknownPerson, WrongPassword
from shared.hall.field_types import HallId, new_id
from shared.hall.roles import STAFF_ROLES, Role
from shared.requests.staff import Person


class StaffTable:
    """The staff of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limits = RateLimits(database)

    def all(self, hall: HallId | None = None) -> list[Person]:
        """Everybody, or those who may work in this hall, sorted by login."""
        rows = tables.staff.c
        query = select(tables.staff).order_by(rows.login)
        if hall is not None:
            query = query.where((rows.hall_id == hall) | rows.hall_id.is_(None))
        with self._database.reading() as connection:
            return [person_of(row) for row in connection.execute(query)]

    def find(self, login: str) -> Person | None:
        """The person with this login, if there is one."""
        known = {person.login: person for person in self.all()}
        return known.get(login) or known.get(normalized(login))

    def with_login(self, login: str) -> Person:
        """The person with this login; raises UnknownPerson if there is none."""
        found = self.find(login)
        if found is None:
            raise UnknownPerson("There is nobody with this login.")
        return found

    def require_free(self, login: str) -> None:
        """Raises Invalid or LoginTaken if ``add`` would refuse this login."""
        with self._database.reading() as connection:
            _require_free(connection, checked_login(login))

    def add(
        self, login: str, password: str, role: Role, hall: HallId | None = None, *, must_change: bool = False
    ) -> Person:
        """Add a person; raises Invalid for a bad login, role or password, LoginTaken if the login is taken."""
        login = checked_login(login)
        _require_staff(role)
        require_good(password, login)
        person = new_id()
        row = {
            "id": person,
            "login": login,
            "password_hash": hashed(password),
            "role": role.value,
            "hall_id": hall,
            "created_at": datetime.now(UTC),
            "must_change": must_change,
        }
        with self._database.writing() as connection:
            self._database.kind.lock(connection, ["logins"])
            _require_free(connection, login)
            if not insert_unless_there(connection, tables.staff, row):
                raise _login_taken()
            return _person(connection, person)

    def change_role(self, person_id: str, role: Role) -> Person:
        """Change a person's role; raises Invalid, UnknownPerson, LastAdministrator."""
        _require_staff(role)
        with self._database.writing() as connection:
            before = _person(connection, person_id)
            if role is not Role.ADMINISTRATOR:
                self._require_another(connection, before)
            _change(connection, person_id, role=role.value)
            return _person(connection, person_id)

    def reset_password(self, person_id: str, password: str) -> Person:
        """Set a first password and end all sessions; raises UnknownPerson, or Invalid for a bad password."""
        with self._database.reading() as connection:
            before = _person(connection, person_id)
        if before.signs_on:
            raise Invalid("This person signs in through the identity provider, and has no password here.")
        require_good(password, before.login)
        password_hash = hashed(password)
        with self._database.writing() as connection:
            _change(connection, person_id, password_hash=password_hash, must_change=True)
            end_sessions(connection, person_id)
            return _person(connection, person_id)

    def remove(self, person_id: str) -> None:
        """Remove a person and end all sessions; raises UnknownPerson, LastAdministrator."""
        with self._database.writing() as connection:
            self._require_another(connection, _person(connection, person_id))
            end_sessions(connection, person_id)
            connection.execute(delete(tables.staff).where(tables.staff.c.id == person_id))

    def change_password(self, person_id: str, old: str, new: str, token: str) -> None:
        """Change one's own password; ends all sessions but this token's. Raises WrongPassword, TooOften, Invalid."""
        with self._database.reading() as connection:
            row = connection.execute(select(tables.staff).where(tables.staff.c.id == person_id)).first()
        password_key = hash_of(row.password_hash) if row else ""
        receipt = self._limits.take({f"own password of {person_id} {password_key}": LOG_IN_AT_USUAL_PLACE})
        if row is None or row.password_hash == NO_PASSWORD or not matches(row.password_hash, old):
            raise WrongPassword("The old password is wrong.")
        self._limits.give_back(receipt)
        if new == old:
            raise Invalid("The new password is the same as the old one: choose another.")
        require_good(new, row.login)
        password_hash = hashed(new)
        with self._database.writing() as connection:
            _change(connection, person_id, password_hash=password_hash, must_change=False)
            end_sessions(connection, person_id, kept=token)

    def _require_another(self, connection: Connection, person: Person) -> None:
        """Raises LastAdministrator unless another one is left for the hall, or the halls, of this administrator."""
        if person.role is not Role.ADMINISTRATOR:
            return
        self._database.kind.lock(connection, ["administrators"])
        rows = tables.staff.c
        others = select(func.count()).where(rows.role == Role.ADMINISTRATOR.value, rows.id != person.id)
        others = others.where(rows.hall_id.is_(None) | (rows.hall_id == person.hall))
        if not connection.scalar(others):
            raise LastAdministrator("This is the last administrator: appoint another one first.")


def person_of(row: Any) -> Person:
    """A row of the staff as a value."""
    return Person(
        id=row.id,
        login=row.login,
        role=Role(row.role),
        hall=row.hall_id,
        must_change=row.must_change,
        signs_on=row.subject is not None,
    )


def _require_free(connection: Connection, login: str) -> None:
    """Raises LoginTaken, also if only capitals differ: nobody hears the difference."""
    if login.casefold() in (other.casefold() for other in connection.scalars(select(tables.staff.c.login))):
        raise _login_taken()


def _login_taken() -> LoginTaken:
    return LoginTaken("There is already somebody with this login: choose another.")


def _require_staff(role: Role) -> None:
    if role not in STAFF_ROLES:
        raise Invalid(f"A person is one of {', '.join(STAFF_ROLES)}.")


def _person(connection: Connection, person_id: str) -> Person:
    row = connection.execute(select(tables.staff).where(tables.staff.c.id == person_id)).first()
    if row is None:
        raise UnknownPerson("This person does not work here any more.")
    return person_of(row)


def _change(connection: Connection, person_id: str, **values: Any) -> None:
    connection.execute(update(tables.staff).where(tables.staff.c.id == person_id).values(**values))
