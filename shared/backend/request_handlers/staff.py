"""The staff at the desk: who works here, and who may say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.access.request import Done, Request
from shared.access.staff import AddPerson, ChangePassword, ChangeRole, ListStaff, Person, RemovePerson, ResetPassword
from shared.backend.access.staff_table import StaffTable
from shared.backend.request_handlers.request_context import RequestContext
from shared.hall.errors import NotAllowed, UnknownPerson
from shared.hall.field_types import HallId
from shared.hall.roles import Actor


def _list(context: RequestContext, hall: HallId, asked: ListStaff, by: Actor) -> tuple[Person, ...]:
    return tuple(context.accounts.people.all(hall))


def _add(context: RequestContext, hall: HallId, asked: AddPerson, by: Actor) -> Person:
    if asked.every_hall and by.hall is not None:
        raise NotAllowed("Only an administrator of every hall may add somebody for every hall.")
    where = None if asked.every_hall else hall
    return context.accounts.people.add(asked.login, asked.password, asked.role, where, must_change=True)


def _change_role(context: RequestContext, hall: HallId, asked: ChangeRole, by: Actor) -> Person:
    _require_other(context.accounts.people, hall, asked.person, by)
    return context.accounts.people.change_role(asked.person, asked.role)


def _reset(context: RequestContext, hall: HallId, asked: ResetPassword, by: Actor) -> Person:
    _require_other(context.accounts.people, hall, asked.person, by)
    return context.accounts.people.reset_password(asked.person, asked.password)


def _remove(context: RequestContext, hall: HallId, asked: RemovePerson, by: Actor) -> Done:
    _require_other(context.accounts.people, hall, asked.person, by)
    context.accounts.people.remove(asked.person)
    return Done()


def _change_own(context: RequestContext, hall: HallId, asked: ChangePassword, by: Actor) -> Done:
    context.accounts.people.change_password(by.id, asked.old, asked.new, by.token)
    return Done()


def _require_other(people: StaffTable, hall: HallId, person: str, by: Actor) -> None:
    """Raises UnknownPerson, or NotAllowed for oneself, and for people of every hall unless one is of every hall too."""
    found = next((one for one in people.all(hall) if one.id == person), None)
    if found is None:
        raise UnknownPerson("This person does not work here any more.")
    if found.id == by.id:
        raise NotAllowed("Nobody changes their own rights: ask another administrator.")
    if found.hall is None and by.hall is not None:
        raise NotAllowed("This person works in every hall: an administrator of every hall has to do that.")


ANSWERS: Mapping[type[Request[Any]], Callable[[RequestContext, HallId, Any, Actor], Any]] = {
    ListStaff: _list,
    AddPerson: _add,
    ChangeRole: _change_role,
    ResetPassword: _reset,
    RemovePerson: _remove,
    ChangePassword: _change_own,
}
