"""The ticket just given: its number as large as fits, and the QR code of its page."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from console import sentences
from console.controls import column, label, row
from console.reception.reception_model import ReceptionModel
from console.work.customer_card import NumberLabel
from shared.hall.hall import Hall
from shared.hall.values import Ticket, TicketState
from shared.ui.qr import draw_qr
from shared.ui.widget_theme import theme

QR_SIZE, SMALLEST_QR = 150, 84
"""Pixels of the QR code, and in a low window: phones read the one from half a metre, the other from close by."""


class QrLabel(QWidget):
    """The QR code of a web address; nothing is painted without one."""

    def __init__(self) -> None:
        super().__init__()
        self.address = ""
        self.setFixedWidth(QR_SIZE)
        self.setMinimumHeight(SMALLEST_QR)
        self.setMaximumHeight(QR_SIZE)

    def show_address(self, address: str) -> None:
        self.address = address
        self.setVisible(bool(address))
        self.setToolTip(address)
        self.setAccessibleName(self.tr("QR code of the customer's page: {0}").format(address) if address else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        if self.address:
            painter = QPainter(self)
            side = min(self.width(), self.height())
            draw_qr(painter, self.address, QRect((self.width() - side) // 2, 0, side, side))
            painter.end()


class IssuedTicketCard(QFrame):
    def __init__(self, model: ReceptionModel) -> None:
        super().__init__()
        self.setProperty("is", "card")
        self.model = model
        self.number = NumberLabel()
        self.service = label("", "large", wrap=True)
        self.facts = label("", "quiet", wrap=True)
        self.code = QrLabel()
        self.hint = label(self.tr("The number of the ticket you give appears here."), "quiet", wrap=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._inside = QWidget()
        texts = column(self.number, self.service, self.facts)
        texts.setStretchFactor(self.number, 1)
        inside = row(texts, self.code, gap=theme().margin)
        inside.setStretchFactor(texts, 1)
        self._inside.setLayout(inside)
        self.setLayout(column(self._inside, self.hint, margin=theme().margin))
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        hall, ticket = self.model.hall, self.model.ticket
        self._inside.setVisible(ticket is not None)
        self.hint.setVisible(ticket is None)
        if hall and ticket:
            self._show(hall, ticket)

    def _show(self, hall: Hall, ticket: Ticket) -> None:
        if self.number.text() != ticket.label:
            self.number.setText(ticket.label)
            self.number.setAccessibleName(self.tr("Given: {0}").format(ticket.label))
        self.service.setText(sentences.service_name(hall, ticket.service))
        facts = [sentences.precedence_name(hall, ticket.precedence), sentences.whereabouts(hall, ticket)]
        self.facts.setText(" · ".join(facts))
        waits = ticket.state is TicketState.WAITING
        if self.code.address != (self.model.page_url if waits else ""):
            self.code.show_address(self.model.page_url if waits else "")
