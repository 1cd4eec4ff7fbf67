"""Who works at the service point: this console from taking it until another console does."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from console import sentences
from console.work.pending_command import PendingCommand
from shared.hall.errors import Failure, PointTakenOver, Unreachable
from shared.hall.messages import Accepted, Event
from shared.hall.points import PointActivated, PointDeactivated
from shared.hall.shifts import TakePoint
from shared.hall.undo import LastUndone
from shared.hall.values import Point, PointStatus
from shared.requests.specialists import ReadSeats, Seat
from shared.ui.station import Station


class PointOccupancy(PendingCommand):
    """A console at a point; ``console_name`` is unique to the console."""

    too_late = Signal(str)
    """The id of the point that another console took first: it never was ours."""

    def __init__(self, station: Station, console_name: str, parent: QObject | None = None) -> None:
        super().__init__(station, parent)
        self.point_id = ""
        self.lost_sentence = ""
        """Who took the point over, in a sentence; empty while it is ours."""
        self.shift: int | None = None
        """The shift we began or asked for; None without any. A command that carries it is refused in a later one."""
        self._console_name = console_name
        self._taking: TakePoint | None = None
        """The command on its way: until it is answered nothing else is sent, because it may have come too late."""
        self._is_taken = False
        self._must_retake = False
        """Whether the hall was away and has yet to hear that we are here."""
        self._is_released = False
        """Whether the point has closed since, which leaves it to anybody."""
        self._instead_of = ""
        station.event_happened.connect(self._follow_point)

    @property
    def point(self) -> Point | None:
        return self.hall.points.get(self.point_id) if self.hall else None

    @property
    def is_available(self) -> bool:
        return super().is_available and not self.lost_sentence

    @property
    def ready(self) -> bool:
        return super().ready and self._taking is None

    def take(self, point_id: str, instead_of: str = "") -> None:
        """Work here from now on; ``instead_of`` is the login of the person known to work here, if anybody is."""
        if point_id != self.point_id or self.lost_sentence:
            self.point_id, self.lost_sentence, self._instead_of, self._is_taken = point_id, "", instead_of, False
            self._take()

    def leave(self) -> None:
        """Work nowhere. Nothing is sent: the hall hears of it when the session ends, or takes another point."""
        self.point_id, self.lost_sentence, self.shift, self._must_retake = "", "", None, False
        self._taking = None
        if self.pending:
            self._settle()
        self.changed.emit()

    def take_if_not_taken_yet(self) -> None:
        """Take the point now if the hall was away or unknown when we came."""
        if self._must_retake and self.station.away_since is None:
            self._take()

    def _take(self) -> None:
        point = self.point
        self._must_retake, self._is_released = point is None, False
        if point:
            self.shift = point.shift + 1
            command = self._taking = TakePoint(point=point.id, shift=point.shift, console=self._console_name)
            self.station.do(command, partial(self._on_taken, command), partial(self._on_not_taken, command))

    def _on_taken(self, command: TakePoint, _: Accepted) -> None:
        if command is not self._taking:  # this console has left meanwhile
            return
        self._taking, self._is_taken = None, True
        if self._instead_of:
            self.say(self.tr("You work here now, instead of {0}.").format(self._instead_of))
            self._instead_of = ""

    def _on_not_taken(self, command: TakePoint, failure: Failure) -> None:
        if command is not self._taking:
            return
        self._taking = None
        if isinstance(failure, PointTakenOver):
            self._lose()
        else:
            self.shift, self._must_retake = None, isinstance(failure, Unreachable)

    def _on_refused(self, failure: Failure) -> None:
        """Lose the point if a command was refused because somebody else has it."""
        if isinstance(failure, PointTakenOver):
            self._lose()

    def _follow_point(self, event: Event) -> None:
        """Note when the point closes; take it again when it is opened, or its closing undone."""
        if self.shift is None or self.lost_sentence or getattr(event, "point", None) != self.point_id:
            return
        if isinstance(event, PointDeactivated):
            self._is_released = True
        elif isinstance(event, (PointActivated, LastUndone)) and self._is_released and self._is_open:
            self._take()

    @property
    def _is_open(self) -> bool:
        return self.point is not None and self.point.status is not PointStatus.INACTIVE

    def _on_hall_changed(self) -> None:
        if self.shift is not None and self.point and self.point.shift > self.shift:
            self._lose()
        super()._on_hall_changed()

    def _lose(self) -> None:
        if not self._is_taken:
            point_id = self.point_id
            self.leave()
            self.too_late.emit(point_id)
        elif not self.lost_sentence:
            self.lost_sentence = self.tr("Somebody else has taken over this service point.")
            self.station.request(ReadSeats(), self._on_seats)
            self.changed.emit()

    def _on_seats(self, seats: tuple[Seat, ...]) -> None:
        took = next((seat for seat in seats if seat.point == self.point_id), None)
        if took and self.lost_sentence and self.hall:
            self.lost_sentence = sentences.taken_over(self.hall, took)
            self.changed.emit()
