"""The people who work here, in their table: whatever refuses changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from shared.access.staff import Person
from shared.backend.access.login_names import as_login, usual
from shared.backend.access.passwords import NOBODYS, hashed, matches, require_good
from shared.backend.access.rate_limits import LOG_IN_AT_USUAL_PLACE, RateLimits
from shared.backend.access.secret_hashes import hash_of
from shared.backend.access.sessions import end_all
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.upsert import insert_unless_there
from shared.hall.errors import Invalid, LastAdministrator, LoginTaken, UnknownPerson, WrongPassword
from shared.hall.field_types import HallId, new_id
from shared.hall.roles import STAFF_ROLES, Role


class StaffTable:
    """The staff of one database. Whatever refuses changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limits = RateLimits(database)

    def all(self, hall: HallId | None = None) -> list[Person]:
        """Everybody, or who may work in this hall, by login."""
        rows = tables.staff.c
        query = select(tables.staff).order_by(rows.login)
        if hall is not None:
            query = query.where((rows.hall_id == hall) | rows.hall_id.is_(None))
        with self._database.reading() as connection:
            return [person_of(row) for row in connection.execute(query)]

    def found(self, login: str) -> Person | None:
        """Whoever has this login, if anybody does."""
        known = {person.login: person for person in self.all()}
        return known.get(login) or known.get(usual(login))

    def named(self, login: str) -> Person:
        """Raises UnknownPerson."""
        found = self.found(login)
        if found is None:
            raise UnknownPerson("There is nobody with this login.")
        return found

    def require_free(self, login: str) -> None:
        """Raises Invalid or LoginTaken for a login that ``add`` would not take."""
        with self._database.reading() as connection:
            _require_free(connection, as_login(login))

    def add(
        self, login: str, password: str, role: Role, hall: HallId | None = None, *, must_change: bool = False
    ) -> Person:
        """A new person; raises Invalid or LoginTaken."""
        login = as_login(login)
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
            self._database.kind.hold(connection, ["logins"])
            _require_free(connection, login)
            if not insert_unless_there(connection, tables.staff, row):
                raise _login_taken()
            return _found(connection, person)

    def change_role(self, person: str, role: Role) -> Person:
        """Raises UnknownPerson, LastAdministrator."""
        _require_staff(role)
        with self._database.writing() as connection:
            before = _found(connection, person)
            if role is not Role.ADMINISTRATOR:
                self._require_another(connection, before)
            _change(connection, person, role=role.value)
            return _found(connection, person)

    def reset_password(self, person: str, password: str) -> Person:
        """A first password again, and nothing left open; raises Invalid, UnknownPerson."""
        with self._database.reading() as connection:
            before = _found(connection, person)
        if before.signs_on:
            raise Invalid("This person signs in through the identity provider, and has no password here.")
        require_good(password, before.login)
        password_hash = hashed(password)
        with self._database.writing() as connection:
            _change(connection, person, password_hash=password_hash, must_change=True)
            end_all(connection, person)
            return _found(connection, person)

    def remove(self, person: str) -> None:
        """Raises UnknownPerson, LastAdministrator."""
        with self._database.writing() as connection:
            self._require_another(connection, _found(connection, person))
            end_all(connection, person)
            connection.execute(delete(tables.staff).where(tables.staff.c.id == person))

    def change_password(self, person: str, old: str, new: str, token: str) -> None:
        """One's own; only the session with this token goes on. Raises WrongPassword, TooOften, Invalid."""
        with self._database.reading() as connection:
            row = connection.execute(select(tables.staff).where(tables.staff.c.id == person)).first()
        present = hash_of(row.password_hash) if row else ""
        receipt = self._limits.take({f"own password of {person} {present}": LOG_IN_AT_USUAL_PLACE})
        if row is None or row.password_hash == NOBODYS or not matches(row.password_hash, old):
            raise WrongPassword("The old password is wrong.")
        self._limits.give_back(receipt)
        if new == old:
            raise Invalid("The new password is the old one: choose another.")
        require_good(new, row.login)
        password_hash = hashed(new)
        with self._database.writing() as connection:
            _change(connection, person, password_hash=password_hash, must_change=False)
            end_all(connection, person, but=token)

    def _require_another(self, connection: Connection, person: Person) -> None:
        """Somebody must be left who can open the door: of every hall for one of every hall, else of theirs."""
        if person.role is not Role.ADMINISTRATOR:
            return
        self._database.kind.hold(connection, ["administrators"])
        rows = tables.staff.c
        others = select(func.count()).where(rows.role == Role.ADMINISTRATOR.value, rows.id != person.id)
        others = others.where(rows.hall_id.is_(None) | (rows.hall_id == person.hall))
        if not connection.scalar(others):
            raise LastAdministrator("This is the last administrator: appoint another one first.")


def person_of(row: Any) -> Person:
    """A row of the staff as others see it."""
    return Person(
        id=row.id,
        login=row.login,
        role=Role(row.role),
        hall=row.hall_id,
        must_change=row.must_change,
        signs_on=row.subject is not None,
    )


def _require_free(connection: Connection, login: str) -> None:
    """Raises LoginTaken, also for one that differs from another's in nothing but capitals: nobody hears those."""
    if login.casefold() in (other.casefold() for other in connection.scalars(select(tables.staff.c.login))):
        raise _login_taken()


def _login_taken() -> LoginTaken:
    return LoginTaken("There is already somebody with this login: choose another.")


def _require_staff(role: Role) -> None:
    if role not in STAFF_ROLES:
        raise Invalid(f"A person is one of {', '.join(STAFF_ROLES)}.")


def _found(connection: Connection, person: str) -> Person:
    row = connection.execute(select(tables.staff).where(tables.staff.c.id == person)).first()
    if row is None:
        raise UnknownPerson("This person does not work here any more.")
    return person_of(row)


def _change(connection: Connection, person: str, **values: Any) -> None:
    connection.execute(update(tables.staff).where(tables.staff.c.id == person).values(**values))
