"""The service points, and which services each of them gives."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from console import keys
from console.controls import KeyButton, SureButton, column, frame, label, row
from console.set_up.section import Defined, Section, form_line, number_field
from console.set_up.service_matrix import ServiceMatrix
from console.set_up.set_up_model import SetUpModel, trimmed
from console.set_up.translated_text_edit import TranslatedTextEdit
from shared.hall.field_types import Words
from shared.hall.set_up import LONGEST_ALLOWANCE
from shared.hall.values import ServicePoint
from shared.ui.widget_theme import theme


class PointsSection(Defined, Section):
    """The matrix changes the hall mark by mark; the form below it, the point of its line."""

    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        self.identity = ""
        self.matrix = ServiceMatrix(model)
        self.sentence.keep_place(keeps=False)  # the matrix has better use for it
        self.title = label("", "large")
        self.name = TranslatedTextEdit(self.tr("Name"))
        self.serial_number = number_field(self.tr("Number"), 9999, least=1)
        later = self.tr("Backup services count as due later by, minutes")
        self.penalty = number_field(later, LONGEST_ALLOWANCE, unit=self.tr(" min"))
        self.new_button = KeyButton(self.tr("New"), keys.NEW, self.new)
        self.retire_button = SureButton(self.tr("Retire …"), self.tr("Retire for good? Press again"), self.retire)
        hint = self.tr(
            "Click a field, or press the space bar: ● primary, ○ backup, empty: not here. It is in force at once."
        )
        above = frame("card", column(label(hint, "quiet"), self.matrix, margin=theme().margin))
        inside = column(above, self._form(), margin=theme().margin, gap=theme().margin)
        inside.setStretch(0, 1)
        self.setLayout(inside)
        self.matrix.point_chosen.connect(self._chosen)

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
                self._keys(),
                margin=theme().margin,
            ),
        )

    def _keys(self) -> QHBoxLayout:
        return row(self.save_button, self.discard_button, self.new_button, None, self.retire_button)

    def begin(self, identity: str = "") -> None:
        self.matrix.assignments.refresh()
        wanted = identity or self.identity
        points = [point.id for point in self.model.points]
        chosen = wanted if wanted in points else next(iter(points), "")
        self._load(chosen)

    def take_focus(self) -> None:
        (self.matrix if self.identity else self.name.first() or self.matrix).setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        super().refresh()
        self.matrix.assignments.refresh()

    def new(self) -> None:
        self.leave(self._new)

    def _new(self) -> None:
        self._load("")
        first = self.name.first()
        if first:
            first.setFocus()

    def _chosen(self, identity: str) -> None:
        if identity != self.identity and not self.leave(partial(self._load, identity)):
            QTimer.singleShot(0, self._point_at)  # the table is still busy with the press

    def _point_at(self) -> None:
        """The table shows what is in the form."""
        self.matrix.choose(self.identity)

    def _load(self, identity: str) -> None:
        self.identity = identity
        self._point_at()
        self.retire_button.calm()
        self.retire_button.setVisible(bool(identity))
        point = self._point()
        self.title.setText(self.tr("Service point {0}").format(point.serial_number))
        if not identity:
            self.title.setText(self.tr("New service point"))
        self.name.speak(self.model.hall.settings.languages)
        self.name.show_words(point.name)
        self.serial_number.setValue(point.serial_number)
        self.penalty.setValue(point.backup_penalty)
        self.loaded()

    def _point(self) -> ServicePoint:
        blank = ServicePoint(id="", serial_number=self.model.next_serial_number, name="", services=self.model.ungiven)
        return self.model.hall.points.get(self.identity, blank)

    def draft(self) -> ServicePoint:
        name, serial_number, penalty = self.written()
        return replace(self._point(), name=name, serial_number=serial_number, backup_penalty=penalty)

    def written(self) -> tuple[Words, int, int]:
        """Without its services: those are in force at once."""
        return trimmed(self.name.words()), self.serial_number.value(), self.penalty.value()

    def retire(self) -> None:
        self.model.retire(self.model.hall.point(self.identity))
