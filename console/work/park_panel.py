"""Parking a visit: a reason for colleagues if there is one, Enter."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from console import keys
from console.actions import Action
from console.controls import KeyButton, column, frame, label, row
from console.work.work_model import WorkModel
from shared.ui.widget_theme import theme


class ParkPanel(QWidget):
    """Replaces the actions while it is open."""

    closed = Signal()

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.title = label("", "large")
        self.reason = QLineEdit(placeholderText=self.tr("Reason, for colleagues: fetches a form, is at the cash desk"))
        self.reason.setAccessibleName(self.tr("Reason, for colleagues; may stay empty"))
        self.reason.setMaxLength(200)  # characters
        self.reason.textEdited.connect(lambda text: model.write(reason=text.strip()))
        self.reason.returnPressed.connect(self.park)
        self.hint = label(self.tr("The number stays. Call the customer back from the list on the other side."), "quiet")
        self.hint.setWordWrap(True)
        self.send = KeyButton(self.tr("Park"), keys.CONFIRM, self.park, "primary", bind=False)
        self.cancel = KeyButton(self.tr("Cancel"), keys.CANCEL, self.closed.emit)
        inside = column(self.title, self.reason, self.hint, None, row(self.send, self.cancel), margin=theme().margin)
        self.setLayout(column(frame("card", inside)))
        model.changed.connect(self._close_if_over)

    def open(self) -> None:
        if self.model.ticket:
            self.title.setText(self.tr("Park {0}").format(self.model.ticket.label))
        self.reason.setText(self.model.draft.reason)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def park(self) -> None:
        self.model.park(self.reason.text().strip())
        self.closed.emit()

    def _close_if_over(self) -> None:
        """Close if the customer can't be parked any more: the visit ended elsewhere, or the hall is away."""
        if self.isVisible() and not self.model.can(Action.PARK):
            self.closed.emit()
