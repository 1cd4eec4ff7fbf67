"""The buttons of the work page: the main one, and the others in fixed places with their keys."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from console import keys
from console.actions import ACTIONS, Action
from console.controls import KeyButton, column, on_key
from console.point_state import PointState, Situation
from console.sentences import action_text, no_show
from console.work.undo_text import undo_text
from console.work.work_model import WorkModel
from shared.hall.serving import Owed
from shared.ui.widget_theme import theme

PLACES = (
    (Action.RECALL, Action.FINISH_AND_CALL),
    (Action.TRANSFER, Action.FINISH),
    (Action.RETURN, Action.NO_SHOW),
    (Action.PAUSE, Action.CLOSE),
)
"""The buttons below the main one, row by row; the last row is for the point, not its customer."""

STAND_INS = {
    (Action.PAUSE, Situation.PAUSED): Action.RESUME,
    (Action.RETURN, Situation.SERVING): Action.PARK,
    (Action.RETURN, Situation.FREE): Action.PAUSE_FOR,
    (Action.RETURN, Situation.PAUSED): Action.PAUSE_FOR,
}
"""The action that has another's place and key in a situation which that one is not for."""


class ActionsPanel(QWidget):
    panel_wanted = Signal(object)
    """The action whose panel is to be opened."""
    left = Signal()
    """Escape was pressed: the focus goes back to the table."""

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.main_button = KeyButton(action_text(Action.CALL_NEXT), keys.MAIN, model.press_main_key, "main")
        self.main_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.buttons = {
            action: KeyButton(action_text(action), ACTIONS[action].key, partial(self.press, action))
            for action in (*(action for places in PLACES for action in places), Action.UNDO)
        }
        for button in (self.main_button, *self.buttons.values()):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not give the space bar a meaning
        self.setLayout(column(self.main_button, self._grid(), gap=theme().gap + theme().gap // 2))
        on_key(keys.CANCEL, self._leave, self)
        model.changed.connect(self.refresh)
        model.ticked.connect(self.refresh)
        self.refresh()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(theme().gap)
        for line, actions in enumerate(PLACES):
            for side, action in enumerate(actions):
                grid.addWidget(self.buttons[action], line, side)
        grid.addWidget(self.buttons[Action.UNDO], len(PLACES), 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _leave(self) -> None:
        self.model.clear_sentence()
        self.left.emit()

    def press(self, place: Action) -> None:
        """Do what the button in the place of this action stands for now: the action, or its stand-in."""
        action = self._action_at(place, self.model.point_state())
        if not ACTIONS[action].needs_panel:
            self.model.act(action)
        elif self.model.ready and self.model.can(action):
            self.panel_wanted.emit(action)

    def _action_at(self, place: Action, state: PointState | None) -> Action:
        return STAND_INS.get((place, state.situation), place) if state else place

    def refresh(self) -> None:
        self.main_button.show_text(action_text(self.model.main_action))
        self.main_button.setEnabled(self.model.can(self.model.main_action))
        state = self.model.point_state()
        for place, button in self.buttons.items():
            action = self._action_at(place, state)
            button.show_text(self._text(action, state))
            button.setEnabled(self.model.can(action))

    def _text(self, action: Action, state: PointState | None) -> str:
        match action:
            case Action.NO_SHOW:
                return no_show(state.owed if state else Owed(0, 0))
            case Action.UNDO if state and state.undo_left:
                return self.tr("{0} ({1} s)").format(undo_text(state.point.last), state.undo_left)
            case _:
                return action_text(action)
