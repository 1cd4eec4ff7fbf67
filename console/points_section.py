"""The service points, and which services each of them gives."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSpinBox

from console.controls import KeyButton, SureButton, column, frame, label, row
from console.matrix import Matrix
from console.section import Section, form_line
from console.set_up_model import SetUpModel, trimmed
from console.words_edit import WordsEdit
from shared.hall.hall import ServicePoint
from shared.hall.set_up import LONGEST_ALLOWANCE
from shared.ui.theme import theme


class PointsSection(Section):
    """The matrix changes the hall mark by mark; the form below it, the point of its line."""

    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        self.identity = ""
        self.matrix = Matrix(model)
        self.title = label("", "large")
        self.name = WordsEdit(self.tr("Name"))
        self.serial_number = QSpinBox(minimum=1, maximum=9999)
        self.serial_number.setFixedWidth(110)
        self.serial_number.setAccessibleName(self.tr("Number"))
        self.penalty = QSpinBox(minimum=0, maximum=LONGEST_ALLOWANCE)
        self.penalty.setFixedWidth(130)
        self.penalty.setSuffix(self.tr(" min"))
        self.penalty.setAccessibleName(self.tr("Backup services count as due later by, minutes"))
        self.new_button = KeyButton(self.tr("New"), "Ctrl+N", self.new)
        self.retire_button = SureButton(self.tr("Retire …"), self.tr("Retire for good? Press again"), self.retire)
        hint = self.tr("Click a field, or press the space bar: primary, backup, not here. It is in force at once.")
        above = frame("card", column(label(hint, "quiet"), self.matrix, margin=theme().margin))
        inside = column(above, self._form(), margin=theme().margin, gap=theme().margin)
        inside.setStretch(0, 1)
        self.setLayout(inside)
        self.matrix.point_chosen.connect(self._load)

    def _form(self) -> QFrame:
        return frame(
            "card",
            column(
                self.title,
                self.name,
                row(
                    form_line(self.tr("Number"), self.serial_number),
                    form_line(self.tr("Backup services count as due later by"), self.penalty),
                    None,
                    gap=theme().margin,
                ),
                self.sentence,
                self._keys(),
                margin=theme().margin,
            ),
        )

    def _keys(self) -> QHBoxLayout:
        return row(self.save_button, self.new_button, None, self.retire_button)

    def begin(self, identity: str = "") -> None:
        self.matrix.assignments.refresh()
        wanted = identity or self.identity
        points = [point.id for point in self.model.points]
        chosen = wanted if wanted in points else next(iter(points), "")
        self.matrix.choose(chosen)
        self._load(chosen)

    def take_focus(self) -> None:
        self.matrix.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        super().refresh()
        self.matrix.assignments.refresh()

    def new(self) -> None:
        self._load("")
        first = self.name.first()
        if first:
            first.setFocus()

    def _load(self, identity: str) -> None:
        self.identity = identity
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

    def _point(self) -> ServicePoint:
        blank = ServicePoint(id="", serial_number=self.model.next_serial_number, name="")
        return self.model.hall.points.get(self.identity, blank)

    def save(self) -> None:
        self.model.define(
            replace(
                self._point(),
                name=trimmed(self.name.words()),
                serial_number=self.serial_number.value(),
                backup_penalty=self.penalty.value(),
            )
        )

    def retire(self) -> None:
        self.model.retire(self.model.hall.point(self.identity))
