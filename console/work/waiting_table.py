"""The table of people waiting for this service point, in calling order, and how many wait for each service."""

from __future__ import annotations

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QLayout, QWidget

from console import keys, sentences
from console.actions import Action
from console.controls import KeyButton, column, frame, label, on_key, row, shown_key
from console.eliding import ElidingLabel
from console.table import SORT, ChoosingTable, Column, TableRows
from console.wall_clock import now
from console.work.service_chips import ServiceChips
from console.work.waiting_list import Waiting, by_service
from console.work.work_model import WorkModel
from shared.formats import clock
from shared.hall.units import Seconds
from shared.hall.values import Ticket
from shared.ui.widget_theme import theme

REFRESH: Seconds = 5
"""How often the waits are updated: the table shows minutes."""

POSITION, SERVICE, PRECEDENCE, WAITS = 0, 2, 3, 4
NARROW = 640
"""Pixels of width below which positions are hidden, precedences stand below services, and due times are brief."""


class WaitingTable(QWidget):
    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.title = label("", "large")
        self.chips = ServiceChips()
        self.own_day = ElidingLabel(max_lines=2)
        self.rows = TableRows(self._columns(), lambda waits: waits.ticket.id)
        self.sorted = QSortFilterProxyModel(self)
        self.sorted.setSourceModel(self.rows)
        self.sorted.setSortRole(SORT)
        self.table = self._table()
        self.call = KeyButton(sentences.action_text(Action.CALL_THIS), keys.CONFIRM, self.call_chosen, bind=False)
        self.call.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus in the table
        on_key(keys.WAITING, self._take_focus, self)
        self.setLayout(column(frame("card", self._inside())))
        self._seconds = 0
        model.changed.connect(self.refresh)
        model.ticked.connect(self._tick)
        self.refresh()

    def _inside(self) -> QLayout:
        heading = row(self.title, label(shown_key(keys.WAITING), "key"), self.chips)
        heading.setStretchFactor(self.chips, 1)
        below = row(self.own_day, self.call)
        below.setStretchFactor(self.own_day, 1)
        return column(heading, self.table, below, margin=theme().margin)

    def _columns(self) -> list[Column[Waiting]]:
        return [
            Column(title="", text=lambda waits: str(waits.position), key=lambda waits: waits.position, ink=_quiet),
            Column(
                title=self.tr("Number"),
                text=lambda waits: waits.ticket.label,
                bold=True,
                font_size=theme().largeText,
            ),
            Column(title=self.tr("Service"), text=self._service),
            Column(title=self.tr("Precedence"), text=self._precedence),
            Column(
                title=self.tr("Waits"),
                text=_since,
                font_size=theme().text,
                key=lambda waits: waits.ticket.issued_at.timestamp(),
            ),
            Column(
                title=self.tr("Due"),
                font_size=theme().text,
                text=self._due_shown,
                full_text=self._due,
                key=lambda waits: waits.due_at.timestamp(),
                ink=lambda waits: theme().bad if waits.due_at < now() else None,
            ),
        ]

    def _service(self, waits: Waiting) -> str:
        name = sentences.service_name(self.model.hall, waits.ticket.service) if self.model.hall else ""
        return f"{name}\n{self._precedence(waits)}" if self._is_narrow else name

    def _precedence(self, waits: Waiting) -> str:
        return sentences.precedence_name(self.model.hall, waits.ticket.precedence) if self.model.hall else ""

    def _due(self, waits: Waiting) -> str:
        if appointment := waits.ticket.appointed_at:
            return self.tr("{0}, appointment").format(clock(appointment, self.model.hall))
        return sentences.due(self.model.hall, waits.due_at, now())

    def _due_shown(self, waits: Waiting) -> str:
        if not self._is_narrow:
            return self._due(waits)
        if appointment := waits.ticket.appointed_at:
            return clock(appointment, self.model.hall) + "\n" + self.tr("Appointment")
        return sentences.due_briefly(self.model.hall, waits.due_at, now())

    def _table(self) -> ChoosingTable:
        table = ChoosingTable(self.sorted, self.tr("Waiting customers"))
        table.setWordWrap(True)  # a name that is too long for one line takes two
        table.setSortingEnabled(True)
        table.sortByColumn(POSITION, Qt.SortOrder.AscendingOrder)
        table.verticalHeader().setDefaultSectionSize(theme().smallestTouch + theme().gap)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for named in (SERVICE, PRECEDENCE):  # a long name is elided; a time never is
            header.setSectionResizeMode(named, QHeaderView.ResizeMode.Stretch)
        table.entered.connect(self.call_chosen)
        table.chosen_changed.connect(self._update_buttons)
        return table

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        if self._is_narrow is not (self.width() < NARROW):
            chosen = self.table.chosen
            self.table.choose("")  # the arrows do not move on from a hidden column
            for wide in (POSITION, PRECEDENCE):
                self.table.setColumnHidden(wide, self.width() < NARROW)
            self.refresh()
            self.table.choose(chosen)
        super().resizeEvent(event)

    @property
    def _is_narrow(self) -> bool:
        return self.table.isColumnHidden(PRECEDENCE)

    # ── calling somebody out of turn ──

    @property
    def chosen(self) -> Ticket | None:
        return self.model.hall.tickets.get(self.table.chosen) if self.model.hall else None

    def call_chosen(self) -> None:
        if chosen := self.chosen:
            self.model.act(Action.CALL_THIS, chosen)

    def _update_buttons(self) -> None:
        self.call.setEnabled(self.model.can(Action.CALL_THIS, self.chosen))

    def _take_focus(self) -> None:
        """Focus the table, with its first row chosen if none is."""
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.table.chosen:
            self.table.choose_row(0)

    # ── what is shown ──

    def _tick(self) -> None:
        self._seconds += 1
        if self._seconds % REFRESH == 0:
            self.refresh()

    def refresh(self) -> None:
        waiting = self.model.waiting
        self.table.keep_chosen(lambda: self.rows.show(waiting))
        self._update_buttons()
        self.title.setText(self.tr("%n people wait", "", len(waiting)) if waiting else self.tr("Nobody is waiting"))
        self._show_counts(waiting)
        self.own_day.setText(self._own_day_text())

    def _own_day_text(self) -> str:
        served = self.tr("%n served", "", self.model.own_day.served)
        return f"{served} · " + self.tr("%n did not come", "", self.model.own_day.no_shows)

    def _show_counts(self, waiting: list[Waiting]) -> None:
        hall = self.model.hall
        counts = [(sentences.service_name(hall, service), n) for service, n in by_service(waiting)] if hall else []
        self.chips.show_counts(counts)


def _quiet(_: Waiting) -> str:
    return theme().quietInk


def _since(waits: Waiting) -> str:
    return sentences.duration((now() - waits.ticket.issued_at).total_seconds())
