"""The dates that are not like others: closed or with other hours, above the calendar of public holidays."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QDateEdit, QVBoxLayout

from console import sentences
from console.controls import column, label, row
from console.set_up.list_edit import HoursEdit
from console.set_up.section import Defined, ListSection, beside, form_line, roomy, scrolled
from console.set_up.set_up_model import SetUpModel, trimmed
from console.set_up.translated_text_edit import TranslatedTextEdit
from shared.hall.hours_grammar import Day
from shared.ui.widget_theme import theme


class ExceptionalDaysSection(Defined, ListSection):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        self.list.setAccessibleName(self.tr("Days apart"))
        self.date = QDateEdit()
        self.date.setDisplayFormat("yyyy-MM-dd")
        self.date.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.date.setAccessibleName(self.tr("Date"))
        self.hours = HoursEdit(self.tr("Hours of this day"), "08:00-12:00")
        self.reason = TranslatedTextEdit(self.tr("What customers are told"), abreast=2)
        self.setLayout(
            beside(
                column(scrolled(self._form()), self.sentence, self.keys(), margin=theme().margin, gap=theme().gap),
                self.list,
            )
        )

    def _form(self) -> QVBoxLayout:
        return column(
            form_line(self.tr("Date"), row(roomy(self.date, 180), None)),
            form_line(self.tr("Hours of this day, one span a line; none: closed all day"), self.hours),
            label(self.tr("What customers are told"), "large"),
            self.reason,
            None,
            gap=theme().margin,
        )

    def identities(self) -> list[tuple[str, str]]:
        return [(day.date.isoformat(), self._line(day)) for day in self.model.days]

    def _line(self, day: Day) -> str:
        parts = [day.date.isoformat(), sentences.said(self.model.hall, day.reason), " ".join(day.hours)]
        line = "   ".join(part for part in parts if part)
        return line if self._is_ours(day.date) else line + " " + self.tr("(public holiday)")

    def _is_ours(self, day: date) -> bool:
        return day in self.model.hall.days

    def load(self, identity: str) -> None:
        day = self._day(identity)
        self.date.setDate(QDate(day.date.year, day.date.month, day.date.day))
        self.date.setReadOnly(bool(identity))
        self.hours.show_lines(day.hours)
        self.reason.speak(self.model.hall.settings.languages)
        self.reason.show_words(day.reason)
        self.retire_button.setVisible(bool(identity) and self._is_ours(day.date))
        if not identity:
            self.date.setFocus()

    def _day(self, identity: str) -> Day:
        """The day chosen; for a new one, tomorrow."""
        if identity and (known := self.model.hall.day_apart(date.fromisoformat(identity))):
            return known
        return Day(date=self.model.today + timedelta(days=1))

    def draft(self) -> Day:
        there = self.date.date()
        return Day(
            date=date(there.year(), there.month(), there.day()),
            hours=self.hours.lines(),
            reason=trimmed(self.reason.words()) or "",
        )

    def retire(self) -> None:
        self.model.retire(self.draft())
