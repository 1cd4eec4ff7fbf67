"""The people who work in a hall: who they are, what they may do, their passwords."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from shared.access.request import Done, Request
from shared.hall.field_types import HallId, Id, Login, Password
from shared.hall.roles import ADMINISTRATORS, STAFF, Role


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who works here."""

    id: str
    login: str
    role: Role
    hall: HallId | None
    """The one hall they work in; None: every hall."""
    must_change: bool = False
    """Whether they have to choose a password of their own before anything else."""
    signs_on: bool = False
    """Whether they come through the house's identity provider, and have no password here."""


@dataclass(frozen=True, kw_only=True)
class ListStaff(Request[tuple[Person, ...]]):
    """Everybody who may work in this hall, by login."""

    ANSWER = tuple[Person, ...]
    ALLOWED = ADMINISTRATORS


@dataclass(frozen=True, kw_only=True)
class AddPerson(Request[Person]):
    """A new person, with a first password that they must change."""

    ANSWER = Person
    ALLOWED = ADMINISTRATORS

    login: Login
    password: Password
    role: Role
    every_hall: bool = False
    """Only whoever works in every hall may say so."""


@dataclass(frozen=True, kw_only=True)
class ChangeRole(Request[Person]):
    """What somebody may do from their next command on."""

    ANSWER = Person
    ALLOWED = ADMINISTRATORS

    person: Id
    role: Role


@dataclass(frozen=True, kw_only=True)
class ResetPassword(Request[Person]):
    """A first password again, which they must change; whatever they had open ends."""

    ANSWER = Person
    ALLOWED = ADMINISTRATORS

    person: Id
    password: Password


@dataclass(frozen=True, kw_only=True)
class RemovePerson(Request[Done]):
    """Somebody does not work here any more; whatever they had open ends at once."""

    ANSWER = Done
    ALLOWED = ADMINISTRATORS

    person: Id


@dataclass(frozen=True, kw_only=True)
class ChangePassword(Request[Done]):
    """One's own password; whatever else one had open ends."""

    ANSWER = Done
    ALLOWED = STAFF
    BEFORE_ALL = True

    old: Password
    new: Password


def first_password() -> str:
    """One to be told to somebody, and changed by them at once: 60 bits, in syllables that can be read out."""
    syllables = ["".join(secrets.choice(part) for part in ("bdfgklmnprstvz", "aeiou")) for _ in range(10)]
    return "-".join("".join(syllables[at : at + 2]) for at in range(0, 10, 2))


REQUESTS: tuple[type[Request[Any]], ...] = (
    ListStaff,
    AddPerson,
    ChangeRole,
    ResetPassword,
    RemovePerson,
    ChangePassword,
)
