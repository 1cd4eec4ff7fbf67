"""The outcome of the visit and a note about it: a line in the customer's card, sent when the visit ends or moves on."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from console import keys
from console.controls import label, on_key, row, set_tone, shown_key
from console.work.work_model import WorkModel

LONGEST_NOTE = 500
"""Characters."""

DIGIT_KEYS = 9
"""How many outcomes have a key of their own."""


class OutcomeAndNote(QWidget):
    left = Signal()
    """The note is confirmed, or its customer has gone: the focus goes back to the table."""

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.outcome = QComboBox()
        self.outcome.setAccessibleName(self.tr("Outcome of the visit"))
        self.digits = label("", "key")
        self.note = QLineEdit(placeholderText=self.tr("Internal note"))
        self.note.setAccessibleName(self.tr("Note about the visit, not for customers, key {0}").format(keys.NOTE))
        self.note.setMaxLength(LONGEST_NOTE)
        self.unsent = label(self.tr("Not saved yet"), "chip")
        set_tone(self.unsent, "warning")
        line = row(self.outcome, self.digits, self.unsent, self.note, label(shown_key(keys.NOTE), "key"))
        line.setStretchFactor(self.note, 1)
        self.setLayout(line)
        self._ticket_id: str | None = None
        self._offered: tuple[str, ...] = ()
        self.outcome.activated.connect(self._choose)
        self.note.textEdited.connect(lambda text: model.write(note=text.strip()))
        self.note.returnPressed.connect(self._confirm)
        self.note.installEventFilter(self)
        on_key(keys.NOTE, self._focus_note, self)
        for digit in range(DIGIT_KEYS + 1):
            on_key(str(digit), partial(self._choose, digit), self)
        model.changed.connect(self.refresh)
        self._fill_outcomes(())
        self.refresh()

    def _focus_note(self) -> None:
        self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _confirm(self) -> None:
        """Send the note now: colleagues can read it from here on."""
        self.model.send_note()
        self.left.emit()

    def _choose(self, at: int) -> None:
        """Choose the outcome with this number in the list; 0 clears it, and a number that none has does nothing."""
        if at <= len(self._offered) and self._offered:
            self.outcome.setCurrentIndex(at)
            self.model.write(outcome=self._offered[at - 1] if at else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Leave the undo key to the service point while the note has nothing to undo; Qt's fields always take it."""
        key = event if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride else None
        if key and key.matches(QKeySequence.StandardKey.Undo) and not self.note.isUndoAvailable():
            key.ignore()
            return True
        return super().eventFilter(watched, event)

    # ── what is shown ──

    def refresh(self) -> None:
        outcomes = self.model.hall.settings.outcomes if self.model.hall else ()
        if outcomes != self._offered:
            self._fill_outcomes(outcomes)
        ticket_id = self.model.ticket.id if self.model.ticket else None
        if ticket_id != self._ticket_id or self.note.text().strip() != self.model.draft.note:
            self._show_draft(ticket_id)
        self.unsent.setVisible(bool(self.model.unsent_notes))

    def _fill_outcomes(self, outcomes: tuple[str, ...]) -> None:
        self._offered = outcomes
        self.outcome.clear()
        self.outcome.addItem(self.tr("Outcome"))
        self.outcome.addItems([_numbered(at, outcome) for at, outcome in enumerate(outcomes, start=1)])
        self.digits.setText(f"1–{min(DIGIT_KEYS, len(outcomes))}")
        for part in (self.outcome, self.digits):
            part.setVisible(bool(outcomes))
        self._show_chosen_outcome()

    def _show_draft(self, ticket_id: str | None) -> None:
        """Show the draft about the customer now at the point; one that comes back by an undo has its own again."""
        was_writing = self.note.hasFocus()
        self._ticket_id = ticket_id
        self.note.setText(self.model.draft.note)
        self._show_chosen_outcome()
        if was_writing:
            self.left.emit()

    def _show_chosen_outcome(self) -> None:
        chosen = self.model.draft.outcome
        self.outcome.setCurrentIndex(self._offered.index(chosen) + 1 if chosen in self._offered else 0)


def _numbered(at: int, outcome: str) -> str:
    return f"{at}  {outcome}" if at <= DIGIT_KEYS else outcome
