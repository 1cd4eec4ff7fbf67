"""Pausing for a while: how many minutes, with one key, or without saying it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from console import keys
from console.actions import Action
from console.controls import KeyButton, column, frame, label, row
from console.work.work_model import WorkModel
from shared.hall.units import Minutes
from shared.hall.values import PointStatus
from shared.ui.widget_theme import theme

OFFERED: tuple[Minutes, ...] = (5, 10, 15, 30, 60)
COLUMNS = 3


class PausePanel(QWidget):
    """Replaces the actions while it is open."""

    closed = Signal()

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.title = label("", "large")
        self.hint = label(self.tr("The sign over your point says until when. The pause ends when you resume."), "quiet")
        self.hint.setWordWrap(True)
        self.lengths = [
            KeyButton(self.tr("{0} min").format(minutes), key, partial(self.pause, minutes))
            for minutes, key in zip(OFFERED, keys.PAUSES, strict=True)
        ]
        self.unsaid = KeyButton(self.tr("Not said"), keys.CONFIRM, partial(self.pause, 0), "primary", bind=False)
        self.cancel = KeyButton(self.tr("Cancel"), keys.CANCEL, self.closed.emit)
        for button in (*self.lengths, self.unsaid):
            button.setAutoDefault(True)  # Enter presses it while it has the keyboard
        inside = column(self.title, self._grid(), self.hint, None, row(self.unsaid, self.cancel), margin=theme().margin)
        self.setLayout(column(frame("card", inside)))
        model.changed.connect(self._close_if_over)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(theme().gap)
        for at, button in enumerate(self.lengths):
            grid.addWidget(button, *divmod(at, COLUMNS))
        return grid

    def open(self) -> None:
        paused = self._is_paused
        self.title.setText(self.tr("Back in how long?") if paused else self.tr("Pause for how long?"))
        self.unsaid.setVisible(not paused)
        (self.lengths[0] if paused else self.unsaid).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _is_paused(self) -> bool:
        return self.model.point is not None and self.model.point.status is PointStatus.PAUSED

    def pause(self, minutes: Minutes) -> None:
        self.model.pause(minutes)
        self.closed.emit()

    def _close_if_over(self) -> None:
        """Close if no pause is possible any more: somebody was called here, or the hall is away."""
        if self.isVisible() and not self.model.can(Action.PAUSE_FOR):
            self.closed.emit()
