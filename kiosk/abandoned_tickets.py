"""Cancels tickets nobody has seen: their customers left before the hall answered."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from shared.hall.errors import Failure
from shared.hall.field_types import TicketId
from shared.hall.issuing import CancelTicket
from shared.hall.values import TicketState
from shared.link import timings
from shared.ui.event_loop import every
from shared.ui.station import Station


class AbandonedTickets(QObject):
    """The tickets to cancel; the hall may have issued them, or not, or not yet."""

    def __init__(self, station: Station, parent: QObject) -> None:
        super().__init__(parent)
        self._station = station
        self._tickets: set[TicketId] = set()
        station.changed.connect(self._cancel)
        every(round(1000 * timings.REDELIVERY), self._cancel, self)

    def add(self, ticket: TicketId) -> None:
        """Cancel this ticket if the hall has issued it, or once it has."""
        self._tickets.add(ticket)

    def _cancel(self) -> None:
        """Cancel those that are waiting; what fails is tried again after REDELIVERY, or sooner if the hall changes.

        A refusal is not final: a called ticket may be sent back to wait, and a day that a wrong clock ended goes on.
        """
        hall = self._station.hall
        if hall is None or self._station.away_since or self._station.refusal:
            return
        for ticket in self._tickets.intersection(hall.tickets):
            if hall.tickets[ticket].state is TicketState.WAITING:
                self._tickets.discard(ticket)  # _keep adds it again if that fails
                self._station.do(CancelTicket(ticket=ticket), failed=partial(self._keep, ticket))

    def _keep(self, ticket: TicketId, _: Failure) -> None:
        self._tickets.add(ticket)
