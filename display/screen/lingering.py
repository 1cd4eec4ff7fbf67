"""Which calls are still open, and how long those that are over stay on the display."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.units import Milliseconds
from shared.hall.values import Call, Ticket, TicketState

OVER = frozenset(
    {TicketState.SERVING, TicketState.PARKED, TicketState.SERVED, TicketState.NO_SHOW, TicketState.EXPIRED}
)
"""States in which a called customer has come, or has not. Whoever waits again, or is cancelled, is sent nowhere."""


class Lingering:
    """Calls whose customer has come, or has not, stay for a while: by the hall's times, or by this machine's own clock
    if that ends earlier, since the two may not agree."""

    def __init__(self, linger: Milliseconds, wall: Callable[[], datetime]) -> None:
        self._linger = timedelta(milliseconds=linger)
        self._wall = wall
        self._seen_over: dict[TicketId, float] = {}  # when this display first saw that they are (time.monotonic)
        self.next_leaves: timedelta | None = None
        """How long until the first of them has stayed long enough; None if there is none."""

    def calls(self, hall: Hall) -> tuple[list[Call], list[Call]]:
        """The calls that are open, and those that have not been over for long; newest first.

        One whose ticket waits again, was cancelled or is not known any more is in neither.
        """
        ended = {ticket.id: ticket for ticket in hall.ended}
        found = [(call, hall.tickets.get(call.ticket) or ended.get(call.ticket)) for call in hall.calls]
        over = {call: since for call, ticket in found if ticket and (since := _over_since(ticket))}
        seen, now = self._seen_over, time.monotonic()
        self._seen_over = {call.ticket: seen.get(call.ticket, now) for call in over}
        left = {call: self._left(call, since) for call, since in over.items()}
        staying = [call for call in over if left[call] > timedelta()]
        self.next_leaves = min((left[call] for call in staying), default=None)
        return [call for call, ticket in found if ticket and ticket.state is TicketState.CALLED], staying

    def _left(self, call: Call, since: datetime) -> timedelta:
        seen_for = timedelta(seconds=time.monotonic() - self._seen_over[call.ticket])
        return self._linger - max(seen_for, self._wall() - since)


def _over_since(ticket: Ticket) -> datetime | None:
    """When the customer came to the point, or was known not to; None if the call is open, or means nothing any more."""
    if ticket.state not in OVER:
        return None
    return ticket.started_at or (ticket.parked_at if ticket.state is TicketState.PARKED else ticket.ended_at)
