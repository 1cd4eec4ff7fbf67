"""What decides a specialist's actions at one moment: the point, its customer, the chosen ticket and the draft."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from console.set_aside import may_come_back
from shared.hall.hall import Hall
from shared.hall.next_ticket import may_be_called
from shared.hall.serving import Owed, Placement, owed_before_no_show
from shared.hall.undo import UNDO_WITHIN
from shared.hall.units import Minutes, Seconds
from shared.hall.values import Moment, Point, PointStatus, Ticket, TicketState


class Situation(Enum):
    """The state of a service point, as far as it decides what can be done there."""

    CLOSED = auto()
    PAUSED = auto()
    FREE = auto()
    CALLED = auto()
    SERVING = auto()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody has written or chosen for the customer at the point, and not sent yet."""

    outcome: str = ""
    note: str = ""
    reason: str = ""
    to_service: str | None = None
    to_point: str | None = None
    placement: Placement = Placement.KEEP_DUE


@dataclass(frozen=True, kw_only=True)
class PointState:
    """Everything that decides which actions are possible now, and which commands they send."""

    hall: Hall
    point: Point
    now: Moment
    draft: Draft = Draft()
    shift: int | None = None
    """The number of this console's shift at the point; None while it has none."""
    chosen: Ticket | None = None
    """The ticket picked out of a list."""
    pause: Minutes = 0
    """How long a pause is meant to last; 0: not said."""

    @property
    def ticket(self) -> Ticket | None:
        """The customer at the point."""
        return self.hall.tickets.get(self.point.ticket) if self.point.ticket else None

    @property
    def ticket_id(self) -> str:
        """The id of the customer at the point; empty without one."""
        return self.point.ticket or ""

    @property
    def situation(self) -> Situation:
        if self.ticket:
            return Situation.CALLED if self.ticket.state is TicketState.CALLED else Situation.SERVING
        match self.point.status:
            case PointStatus.INACTIVE:
                return Situation.CLOSED
            case PointStatus.PAUSED:
                return Situation.PAUSED
            case PointStatus.ACTIVE:
                return Situation.FREE

    @property
    def owed(self) -> Owed:
        """The recalls and seconds still due before a no-show; none if nobody is called."""
        called = self.situation is Situation.CALLED and self.ticket
        return owed_before_no_show(self.hall, called, self.now) if called else Owed(0, 0)

    @property
    def undo_left(self) -> Seconds:
        """How long the last action may still be undone, rounded up."""
        if self.point.last is None:
            return 0
        return max(0, -(-(self.point.last.at + UNDO_WITHIN - self.now.order) // 1_000))  # from milliseconds

    @property
    def may_call_chosen(self) -> bool:
        if self.chosen is None or self.chosen.state not in (TicketState.WAITING, TicketState.PARKED):
            return False
        return may_be_called(self.chosen, self.now)

    @property
    def chosen_is_parked(self) -> bool:
        return self.chosen is not None and self.chosen.state is TicketState.PARKED

    @property
    def may_reinstate_chosen(self) -> bool:
        return self.chosen is not None and may_come_back(self.hall, self.chosen, self.now.wall)
