"""Who waits for this service point: a table in calling order, and how many for each service."""

from __future__ import annotations

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QLayout, QTableView, QWidget

from console import sentences
from console.controls import column, frame, label, row
from console.table import SORT, Column, Rows, to_be_read
from console.view_model import ConsoleModel, now
from console.waiting import Waiting, by_service
from shared.ui.theme import theme

REFRESH = 5
"""Seconds between two looks at the clock: the table tells minutes."""


class WaitingTable(QWidget):
    def __init__(self, model: ConsoleModel) -> None:
        super().__init__()
        self.model = model
        self.title = label("", "large")
        self.chips = QHBoxLayout()
        self._chips: list[QLabel] = []
        self.rows = Rows(self._columns(), lambda waits: waits.ticket.id)
        self.sorted = QSortFilterProxyModel(self)
        self.sorted.setSourceModel(self.rows)
        self.sorted.setSortRole(SORT)
        self.table = self._table()
        self.setLayout(column(frame("card", self._inside())))
        self._seconds = 0
        model.changed.connect(self.refresh)
        model.ticked.connect(self._tick)
        self.refresh()

    def _inside(self) -> QLayout:
        return column(row(self.title, None, self.chips), self.table, margin=theme().margin)

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
                text=lambda waits: sentences.due(self.model.hall, waits.due_at, now()),
                key=lambda waits: waits.due_at.timestamp(),
                ink=lambda waits: theme().bad if waits.due_at < now() else None,
            ),
        ]

    def _service(self, waits: Waiting) -> str:
        return sentences.service_name(self.model.hall, waits.ticket.service) if self.model.hall else ""

    def _precedence(self, waits: Waiting) -> str:
        return sentences.precedence_name(self.model.hall, waits.ticket.precedence) if self.model.hall else ""

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.sorted)
        to_be_read(table, self.tr("Who waits"), chosen_from=False)
        table.setShowGrid(False)
        table.setWordWrap(True)  # a name that is too long for one line takes two
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme().smallestTouch + theme().gap)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for named in (2, 3):  # a long name gives way; a time never does
            header.setSectionResizeMode(named, QHeaderView.ResizeMode.Stretch)
        return table

    def _tick(self) -> None:
        self._seconds += 1
        if self._seconds % REFRESH == 0:
            self.refresh()

    def refresh(self) -> None:
        waiting = self.model.waiting
        self.rows.show(waiting)
        self.title.setText(self.tr("%n people wait", "", len(waiting)) if waiting else self.tr("Nobody waits"))
        self._count(waiting)

    def _count(self, waiting: list[Waiting]) -> None:
        """One chip for each service somebody waits for; the last ones are hidden while they have nothing to say."""
        hall = self.model.hall
        texts = [f"{sentences.service_name(hall, service)}  {n}" for service, n in by_service(waiting)] if hall else []
        while len(self._chips) < len(texts):
            self._chips.append(label("", "chip"))
            self.chips.addWidget(self._chips[-1])
        for at, chip in enumerate(self._chips):
            chip.setVisible(at < len(texts))
            chip.setText(texts[at] if at < len(texts) else "")


def _quiet(_: Waiting) -> str:
    return theme().quietInk


def _since(waits: Waiting) -> str:
    return sentences.minutes((now() - waits.ticket.issued_at).total_seconds())
