"""Everything a specialist presses: the main button, and the rest in fixed places with their keys."""

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
"""The buttons below the main one, row by row; the last row is about the point and not its customer."""

STAND_INS = {
    (Action.PAUSE, Situation.PAUSED): Action.RESUME,
    (Action.RETURN, Situation.SERVING): Action.PARK,
}
"""What takes a place, and its key, when the usual action means nothing: the opposite, or the same to a visit begun."""


class ActionsPanel(QWidget):
    asked = Signal(object)
    """An Action that needs something written or chosen first."""
    left = Signal()
    """Escape: away with what is said, and the keyboard back to where it rests."""

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.main = KeyButton(action_text(Action.CALL_NEXT), keys.MAIN, model.press, "main")
        self.main.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.buttons = {
            action: KeyButton(action_text(action), ACTIONS[action].key, partial(self.press, action))
            for action in (*(action for places in PLACES for action in places), Action.UNDO)
        }
        for button in (self.main, *self.buttons.values()):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click the space bar still means nothing
        self.setLayout(column(self.main, self._grid(), gap=theme().gap + theme().gap // 2))
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
        self.model.hush()
        self.left.emit()

    def press(self, place: Action) -> None:
        """An action of the grid, or its stand-in."""
        action = self._there(place, self.model.desk())
        if not ACTIONS[action].asks:
            self.model.act(action)
        elif self.model.ready and self.model.can(action):
            self.asked.emit(action)

    def _there(self, place: Action, desk: PointState | None) -> Action:
        return STAND_INS.get((place, desk.situation), place) if desk else place

    def refresh(self) -> None:
        self.main.say(action_text(self.model.main))
        self.main.setEnabled(self.model.can(self.model.main))
        desk = self.model.desk()
        for place, button in self.buttons.items():
            action = self._there(place, desk)
            button.say(self._words(action, desk))
            button.setEnabled(self.model.can(action))

    def _words(self, action: Action, desk: PointState | None) -> str:
        match action:
            case Action.NO_SHOW:
                return no_show(desk.owed if desk else Owed(0, 0))
            case Action.UNDO if desk and desk.undo_left:
                return self.tr("{0} ({1} s)").format(undo_text(desk.point.last), desk.undo_left)
            case _:
                return action_text(action)
