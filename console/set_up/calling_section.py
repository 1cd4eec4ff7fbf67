"""The hall's settings for calling: automatic calls, no-shows, appointments and outcomes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSpinBox, QVBoxLayout

from console.controls import check_box, column, label
from console.set_up.list_edit import ListEdit
from console.set_up.section import SettingsSection, form_line, number_field
from console.set_up.set_up_model import SetUpModel
from shared.hall.field_limits import LONGEST_ALLOWANCE, LONGEST_COOL_DOWN, MOST_RECALLS
from shared.hall.hall_settings import HallSettings
from shared.ui.widget_theme import theme

ABREAST, COLUMN = 2, 300
"""How many numbers stand beside one another, and the pixels of the first column, so that the grids align."""


class CallingSection(SettingsSection):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        automatically = self.tr("The next customer is called automatically, to the service point free longest")
        self.auto_call = check_box(automatically)
        self.numbers: dict[str, QSpinBox] = {}
        self.outcomes = ListEdit(self.tr("Possible outcomes of a visit"), lines=5)
        self.outcomes.setFixedWidth(400)
        self.show_form(self._form())

    def _form(self) -> QVBoxLayout:
        minutes, seconds = self.tr(" min"), self.tr(" s")
        return column(
            self.auto_call,
            label(self.tr("When a customer does not come"), "large"),
            self._grid(
                ("recalls_before_no_show", self.tr("Recalls before a no-show"), MOST_RECALLS, ""),
                ("no_show_after", self.tr("Wait after the last call"), LONGEST_COOL_DOWN, seconds),
                ("reinstate_within", self.tr("May be reinstated within"), LONGEST_ALLOWANCE, minutes),
                ("return_after", self.tr("Returned to the queue, due again after"), LONGEST_ALLOWANCE, minutes),
            ),
            label(self.tr("Customers with an appointment"), "large"),
            self._grid(
                ("appointment_early", self.tr("May be called early, by"), LONGEST_ALLOWANCE, minutes),
                ("appointment_grace", self.tr("May be late, by"), LONGEST_ALLOWANCE, minutes),
            ),
            label(self.tr("Outcomes of visits"), "large"),
            form_line(self.tr("Possible outcomes of a visit, one per line; none: nobody is asked"), self.outcomes),
            None,
            gap=theme().margin,
        )

    def _grid(self, *numbers: tuple[str, str, int, str]) -> QGridLayout:
        """Fields for settings that are a number; each: the setting, its name here, the highest value, the suffix."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme().margin)
        grid.setVerticalSpacing(theme().margin)
        for at, (setting, name, maximum, suffix) in enumerate(numbers):
            self.numbers[setting] = number_field(name, maximum, width=200, suffix=suffix)
            grid.addLayout(form_line(name, self.numbers[setting]), at // ABREAST, at % ABREAST)
        grid.setColumnMinimumWidth(0, COLUMN)
        grid.setColumnStretch(ABREAST, 1)
        return grid

    def begin(self, item_id: str = "") -> None:
        settings = self.model.hall.settings
        self.auto_call.setChecked(settings.auto_call)
        for setting, field in self.numbers.items():
            field.setValue(getattr(settings, setting))
        self.outcomes.show_lines(settings.outcomes)
        self.mark_as_loaded()

    def take_focus(self) -> None:
        self.auto_call.setFocus(Qt.FocusReason.OtherFocusReason)

    def with_form_values(self, settings: HallSettings) -> HallSettings:
        numbers: dict[str, Any] = {setting: field.value() for setting, field in self.numbers.items()}
        return replace(settings, auto_call=self.auto_call.isChecked(), outcomes=self.outcomes.lines(), **numbers)
