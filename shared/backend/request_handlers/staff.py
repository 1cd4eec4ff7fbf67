"""Handles requests about staff: list, add, remove, roles and passwords."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.backend.access.staff_table import StaffTable
from shared.backend.request_handlers.request_context import RequestContext
from shared.hall.errors import NotAllowed, UnknownPerson
from shared.hall.field_types import HallId
from shared.hall.roles import Actor
from shared.requests.request import Done, Request
from shared.requests.staff import AddPerson, ChangePassword, ChangeRole, ListStaff, Person, RemovePerson, ResetPassword


def _list(context: RequestContext, hall: HallId, request: ListStaff, by: Actor) -> tuple[Person, ...]:
    return tuple(context.accounts.people.all(hall))


def _add(context: RequestContext, hall: HallId, request: AddPerson, by: Actor) -> Person:
    if request.every_hall and by.hall is not None:
        raise NotAllowed("Only an administrator of all halls may add somebody to all halls.")
    where = None if request.every_hall else hall
    return context.accounts.people.add(request.login, request.password, request.role, where, must_change=True)


def _change_role(context: RequestContext, hall: HallId, request: ChangeRole, by: Actor) -> Person:
    _require_other(context.accounts.people, hall, request.person, by)
    return context.accounts.people.change_role(request.person, request.role)


def _reset(context: RequestContext, hall: HallId, request: ResetPassword, by: Actor) -> Person:
    _require_other(context.accounts.people, hall, request.person, by)
    return context.accounts.people.reset_password(request.person, request.password)


def _remove(context: RequestContext, hall: HallId, request: RemovePerson, by: Actor) -> Done:
    _require_other(context.accounts.people, hall, request.person, by)
    context.accounts.people.remove(request.person)
    return Done()


def _change_own(context: RequestContext, hall: HallId, request: ChangePassword, by: Actor) -> Done:
    context.accounts.people.change_password(by.id, request.old, request.new, by.token)
    return Done()


def _require_other(people: StaffTable, hall: HallId, person: str, by: Actor) -> None:
    """Raises UnknownPerson; NotAllowed for oneself, or for people of all halls unless ``by`` works in all, too."""
    found = next((one for one in people.all(hall) if one.id == person), None)
    if found is None:
        raise UnknownPerson("This person does not work here any more.")
    if found.id == by.id:
        raise NotAllowed("Nobody changes their own rights: ask another administrator.")
    if found.hall is None and by.hall is not None:
        raise NotAllowed("This person works in all halls: an administrator of all halls has to do that.")


HANDLERS: Mapping[type[Request[Any]], Callable[[RequestContext, HallId, Any, Actor], Any]] = {
    ListStaff: _list,
    AddPerson: _add,
    ChangeRole: _change_role,
    ResetPassword: _reset,
    RemovePerson: _remove,
    ChangePassword: _change_own,
}
