"""Going while a customer is at the point: what becomes of them is asked first."""

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
"""What may become of a customer whose specialist goes; those of it are shown that the hall allows now."""


class LeavePanel(QWidget):
    """Stands where the actions are while it is open."""

    closed = Signal()
    """They stay."""
    decided = Signal()
    """The customer is seen to: they may go."""

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.title = label("", "large")
        self.question = label("", "quiet", wrap=True)
        self.buttons = {
            action: KeyButton(action_text(action).rstrip(" …"), ACTIONS[action].key, partial(self._do, action))
            for action in OFFERED
        }
        self.stays = KeyButton(self.tr("Leave the customer at the point"), keys.PAUSE, self._leave_there)
        self.cancel = KeyButton(self.tr("Stay"), keys.CANCEL, self.closed.emit)
        finish, back, park, no_show = self.buttons.values()
        rows = row(finish, no_show), row(back, park), self.stays, self.cancel
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
        if self.model.ticket is None:  # by another hand
            self.closed.emit()
            return
        self.title.setText(self.tr("{0} is still here").format(self.model.ticket.label))
        for action, button in self.buttons.items():
            button.setVisible(self.model.can(action))

    def _do(self, action: Action) -> None:
        self.model.act(action, then=self.decided.emit)

    def _leave_there(self) -> None:
        """What was written goes to the hall: whoever comes next reads it."""
        self.model.keep_note(self.decided.emit)
