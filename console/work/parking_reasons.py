"""The reasons of parked visits, which the hall tells staff and no device."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Signal

from console.set_aside import parked
from shared.hall.errors import Failure, Unreachable
from shared.hall.values import Ticket
from shared.requests.specialists import ParkedFor, ReadReasons
from shared.ui.station import Station


class ParkingReasons(QObject):
    """Read whenever the parked tickets change, on behalf of the person signed in."""

    changed = Signal()

    def __init__(self, station: Station, parent: QObject) -> None:
        super().__init__(parent)
        self._station = station
        self._reasons: dict[str, str] = {}
        self._parked: dict[str, datetime | None] = {}
        """The tickets whose reasons were last read, and since when they are parked."""
        station.changed.connect(self._read)
        station.reachable_changed.connect(self._read)

    def of(self, ticket: Ticket) -> str:
        """Why a ticket is parked; empty if nobody said, or it has not been read."""
        return self._reasons.get(ticket.id, "")

    def forget(self, ticket_id: str) -> None:
        if self._reasons.pop(ticket_id, ""):
            self.changed.emit()

    def _read(self) -> None:
        hall = self._station.hall if self._station.actor else None
        now = {ticket.id: ticket.parked_at for ticket in parked(hall)} if hall else {}
        if now != self._parked:
            same = now.items() & self._parked.items()
            self._reasons = {ticket: self._reasons[ticket] for ticket, _ in same if ticket in self._reasons}
            self._parked = now
            if now:
                self._station.request(ReadReasons(), self._on_reasons, self._on_failure)

    def _on_reasons(self, answer: tuple[ParkedFor, ...]) -> None:
        self._reasons = {one.ticket: one.reason for one in answer if one.ticket in self._parked}
        self.changed.emit()

    def _on_failure(self, failure: Failure) -> None:
        """Read again after an outage; a backend too old to have reasons is not asked again."""
        if isinstance(failure, Unreachable):
            self._parked, self._reasons = {}, {}
