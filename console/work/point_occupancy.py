"""Who works at the service point: this console from the moment it takes it, until somebody else does."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from console import sentences
from console.work.pending_command import PendingCommand
from shared.access.specialists import ReadSeats, Seat
from shared.hall.errors import Failure, PointTakenOver, Unreachable
from shared.hall.messages import Accepted, Event
from shared.hall.points import PointActivated, PointDeactivated
from shared.hall.shifts import TakePoint
from shared.hall.undo import LastUndone
from shared.hall.values import Point, PointStatus
from shared.ui.station import Station


class PointOccupancy(PendingCommand):
    """Somebody at a point. ``console`` is what this console calls itself when it takes one."""

    too_late = Signal(str)
    """Somebody else took this point first: it never was ours."""

    def __init__(self, station: Station, console: str, parent: QObject | None = None) -> None:
        super().__init__(station, parent)
        self.point_id = ""
        self.lost = ""
        """Who took the point over, in a sentence; empty while it is ours."""
        self.shift: int | None = None
        """Ours: every wish carries it, and is refused in a later one. None until the hall could be told of us."""
        self._console = console
        self._taking: TakePoint | None = None
        """On its way: until it is answered nothing else is asked, for it may have come too late."""
        self._is_taken = False
        self._is_untaken = False
        """Whether the hall has yet to hear that we are here: it was away."""
        self._is_released = False
        """Whether the point was closed since, which leaves it to whoever comes next."""
        self._instead_of = ""
        station.happened.connect(self._stay)

    @property
    def point(self) -> Point | None:
        return self.hall.points.get(self.point_id) if self.hall else None

    @property
    def reaches(self) -> bool:
        return super().reaches and not self.lost

    @property
    def ready(self) -> bool:
        return super().ready and self._taking is None

    def take(self, point: str, instead_of: str = "") -> None:
        """Work here from now on; ``instead_of`` is who did until now, as far as anybody knew."""
        if point != self.point_id or self.lost:
            self.point_id, self.lost, self._instead_of, self._is_taken = point, "", instead_of, False
            self._take()

    def leave(self) -> None:
        """Work nowhere. The hall hears of it by the end of the session, or when another point is taken."""
        self.point_id, self.lost, self.shift, self._is_untaken = "", "", None, False
        self._taking = None
        if self.pending:
            self._settle()
        self.changed.emit()

    def take_again(self) -> None:
        """Tell the hall that we are here if it was away when we came."""
        if self._is_untaken and self.station.away_since is None:
            self._take()

    def _take(self) -> None:
        point = self.point
        self._is_untaken, self._is_released = point is None, False
        if point:
            self.shift = point.shift + 1
            wish = self._taking = TakePoint(point=point.id, shift=point.shift, console=self._console)
            self.station.do(wish, partial(self._taken, wish), partial(self._not_taken, wish))

    def _taken(self, wish: TakePoint, _: Accepted) -> None:
        if wish is not self._taking:  # they have gone elsewhere meanwhile
            return
        self._taking, self._is_taken = None, True
        if self._instead_of:
            self.say(self.tr("You work here now, instead of {0}.").format(self._instead_of))
            self._instead_of = ""

    def _not_taken(self, wish: TakePoint, failure: Failure) -> None:
        if wish is not self._taking:
            return
        self._taking = None
        if isinstance(failure, PointTakenOver):
            self._lose()
        else:
            self.shift, self._is_untaken = None, isinstance(failure, Unreachable)

    def _refused(self, failure: Failure) -> None:
        """A wish came too late: the point was somebody else's already."""
        if isinstance(failure, PointTakenOver):
            self._lose()

    def _stay(self, event: Event) -> None:
        """Whoever closes a point leaves it; whoever opens it again, or takes that back, is there again."""
        if self.shift is None or self.lost or getattr(event, "point", None) != self.point_id:
            return
        if isinstance(event, PointDeactivated):
            self._is_released = True
        elif isinstance(event, (PointActivated, LastUndone)) and self._is_released and self._is_open:
            self._take()

    @property
    def _is_open(self) -> bool:
        return self.point is not None and self.point.status is not PointStatus.INACTIVE

    def _hall_changed(self) -> None:
        if self.shift is not None and self.point and self.point.shift > self.shift:
            self._lose()
        super()._hall_changed()

    def _lose(self) -> None:
        if not self._is_taken:
            point = self.point_id
            self.leave()
            self.too_late.emit(point)
        elif not self.lost:
            self.lost = self.tr("Somebody else has taken over this service point.")
            self.station.request(ReadSeats(), self._who_took)
            self.changed.emit()

    def _who_took(self, seats: tuple[Seat, ...]) -> None:
        took = next((seat for seat in seats if seat.point == self.point_id), None)
        if took and self.lost and self.hall:
            self.lost = sentences.took_over(self.hall, took)
            self.changed.emit()
