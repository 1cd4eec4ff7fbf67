"""A name in every language of the hall, side by side."""

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
    """One field for each language; what a language lacks, the hall says in its own."""

    edited = Signal()

    def __init__(self, what: str, *, abreast: int = 4) -> None:
        super().__init__()
        self.abreast = abreast
        self.what = what
        self.fields: dict[Language, QLineEdit] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme().gap)
        self._grid.setVerticalSpacing(2)
        self.setLayout(self._grid)

    def speak(self, languages: tuple[Language, ...]) -> None:
        """Have fields for these languages, keeping what is written."""
        if tuple(self.fields) == languages:
            return
        written = self.words()
        while item := self._grid.takeAt(0):
            gone = item.widget()
            if gone:
                gone.deleteLater()
        self.fields = {language: self._field(language) for language in languages}
        for at, (language, field) in enumerate(self.fields.items()):
            line, side = divmod(at, self.abreast)
            self._grid.addWidget(label(own_name(language), "caption"), 2 * line, side)
            self._grid.addWidget(field, 2 * line + 1, side)
            field.show()  # at once, so that it can take the keyboard
        self.show_words(written)

    def _field(self, language: Language) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(f"{self.what}, {own_name(language)}")
        if is_right_to_left(language):
            field.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            field.setFont(QFont(FAMILIES[::-1]))  # centred on its own script
        field.textEdited.connect(self.edited)
        return field

    def show_words(self, words: Words) -> None:
        """Show a name; one that is the same for everybody stands in the first language."""
        per_language = {next(iter(self.fields), ""): words} if isinstance(words, str) else words
        for language, field in self.fields.items():
            field.setText(per_language.get(language, ""))
            field.setCursorPosition(0)
            field.setPlaceholderText(in_language(words, language))

    def words(self) -> dict[Language, str]:
        return {language: field.text() for language, field in self.fields.items()}

    def first(self) -> QLineEdit | None:
        return next(iter(self.fields.values()), None)
