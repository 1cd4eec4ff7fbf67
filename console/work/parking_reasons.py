"""Why visits are parked: the hall tells those who work here, and no device."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Signal

from console.set_aside import parked
from shared.access.specialists import ParkedFor, ReadReasons
from shared.hall.errors import Failure, Unreachable
from shared.hall.values import Ticket
from shared.ui.station import Station


class ParkingReasons(QObject):
    """Asked for whenever somebody is parked, on behalf of whoever is signed in."""

    changed = Signal()

    def __init__(self, station: Station, parent: QObject) -> None:
        super().__init__(parent)
        self._station = station
        self._known: dict[str, str] = {}
        self._parked: dict[str, datetime | None] = {}
        """Whom it was asked about last, and since when they are parked."""
        station.changed.connect(self._look)
        station.reachable_changed.connect(self._look)

    def of(self, ticket: Ticket) -> str:
        """Nothing if nobody said so, or the hall can't be asked."""
        return self._known.get(ticket.id, "")

    def forget(self, ticket: str) -> None:
        if self._known.pop(ticket, ""):
            self.changed.emit()

    def _look(self) -> None:
        hall = self._station.hall if self._station.actor else None
        now = {ticket.id: ticket.parked_at for ticket in parked(hall)} if hall else {}
        if now != self._parked:
            same = now.items() & self._parked.items()
            self._known = {ticket: self._known[ticket] for ticket, _ in same if ticket in self._known}
            self._parked = now
            if now:
                self._station.request(ReadReasons(), self._told, self._failed)

    def _told(self, answer: tuple[ParkedFor, ...]) -> None:
        self._known = {one.ticket: one.reason for one in answer if one.ticket in self._parked}
        self.changed.emit()

    def _failed(self, failure: Failure) -> None:
        """Whoever comes back asks again; a backend from before the notes held reasons never tells."""
        if isinstance(failure, Unreachable):
            self._parked, self._known = {}, {}
