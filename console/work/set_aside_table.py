"""Who may be brought back: parked visits, and those who did not come or gave up a short while ago."""

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

SERVICE = 2
NARROW = 560
"""Pixels below which the service stands below the reason."""

ROWS, ROWS_WHEN_LOW = 3, 2
"""In sight at most; the others by the arrows, for who waits matters more."""

LOW = 760
"""Pixels of a low window."""


class SetAsideTable(QWidget):
    """Enter does what is most likely wanted: a parked customer is called back, another one waits again."""

    emptied = Signal()
    """Nobody is left here, and the keyboard was: it goes back to where it rests."""

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.title = label("", "large")
        self.rows = TableRows(self._columns(), lambda ticket: ticket.id)
        self.table = self._table()
        self.first = KeyButton(self._first_text(None), keys.CONFIRM, self.enter, bind=False)
        self.wait_again = KeyButton(
            sentences.action_text(Action.WAIT_AGAIN), keys.CONFIRM_OTHERWISE, self.to_the_queue, bind=False
        )
        for button in (self.first, self.wait_again):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click the keyboard is still in the list
        self.setLayout(column(frame("card", self._inside())))
        on_key(keys.SET_ASIDE, self._come_in, self)
        model.changed.connect(self.refresh)
        model.ticked.connect(self.refresh)
        self.refresh()

    def _inside(self) -> QLayout:
        heading = row(self.title, label(shown_key(keys.SET_ASIDE), "key"), None)
        return column(heading, self.table, row(None, self.wait_again, self.first), margin=theme().margin)

    def _columns(self) -> list[Column[Ticket]]:
        return [
            Column(title=self.tr("Number"), text=lambda ticket: ticket.label, bold=True, figures=theme().largeText),
            Column(title=self.tr("Why"), text=self._why),
            Column(title=self.tr("Service"), text=self._service),
            Column(title=self.tr("Since"), text=self._since, figures=theme().text),
        ]

    def _why(self, ticket: Ticket) -> str:
        why = sentences.aside(ticket, self.model.reasons.of(ticket))
        return f"{why}\n{self._service(ticket)}" if self.table.isColumnHidden(SERVICE) else why

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
        for named in (1, SERVICE):
            header.setSectionResizeMode(named, QHeaderView.ResizeMode.Stretch)
        table.entered.connect(self.enter)
        table.entered_with_control.connect(self.to_the_queue)
        table.chosen_changed.connect(self._offer)
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
            self.model.act(_first(chosen), chosen)

    def to_the_queue(self) -> None:
        if chosen := self.chosen:
            self.model.act(_to_the_queue(chosen), chosen)

    def _come_in(self) -> None:
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.table.chosen:
            self.table.choose_line(0)

    # ── what is shown ──

    def refresh(self) -> None:
        tickets = self.model.set_aside
        focused = QApplication.focusWidget()
        if not tickets and focused is not None and self.isAncestorOf(focused):
            self.emptied.emit()
        self.setVisible(bool(tickets))
        self.table.keeping(lambda: self.rows.show(tickets))
        self.title.setText(self._title(tickets))
        self._as_high_as_fits()
        self._offer()

    def _as_high_as_fits(self) -> None:
        most = ROWS if self.window().height() >= LOW else ROWS_WHEN_LOW
        lines = min(most, len(self.rows.rows)) * self.table.verticalHeader().defaultSectionSize()
        self.table.setFixedHeight(lines + self.table.horizontalHeader().sizeHint().height())

    def _title(self, tickets: list[Ticket]) -> str:
        how_many = Counter(ticket.state for ticket in tickets)
        said = (
            (self.tr("%n parked", "", how_many[TicketState.PARKED]), TicketState.PARKED),
            (self.tr("%n did not come", "", how_many[TicketState.NO_SHOW]), TicketState.NO_SHOW),
            (self.tr("%n gave up", "", how_many[TicketState.CANCELLED]), TicketState.CANCELLED),
        )
        return " · ".join(text for text, state in said if how_many[state])

    def _offer(self) -> None:
        chosen = self.chosen
        self.first.say(self._first_text(chosen))
        self.first.setEnabled(chosen is not None and self.model.can(_first(chosen), chosen))
        self.wait_again.setVisible(chosen is None or chosen.state is TicketState.PARKED)
        self.wait_again.setEnabled(chosen is not None and self.model.can(Action.WAIT_AGAIN, chosen))

    def _first_text(self, ticket: Ticket | None) -> str:
        parked = ticket is None or ticket.state is TicketState.PARKED
        return self.tr("Call back") if parked else sentences.action_text(Action.REINSTATE)


def _first(ticket: Ticket) -> Action:
    return Action.CALL_THIS if ticket.state is TicketState.PARKED else Action.REINSTATE


def _to_the_queue(ticket: Ticket) -> Action:
    return Action.WAIT_AGAIN if ticket.state is TicketState.PARKED else Action.REINSTATE
