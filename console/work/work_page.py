"""The work page: the customer and the buttons on one side, the people waiting on the other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from console.actions import Action
from console.controls import SentenceLine, column, row
from console.work.actions_panel import ActionsPanel
from console.work.customer_card import CustomerCard
from console.work.leave_panel import LeavePanel
from console.work.park_panel import ParkPanel
from console.work.pause_panel import PausePanel
from console.work.set_aside_table import SetAsideTable
from console.work.transfer_panel import TransferPanel
from console.work.waiting_table import WaitingTable
from console.work.work_model import WorkModel
from shared.ui.widget_theme import theme

KEYS_HEIGHT = 324
"""Pixels of the buttons, or of a panel in their place: fixed, so that they don't move with what is above."""


class WorkPage(QWidget):
    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.customer = CustomerCard(model)
        self.sentence = SentenceLine(keeps_place=False)
        self.actions_panel = ActionsPanel(model)
        self.transfer = TransferPanel(model)
        self.park = ParkPanel(model)
        self.pause = PausePanel(model)
        self.leave = LeavePanel(model)
        self.table = WaitingTable(model)
        self.set_aside = SetAsideTable(model)
        self.panels = QStackedWidget()
        self.panels.setFixedHeight(KEYS_HEIGHT)
        self.panels.addWidget(self.actions_panel)
        self.panels.addWidget(self.transfer)
        self.panels.addWidget(self.park)
        self.panels.addWidget(self.pause)
        self.panels.addWidget(self.leave)
        inside = row(self._work(), self._people(), margin=theme().margin, gap=theme().margin)
        inside.setStretch(0, 2)
        inside.setStretch(1, 3)
        self.setLayout(inside)
        self.actions_panel.panel_wanted.connect(self.open_panel)
        self.actions_panel.left.connect(self.begin)
        self.customer.outcome_and_note.left.connect(self.begin)
        self.set_aside.emptied.connect(self.begin)
        for panel in (self.transfer, self.park, self.pause, self.leave):
            panel.closed.connect(self.close_panel)
        model.sentence_changed.connect(self._say)

    def _work(self) -> QWidget:
        work = QWidget()
        inside = column(self.customer, self.sentence, self.panels)
        inside.setStretch(0, 1)
        inside.addStrut(470)
        work.setLayout(inside)
        work.setMaximumWidth(760)
        return work

    def _people(self) -> QWidget:
        people = QWidget()
        inside = column(self.table, self.set_aside, gap=theme().gap + theme().gap // 2)
        inside.setStretch(0, 1)
        people.setLayout(inside)
        return people

    def _say(self) -> None:
        model = self.model
        self.sentence.say(model.sentence, refusal=model.is_refusal, warning=model.is_warning)

    def open_panel(self, action: Action) -> None:
        """Open the panel of this action in place of the buttons."""
        panels: dict[Action, ParkPanel | PausePanel] = {Action.PARK: self.park, Action.PAUSE_FOR: self.pause}
        panel = panels.get(action, self.transfer)
        self.panels.setCurrentWidget(panel)
        panel.open()

    def ask_before_leaving(self, question: str) -> None:
        self.panels.setCurrentWidget(self.leave)
        self.leave.open(question)

    def close_panel(self) -> None:
        self.panels.setCurrentWidget(self.actions_panel)
        self.begin()

    def begin(self) -> None:
        """Put the focus where space and Enter do nothing: in a table with no row chosen."""
        for table in (self.set_aside.table, self.table.table):
            table.choose("")
        self.table.table.setFocus(Qt.FocusReason.OtherFocusReason)
