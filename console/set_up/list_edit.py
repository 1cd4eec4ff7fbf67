"""Fields with one value per line, as in a set-up file: opening hours, outcomes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit

from console import sentences
from shared.ui.widget_theme import theme


class ListEdit(QPlainTextEdit):
    """Lines are sent trimmed, without empty ones; the hall refuses what it can't read. Tab leads to the next field."""

    def __init__(self, name: str, example: str = "", lines: int = 3) -> None:
        super().__init__()
        self.setAccessibleName(name)
        if example:
            self.setPlaceholderText(sentences.example(example))
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(theme().gap // 2)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 3 * theme().gap)

    def show_lines(self, lines: tuple[str, ...]) -> None:
        text = "\n".join(lines)
        if self.toPlainText() != text:  # somebody who writes keeps their place
            place = self.textCursor().position()
            self.setPlainText(text)
            cursor = self.textCursor()
            cursor.setPosition(min(place, len(text)))
            self.setTextCursor(cursor)

    def lines(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.toPlainText().splitlines() if line.strip())


class HoursEdit(ListEdit):
    """Opening hours, one span per line. Days and times are written as in files, in every language."""

    def __init__(self, name: str, example: str, lines: int = 3) -> None:
        super().__init__(name, example, lines)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
