"""More calls than the display has rows for: the newest stays, the others take turns in pages."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from display.screen.call_rows import CallRow
from shared.hall.field_types import TicketId
from shared.hall.units import Milliseconds

PAGE: Milliseconds = 5_000
"""How long a page of calls is shown: the time it takes to look up and to find one's number among a few."""


class TurningCalls(QObject):
    turned = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.more = 0
        """How many open calls are not on the page that is shown."""
        self._page = self._pages = 0
        self._newest: TicketId = ""
        self._rest: list[TicketId] = []
        self._rows = 1
        self._timer = QTimer(self, interval=PAGE)
        self._timer.timeout.connect(self._turn)

    def page_of(self, calls: Sequence[CallRow], rows: int) -> Sequence[CallRow]:
        """Those shown now of calls of which the open ones come first, with so many ``rows`` below the newest."""
        still_open = [row for row in calls if not row.over]
        self.more = max(0, len(still_open) - rows - 1)
        if not self.more:
            self._stop()
            return calls[: rows + 1]
        if not rows and still_open[0].ticket != self._newest:  # one call at a time: the newest takes its turn, first
            self._page = 0
        self._newest, self._rows = still_open[0].ticket, max(rows, 1)
        stays = still_open[:1] if rows else []
        rest = still_open[len(stays) :]
        self._rest = [row.ticket for row in rest]
        self._pages = math.ceil(len(rest) / self._rows)
        if not self._timer.isActive():
            self._timer.start()
        first = min(self._page % self._pages * self._rows, len(rest) - self._rows)  # the last page is a full one too
        return [*stays, *rest[first : first + self._rows]]

    @Slot(str)
    def turn_to(self, ticket: TicketId) -> None:
        """Show the page of this ticket, which is being announced, for as long as any page."""
        if self._pages and ticket in self._rest:
            self._page = self._rest.index(ticket) // self._rows
            self._timer.start()
            self.turned.emit()

    def _stop(self) -> None:
        self._timer.stop()
        self._page = self._pages = 0

    def _turn(self) -> None:
        self._page = (self._page + 1) % self._pages
        self.turned.emit()
