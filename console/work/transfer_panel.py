"""Transferring a ticket: a few letters of the service or point, when it is due there, Enter."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLayout, QLineEdit, QWidget

from console import keys, sentences
from console.actions import Action
from console.controls import KeyButton, SentenceLine, column, frame, label, on_key, radio, row, shown_key
from console.eliding import ElidingList
from console.work.work_model import WorkModel
from shared.hall.hall import Hall
from shared.hall.serving import Placement
from shared.hall.values import Point
from shared.ui.widget_theme import theme

DESTINATION = Qt.ItemDataRole.UserRole
STEPS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
ROWS = 3
"""How many destinations are in sight; typing and the arrows bring the others."""

PLACEMENT_KEYS = {
    Placement.KEEP_DUE: keys.PLACE_BY_TIME,
    Placement.DUE_NOW: keys.PLACE_FIRST,
    Placement.AS_ISSUED_NOW: keys.PLACE_LAST,
}
"""Their digits follow those of the two tables beside. No key of ours has Alt: on a Mac that writes a character."""


class TransferPanel(QWidget):
    """Replaces the actions while it is open."""

    closed = Signal()

    def __init__(self, model: WorkModel) -> None:
        super().__init__()
        self.model = model
        self.title = label("", "large")
        self.search = QLineEdit(placeholderText=self.tr("Service or service point"))
        self.search.setAccessibleName(self.tr("Transfer to: service or service point"))
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list = ElidingList(self.tr("Where to"))
        self.list.currentRowChanged.connect(self._warn)
        self.warning = SentenceLine(keeps_place=False)
        self.placements = QButtonGroup(self)
        self.search.returnPressed.connect(self.transfer)
        self.list.activated.connect(self.transfer)
        self.send = KeyButton(self.tr("Transfer"), keys.CONFIRM, self.transfer, "primary", bind=False)
        self.cancel = KeyButton(self.tr("Cancel"), keys.CANCEL, self.closed.emit)
        self.setLayout(column(frame("card", self._inside())))
        model.changed.connect(self._close_if_over)

    def _inside(self) -> QLayout:
        return column(
            self.title,
            self.search,
            self.list,
            self.warning,
            row(*[self._placement(placement) for placement in Placement], None),
            row(self.send, self.cancel),
            margin=theme().margin,
        )

    def _placement(self, placement: Placement) -> QLayout:
        button = radio(sentences.placement_text(placement))
        button.setChecked(placement is Placement.KEEP_DUE)
        self.placements.addButton(button, list(Placement).index(placement))
        on_key(PLACEMENT_KEYS[placement], partial(button.setChecked, True), self)
        return row(button, label(shown_key(PLACEMENT_KEYS[placement]), "key"))

    # ── what is shown ──

    def open(self) -> None:
        if self.model.ticket:
            self.title.setText(self.tr("Transfer {0} to").format(self.model.ticket.label))
        self.placements.button(0).setChecked(True)
        self.search.clear()
        self._fill()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        wanted = self.search.text().casefold().split()
        self.list.clear()
        for text, service, point in self._destinations():
            if all(part in text.casefold() for part in wanted):
                self.list.add(text, DESTINATION, (service, point))
        self.list.setCurrentRow(0)
        self.list.show_at_most(ROWS)
        self.send.setEnabled(self.list.count() > 0)

    def _warn(self) -> None:
        """Warn before a customer is sent where nobody calls."""
        hall, warning = self.model.hall, ""
        if hall and self.list.currentRow() >= 0:
            service, point = self.list.currentItem().data(DESTINATION)
            warning = sentences.unattended_warning(hall, ("point", point) if point else ("service", service))
        self.warning.say(warning)

    def _destinations(self) -> list[tuple[str, str | None, str | None]]:
        """Where the customer may be sent: the text in the list, and the id of a service or of a service point."""
        hall, ticket = self.model.hall, self.model.ticket
        if hall is None or ticket is None:
            return []
        services = [service for service in hall.on_offer() if service.id != ticket.service]
        points = sorted(hall.points.values(), key=lambda point: point.serial_number)
        return [
            *((sentences.service_line(hall, service.id), service.id, None) for service in services),
            *((_point_text(hall, point), None, point.id) for point in points if point.id != self.model.point_id),
        ]

    # ── what is done ──

    def transfer(self) -> None:
        if self.list.currentRow() >= 0:
            chosen = self.list.currentItem()
            service, point = chosen.data(DESTINATION)
            placement = list(Placement)[self.placements.checkedId()]
            self.model.transfer(placement, service=service, point=point)
            self.closed.emit()

    def _close_if_over(self) -> None:
        """Close if the customer can't be transferred any more; otherwise bring the warning up to date."""
        if self.isVisible() and not self.model.can(Action.TRANSFER):
            self.closed.emit()
        self._warn()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Arrows in the search move through the list."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and event.key() in STEPS:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)


def _point_text(hall: Hall, point: Point) -> str:
    return f"{point.serial_number}   {sentences.point_name(hall, point)} ({sentences.status_text(point.status)})"
