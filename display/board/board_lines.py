"""What a board is told of calls, as lines of text; docs/board.md explains them to whoever builds one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from unicodedata import category

from display.screen.call_rows import point_name
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.units import Milliseconds, OrderTime
from shared.hall.values import NEVER, Call, Ticket, TicketState

GREETING = "NOWSERVING\t1"
"""The first line, with the version of these lines. What a board knew before it is void."""

HEARTBEAT = "PING"

FRESH: Milliseconds = 60_000
"""An older call that a board has not heard of is only shown: its customer has come, or looks at a screen."""

LONGEST_FIELD = 100
"""Characters."""

Shows = Callable[[Call], bool]

CallKey: TypeAlias = tuple[TicketId, OrderTime, int]
"""A ticket, when it was called, and the number of the recall; 0 for the call itself."""


def every_call(call: Call) -> bool:
    """A board without a filter."""
    return True


@dataclass(frozen=True, kw_only=True)
class BoardCall:
    """An open call as a board is told of it."""

    ticket: TicketId
    order: OrderTime
    """When it was called, or called again, last."""
    fields: str
    """The number, then the serial number and the name of the point."""
    recalls: int
    """How often it was called again."""

    @property
    def key(self) -> CallKey:
        return self.ticket, self.order, self.recalls


class BoardLines:
    """Follows the open calls of a hall, and says what changed since the last look. No call is announced twice."""

    def __init__(self, shows: Shows = every_call) -> None:
        self._shows = shows
        self._open: dict[TicketId, BoardCall] = {}  # as the board knows them, oldest call first
        self._announced: set[CallKey] = set()

    def greeting(self, hall: Hall | None, now: OrderTime) -> list[str]:
        """What a board that was just connected has to know; calls it missed are announced if they are fresh."""
        self._open = {}
        return [GREETING, *self.changes(hall, now)]

    def changes(self, hall: Hall | None, now: OrderTime) -> list[str]:
        """The lines since the last look, for a board that has heard all before."""
        before, self._open = self._open, _open_calls(hall, self._shows) if hall else {}
        self._announced = {key for key in self._announced if hall and hall.knows(key[0])}
        ended = [f"END\t{call.fields}" for call in before.values() if self._has_left(call)]
        return ended + [self._line(call, now) for call in self._open.values() if before.get(call.ticket) != call]

    def _has_left(self, call: BoardCall) -> bool:
        """Whether the call is over, or goes to another point now."""
        return call.ticket not in self._open or self._open[call.ticket].fields != call.fields

    def _line(self, call: BoardCall, now: OrderTime) -> str:
        known = call.key in self._announced or now - call.order >= FRESH
        self._announced.add(call.key)
        word = "NOW" if known else "RECALL" if call.recalls else "CALL"
        return f"{word}\t{call.fields}"


def _open_calls(hall: Hall, shows: Shows) -> dict[TicketId, BoardCall]:
    """The calls whose customers have not come yet, the oldest first."""
    called = [ticket for ticket in hall.tickets.values() if ticket.state is TicketState.CALLED]
    called.sort(key=lambda ticket: ticket.last_call or 0)
    return {ticket.id: _board_call(hall, ticket) for ticket in called if shows(_call(ticket))}


def _call(ticket: Ticket) -> Call:
    """The ticket's call as displays know it: ``hall.calls`` has the latest ones alone."""
    return Call(
        ticket=ticket.id,
        label=ticket.label,
        service=ticket.service,
        precedence=ticket.precedence,
        language=ticket.language,
        point=ticket.point or "",
        at=ticket.called_at or NEVER,
        times=ticket.recalls + 1,
    )


def _board_call(hall: Hall, ticket: Ticket) -> BoardCall:
    point = hall.points.get(ticket.point or "")
    fields = ticket.label, str(point.serial_number if point else ""), point_name(hall, point.id) if point else ""
    return BoardCall(
        ticket=ticket.id, order=ticket.last_call or 0, fields="\t".join(map(_field, fields)), recalls=ticket.recalls
    )


def _field(text: str) -> str:
    """A text that can't end its field or its line, whatever a name holds: with single spaces, and nothing invisible."""
    visible = (" " if category(sign) in ("Cc", "Zl", "Zp", "Zs") else sign for sign in text if category(sign) != "Cf")
    return " ".join("".join(visible).split())[:LONGEST_FIELD]
