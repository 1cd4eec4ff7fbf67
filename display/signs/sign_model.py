"""What a sign says of a service point: whether the point is open or when it will be, and whom it calls or serves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from display.screen.call_rows import point_name, unbroken
from shared.formats import clock
from shared.hall.calling import TicketCalled, TicketRecalled
from shared.hall.errors import NotSignedIn
from shared.hall.hall import Hall
from shared.hall.messages import Event
from shared.hall.units import Milliseconds
from shared.hall.values import Point, Ticket
from shared.ui.clocks import wall_clock
from shared.ui.event_loop import every
from shared.ui.station import Station

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

CLOCK_CHECK: Milliseconds = 1000
"""Between two looks at the clock: whether a pause has lasted as long as was said."""


def find_point(hall: Hall, requested: str) -> Point | None:
    """The service point of this serial number, or else of this id."""
    numbered = (point for point in hall.points.values() if str(point.serial_number) == requested)
    return next(numbered, None) or hall.points.get(requested)


@QmlElement
@QmlUncreatable("The sign owns it.")
class SignModel(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    changed = Signal()
    announced = Signal()
    """This point calls a ticket, or calls it again."""

    def __init__(
        self, station: Station, point: str, parent: QObject | None = None, wall: Callable[[], datetime] = wall_clock
    ) -> None:
        """``point`` is the serial number of a service point, or its id."""
        super().__init__(parent)
        self._station = station
        self._requested = point
        self._wall = wall
        every(CLOCK_CHECK, self._look_at_clock, self)
        station.changed.connect(self.changed)
        station.reachable_changed.connect(self.changed)
        station.event_happened.connect(self._happened)

    @Slot(object)
    def _happened(self, event: Event) -> None:
        if isinstance(event, (TicketCalled, TicketRecalled)) and self._point and event.point == self._point.id:
            self.announced.emit()

    @property
    def _hall(self) -> Hall | None:
        return self._station.hall

    @property
    def _point(self) -> Point | None:
        return find_point(self._hall, self._requested) if self._hall else None

    @property
    def _ticket(self) -> Ticket | None:
        if isinstance(self._station.refusal, NotSignedIn):  # taken out of service
            return None
        return self._hall.tickets.get(self._point.ticket or "") if self._hall and self._point else None

    @Property(bool, notify=changed)
    def known(self) -> bool:
        """Whether this sign has a copy of its hall."""
        return self._hall is not None

    @Property(str, notify=changed)
    def pointName(self) -> str:  # noqa: N802  # QML's name for it
        return unbroken(point_name(self._hall, self._point.id)) if self._hall and self._point else ""

    @Property(str, notify=changed)
    def serialNumber(self) -> str:  # noqa: N802  # QML's name for it
        return str(self._point.serial_number) if self._point else self._requested

    @Property(str, notify=changed)
    def status(self) -> str:
        """``active``, ``paused`` or ``inactive``; empty if there is no such point."""
        return str(self._point.status) if self._point else ""

    @Property(str, notify=changed)
    def backAt(self) -> str:  # noqa: N802  # QML's name for it
        """The time of day at which the point means to be open again; empty if that was not said, or is over."""
        back_at = self._point.back_at if self._point else None
        return clock(back_at, self._hall) if back_at and self._wall() < back_at else ""

    @Slot()
    def _look_at_clock(self) -> None:
        if self._point and self._point.back_at:
            self.changed.emit()

    label = Property(str, lambda self: self._ticket.label if self._ticket else "", notify=changed)

    @Property(str, notify=changed)
    def state(self) -> str:
        """``called`` or ``serving``; empty without a ticket."""
        return str(self._ticket.state) if self._ticket else ""
