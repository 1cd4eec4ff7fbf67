"""Who waits for this service point: a table in calling order, and how many for each service."""

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
from shared.hall.values import Ticket
from shared.ui.widget_theme import theme

REFRESH = 5
"""Seconds between two looks at the clock: the table tells minutes."""


PLACE, PRECEDENCE, WAITS = 0, 3, 4
NARROW = 640
"""Pixels below which lines have no figure, the precedence stands below the service, and what is due is said briefly."""


class WaitingTable(QWidget):
    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.title = label("", "large")
        self.chips = ServiceChips()
        self.day = ElidingLabel(most=2)
        self.rows = TableRows(self._columns(), lambda waits: waits.ticket.id)
        self.sorted = QSortFilterProxyModel(self)
        self.sorted.setSourceModel(self.rows)
        self.sorted.setSortRole(SORT)
        self.table = self._table()
        self.call = KeyButton(sentences.action_text(Action.CALL_THIS), keys.CONFIRM, self.call_chosen, bind=False)
        self.call.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click the keyboard is still in the list
        on_key(keys.WAITING, self._come_in, self)
        self.setLayout(column(frame("card", self._inside())))
        self._seconds = 0
        model.changed.connect(self.refresh)
        model.ticked.connect(self._tick)
        self.refresh()

    def _inside(self) -> QLayout:
        heading = row(self.title, label(shown_key(keys.WAITING), "key"), self.chips)
        heading.setStretchFactor(self.chips, 1)
        below = row(self.day, self.call)
        below.setStretchFactor(self.day, 1)
        return column(heading, self.table, below, margin=theme().margin)

    def _columns(self) -> list[Column[Waiting]]:
        return [
            Column(title="", text=lambda waits: str(waits.place), key=lambda waits: waits.place, ink=_quiet),
            Column(
                title=self.tr("Number"),
                text=lambda waits: waits.ticket.label,
                bold=True,
                figures=theme().largeText,
            ),
            Column(title=self.tr("Service"), text=self._service),
            Column(title=self.tr("Precedence"), text=self._precedence),
            Column(
                title=self.tr("Waits"),
                text=_since,
                figures=theme().text,
                key=lambda waits: waits.ticket.issued_at.timestamp(),
            ),
            Column(
                title=self.tr("Due"),
                figures=theme().text,
                text=self._due_shown,
                whole=self._due,
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
        agreed = waits.ticket.appointed_at
        if agreed:
            return self.tr("{0}, appointment").format(clock(agreed, self.model.hall))
        return sentences.due(self.model.hall, waits.due_at, now())

    def _due_shown(self, waits: Waiting) -> str:
        if not self._is_narrow:
            return self._due(waits)
        if agreed := waits.ticket.appointed_at:
            return clock(agreed, self.model.hall) + "\n" + self.tr("Appointment")
        return sentences.due_briefly(self.model.hall, waits.due_at, now())

    def _table(self) -> ChoosingTable:
        table = ChoosingTable(self.sorted, self.tr("Who waits"))
        table.setWordWrap(True)  # a name that is too long for one line takes two
        table.setSortingEnabled(True)
        table.sortByColumn(PLACE, Qt.SortOrder.AscendingOrder)
        table.verticalHeader().setDefaultSectionSize(theme().smallestTouch + theme().gap)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for named in (2, PRECEDENCE):  # a long name gives way; a time never does
            header.setSectionResizeMode(named, QHeaderView.ResizeMode.Stretch)
        table.entered.connect(self.call_chosen)
        table.chosen_changed.connect(self._offer)
        return table

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        if self._is_narrow is not (self.width() < NARROW):
            chosen = self.table.chosen
            self.table.choose("")  # the arrows do not move on from a column that is hidden
            for wide in (PLACE, PRECEDENCE):
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

    def _offer(self) -> None:
        self.call.setEnabled(self.model.can(Action.CALL_THIS, self.chosen))

    def _come_in(self) -> None:
        """To the list by its key; the first of them is chosen, as one reads."""
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.table.chosen:
            self.table.choose_line(0)

    # ── what is shown ──

    def _tick(self) -> None:
        self._seconds += 1
        if self._seconds % REFRESH == 0:
            self.refresh()

    def refresh(self) -> None:
        waiting = self.model.waiting
        self.table.keeping(lambda: self.rows.show(waiting))
        self._offer()
        self.title.setText(self.tr("%n people wait", "", len(waiting)) if waiting else self.tr("Nobody waits"))
        self._count(waiting)
        self.day.setText(self._own_day())

    def _own_day(self) -> str:
        served = self.tr("%n served", "", self.model.served)
        return f"{served} · " + self.tr("%n did not come", "", self.model.no_shows)

    def _count(self, waiting: list[Waiting]) -> None:
        hall = self.model.hall
        counts = [(sentences.service_name(hall, service), n) for service, n in by_service(waiting)] if hall else []
        self.chips.show_counts(counts)


def _quiet(_: Waiting) -> str:
    return theme().quietInk


def _since(waits: Waiting) -> str:
    return sentences.minutes((now() - waits.ticket.issued_at).total_seconds())
