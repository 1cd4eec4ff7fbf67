"""The hall display's view-model: the last calls, what stands around them, an outage notice, the time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from display.display_sentences import many_calls, outage_notice
from display.playlist.page_image import PageImage  # noqa: F401  # QML finds it by its name
from display.playlist.playlist import Playlist
from display.screen.call_rows import CallList, CallRow, row
from display.screen.hall_as_shown import languages_of
from display.screen.legibility import widths
from display.screen.lingering import Lingering
from display.screen.motion import Motion
from display.screen.qml_sizes import Sizes, Viewing
from display.screen.shown_display import ShownDisplay
from display.screen.surroundings import Surroundings
from display.screen.turning_calls import TurningCalls
from display.screen.zones import ZoneKind, zone_kind
from shared.formats import clock
from shared.hall.display_values import Display
from shared.hall.errors import NotSignedIn
from shared.hall.field_types import Id, TicketId
from shared.hall.hall import Hall
from shared.hall.units import Milliseconds
from shared.languages import is_right_to_left
from shared.requests.devices import Trouble
from shared.settings import state_path
from shared.ui.event_loop import every
from shared.ui.media_files import MediaFiles
from shared.ui.station import Station

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

log = logging.getLogger(__name__)

CLOCK_CHECK: Milliseconds = 1000
"""Between two looks at the clock, which is shown in minutes."""


@QmlElement
@QmlUncreatable("The display owns it.")
class DisplayModel(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    changed = Signal()
    clock_changed = Signal()

    def __init__(
        self,
        station: Station,
        viewing: Viewing,
        wall: Callable[[], datetime],
        motion: Motion | None = None,
        wanted: Id = "",
        files: MediaFiles | None = None,
        parent: QObject | None = None,
    ) -> None:
        """``wanted`` is the id of the display shown; empty: the one that was assigned to this device; ``files``: its
        media, without which only texts and web pages play beside the calls."""
        super().__init__(parent)
        self._motion = motion or Motion()
        self._motion.setParent(self)
        self.shown = ShownDisplay(station, wanted, self)
        self._station = station
        self._wall = wall
        self._viewing = viewing
        self._sizes = Sizes(viewing, self)
        self._playlist = Playlist(station, files or MediaFiles(station, state_path() / "media", self), self)
        self._around = Surroundings(self.shown, wall, lambda: self._sizes.holds, self)
        self._calls = CallList(self)
        self._turning = TurningCalls(self)
        self._lingering = Lingering(viewing.linger, wall)
        self._times_announced: dict[TicketId, int] = {}
        self._highlighted: dict[TicketId, int] = {}  # and how often each had been announced by then
        self._warns = False
        self._warned_of: tuple[Display, tuple[float, float]] | None = None
        self._announcing = self._crowded = False
        self._pixels = (1920.0, 1080.0)  # width, height
        self._clock_text = ""
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        self._when_one_leaves = QTimer(self, singleShot=True)
        self._when_one_leaves.timeout.connect(self.refresh)
        self.refresh()
        every(CLOCK_CHECK, self._update_clock, self)
        station.changed.connect(self.refresh_soon)
        station.reachable_changed.connect(self.refresh_soon)
        self.shown.changed.connect(self.refresh_soon)
        self._turning.turned.connect(self.refresh_soon)

    # ── what changes ──

    @Slot()
    def refresh(self) -> None:
        """Show the hall as it is now."""
        hall = self._hall
        calls = self._rows(hall) if hall else []
        still_open = sum(not row.over for row in calls)
        widest = widths(self.shown.hall, (row.label for row in calls))
        self._sizes.fit(self.shown.value, self._pixels, widest, max(still_open, min(len(calls), 2)))
        page = self._turning.page_of(calls, self._sizes.layout.rows)
        self._around.show(hall, self._turning.more)
        self._tell_time()
        media = self.shown.value if hall and zone_kind(self.shown.value) is ZoneKind.MEDIA else None
        self._playlist.show(media, languages_of(hall, self.shown.value) if hall else ())
        self._calls.show([self._with_highlight(row) for row in page])
        self.changed.emit()
        if self._warns:
            self.warn_if_unreadable()

    @Slot()
    def refresh_soon(self) -> None:
        """Refresh once this turn of the event loop is over, however many events it brings: it may be a thousand."""
        self._soon.start()

    def resize(self, width: float, height: float) -> None:
        """The window has this many pixels now."""
        self._pixels = (width, height)
        self.refresh()

    def warn_if_unreadable(self) -> None:
        """Log from now on why this display can't be read from its farthest seat, once for each set-up and size."""
        self._warns = True
        hall, looked_at = self._hall, (self.shown.value, self._pixels)
        if hall and not self._sizes.readable and looked_at != self._warned_of:
            self._warned_of = looked_at
            log.warning("%s", self._sizes.why_illegible(hall, *looked_at))

    @Slot(str)
    def highlight(self, ticket: TicketId) -> None:
        """Highlight the row of this ticket for a while: it is being announced."""
        times = self._times_announced.get(ticket, 0) + 1
        self._times_announced[ticket] = self._highlighted[ticket] = times
        QTimer.singleShot(self._viewing.highlight, self, lambda: self._end_highlight(ticket, times))
        self.refresh_soon()

    def _rows(self, hall: Hall) -> list[CallRow]:
        """The calls that are open, then those that are not for a while yet, without what is known of older ones."""
        still_open, over = self._lingering.calls(hall)
        if self._lingering.next_leaves:
            self._when_one_leaves.start(self._lingering.next_leaves // timedelta(milliseconds=1) + 1)
        known = {call.ticket for call in hall.calls}
        self._times_announced = {ticket: times for ticket, times in self._times_announced.items() if ticket in known}
        return [row(hall, call) for call in still_open] + [row(hall, call, over=True) for call in over]

    @Slot(str)
    def announce(self, ticket: TicketId) -> None:
        """Highlight this call, and turn to it: it is being said."""
        self.highlight(ticket)
        self._turning.turn_to(ticket)

    def show_announcement(self, *, announcing: bool, crowded: bool) -> None:
        """A call is being announced now, or no longer; ``crowded``: one announcement stands for many."""
        self._announcing, self._crowded = announcing, crowded
        self.changed.emit()

    def end(self) -> None:
        """The display ends in order."""
        self._playlist.end()

    @property
    def playlist_troubles(self) -> tuple[Trouble, ...]:
        return self._playlist.troubles

    @property
    def _hall(self) -> Hall | None:
        """The hall shown; none once this display was taken out of service, so that it sends nobody anywhere."""
        return None if isinstance(self._station.refusal, NotSignedIn) else self.shown.hall

    def _end_highlight(self, ticket: TicketId, times: int) -> None:
        if self._highlighted.get(ticket) == times:  # it was not announced again meanwhile
            del self._highlighted[ticket]
            self.refresh_soon()

    def _with_highlight(self, row: CallRow) -> CallRow:
        times = self._times_announced.get(row.ticket, 0)
        return replace(row, highlighted=row.ticket in self._highlighted and not row.over, announced=times)

    @Slot()
    def _update_clock(self) -> None:
        if self._tell_time():
            self.refresh()  # the hall may have opened or closed

    def _tell_time(self) -> bool:
        """Whether the clock shows another time now. Before a hall is known it shows none: it may be in another zone."""
        now = clock(self._wall(), self._station.hall) if self._station.hall else ""
        another = now != self._clock_text
        if another:
            self._clock_text = now
            self.clock_changed.emit()
        return another

    # ── what QML reads ──

    calls = Property(CallList, lambda self: self._calls, constant=True)
    motion = Property(Motion, lambda self: self._motion, constant=True)
    sizes = Property(Sizes, lambda self: self._sizes, constant=True)
    playlist = Property(Playlist, lambda self: self._playlist, constant=True)
    around = Property(Surroundings, lambda self: self._around, constant=True)

    @Property(bool, notify=changed)
    def known(self) -> bool:
        """Whether there is a hall to show."""
        return self._hall is not None

    hasCalls = Property(bool, lambda self: bool(self._calls.rows), notify=changed)  # noqa: N815  # QML's name for it

    @Property(bool, notify=changed)
    def rightToLeft(self) -> bool:  # noqa: N802  # QML's name for it
        hall = self.shown.hall
        return hall is not None and is_right_to_left(hall.settings.languages[0])

    announcing = Property(bool, lambda self: self._announcing, notify=changed)

    @Property(str, notify=changed)
    def crowdNotice(self) -> str:  # noqa: N802  # QML's name for it
        """What one announcement for many calls says; empty while calls are announced one by one."""
        return many_calls() if self._crowded else ""

    outageNotice = Property(str, lambda self: outage_notice(self._station), notify=changed)  # noqa: N815  # QML's name
    clockText = Property(str, lambda self: self._clock_text, notify=clock_changed)  # noqa: N815  # QML's name for it
