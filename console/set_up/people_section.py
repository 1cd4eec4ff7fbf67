"""The people who work here: a list, what each may do, and a first password that is shown once."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit

from console import sentences
from console.controls import ConfirmButton, check_box, column, label, row
from console.set_up.people_model import PeopleModel
from console.set_up.section import ListSection, form_line, with_list
from shared.hall.roles import STAFF_ROLES, Role
from shared.requests.staff import Person
from shared.ui.widget_theme import theme


class FormContent(NamedTuple):
    """What is in the form."""

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
        self.role.setAccessibleName(self.tr("Role"))
        for role in STAFF_ROLES:
            self.role.addItem(sentences.role_name(role), role)
        self.every_hall = check_box(self.tr("Works in every hall"))
        self.about = label("", "quiet", wrap=True)
        self.password = label("", "large")
        self.password.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.reset_button = ConfirmButton(
            self.tr("New first password …"), self.tr("Signs them out everywhere. Press again"), self._reset
        )
        self.retire_button = ConfirmButton(self.tr("Remove …"), self.tr("Remove this person? Press again"), self.retire)
        self.setLayout(
            with_list(
                column(
                    form_line(self.tr("Login"), self.login),
                    form_line(self.tr("Role"), row(self.role, None)),
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

    def begin(self, item_id: str = "") -> None:
        """Show the people as last read, with this one chosen; without an id, also read them anew."""
        if not item_id:
            self.model.load()
        super().begin(item_id)

    def forget(self) -> None:
        self.model.new_password = None
        super().forget()

    def refresh(self) -> None:
        super().refresh()
        self._tell()
        if not self.item_id and not self.unsaved and self.model.people:
            super().begin()

    def items(self) -> list[tuple[str, str]]:
        return [(person.id, self._line(person)) for person in self.model.people]

    def _line(self, person: Person) -> str:
        return f"{person.login}   {sentences.role_name(person.role)}"

    # ── one of them ──

    def fill_form(self, item_id: str) -> None:
        person = self.model.person(item_id)
        self.login.setText(person.login if person else "")
        self.login.setReadOnly(person is not None)
        self.role.setCurrentIndex(self.role.findData(person.role if person else Role.SPECIALIST))
        self.every_hall.setChecked(person is not None and person.hall is None)
        self.every_hall.setEnabled(person is None)
        self.every_hall.setVisible(self.model.may_add_for_every_hall)
        mine = person is not None and self.model.is_me(person)
        self.reset_button.reset()
        self.reset_button.setVisible(person is not None and not mine and not person.signs_on)
        self.retire_button.setVisible(person is not None and not mine)
        self.role.setEnabled(not mine)
        self._tell()
        if person is None:
            self.login.setFocus()

    def _tell(self) -> None:
        """Show the chosen person's first password, or what else there is to know."""
        person, new = self.model.person(self.item_id), self.model.new_password
        shown = new if person and new and new.login == person.login else None
        self.password.setText(shown.password if shown else "")
        self.password.setVisible(shown is not None)
        if shown:
            about = self.tr("The first password of {0}. Tell it to them now: it is not shown again.")
            about = about.format(shown.login)
        elif person is None:
            about = self.tr("They get a first password, shown here once, and choose their own when they sign in.")
        else:
            about = self._about(person)
        self.about.setText(about)
        self.about.setVisible(bool(about))

    def _about(self, person: Person) -> str:
        if self.model.is_me(person):
            return self.tr("This is you. Only another administrator can change your role.")
        if person.signs_on:
            return self.tr("Signs in through the identity provider, which also decides their role.")
        return self.tr("Has not chosen a password of their own yet.") if person.must_change else ""

    # ── what is done ──

    def content(self) -> object:
        return FormContent(self.login.text().strip(), Role(self.role.currentData()), self.every_hall.isChecked())

    def save(self) -> None:
        written, person = self.content(), self.model.person(self.item_id)
        assert isinstance(written, FormContent)
        self._saving = self.model.can_save
        if person is None:
            self.model.add(written.login, written.role, every_hall=written.every_hall)
        elif person.role is not written.role:
            self.model.change_role(person, written.role)

    def retire(self) -> None:
        if person := self.model.person(self.item_id):
            self.model.remove(person)

    def _reset(self) -> None:
        if person := self.model.person(self.item_id):
            self.model.reset(person)
