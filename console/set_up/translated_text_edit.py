"""A text in every language of the hall, side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from console.controls import label
from shared.hall.field_types import Language, Words, in_language
from shared.languages import is_right_to_left, own_name
from shared.ui.event_loop import FAMILIES
from shared.ui.widget_theme import theme


class TranslatedTextEdit(QWidget):
    """One field for each language; an empty one shows as a placeholder what is said instead."""

    edited = Signal()

    def __init__(self, name: str, *, columns: int = 4) -> None:
        super().__init__()
        self.columns = columns
        self.name = name
        self.fields: dict[Language, QLineEdit] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme().gap)
        self._grid.setVerticalSpacing(2)
        self.setLayout(self._grid)

    def set_languages(self, languages: tuple[Language, ...]) -> None:
        """Show fields for these languages, keeping what is written in those that stay."""
        if tuple(self.fields) == languages:
            return
        written = self.words()
        while item := self._grid.takeAt(0):
            if gone := item.widget():
                gone.hide()  # it goes a moment later
                gone.deleteLater()
        self.fields = {language: self._field(language) for language in languages}
        for at, (language, field) in enumerate(self.fields.items()):
            line, side = divmod(at, self.columns)
            self._grid.addWidget(label(own_name(language), "caption"), 2 * line, side)
            self._grid.addWidget(field, 2 * line + 1, side)
            field.show()  # at once, so that it can take the focus
        self.show_words(written)

    def _field(self, language: Language) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(f"{self.name}, {own_name(language)}")
        if is_right_to_left(language):
            field.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            field.setFont(QFont(FAMILIES[::-1]))  # centred on its own script
        field.textEdited.connect(self.edited)
        return field

    def show_words(self, words: Words) -> None:
        """Show a text; a plain string goes into the first field, and is the placeholder of the others."""
        per_language = {next(iter(self.fields), ""): words} if isinstance(words, str) else words
        for language, field in self.fields.items():
            if field.text() != per_language.get(language, ""):  # somebody who writes keeps their place
                field.setText(per_language.get(language, ""))
                field.setCursorPosition(0)
            field.setPlaceholderText(in_language(words, language))
            field.setToolTip(field.placeholderText())

    def words(self) -> dict[Language, str]:
        return {language: field.text() for language, field in self.fields.items()}

    def first_field(self) -> QLineEdit | None:
        return next(iter(self.fields.values()), None)
