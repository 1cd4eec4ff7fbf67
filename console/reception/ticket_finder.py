"""Finding a ticket by its number: its state, and what the reception may do with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHeaderView, QLineEdit, QWidget

from console import keys, sentences
from console.actions import Action
from console.controls import ConfirmButton, KeyButton, button, column, frame, label, on_key, row, shown_key
from console.eliding import ElidingCells
from console.reception.reception_model import ReceptionModel
from console.table import ChoosingTable, Column, TableRows
from console.wall_clock import now
from console.work.transfer_panel import STEPS
from shared.hall.values import Ticket
from shared.ui.widget_theme import theme

SERVICE, WHERE = 1, 2
"""Columns; a text of ``WHERE`` makes its row higher instead of being elided."""

MOST_LINES = 4
"""Lines of a row at most; a longer text is elided."""


class TicketFinder(QWidget):
    """Type the number; a single match is chosen automatically."""

    def __init__(self, model: ReceptionModel) -> None:
        super().__init__()
        self.model = model
        self.search = QLineEdit(placeholderText=self.tr("Number, as on the ticket"))
        self.search.setAccessibleName(self.tr("Find a ticket by its number"))
        self.rows = TableRows(self._columns(), lambda ticket: ticket.id)
        self.cells = ElidingCells(self)
        self.table = self._table()
        self.reinstate = KeyButton(sentences.action_text(Action.REINSTATE), keys.REINSTATE, self.reinstate_chosen)
        self.cancel = KeyButton(self.tr("Cancel the ticket"), keys.CANCEL_TICKET, self.cancel_chosen)
        self.export_button = button(self.tr("Personal data …"), "", self.ask_where_to)
        self.erase_button = ConfirmButton(
            self.tr("Erase personal data …"), self.tr("Erase name and notes? Press again"), self.erase_chosen
        )
        self._confirming = ""
        inside = column(
            row(label(self.tr("Find a ticket"), "large"), label(shown_key(keys.FIND_TICKET), "key"), None),
            self.search,
            self.table,
            row(None, self.reinstate, self.cancel),
            row(None, self.export_button, self.erase_button),
            margin=theme().margin,
        )
        self.setLayout(column(frame("card", inside)))
        self._listen()
        self.refresh()

    def _listen(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.table.chosen_changed.connect(self._on_chosen_changed)
        self.table.horizontalHeader().sectionResized.connect(
            self._fit_rows, Qt.ConnectionType.QueuedConnection
        )  # once the width has changed
        on_key(keys.FIND_TICKET, self._take_focus, self)
        self.model.changed.connect(self.refresh)

    def _columns(self) -> list[Column[Ticket]]:
        return [
            Column(title=self.tr("Number"), text=lambda ticket: ticket.label, bold=True, font_size=theme().largeText),
            Column(title=self.tr("Service"), text=self._service),
            Column(title=self.tr("Where"), text=self._where),
            Column(title=self.tr("Since"), text=self._since, font_size=theme().text),
        ]

    def _service(self, ticket: Ticket) -> str:
        return sentences.service_name(self.model.hall, ticket.service) if self.model.hall else ""

    def _where(self, ticket: Ticket) -> str:
        hall, reason = self.model.hall, self.model.parking_reasons.of(ticket)
        return sentences.whereabouts(hall, ticket, reason) if hall else ""

    def _since(self, ticket: Ticket) -> str:
        at = ticket.ended_at or ticket.started_at or ticket.called_at or ticket.issued_at
        return sentences.ago(self.model.hall, at, now(), between="\n")  # a row has two lines, but no width to spare

    def _table(self) -> ChoosingTable:
        table = ChoosingTable(self.rows, self.tr("Tickets of today"))
        table.setWordWrap(True)
        table.setItemDelegate(self.cells)
        table.verticalHeader().setDefaultSectionSize(theme().smallestTouch + theme().gap)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for named in (SERVICE, WHERE):
            header.setSectionResizeMode(named, QHeaderView.ResizeMode.Stretch)
        return table

    # ── what is shown ──

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        if not self.isVisible():  # a day has many tickets
            return
        self.table.keep_chosen(lambda: self.rows.show(self.model.find(self.search.text())))
        self._fit_rows()
        self._update_buttons()

    def _fit_rows(self) -> None:
        """Make each row as high as its ``WHERE`` column needs."""
        for at in range(self.rows.rowCount()):
            wanted = self.cells.height(self.table, self.rows.index(at, WHERE), MOST_LINES) + theme().gap
            self.table.setRowHeight(at, max(wanted, self.table.verticalHeader().defaultSectionSize()))

    def _on_search(self) -> None:
        self.refresh()
        only = self.rows.rows[0].id if len(self.rows.rows) == 1 else ""
        self.table.choose(only)

    def _on_chosen_changed(self) -> None:
        self._confirming = ""
        self._update_buttons()

    def _update_buttons(self) -> None:
        chosen = self.chosen
        for personal in (self.export_button, self.erase_button):
            personal.setVisible(self.model.may_handle_personal_data)
            personal.setEnabled(chosen is not None and self.model.is_available)
        self.reinstate.setEnabled(self.model.may_reinstate(chosen))
        self.cancel.setEnabled(self.model.may_cancel(chosen))
        sure = chosen is not None and self._confirming == chosen.id
        question = self.tr("Cancel {0}? Press again").format(chosen.label) if chosen else ""
        self.cancel.show_text(question if sure else self.tr("Cancel the ticket"))

    # ── what is done ──

    @property
    def chosen(self) -> Ticket | None:
        hall = self.model.hall
        return hall.ticket(self.table.chosen) if hall and hall.knows(self.table.chosen) else None

    def cancel_chosen(self) -> None:
        """Cancel the chosen ticket on the second press; the first one only asks."""
        chosen = self.chosen
        if chosen is None or not self.model.may_cancel(chosen):
            return
        if self._confirming == chosen.id:
            self._confirming = ""
            self.model.cancel(chosen)
        else:
            self._confirming = chosen.id
        self._update_buttons()

    def reinstate_chosen(self) -> None:
        if chosen := self.chosen:
            self.model.reinstate(chosen)

    def erase_chosen(self) -> None:
        if chosen := self.chosen:
            self.model.erase(chosen)

    def ask_where_to(self) -> None:
        """Ask which file the customer's personal data is saved in."""
        chosen = self.chosen
        if chosen is None:
            return
        dialog = QFileDialog(self, self.tr("Personal data of {0}").format(chosen.label))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(f"{chosen.label}.json")
        dialog.fileSelected.connect(lambda name: self.model.export(chosen, Path(name)))
        dialog.open()

    def begin(self) -> None:
        self.search.clear()
        self.table.choose("")

    def _take_focus(self) -> None:
        self.search.selectAll()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Arrows in the search move through the table."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and event.key() in STEPS:
            self.table.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)
