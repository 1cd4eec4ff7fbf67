"""The staff at the desk: who works here, and who may say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.access.request import Done, Request
from shared.access.staff import AddPerson, ChangePassword, ChangeRole, ListStaff, Person, RemovePerson, ResetPassword
from shared.backend.access.people import People
from shared.backend.desk.books import Books
from shared.hall.errors import NotAllowed, UnknownPerson
from shared.hall.roles import Actor
from shared.hall.words import HallId


def _list(books: Books, hall: HallId, asked: ListStaff, by: Actor) -> tuple[Person, ...]:
    return tuple(books.accounts.people.all(hall))


def _add(books: Books, hall: HallId, asked: AddPerson, by: Actor) -> Person:
    if asked.every_hall and by.hall is not None:
        raise NotAllowed("Only an administrator of every hall may add somebody for every hall.")
    where = None if asked.every_hall else hall
    return books.accounts.people.add(asked.login, asked.password, asked.role, where, must_change=True)


def _change_role(books: Books, hall: HallId, asked: ChangeRole, by: Actor) -> Person:
    _require_other(books.accounts.people, hall, asked.person, by)
    return books.accounts.people.change_role(asked.person, asked.role)


def _reset(books: Books, hall: HallId, asked: ResetPassword, by: Actor) -> Person:
    _require_other(books.accounts.people, hall, asked.person, by)
    return books.accounts.people.reset_password(asked.person, asked.password)


def _remove(books: Books, hall: HallId, asked: RemovePerson, by: Actor) -> Done:
    _require_other(books.accounts.people, hall, asked.person, by)
    books.accounts.people.remove(asked.person)
    return Done()


def _change_own(books: Books, hall: HallId, asked: ChangePassword, by: Actor) -> Done:
    books.accounts.people.change_password(by.id, asked.old, asked.new, by.token)
    return Done()


def _require_other(people: People, hall: HallId, person: str, by: Actor) -> None:
    """Raises UnknownPerson, or NotAllowed for oneself, and for people of every hall unless one is of every hall too."""
    found = next((one for one in people.all(hall) if one.id == person), None)
    if found is None:
        raise UnknownPerson("This person does not work here any more.")
    if found.id == by.id:
        raise NotAllowed("Nobody changes their own rights: ask another administrator.")
    if found.hall is None and by.hall is not None:
        raise NotAllowed("This person works in every hall: an administrator of every hall has to do that.")


ANSWERS: Mapping[type[Request[Any]], Callable[[Books, HallId, Any, Actor], Any]] = {
    ListStaff: _list,
    AddPerson: _add,
    ChangeRole: _change_role,
    ResetPassword: _reset,
    RemovePerson: _remove,
    ChangePassword: _change_own,
}
