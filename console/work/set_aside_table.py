"""The table of tickets that may be brought back: parked ones, and recent no-shows and cancelled ones."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHeaderView, QLayout, QWidget

from console import keys, sentences
from console.actions import Action
from console.controls import KeyButton, column, frame, label, on_key, row, shown_key
from console.table import ChoosingTable, Column, TableRows
from console.wall_clock import now
from console.work.work_model import WorkModel
from shared.hall.values import Ticket, TicketState
from shared.ui.widget_theme import theme

WHY, SERVICE = 1, 2
NARROW = 560
"""Pixels below which the service stands below the reason."""

ROWS, ROWS_WHEN_LOW = 3, 2
"""Rows in sight at most: the table of people waiting needs the room."""

LOW = 760
"""Pixels of height below which a window is low."""


class SetAsideTable(QWidget):
    """Enter does the likeliest: it calls a parked customer back, and reinstates a no-show or a cancelled ticket."""

    emptied = Signal()
    """The table is empty now and had the focus, which goes back to the other table."""

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.title = label("", "large")
        self.rows = TableRows(self._columns(), lambda ticket: ticket.id)
        self.table = self._table()
        self.enter_button = KeyButton(self._enter_text(None), keys.CONFIRM, self.enter, bind=False)
        self.wait_again = KeyButton(
            sentences.action_text(Action.WAIT_AGAIN), keys.CONFIRM_OTHERWISE, self.send_to_queue, bind=False
        )
        for button in (self.enter_button, self.wait_again):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus in the table
        self.setLayout(column(frame("card", self._inside())))
        on_key(keys.SET_ASIDE, self._take_focus, self)
        model.changed.connect(self.refresh)
        model.ticked.connect(self.refresh)
        self.refresh()

    def _inside(self) -> QLayout:
        heading = row(self.title, label(shown_key(keys.SET_ASIDE), "key"), None)
        return column(heading, self.table, row(None, self.wait_again, self.enter_button), margin=theme().margin)

    def _columns(self) -> list[Column[Ticket]]:
        return [
            Column(title=self.tr("Number"), text=lambda ticket: ticket.label, bold=True, font_size=theme().largeText),
            Column(title=self.tr("Why"), text=self._why),
            Column(title=self.tr("Service"), text=self._service),
            Column(title=self.tr("Since"), text=self._since, font_size=theme().text),
        ]

    def _why(self, ticket: Ticket) -> str:
        reason = sentences.set_aside_reason(ticket, self.model.parking_reasons.of(ticket))
        return f"{reason}\n{self._service(ticket)}" if self.table.isColumnHidden(SERVICE) else reason

    def _service(self, ticket: Ticket) -> str:
        return sentences.service_name(self.model.hall, ticket.service) if self.model.hall else ""

    def _since(self, ticket: Ticket) -> str:
        at = ticket.ended_at or ticket.parked_at or ticket.issued_at
        return sentences.ago(self.model.hall, at, now())

    def _table(self) -> ChoosingTable:
        table = ChoosingTable(self.rows, self.tr("Set aside"))
        table.verticalHeader().setDefaultSectionSize(theme().smallestTouch)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for named in (WHY, SERVICE):
            header.setSectionResizeMode(named, QHeaderView.ResizeMode.Stretch)
        table.entered.connect(self.enter)
        table.entered_with_control.connect(self.send_to_queue)
        table.chosen_changed.connect(self._update_buttons)
        return table

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        self.table.setColumnHidden(SERVICE, self.width() < NARROW)
        self._as_high_as_fits()
        super().resizeEvent(event)

    # ── what is done ──

    @property
    def chosen(self) -> Ticket | None:
        hall = self.model.hall
        return hall.ticket(self.table.chosen) if hall and hall.knows(self.table.chosen) else None

    def enter(self) -> None:
        if chosen := self.chosen:
            self.model.act(_enter_action(chosen), chosen)

    def send_to_queue(self) -> None:
        if chosen := self.chosen:
            self.model.act(_queue_action(chosen), chosen)

    def _take_focus(self) -> None:
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.table.chosen:
            self.table.choose_row(0)

    # ── what is shown ──

    def refresh(self) -> None:
        tickets = self.model.set_aside
        focused = QApplication.focusWidget()
        if not tickets and focused is not None and self.isAncestorOf(focused):
            self.emptied.emit()
        self.setVisible(bool(tickets))
        self.table.keep_chosen(lambda: self.rows.show(tickets))
        self.title.setText(self._title(tickets))
        self._as_high_as_fits()
        self._update_buttons()

    def _as_high_as_fits(self) -> None:
        most = ROWS if self.window().height() >= LOW else ROWS_WHEN_LOW
        lines = min(most, len(self.rows.rows)) * self.table.verticalHeader().defaultSectionSize()
        self.table.setFixedHeight(lines + self.table.horizontalHeader().sizeHint().height())

    def _title(self, tickets: list[Ticket]) -> str:
        how_many = Counter(ticket.state for ticket in tickets)
        counts = (
            (self.tr("%n parked", "", how_many[TicketState.PARKED]), TicketState.PARKED),
            (self.tr("%n did not come", "", how_many[TicketState.NO_SHOW]), TicketState.NO_SHOW),
            (self.tr("%n cancelled", "", how_many[TicketState.CANCELLED]), TicketState.CANCELLED),
        )
        return " · ".join(text for text, state in counts if how_many[state])

    def _update_buttons(self) -> None:
        chosen = self.chosen
        self.enter_button.show_text(self._enter_text(chosen))
        self.enter_button.setEnabled(chosen is not None and self.model.can(_enter_action(chosen), chosen))
        self.wait_again.setVisible(chosen is None or chosen.state is TicketState.PARKED)
        self.wait_again.setEnabled(chosen is not None and self.model.can(Action.WAIT_AGAIN, chosen))

    def _enter_text(self, ticket: Ticket | None) -> str:
        parked = ticket is None or ticket.state is TicketState.PARKED
        return self.tr("Call back") if parked else sentences.action_text(Action.REINSTATE)


def _enter_action(ticket: Ticket) -> Action:
    return Action.CALL_THIS if ticket.state is TicketState.PARKED else Action.REINSTATE


def _queue_action(ticket: Ticket) -> Action:
    return Action.WAIT_AGAIN if ticket.state is TicketState.PARKED else Action.REINSTATE
