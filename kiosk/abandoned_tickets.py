"""Tickets nobody has seen: their customers left before the hall answered, so the kiosk gives them back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from shared.hall.errors import Failure
from shared.hall.field_types import TicketId
from shared.hall.issuing import CancelTicket
from shared.hall.values import TicketState
from shared.link import retry
from shared.ui.event_loop import every
from shared.ui.station import Station


class AbandonedTickets(QObject):
    """The tickets to give back, which the hall may have issued, or not, or not yet."""

    def __init__(self, station: Station, parent: QObject) -> None:
        super().__init__(parent)
        self._station = station
        self._tickets: set[TicketId] = set()
        station.changed.connect(self._give_back)
        every(round(1000 * retry.REDELIVERY), self._give_back, self)

    def add(self, ticket: TicketId) -> None:
        """The customer of this ticket has gone, if there is such a ticket."""
        self._tickets.add(ticket)

    def _give_back(self) -> None:
        """Cancel those that wait, again and again until the hall has done it.

        A refusal is no end: whoever was called may be sent back to wait, and a day that ended by a wrong clock goes on.
        """
        hall = self._station.hall
        if hall is None or self._station.away_since or self._station.refusal:
            return
        for ticket in self._tickets.intersection(hall.tickets):
            if hall.tickets[ticket].state is TicketState.WAITING:
                self._tickets.discard(ticket)  # while it is asked for
                self._station.do(CancelTicket(ticket=ticket), failed=partial(self._not_yet, ticket))

    def _not_yet(self, ticket: TicketId, _: Failure) -> None:
        self._tickets.add(ticket)
