"""What a specialist has before them at one moment: the point and its customer, who is chosen, what is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from console.set_aside import may_come_back
from shared.hall.calling_order import may_be_called
from shared.hall.hall import Hall
from shared.hall.serving import Owed, Placement, owed_before_no_show
from shared.hall.undo import UNDO_WITHIN
from shared.hall.values import Moment, Point, PointStatus, Ticket, TicketState


class Situation(Enum):
    """How a service point stands, as far as it decides what can be done there."""

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
    place: Placement = Placement.BY_TIME


@dataclass(frozen=True, kw_only=True)
class PointState:
    """All that decides what can be done now, and what it would be."""

    hall: Hall
    point: Point
    now: Moment
    draft: Draft = Draft()
    shift: int | None = None
    """The shift of whoever sits here, as the hall counts them."""
    chosen: Ticket | None = None
    """Whom somebody has picked out of a list."""

    @property
    def ticket(self) -> Ticket | None:
        """The customer at the point."""
        return self.hall.tickets.get(self.point.ticket) if self.point.ticket else None

    @property
    def here(self) -> str:
        """The id of the customer at the point."""
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
        """What the called customer is still owed before a no-show."""
        called = self.situation is Situation.CALLED and self.ticket
        return owed_before_no_show(self.hall, called, self.now) if called else Owed(0, 0)

    @property
    def undo_left(self) -> int:
        """Whole seconds for which what was done last may still be taken back."""
        if self.point.last is None:
            return 0
        return max(0, -(-(self.point.last.at + UNDO_WITHIN - self.now.order) // 1000))

    @property
    def may_call_chosen(self) -> bool:
        here = self.chosen is not None and self.chosen.state in (TicketState.WAITING, TicketState.PARKED)
        return here and self.chosen is not None and may_be_called(self.chosen, self.now)

    @property
    def chosen_is_parked(self) -> bool:
        return self.chosen is not None and self.chosen.state is TicketState.PARKED

    @property
    def may_reinstate_chosen(self) -> bool:
        return self.chosen is not None and may_come_back(self.hall, self.chosen, self.now.wall)
