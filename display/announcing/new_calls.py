"""The calls a display has to announce: those that happen now, and after an outage or a stall those still young."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from shared.hall.calling import TicketCalled, TicketRecalled
from shared.hall.hall import Hall
from shared.hall.messages import Event
from shared.hall.units import MINUTE, Milliseconds, OrderTime
from shared.hall.values import Call
from shared.ui.event_loop import every
from shared.ui.station import Station

YOUNG: Milliseconds = MINUTE
"""Older calls that come after an outage are not announced: their customers have looked at the display, or gone."""

LATE: Milliseconds = 2_000
"""A call this old was held up: what comes after it may say that it is over."""

TICK: Milliseconds = 1_000
STALL: Milliseconds = 3_000
"""If no tick came for this long, the machine slept or a driver held it up: events that come now may be old."""

CATCHING_UP: Milliseconds = 10_000
"""How long after an outage or a stall events may come that happened meanwhile."""


def elapsed() -> Milliseconds:
    """The time since some fixed point, on Linux with that in which the machine slept."""
    now = time.clock_gettime_ns(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic_ns()
    return now // 1_000_000


class NewCalls(QObject):
    """Tells how old a call is by the hall's order clock, so that a wrong wall clock silences no display."""

    called = Signal(object, bool)
    """A Call to announce; whether it was held up."""

    def __init__(
        self, station: Station, clock: Callable[[], Milliseconds] = elapsed, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._station = station
        self._clock = clock
        self._order: OrderTime = station.hall.order if station.hall else 0
        self._at = self._ticked = clock()
        """When the hall's order clock showed ``_order``."""
        self._catching_up_until: Milliseconds = 0
        station.event_happened.connect(self._happened)
        station.caught_up.connect(self._caught_up)
        station.reachable_changed.connect(self._held_up)
        every(TICK, self._tick, self)

    def is_young(self, call: Call) -> bool:
        """Whether an open call is not too old to be announced after an outage."""
        return self._age(call) < YOUNG

    def _happened(self, event: Event) -> None:
        self._tick()
        hall = self._station.hall
        if hall is None:
            return
        catching_up = self._clock() < self._catching_up_until
        self._order, self._at = max(self._now(), hall.order) if catching_up else hall.order, self._clock()
        if isinstance(event, (TicketCalled, TicketRecalled)):
            self._pass_on(next(call for call in hall.calls if call.ticket == event.ticket))

    def _pass_on(self, call: Call) -> None:
        if (age := self._age(call)) < YOUNG:
            self.called.emit(call, age >= LATE)

    def _age(self, call: Call) -> Milliseconds:
        """How long ago this ticket was called; one that has ended counts as old."""
        ticket = self._station.hall.tickets.get(call.ticket) if self._station.hall else None
        return YOUNG if ticket is None or ticket.last_call is None else self._now() - ticket.last_call

    def _caught_up(self, before: Hall) -> None:
        """A snapshot brought what happened meanwhile all at once."""
        self._held_up()
        hall = self._station.hall
        assert hall
        self._order, self._at = max(self._now(), hall.order), self._clock()
        for call in reversed([call for call in hall.calls if call not in before.calls]):
            self._pass_on(call)

    def _now(self) -> OrderTime:
        """What the hall's order clock shows, if nothing is known to the contrary."""
        return self._order + self._clock() - self._at

    def _held_up(self) -> None:
        self._catching_up_until = self._clock() + CATCHING_UP

    def _tick(self) -> None:
        now = self._clock()
        if now - self._ticked > STALL:
            self._held_up()
        self._ticked = now
