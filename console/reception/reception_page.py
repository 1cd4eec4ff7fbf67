"""The reception: giving tickets on one side, finding them on the other. No service point is needed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console import keys
from console.controls import SentenceLine, column, on_key, row
from console.reception.issued_ticket_card import IssuedTicketCard
from console.reception.new_ticket_form import NewTicketForm
from console.reception.reception_model import ReceptionModel
from console.reception.ticket_finder import TicketFinder
from shared.ui.widget_theme import theme


class ReceptionPage(QWidget):
    def __init__(self, model: ReceptionModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.form = NewTicketForm(model)
        self.sentence = SentenceLine(keeps_place=False)
        self.given = IssuedTicketCard(model)
        self.finder = TicketFinder(model)
        self._given = ""
        inside = row(self._giving(), self.finder, margin=theme().margin, gap=theme().margin)
        inside.setStretch(0, 2)
        inside.setStretch(1, 3)
        self.setLayout(inside)
        on_key(keys.CANCEL, self.begin, self)
        model.changed.connect(self._move_on)
        model.sentence_changed.connect(self._say)

    def _giving(self) -> QWidget:
        giving = QWidget()
        inside = column(self.form, self.sentence, self.given, gap=theme().gap + theme().gap // 2)
        inside.setStretchFactor(self.given, 1)
        inside.addStrut(470)
        giving.setLayout(inside)
        giving.setMaximumWidth(760)
        return giving

    def _say(self) -> None:
        model = self.model
        self.sentence.say(model.sentence, refusal=model.is_refusal, warning=model.is_warning)

    def begin(self) -> None:
        """Clear the page for the next customer, with the focus in the search for a service."""
        self.model.clear_sentence()
        self.finder.begin()
        self.form.begin()

    def _move_on(self) -> None:
        """Clear the form once a ticket is given; its number stays in sight."""
        if self.model.given_id != self._given:
            self._given = self.model.given_id
            if self._given:
                self.form.begin()
