"""Requests about the people who work in a hall: list, add, remove, their roles and passwords."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from shared.hall.field_types import HallId, Id, Login, Password
from shared.hall.roles import ADMINISTRATORS, STAFF, Role
from shared.requests.request import Done, Request


@dataclass(frozen=True, kw_only=True)
class Person:
    """A member of the staff."""

    id: str
    login: str
    role: Role
    hall: HallId | None
    """The one hall they work in; None for every hall."""
    must_change: bool = False
    """Whether they must choose their own password before anything else."""
    signs_on: bool = False
    """Whether they sign in through the identity provider, and have no password here."""


@dataclass(frozen=True, kw_only=True)
class ListStaff(Request[tuple[Person, ...]]):
    """Everybody who may work in this hall, by login."""

    ANSWER = tuple[Person, ...]
    ALLOWED = ADMINISTRATORS


@dataclass(frozen=True, kw_only=True)
class AddPerson(Request[Person]):
    """Add a person with a first password, which they must change."""

    ANSWER = Person
    ALLOWED = ADMINISTRATORS

    login: Login
    password: Password
    role: Role
    every_hall: bool = False
    """Whether they work in every hall: only an administrator of every hall may set it."""


@dataclass(frozen=True, kw_only=True)
class ChangeRole(Request[Person]):
    """Change a person's role; it counts from their next command on."""

    ANSWER = Person
    ALLOWED = ADMINISTRATORS

    person: Id
    role: Role


@dataclass(frozen=True, kw_only=True)
class ResetPassword(Request[Person]):
    """Give a person a first password again, which they must change; ends their sessions."""

    ANSWER = Person
    ALLOWED = ADMINISTRATORS

    person: Id
    password: Password


@dataclass(frozen=True, kw_only=True)
class RemovePerson(Request[Done]):
    """Remove a person; ends their sessions at once."""

    ANSWER = Done
    ALLOWED = ADMINISTRATORS

    person: Id


@dataclass(frozen=True, kw_only=True)
class ChangePassword(Request[Done]):
    """Change one's own password; ends one's other sessions."""

    ANSWER = Done
    ALLOWED = STAFF
    BEFORE_PASSWORD_CHANGE = True

    old: Password
    new: Password


def first_password() -> str:
    """A random password to be told to somebody and changed at once: 60 bits, in syllables that can be read out."""
    syllables = ["".join(secrets.choice(letters) for letters in ("bdfgklmnprstvz", "aeiou")) for _ in range(10)]
    return "-".join("".join(syllables[first : first + 2]) for first in range(0, 10, 2))


REQUESTS: tuple[type[Request[Any]], ...] = (
    ListStaff,
    AddPerson,
    ChangeRole,
    ResetPassword,
    RemovePerson,
    ChangePassword,
)
