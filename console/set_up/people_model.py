"""The people who work here, as an administrator adds them, changes what they may do, and helps them to a password."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from console.set_up.form_model import FormModel
from shared.access.request import Done, Request
from shared.access.staff import (
    AddPerson,
    ChangeRole,
    ListStaff,
    Person,
    RemovePerson,
    ResetPassword,
    first_password,
)
from shared.hall.roles import Role
from shared.ui.station import Station, T


class PeopleModel(FormModel):
    """Everybody who may work in this hall."""

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(station, parent)
        self.people: tuple[Person, ...] = ()
        self.told: tuple[str, str] | None = None
        """A login and its first password, which is shown until one turns to something else."""

    def look(self) -> None:
        """Ask who there is."""
        self.told = None
        self.station.request(ListStaff(), self._arrived, self._failed)

    def person(self, identity: str) -> Person | None:
        return next((person for person in self.people if person.id == identity), None)

    @property
    def may_add_for_every_hall(self) -> bool:
        actor = self.station.actor
        return actor is not None and actor.hall is None

    def is_me(self, person: Person) -> bool:
        return self.station.actor is not None and self.station.actor.name == person.login

    # ── up ──

    def add(self, login: str, role: Role, *, every_hall: bool) -> None:
        """Somebody new, with a first password."""
        password = first_password()
        wish = AddPerson(login=login, password=password, role=role, every_hall=every_hall)
        self._send(wish, lambda person: self._has(person, password))

    def change_role(self, person: Person, role: Role) -> None:
        self._send(ChangeRole(person=person.id, role=role), self._has)

    def reset(self, person: Person) -> None:
        """A first password again, for somebody who forgot theirs."""
        password = first_password()
        self._send(ResetPassword(person=person.id, password=password), lambda person: self._has(person, password))

    def remove(self, person: Person) -> None:
        self._send(RemovePerson(person=person.id), lambda done: self._gone(person, done))

    def _send(self, wish: Request[T], done: Callable[[T], None]) -> None:
        if self.can_save:
            self._busy, self.told = True, None
            self.say("")
            self.station.request(wish, done, self._failed)

    # ── down ──

    def _arrived(self, people: tuple[Person, ...]) -> None:
        self.people = people
        self.changed.emit()

    def _has(self, person: Person, password: str = "") -> None:
        others = (one for one in self.people if one.id != person.id)
        self.told = (person.login, password) if password else None
        self._done(tuple(sorted((*others, person), key=lambda one: one.login)), person.id)

    def _gone(self, person: Person, done: Done) -> None:
        self._done(tuple(one for one in self.people if one.id != person.id), "")

    def _done(self, people: tuple[Person, ...], identity: str) -> None:
        self._busy, self.people = False, people
        self.changed.emit()
        self.saved.emit(identity)
        self.say(self.tr("Saved, and in force everywhere."))
