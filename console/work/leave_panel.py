"""The question before leaving while a customer is at the point: what should happen to them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console import keys
from console.actions import ACTIONS, Action
from console.controls import KeyButton, column, frame, label, row
from console.sentences import action_text
from console.work.work_model import WorkModel
from shared.ui.widget_theme import theme

OFFERED = (Action.FINISH, Action.RETURN, Action.PARK, Action.NO_SHOW)
"""What may happen to the customer; only what the hall allows now is shown."""


class LeavePanel(QWidget):
    """Replaces the actions while it is open."""

    closed = Signal()
    """The specialist stays."""
    decided = Signal()
    """The customer is dealt with, or stays at the point: the specialist may leave."""

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.title = label("", "large")
        self.question = label("", "quiet", wrap=True)
        self.buttons = {
            action: KeyButton(action_text(action).rstrip(" …"), ACTIONS[action].key, partial(self._act, action))
            for action in OFFERED
        }
        self.leave_button = KeyButton(self.tr("Leave the customer at the point"), keys.PAUSE, self._leave_there)
        self.cancel = KeyButton(self.tr("Stay"), keys.CANCEL, self.closed.emit)
        finish, back, park, no_show = self.buttons.values()
        rows = row(finish, no_show), row(back, park), self.leave_button, self.cancel
        self.setLayout(column(frame("card", column(self.title, self.question, *rows, None, margin=theme().margin))))
        model.changed.connect(self.refresh)
        model.ticked.connect(self.refresh)

    def open(self, question: str) -> None:
        self.question.setText(question)
        self.refresh()
        self.cancel.setFocus()

    def refresh(self) -> None:
        if not self.isVisible():
            return
        if self.model.ticket is None:  # somebody else saw to them
            self.closed.emit()
            return
        self.title.setText(self.tr("{0} is still here").format(self.model.ticket.label))
        for action, button in self.buttons.items():
            button.setVisible(self.model.can(action))

    def _act(self, action: Action) -> None:
        self.model.act(action, on_done=self.decided.emit)

    def _leave_there(self) -> None:
        """Send the note to the hall, for the next person who works here."""
        self.model.send_note(self.decided.emit)
