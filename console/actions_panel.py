"""Everything a specialist presses: the main button, and the rest in fixed places with their keys."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from console.actions import ACTIONS, MAIN_KEY, Action
from console.controls import KeyButton, column, on_key
from console.sentences import action_text
from console.view_model import ConsoleModel
from shared.hall.hall import PointStatus
from shared.ui.theme import theme

ABOUT_POINT = (Action.PAUSE, Action.CLOSE)
ABOUT_CUSTOMER: tuple[Action, ...] = tuple(
    action for action, about in ACTIONS.items() if about.key and action not in (Action.RESUME, *ABOUT_POINT)
)
"""The buttons below the main one, row by row in the order of the table; Resume takes the place of Pause."""


class ActionsPanel(QWidget):
    transfer_wanted = Signal()

    def __init__(self, model: ConsoleModel) -> None:
        super().__init__()
        self.model = model
        self.main = KeyButton(action_text(Action.CALL_NEXT), MAIN_KEY, model.press, "main")
        self.main.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.buttons = {
            action: KeyButton(action_text(action), ACTIONS[action].key, partial(self.press, action))
            for action in (*ABOUT_CUSTOMER, *ABOUT_POINT)
        }
        for button in (self.main, *self.buttons.values()):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click the space bar still means nothing
        self.setLayout(column(self.main, self._grid(), gap=theme().gap + theme().gap // 2))
        on_key("Esc", model.hush, self)
        model.changed.connect(self.refresh)
        self.refresh()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(theme().gap)
        rows = (len(ABOUT_CUSTOMER) + 1) // 2
        for at, action in enumerate(ABOUT_CUSTOMER):
            grid.addWidget(self.buttons[action], at // 2, at % 2)
        grid.setRowMinimumHeight(rows, theme().gap // 2)
        for side, action in enumerate(ABOUT_POINT):
            grid.addWidget(self.buttons[action], rows + 1, side)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def press(self, action: Action) -> None:
        """An action of the grid; the place of Pause is also that of Resume."""
        if action is Action.TRANSFER:
            self.transfer_wanted.emit()
        else:
            self.model.act(self._there(action))

    def _there(self, action: Action) -> Action:
        paused = self.model.point is not None and self.model.point.status is PointStatus.PAUSED
        return Action.RESUME if paused and action is Action.PAUSE else action

    def refresh(self) -> None:
        self.main.say(action_text(self.model.main))
        self.main.setEnabled(self.model.can(self.model.main))
        for place, button in self.buttons.items():
            action = self._there(place)
            button.say(action_text(action))
            button.setEnabled(self.model.can(action))
