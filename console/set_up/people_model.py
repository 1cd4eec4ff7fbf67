"""The staff of a hall: adding people, changing their roles, resetting their passwords, removing them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject

from console.set_up.form_model import FormModel
from shared.hall.roles import Role
from shared.requests.request import Done, Request
from shared.requests.staff import AddPerson, ChangeRole, ListStaff, Person, RemovePerson, ResetPassword, first_password
from shared.ui.station import Station, T


class FirstPassword(NamedTuple):
    login: str
    password: str


class PeopleModel(FormModel):
    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(station, parent)
        self.people: tuple[Person, ...] = ()
        self.new_password: FirstPassword | None = None
        """The first password just set: shown until something else is sent, or the people are read again."""

    def load(self) -> None:
        self.new_password = None
        self.station.request(ListStaff(), self._on_people, self._on_failure)

    def person(self, person_id: str) -> Person | None:
        return next((person for person in self.people if person.id == person_id), None)

    @property
    def may_add_for_every_hall(self) -> bool:
        actor = self.station.actor
        return actor is not None and actor.hall is None

    def is_me(self, person: Person) -> bool:
        return self.station.actor is not None and self.station.actor.name == person.login

    # ── requests ──

    def add(self, login: str, role: Role, *, every_hall: bool) -> None:
        password = first_password()
        request = AddPerson(login=login, password=password, role=role, every_hall=every_hall)
        self._send(request, lambda person: self._on_stored(person, password))

    def change_role(self, person: Person, role: Role) -> None:
        self._send(ChangeRole(person=person.id, role=role), self._on_stored)

    def reset(self, person: Person) -> None:
        """Give a new first password to somebody who forgot theirs."""
        password = first_password()
        self._send(ResetPassword(person=person.id, password=password), lambda person: self._on_stored(person, password))

    def remove(self, person: Person) -> None:
        self._send(RemovePerson(person=person.id), lambda done: self._on_removed(person, done))

    def _send(self, request: Request[T], done: Callable[[T], None]) -> None:
        if self.can_save:
            self._busy, self.new_password = True, None
            self.say("")
            self.station.request(request, done, self._on_failure)

    # ── answers ──

    def _on_people(self, people: tuple[Person, ...]) -> None:
        self.people = people
        self.changed.emit()

    def _on_stored(self, person: Person, password: str = "") -> None:
        others = (one for one in self.people if one.id != person.id)
        self.new_password = FirstPassword(person.login, password) if password else None
        self._finish(tuple(sorted((*others, person), key=lambda one: one.login)), person.id)

    def _on_removed(self, person: Person, done: Done) -> None:
        self._finish(tuple(one for one in self.people if one.id != person.id), "")

    def _finish(self, people: tuple[Person, ...], item_id: str) -> None:
        self._busy, self.people = False, people
        self.changed.emit()
        self.saved.emit(item_id)
        self.say(self.tr("Saved, and in force everywhere."))
