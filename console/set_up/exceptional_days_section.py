"""The exceptional days: dates that are closed or have other hours, beside the calendar of public holidays."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QDateEdit, QVBoxLayout

from console import sentences
from console.controls import column, label, row
from console.set_up.list_edit import HoursEdit
from console.set_up.section import DefinitionSection, ListSection, aligned, form_line, scrolled, with_list
from console.set_up.set_up_model import SetUpModel, trimmed
from console.set_up.translated_text_edit import TranslatedTextEdit
from shared.hall.hours_grammar import Day
from shared.ui.widget_theme import theme


class ExceptionalDaysSection(DefinitionSection, ListSection):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        self.list.setAccessibleName(self.tr("Exceptional days"))
        self.date = QDateEdit()
        self.date.setDisplayFormat("yyyy-MM-dd")
        self.date.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.date.setAccessibleName(self.tr("Date"))
        self.hours = HoursEdit(self.tr("Hours of this day"), "08:00-12:00")
        self.reason = TranslatedTextEdit(self.tr("What customers are told"), columns=2)
        self.setLayout(
            with_list(
                column(scrolled(self._form()), self.sentence, self.buttons(), margin=theme().margin, gap=theme().gap),
                self.list,
            )
        )

    def _form(self) -> QVBoxLayout:
        return column(
            form_line(self.tr("Date"), row(aligned(self.date, 180), None)),
            form_line(self.tr("Hours of this day, one span per line; none: closed all day"), self.hours),
            label(self.tr("What customers are told"), "large"),
            self.reason,
            None,
            gap=theme().margin,
        )

    def items(self) -> list[tuple[str, str]]:
        return [(day.date.isoformat(), self._line(day)) for day in self.model.days]

    def _line(self, day: Day) -> str:
        parts = [day.date.isoformat(), sentences.localized(self.model.hall, day.reason), " ".join(day.hours)]
        line = "   ".join(part for part in parts if part)
        return line if self._is_own(day.date) else line + " " + self.tr("(public holiday)")

    def _is_own(self, day: date) -> bool:
        return day in self.model.hall.days

    def fill_form(self, item_id: str) -> None:
        day = self._day(item_id)
        self.date.setDate(QDate(day.date.year, day.date.month, day.date.day))
        self.date.setReadOnly(bool(item_id))
        self.hours.show_lines(day.hours)
        self.reason.set_languages(self.model.hall.settings.languages)
        self.reason.show_words(day.reason)
        self.retire_button.setVisible(bool(item_id) and self._is_own(day.date))
        if not item_id:
            self.date.setFocus()

    def _day(self, item_id: str) -> Day:
        """The day with this id; for none, a new one tomorrow."""
        if item_id and (known := self.model.hall.exceptional_day(date.fromisoformat(item_id))):
            return known
        return Day(date=self.model.today + timedelta(days=1))

    def draft(self) -> Day:
        picked = self.date.date()
        return Day(
            date=date(picked.year(), picked.month(), picked.day()),
            hours=self.hours.lines(),
            reason=trimmed(self.reason.words()) or "",
        )

    def retire(self) -> None:
        self.model.retire(self.draft())
