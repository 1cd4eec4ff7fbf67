"""What the hall display shows: the last calls, who is called right now, how many wait, and since when it is alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtQml import QmlElement, QmlUncreatable

from display.call_rows import CallList, Row, point_name, rows
from display.display_sentences import quiet_sentence, widest
from display.qml_sizes import Sizes, Viewing
from shared.customer_sentences import closed_notice
from shared.formats import clock
from shared.hall.errors import NotSignedIn
from shared.hall.field_types import TicketId, in_language
from shared.hall.hall import Hall
from shared.hall.opening import gives_numbers
from shared.languages import is_right_to_left
from shared.ui.event_loop import every
from shared.ui.station import Station

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("The display makes it.")
class DisplayModel(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    changed = Signal()
    clockChanged = Signal()  # noqa: N815  # QML's name for it

    def __init__(
        self, station: Station, viewing: Viewing, wall: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._station = station
        self._wall = wall
        self._viewing = viewing
        self._sizes = Sizes(viewing, self)
        self._calls = CallList(self)
        self._announced: dict[TicketId, int] = {}
        self._fresh: dict[TicketId, int] = {}
        self._notice: list[str] = []
        self._pixels = (1920.0, 1080.0)
        self._clock = clock(wall(), self._station.hall)
        self.refresh()
        every(1000, self._tick, self)
        station.changed.connect(self.refresh)
        station.reachable_changed.connect(self.refresh)

    # ── what happens ──

    @Slot()
    def refresh(self) -> None:
        """Show the hall as it is now."""
        hall = self._hall
        calls = rows(hall) if hall else []
        self._notice = self._closed(hall) if hall else []
        numbers = ["A000", *(row.label for row in calls)]
        number = widest(numbers, QFont.Weight.Bold, figures=True)
        self._sizes.fit(self._pixels, number, widest(self._points(), QFont.Weight.DemiBold))
        self._calls.show([self._marked(row) for row in calls[: self._sizes.layout.rows + 1]])
        self.changed.emit()

    def resize(self, width: float, height: float) -> None:
        """The window has this many pixels now."""
        self._pixels = (width, height)
        self.refresh()

    def warn(self) -> None:
        """Tell the administrator when the screen is too small for its farthest seat."""
        self._sizes.warn()

    @Slot(str)
    def announced(self, ticket: TicketId) -> None:
        """This ticket is being announced: mark its row for a while."""
        times = self._announced.get(ticket, 0) + 1
        self._announced[ticket] = self._fresh[ticket] = times
        QTimer.singleShot(self._viewing.fresh, self, lambda: self._faded(ticket, times))
        self.refresh()

    @property
    def _hall(self) -> Hall | None:
        """The hall this display speaks for; none once it was taken out of service: it sends nobody anywhere."""
        return None if isinstance(self._station.refusal, NotSignedIn) else self._station.hall

    def _closed(self, hall: Hall) -> list[str]:
        """What a hall that gives no numbers says, as its kiosk does; nothing while it gives some."""
        now = self._wall()
        return [] if gives_numbers(hall, now) else closed_notice(hall.settings.languages[0], hall, now)

    def _faded(self, ticket: TicketId, times: int) -> None:
        if self._fresh.get(ticket) == times:
            del self._fresh[ticket]
            self.refresh()

    def _marked(self, row: Row) -> Row:
        return replace(row, fresh=row.ticket in self._fresh, announced=self._announced.get(row.ticket, 0))

    def _points(self) -> list[str]:
        hall = self._station.hall
        return [point_name(hall, point) for point in hall.points] if hall else []

    @Slot()
    def _tick(self) -> None:
        now = clock(self._wall(), self._station.hall)
        if now != self._clock:
            self._clock = now
            self.clockChanged.emit()
            self.refresh()  # it may have opened or closed

    # ── what QML reads ──

    @Property(CallList, constant=True)
    def calls(self) -> CallList:
        return self._calls

    @Property(Sizes, constant=True)
    def sizes(self) -> Sizes:
        return self._sizes

    @Property(bool, notify=changed)
    def known(self) -> bool:
        """Whether this display has ever heard from its hall, and may speak for it."""
        return self._hall is not None

    @Property(str, notify=changed)
    def closed(self) -> str:
        """Why nobody can take a ticket; nothing while somebody can."""
        return self._notice[0] if self._notice else ""

    @Property(str, notify=changed)
    def hours(self) -> str:
        """When the hall opens, and its hours."""
        return "\n".join(self._notice[1:])

    @Property(bool, notify=changed)
    def empty(self) -> bool:
        return not self._calls.rows

    @Property(str, notify=changed)
    def hallName(self) -> str:  # noqa: N802  # QML's name for it
        hall = self._station.hall
        return in_language(hall.settings.name, hall.settings.languages[0], hall.settings.languages) if hall else ""

    @Property(int, notify=changed)
    def waiting(self) -> int:
        hall = self._station.hall
        return sum(len(line) for line in hall.lines.values()) if hall else 0

    @Property(bool, notify=changed)
    def rightToLeft(self) -> bool:  # noqa: N802  # QML's name for it
        hall = self._station.hall
        return hall is not None and is_right_to_left(hall.settings.languages[0])

    @Property(str, notify=changed)
    def quietSentence(self) -> str:  # noqa: N802  # QML's name for it
        return quiet_sentence(self._station)

    @Property(str, notify=clockChanged)
    def clock(self) -> str:
        return self._clock
