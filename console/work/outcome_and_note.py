"""What the visit came to, and a note about it: one line in the customer's card, sent when the visit goes on or ends."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from console import keys
from console.controls import label, on_key, row, set_tone, shown_key
from console.work.work_model import WorkModel

LONGEST_NOTE = 500
DIGITS = 9
"""Outcomes that have a key of their own."""


class OutcomeAndNote(QWidget):
    left = Signal()
    """The note is written, or its customer has gone: the keyboard goes back to where it rests."""

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.outcome = QComboBox()
        self.outcome.setAccessibleName(self.tr("Outcome of the visit"))
        self.digits = label("", "key")
        self.note = QLineEdit(placeholderText=self.tr("Internal note"))
        self.note.setAccessibleName(self.tr("Note about the visit, not for customers, key {0}").format(keys.NOTE))
        self.note.setMaxLength(LONGEST_NOTE)
        self.not_kept = label(self.tr("Not kept yet"), "chip")
        set_tone(self.not_kept, "warning")
        line = row(self.outcome, self.digits, self.not_kept, self.note, label(shown_key(keys.NOTE), "key"))
        line.setStretchFactor(self.note, 1)
        self.setLayout(line)
        self._ticket: str | None = None
        self._offered: tuple[str, ...] = ()
        self.outcome.activated.connect(self._choose)
        self.note.textEdited.connect(lambda text: model.write(note=text.strip()))
        self.note.returnPressed.connect(self._confirm)
        self.note.installEventFilter(self)
        on_key(keys.NOTE, self._write, self)
        for digit in range(DIGITS + 1):
            on_key(str(digit), partial(self._choose, digit), self)
        model.changed.connect(self.refresh)
        self._offer(())
        self.refresh()

    def _write(self) -> None:
        self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _confirm(self) -> None:
        """Written and meant: colleagues can read it from now on."""
        self.model.keep_note()
        self.left.emit()

    def _choose(self, at: int) -> None:
        """The outcome of this digit; 0 takes it back."""
        if at <= len(self._offered) and self._offered:
            self.outcome.setCurrentIndex(at)
            self.model.write(outcome=self._offered[at - 1] if at else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """A note with nothing to take back leaves the key of the undo to the visit; Qt's fields keep it for nothing."""
        key = event if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride else None
        if key and key.matches(QKeySequence.StandardKey.Undo) and not self.note.isUndoAvailable():
            key.ignore()
            return True
        return super().eventFilter(watched, event)

    # ── what is shown ──

    def refresh(self) -> None:
        outcomes = self.model.hall.settings.outcomes if self.model.hall else ()
        if outcomes != self._offered:
            self._offer(outcomes)
        ticket = self.model.ticket.id if self.model.ticket else None
        if ticket != self._ticket or self.note.text().strip() != self.model.draft.note:
            self._turn_to(ticket)
        self.not_kept.setVisible(bool(self.model.not_kept))

    def _offer(self, outcomes: tuple[str, ...]) -> None:
        self._offered = outcomes
        self.outcome.clear()
        self.outcome.addItem(self.tr("Outcome"))
        self.outcome.addItems([_numbered(at, outcome) for at, outcome in enumerate(outcomes, start=1)])
        self.digits.setText(f"1–{min(DIGITS, len(outcomes))}")
        for part in (self.outcome, self.digits):
            part.setVisible(bool(outcomes))
        self._show_outcome()

    def _turn_to(self, ticket: str | None) -> None:
        """Another customer, another line; one who comes back by an undo has theirs again."""
        was_writing = self.note.hasFocus()
        self._ticket = ticket
        self.note.setText(self.model.draft.note)
        self._show_outcome()
        if was_writing:
            self.left.emit()

    def _show_outcome(self) -> None:
        chosen = self.model.draft.outcome
        self.outcome.setCurrentIndex(self._offered.index(chosen) + 1 if chosen in self._offered else 0)


def _numbered(at: int, outcome: str) -> str:
    return f"{at}  {outcome}" if at <= DIGITS else outcome
