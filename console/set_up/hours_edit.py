"""Opening hours in a field: one piece a line, as files have them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit

from shared.hall.hours import Hours
from shared.ui.theme import theme


class HoursEdit(QPlainTextEdit):
    """What is written is sent as it is; the hall says what it can't read. Tab goes on to the next field."""

    def __init__(self, name: str, example: str, lines: int = 3) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(example)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # days and times are written as in files
        self.document().setDocumentMargin(theme().gap // 2)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 3 * theme().gap)

    def show_hours(self, hours: Hours) -> None:
        self.setPlainText("\n".join(hours))

    def hours(self) -> Hours:
        return tuple(line.strip() for line in self.toPlainText().splitlines() if line.strip())
