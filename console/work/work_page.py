"""The page of the working day: the customer and the keys on one side, who waits on the other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from console.actions import Action
from console.controls import SentenceLine, column, row
from console.work.actions_panel import ActionsPanel
from console.work.customer_card import CustomerCard
from console.work.leave_panel import LeavePanel
from console.work.park_panel import ParkPanel
from console.work.set_aside_table import SetAsideTable
from console.work.transfer_panel import TransferPanel
from console.work.waiting_table import WaitingTable
from console.work.work_model import WorkModel
from shared.ui.widget_theme import theme

KEYS_HEIGHT = 324
"""Pixels: the keys stay where they are, whatever is above them."""


class WorkPage(QWidget):
    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.setProperty("is", "page")
        self.model = model
        self.customer = CustomerCard(model)
        self.sentence = SentenceLine(keeps_place=False)
        self.keys = ActionsPanel(model)
        self.transfer = TransferPanel(model)
        self.park = ParkPanel(model)
        self.leave = LeavePanel(model)
        self.table = WaitingTable(model)
        self.aside = SetAsideTable(model)
        self.below = QStackedWidget()
        self.below.setFixedHeight(KEYS_HEIGHT)
        self.below.addWidget(self.keys)
        self.below.addWidget(self.transfer)
        self.below.addWidget(self.park)
        self.below.addWidget(self.leave)
        inside = row(self._work(), self._people(), margin=theme().margin, gap=theme().margin)
        inside.setStretch(0, 2)
        inside.setStretch(1, 3)
        self.setLayout(inside)
        self.keys.asked.connect(self.ask)
        self.keys.left.connect(self.begin)
        self.customer.visit.left.connect(self.begin)
        self.aside.emptied.connect(self.begin)
        for panel in (self.transfer, self.park, self.leave):
            panel.closed.connect(self.close_panel)
        model.sentence_changed.connect(self._say)

    def _work(self) -> QWidget:
        work = QWidget()
        inside = column(self.customer, self.sentence, self.below)
        inside.setStretch(0, 1)
        inside.addStrut(470)
        work.setLayout(inside)
        work.setMaximumWidth(760)
        return work

    def _people(self) -> QWidget:
        people = QWidget()
        inside = column(self.table, self.aside, gap=theme().gap + theme().gap // 2)
        inside.setStretch(0, 1)
        people.setLayout(inside)
        return people

    def _say(self) -> None:
        model = self.model
        self.sentence.say(model.sentence, refusal=model.is_refusal, warning=model.is_warning)

    def ask(self, action: Action) -> None:
        """Ask for what an action needs, where the keys were."""
        panel = self.park if action is Action.PARK else self.transfer
        self.below.setCurrentWidget(panel)
        panel.open()

    def ask_before_leaving(self, question: str) -> None:
        """Ask what becomes of the customer."""
        self.below.setCurrentWidget(self.leave)
        self.leave.open(question)

    def close_panel(self) -> None:
        self.below.setCurrentWidget(self.keys)
        self.begin()

    def begin(self) -> None:
        """The keyboard rests where the space bar and Enter mean nothing: in a list nobody is chosen from."""
        for table in (self.aside.table, self.table.table):
            table.choose("")
        self.table.table.setFocus(Qt.FocusReason.OtherFocusReason)
