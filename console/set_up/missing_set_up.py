"""What a service still lacks before customers can choose it, and the way to where it is given."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from console.controls import button, column, frame, label, row
from console.set_up.set_up_model import SetUpModel
from shared.hall.field_types import ServiceId
from shared.ui.widget_theme import theme


class MissingSetUp(QWidget):
    """A sentence for each thing, with a button beside it; nothing at all for a service that is whole."""

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

    def show_of(self, service: ServiceId) -> None:
        """Of this service as the hall has it; nothing of one that is new or off."""
        known = self.model.hall.services.get(service)
        offered = known is not None and known.on
        self.no_precedence.setVisible(offered and not self.model.precedences)
        self.no_point.setVisible(offered and not self.model.points_giving(service))


def _notice(sentence: str, way: QPushButton) -> QWidget:
    way.setAccessibleDescription(sentence)
    way.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    inside = row(label(sentence, wrap=True), way)
    inside.setStretch(0, 1)
    inside.setContentsMargins(theme().gap, 2, 2, 2)
    return frame("notice", inside)
