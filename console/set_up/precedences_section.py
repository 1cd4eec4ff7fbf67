"""The precedences tickets wait in, and what their allowances mean in words."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from console import sentences
from console.controls import column, label, row, separator
from console.set_up.section import DefinitionSection, ListSection, form_line, number_field, scrolled, with_list
from console.set_up.set_up_model import SetUpModel, trimmed
from console.set_up.translated_text_edit import TranslatedTextEdit
from shared.hall.field_limits import LONGEST_ALLOWANCE
from shared.hall.values import Precedence
from shared.ui.widget_theme import theme


class PrecedencesSection(DefinitionSection, ListSection):
    def __init__(self, model: SetUpModel) -> None:
        super().__init__(model)
        self.list.setAccessibleName(self.tr("Precedences"))
        self.name = TranslatedTextEdit(self.tr("Name"))
        within = self.tr("Normally called within, minutes")
        self.allowance = number_field(within, LONGEST_ALLOWANCE, suffix=self.tr(" min"))
        self.meaning = label("", "", wrap=True)
        self.setLayout(
            with_list(
                column(scrolled(self._form()), self.sentence, self.buttons(), margin=theme().margin, gap=theme().gap),
                self.list,
            )
        )
        self.allowance.valueChanged.connect(self._explain)
        self.name.edited.connect(self._explain)

    def _form(self) -> QVBoxLayout:
        return column(
            label(self.tr("Name"), "large"),
            self.name,
            form_line(self.tr("Normally called within"), row(self.allowance, None)),
            separator(),
            label(self.tr("What this means"), "large"),
            self.meaning,
            label(self.tr("People already waiting keep their place."), "quiet"),
            None,
            gap=theme().gap + theme().gap // 2,
        )

    def items(self) -> list[tuple[str, str]]:
        return [(precedence.id, self._line(precedence)) for precedence in self.model.precedences]

    def _line(self, precedence: Precedence) -> str:
        within = self.tr("{0}, within {1} min")
        return within.format(sentences.localized(self.model.hall, precedence.name), precedence.allowance)

    def fill_form(self, item_id: str) -> None:
        precedence = self.model.hall.precedences.get(item_id) or Precedence(id="", name="", allowance=30)
        self.name.set_languages(self.model.hall.settings.languages)
        self.name.show_words(precedence.name)
        self.allowance.setValue(precedence.allowance)
        self._explain()
        if not item_id and (first := self.name.first_field()):
            first.setFocus()

    def draft(self) -> Precedence:
        return Precedence(id=self.item_id, name=trimmed(self.name.words()), allowance=self.allowance.value())

    def _explain(self) -> None:
        self.meaning.setText("\n".join(self.model.overtaking(self.draft())))

    def retire(self) -> None:
        self.model.retire(self.model.hall.precedence(self.item_id))
