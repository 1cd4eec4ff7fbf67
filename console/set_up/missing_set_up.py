"""What a service still lacks before customers can choose it, with a button to where it is set up."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from console.controls import button, column, frame, label, row
from console.set_up.set_up_model import SetUpModel
from shared.hall.field_types import ServiceId
from shared.ui.widget_theme import theme


class MissingSetUp(QWidget):
    """A sentence with a button for each thing that is missing; nothing for a complete service."""

    precedences_wanted = Signal()
    points_wanted = Signal()

    def __init__(self, model: SetUpModel) -> None:
        super().__init__()
        self.model = model
        self.to_precedences = button(self.tr("Precedences"), "", self.precedences_wanted.emit)
        self.to_points = button(self.tr("Service points"), "", self.points_wanted.emit)
        no_precedence = self.tr("There is no precedence yet, so nobody can take a ticket.")
        self.no_precedence = _notice(no_precedence, self.to_precedences)
        self.no_point = _notice(
            self.tr("No service point gives this service, so no customer can choose it."), self.to_points
        )
        self.setLayout(column(self.no_precedence, self.no_point, gap=2))

    def show_for(self, service: ServiceId) -> None:
        """Show what this service lacks in the hall; nothing for a new one or one that is off."""
        known = self.model.hall.services.get(service)
        offered = known is not None and known.on
        self.no_precedence.setVisible(offered and not self.model.precedences)
        self.no_point.setVisible(offered and not self.model.points_giving(service))


def _notice(sentence: str, opens: QPushButton) -> QWidget:
    opens.setAccessibleDescription(sentence)
    opens.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    inside = row(label(sentence, wrap=True), opens)
    inside.setStretch(0, 1)
    inside.setContentsMargins(theme().gap, 2, 2, 2)
    return frame("notice", inside)
