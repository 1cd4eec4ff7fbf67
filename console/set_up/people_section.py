"""The people who work here: a list, what each may do, and a first password that is shown once."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit

from console import sentences
from console.controls import SureButton, check_box, column, label, row
from console.set_up.people_model import PeopleModel
from console.set_up.section import ListSection, beside, form_line
from shared.access.staff import Person
from shared.hall.roles import STAFF_ROLES, Role
from shared.ui.widget_theme import theme


class Written(NamedTuple):
    """What stands in the form."""

    login: str
    role: Role
    every_hall: bool


class PeopleSection(ListSection):
    model: PeopleModel

    def __init__(self, model: PeopleModel) -> None:
        super().__init__(model)
        self.list.setAccessibleName(self.tr("People"))
        self.login = QLineEdit()
        self.login.setAccessibleName(self.tr("Login"))
        self.role = QComboBox()
        self.role.setAccessibleName(self.tr("May do the work of"))
        for role in STAFF_ROLES:
            self.role.addItem(sentences.role_name(role), role)
        self.every_hall = check_box(self.tr("Works in every hall"))
        self.about = label("", "quiet", wrap=True)
        self.password = label("", "large")
        self.password.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.reset_button = SureButton(
            self.tr("New first password …"), self.tr("Ends all they have open. Press again"), self._reset
        )
        self.retire_button = SureButton(self.tr("Remove …"), self.tr("Remove this person? Press again"), self.retire)
        self.setLayout(
            beside(
                column(
                    form_line(self.tr("Login"), self.login),
                    form_line(self.tr("May do the work of"), row(self.role, None)),
                    self.every_hall,
                    self.about,
                    self.password,
                    self.sentence,
                    row(self.save_button, self.discard_button, self.new_button, None),
                    row(self.reset_button, self.retire_button, None),
                    None,
                    margin=theme().margin,
                    gap=theme().margin,
                ),
                self.list,
            )
        )

    def begin(self, identity: str = "") -> None:
        """Show who there is as known here; whoever turns to this page has it asked for anew."""
        if not identity:
            self.model.look()
        super().begin(identity)

    def forget(self) -> None:
        self.model.told = None
        super().forget()

    def refresh(self) -> None:
        super().refresh()
        self._tell()
        if not self.identity and not self.unsaved and self.model.people:
            super().begin()

    def identities(self) -> list[tuple[str, str]]:
        return [(person.id, self._line(person)) for person in self.model.people]

    def _line(self, person: Person) -> str:
        return f"{person.login}   {sentences.role_name(person.role)}"

    # ── one of them ──

    def load(self, identity: str) -> None:
        person = self.model.person(identity)
        self.login.setText(person.login if person else "")
        self.login.setReadOnly(person is not None)
        self.role.setCurrentIndex(self.role.findData(person.role if person else Role.SPECIALIST))
        self.every_hall.setChecked(person is not None and person.hall is None)
        self.every_hall.setEnabled(person is None)
        self.every_hall.setVisible(self.model.may_add_for_every_hall)
        mine = person is not None and self.model.is_me(person)
        self.reset_button.calm()
        self.reset_button.setVisible(person is not None and not mine and not person.signs_on)
        self.retire_button.setVisible(person is not None and not mine)
        self.role.setEnabled(not mine)
        self._tell()
        if person is None:
            self.login.setFocus()

    def _tell(self) -> None:
        """What is to be known about the person chosen, above all a first password."""
        person, told = self.model.person(self.identity), self.model.told
        shown = told if person and told and told[0] == person.login else None
        self.password.setText(shown[1] if shown else "")
        self.password.setVisible(shown is not None)
        if shown:
            about = self.tr("The first password of {0}. Tell it to them now: it is not shown again.").format(shown[0])
        elif person is None:
            about = self.tr("They get a first password, which is shown here once, and choose their own with it.")
        else:
            about = self._about(person)
        self.about.setText(about)
        self.about.setVisible(bool(about))

    def _about(self, person: Person) -> str:
        if self.model.is_me(person):
            return self.tr("This is you. What you may do is changed by another administrator.")
        if person.signs_on:
            return self.tr("Signs in through the identity provider, which says what they may do.")
        return self.tr("Has not chosen a password of their own yet.") if person.must_change else ""

    # ── up ──

    def written(self) -> object:
        return Written(self.login.text().strip(), Role(self.role.currentData()), self.every_hall.isChecked())

    def save(self) -> None:
        written, person = self.written(), self.model.person(self.identity)
        assert isinstance(written, Written)
        self._saving = self.model.can_save
        if person is None:
            self.model.add(written.login, written.role, every_hall=written.every_hall)
        elif person.role is not written.role:
            self.model.change_role(person, written.role)

    def retire(self) -> None:
        if person := self.model.person(self.identity):
            self.model.remove(person)

    def _reset(self) -> None:
        if person := self.model.person(self.identity):
            self.model.reset(person)
