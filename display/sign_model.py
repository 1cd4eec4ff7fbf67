"""What the sign over a service point shows: whether the point is open, and whom it calls or serves."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from display.call_rows import point_name
from display.display_sentences import outage_notice
from shared.hall.calling import TicketCalled, TicketRecalled
from shared.hall.errors import NotSignedIn
from shared.hall.hall import Hall
from shared.hall.messages import Event
from shared.hall.values import Point, Ticket
from shared.languages import is_right_to_left
from shared.ui.station import Station

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("The sign owns it.")
class SignModel(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    changed = Signal()
    announced = Signal()
    """This point calls a ticket, or calls it again."""

    def __init__(self, station: Station, point: str, inches: float, parent: QObject | None = None) -> None:
        """``point`` is the serial number of a service point, or its id; ``inches`` is the screen's diagonal."""
        super().__init__(parent)
        self._station = station
        self._requested = point
        self._inches = inches
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
        points = self._hall.points.values() if self._hall else ()
        numbered = (point for point in points if str(point.serial_number) == self._requested)
        named = (point for point in points if point.id == self._requested)
        return next(numbered, None) or next(named, None)

    @property
    def _ticket(self) -> Ticket | None:
        if isinstance(self._station.refusal, NotSignedIn):  # taken out of service
            return None
        return self._hall.tickets.get(self._point.ticket or "") if self._hall and self._point else None

    inches = Property(float, lambda self: self._inches, constant=True)

    @Property(bool, notify=changed)
    def known(self) -> bool:
        """Whether this sign has a copy of its hall."""
        return self._hall is not None

    @Property(str, notify=changed)
    def pointName(self) -> str:  # noqa: N802  # QML's name for it
        return point_name(self._hall, self._point.id) if self._hall and self._point else ""

    @Property(str, notify=changed)
    def serialNumber(self) -> str:  # noqa: N802  # QML's name for it
        return str(self._point.serial_number) if self._point else self._requested

    @Property(str, notify=changed)
    def status(self) -> str:
        """``active``, ``paused`` or ``inactive``; empty if there is no such point."""
        return str(self._point.status) if self._point else ""

    label = Property(str, lambda self: self._ticket.label if self._ticket else "", notify=changed)

    @Property(str, notify=changed)
    def state(self) -> str:
        """``called`` or ``serving``; empty without a ticket."""
        return str(self._ticket.state) if self._ticket else ""

    @Property(bool, notify=changed)
    def rightToLeft(self) -> bool:  # noqa: N802  # QML's name for it
        return self._hall is not None and is_right_to_left(self._hall.settings.languages[0])

    outageNotice = Property(str, lambda self: outage_notice(self._station), notify=changed)  # noqa: N815  # QML's name
