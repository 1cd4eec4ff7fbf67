"""The lines of a text page in every language of the hall, side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QWidget

from console.controls import label
from shared.hall.field_types import Language, Words, in_language
from shared.languages import is_right_to_left, own_name
from shared.ui.event_loop import FAMILIES
from shared.ui.widget_theme import theme

ABREAST, LINES = 2, 4
"""How many languages stand beside one another, and how many lines of each are in sight."""


class PageTextEdit(QWidget):
    """One field for each language; an empty one shows as a placeholder what is said instead."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.fields: dict[Language, QPlainTextEdit] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme().gap)
        self._grid.setVerticalSpacing(2)
        self.setLayout(self._grid)

    def set_languages(self, languages: tuple[Language, ...]) -> None:
        if tuple(self.fields) == languages:
            return
        while item := self._grid.takeAt(0):
            if gone := item.widget():
                gone.hide()  # it goes a moment later
                gone.deleteLater()
        self.fields = {language: self._field(language) for language in languages}
        for at, (language, field) in enumerate(self.fields.items()):
            line, side = divmod(at, ABREAST)
            self._grid.addWidget(label(own_name(language), "caption"), 2 * line, side)
            self._grid.addWidget(field, 2 * line + 1, side)
            field.show()  # at once, so that it can take the focus

    def _field(self, language: Language) -> QPlainTextEdit:
        field = QPlainTextEdit()
        field.setAccessibleName(f"{self.name}, {own_name(language)}")
        field.setTabChangesFocus(True)
        field.document().setDocumentMargin(theme().gap // 2)
        if is_right_to_left(language):
            field.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            field.setFont(QFont(FAMILIES[::-1]))  # centred on its own script
        field.setFixedHeight(LINES * field.fontMetrics().lineSpacing() + 3 * theme().gap)
        field.textChanged.connect(self.changed)
        return field

    def show_words(self, words: Words) -> None:
        """Show a text; a plain string goes into the first field, and is the placeholder of the others."""
        per_language = {next(iter(self.fields), ""): words} if isinstance(words, str) else words
        for language, field in self.fields.items():
            field.blockSignals(True)
            if field.toPlainText() != per_language.get(language, ""):  # somebody who writes keeps their place
                field.setPlainText(per_language.get(language, ""))
            field.setPlaceholderText(in_language(words, language))
            field.blockSignals(False)

    def words(self) -> dict[Language, str]:
        return {language: field.toPlainText() for language, field in self.fields.items()}
