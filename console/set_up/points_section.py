"""The service points, and which services each of them gives."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from console import keys
from console.controls import ConfirmButton, KeyButton, column, frame, label, row
from console.set_up.section import DefinitionSection, Section, form_line, number_field
from console.set_up.service_matrix import ServiceMatrix
from console.set_up.set_up_model import SetUpModel, trimmed
from console.set_up.translated_text_edit import TranslatedTextEdit
from shared.hall.field_limits import LARGEST_SERIAL_NUMBER, LONGEST_ALLOWANCE
from shared.hall.field_types import Words
from shared.hall.values import ServicePoint
from shared.ui.widget_theme import theme


class PointsSection(DefinitionSection, Section):
    """A change in the matrix applies at once; the form below changes the point of its row."""

    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        self.item_id = ""
        self.matrix = ServiceMatrix(model)
        self.sentence.keep_place(keeps=False)  # the matrix needs the room
        self.title = label("", "large")
        self.name = TranslatedTextEdit(self.tr("Name"))
        self.serial_number = number_field(self.tr("Number"), LARGEST_SERIAL_NUMBER, minimum=1)
        later = self.tr("Backup services count as due later by, minutes")
        self.penalty = number_field(later, LONGEST_ALLOWANCE, suffix=self.tr(" min"))
        self.new_button = KeyButton(self.tr("New"), keys.NEW, self.new)
        self.retire_button = ConfirmButton(self.tr("Retire …"), self.tr("Retire for good? Press again"), self.retire)
        hint = self.tr(
            "Click a field, or press the space bar: ● primary, ○ backup, empty: not here. Changes apply at once."
        )
        above = frame("card", column(label(hint, "quiet"), self.matrix, margin=theme().margin))
        inside = column(above, self._form(), margin=theme().margin, gap=theme().margin)
        inside.setStretch(0, 1)
        self.setLayout(inside)
        self.matrix.point_chosen.connect(self._on_chosen)

    def _form(self) -> QFrame:
        return frame(
            "card",
            column(
                row(
                    self.title,
                    None,
                    form_line(self.tr("Number"), self.serial_number),
                    form_line(self.tr("Backup services count as due later by"), self.penalty),
                    gap=theme().margin,
                ),
                self.name,
                self.sentence,
                self._buttons_row(),
                margin=theme().margin,
            ),
        )

    def _buttons_row(self) -> QHBoxLayout:
        return row(self.save_button, self.discard_button, self.new_button, None, self.retire_button)

    def begin(self, item_id: str = "") -> None:
        self.matrix.assignments.refresh()
        wanted = item_id or self.item_id
        ids = [point.id for point in self.model.points]
        self._show_item(wanted if wanted in ids else next(iter(ids), ""))

    def take_focus(self) -> None:
        part = self.matrix if self.item_id else self.name.first_field() or self.matrix
        part.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        super().refresh()
        self.matrix.assignments.refresh()

    def new(self) -> None:
        self.leave(self._new)

    def _new(self) -> None:
        self._show_item("")
        if first := self.name.first_field():
            first.setFocus()

    def _on_chosen(self, item_id: str) -> None:
        if item_id != self.item_id and not self.leave(partial(self._show_item, item_id)):
            QTimer.singleShot(0, self._select_current_row)  # the table is still handling the press

    def _select_current_row(self) -> None:
        """Select in the table the point that the form shows."""
        self.matrix.choose(self.item_id)

    def _show_item(self, item_id: str) -> None:
        self.item_id = item_id
        self._select_current_row()
        self.retire_button.reset()
        self.retire_button.setVisible(bool(item_id))
        point = self._point()
        self.title.setText(self.tr("Service point {0}").format(point.serial_number))
        if not item_id:
            self.title.setText(self.tr("New service point"))
        self.name.set_languages(self.model.hall.settings.languages)
        self.name.show_words(point.name)
        self.serial_number.setValue(point.serial_number)
        self.penalty.setValue(point.backup_penalty)
        self.mark_as_loaded()

    def _point(self) -> ServicePoint:
        blank = ServicePoint(
            id="", serial_number=self.model.next_serial_number, name="", services=self.model.services_without_point
        )
        return self.model.hall.points.get(self.item_id, blank)

    def draft(self) -> ServicePoint:
        name, serial_number, penalty = self.content()
        return replace(self._point(), name=name, serial_number=serial_number, backup_penalty=penalty)

    def content(self) -> tuple[Words, int, int]:
        """What the form says, without the services: they apply at once. The penalty is in minutes."""
        return trimmed(self.name.words()), self.serial_number.value(), self.penalty.value()

    def retire(self) -> None:
        self.model.retire(self.model.hall.point(self.item_id))
