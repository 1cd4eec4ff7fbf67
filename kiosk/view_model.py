"""The kiosk's view-model: which page is shown, its texts, and what each touch does."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.countdown import Countdown
from kiosk.menu import is_open, precedence_tiles, service_tiles
from kiosk.page_timings import PageTimings
from kiosk.printer.printer import Printer
from kiosk.tile_model import Tiles
from kiosk.visit import Visit, VisitStep
from shared.catalogue import spoken
from shared.customer_sentences import closed_notice
from shared.formats import clock
from shared.hall.field_types import Language, PrecedenceId, ServiceId, Words, in_language
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.opening import gives_tickets
from shared.hall.units import Milliseconds
from shared.hall.values import Moment
from shared.languages import is_right_to_left, own_name
from shared.ui.clocks import OrderClock, wall_clock
from shared.ui.event_loop import every
from shared.ui.qt_translations import ScreenLanguage
from shared.ui.refusals import refusal_text
from shared.ui.station import Station

QML_IMPORT_NAME = "NowServing.Kiosk.Core"
QML_IMPORT_MAJOR_VERSION = 1

CLOCK_CHECK: Milliseconds = 1000
"""Between two looks at the clock, which is shown in minutes."""


class Page(StrEnum):
    """The pages of Kiosk.qml, of which one is shown."""

    UNAVAILABLE = "unavailable"
    HALL_CLOSED = "hall-closed"
    SERVICES = "services"
    SERVICE_CLOSED = "service-closed"
    PRECEDENCE = "precedence"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TICKET = "ticket"


@QmlElement
@QmlUncreatable("The app makes it.")
class KioskModel(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """The kiosk of one hall; ``page`` names the page that is shown."""

    changed = Signal()
    language_changed = Signal()
    nearly_over = Signal()
    """The page is about to time out; not emitted for the list of services, which loses nothing."""
    startedOver = Signal()  # noqa: N815  # QML's name for it
    """The screen is back at its start for the next customer; nothing of the last one is left."""

    def __init__(
        self,
        station: Station,
        screen_language: ScreenLanguage,
        printer: Printer | None = None,
        paper: int = 80,
        timings: PageTimings | None = None,
        wall: Callable[[], datetime] | None = None,
        *,
        own_series: bool = False,
    ) -> None:
        """``paper`` is in millimetres. ``own_series``: the station's link numbers tickets of origin offline itself."""
        super().__init__()
        self._wall = wall or wall_clock
        self._station = station
        self._screen_language = screen_language
        self._order_clock = OrderClock(self._wall)
        self._timings = timings or PageTimings()
        self._language: Language = ""
        self._service: ServiceId | None = None
        self._touched_since_start = False
        self._page = Page.UNAVAILABLE
        self._page_since = 0.0  # in seconds of time.monotonic
        self._clock_text = ""
        self._services = Tiles(self)
        self._precedences = Tiles(self)
        self._visit = Visit(station, printer, paper, self, self._wall, own_series=own_series)
        self._countdown = Countdown(self)
        self._connect()
        self._refresh()

    def _connect(self) -> None:
        self._station.changed.connect(self._refresh)
        self._station.changed.connect(self._update_clock)  # in the time zone of the hall
        self._station.reachable_changed.connect(self._on_reachable_changed)
        self._visit.changed.connect(self._refresh)
        self._visit.call_changed.connect(self._countdown.start_again)
        self._visit.print_finished.connect(self._restart_countdown)
        self._countdown.nearly_over.connect(self._warn)
        self._countdown.over.connect(self._time_is_over)
        every(CLOCK_CHECK, self._update_clock, self)
        self._update_clock()

    # ── touches ──

    @Slot(str)
    def choose_language(self, language: Language) -> None:
        self._touched_since_start = True
        self._set_language(language)
        self._refresh()
        self._restart_countdown()

    @Slot(str)
    def choose_service(self, service: ServiceId) -> None:
        if self.takes_touch():
            self._service_touched(service)

    @Slot(str)
    def choose_precedence(self, precedence: PrecedenceId) -> None:
        if self.takes_touch() and self._service:
            self._visit.begin(self._service, precedence, self._language)

    @Slot()
    def back(self) -> None:
        """From a service back to all services, in the chosen language."""
        if self.takes_touch():
            self._leave_service()

    @Slot()
    def done(self) -> None:
        """The customer has finished, or gives up after the hall could not be reached."""
        if self.takes_touch():
            self.restart()

    @Slot()
    def retry(self) -> None:
        if self.takes_touch() and self._visit.step is VisitStep.UNREACHABLE:
            self._visit.send()

    @Slot()
    def reprint(self) -> None:
        self._visit.print_ticket()
        self._restart_countdown()

    @Slot()
    def more_time(self) -> None:
        self._countdown.start_again()

    @Slot()
    def touched(self) -> None:
        """Give a page its full time again, unless it only shows a result: those go after a fixed time."""
        self._touched_since_start = True
        if self._page not in (Page.TICKET, Page.REFUSED, Page.SERVICE_CLOSED):
            self._restart_countdown()

    @Slot()
    def restart(self) -> None:
        """Start over for the next customer, in the hall's own language."""
        self._service = None
        self._touched_since_start = False
        self._visit.end()  # its signal refreshes the screen, and so its language
        self._restart_countdown()
        self.startedOver.emit()

    def takes_touch(self) -> bool:
        """Whether a touch may choose: not in the first moments of a new page, nor while the hall is asked for a ticket.

        Choosing a language, printing again and more time need no such guard: a double tap does no harm there.
        """
        settled = time.monotonic() - self._page_since >= self._timings.settle
        return settled and self._visit.step is not VisitStep.ASKING

    def _service_touched(self, service: ServiceId) -> None:
        self._service = service
        several = len(precedence_tiles(self._hall, service, self._language, self._now())) > 1
        if several or not is_open(self._hall, service, self._now()):
            self._refresh()
        else:
            self._visit.begin(service, None, self._language)

    def _leave_service(self) -> None:
        self._service = None
        self._refresh()

    @Slot()
    def _warn(self) -> None:
        if self._page is not Page.SERVICES:
            self.nearly_over.emit()

    @Slot()
    def _time_is_over(self) -> None:
        """Start over; after the notice of a closed service only go back, keeping the chosen language."""
        if self._page is Page.SERVICE_CLOSED:
            self._leave_service()
        else:
            self.restart()

    # ── what the hall changes ──

    @Slot()
    def _on_reachable_changed(self) -> None:
        if self._visit.step is VisitStep.UNREACHABLE and not self._station.away_since:
            self._visit.send()
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Derive everything shown from the hall and the visit."""
        if self._language not in self._settings.languages or not self._has_customer():
            self._set_language(self._settings.languages[0])
        live, now = self._station.outdated_since is None, self._now()
        self._services.show(service_tiles(self._hall, self._language, now, live=live))
        self._precedences.show(precedence_tiles(self._hall, self._service, self._language, now, live=live))
        page = self._page_to_show()
        if page is not self._page:
            self._page, self._page_since = page, time.monotonic()
            self._restart_countdown()
        self.changed.emit()

    def _has_customer(self) -> bool:
        """Whether a customer is in the middle of something, and may have chosen the language."""
        return self._touched_since_start or self._service is not None or self._visit.step is not VisitStep.NONE

    def _page_to_show(self) -> Page:
        match self._visit.step:
            case VisitStep.ISSUED:
                return Page.TICKET
            case VisitStep.UNREACHABLE:
                return Page.UNREACHABLE
            case VisitStep.REFUSED:
                return Page.REFUSED
            case VisitStep.ASKING:
                return self._page
            case VisitStep.NONE:
                return self._page_before_ticket()

    def _page_before_ticket(self) -> Page:
        if not self._visit.can_begin():
            return Page.UNAVAILABLE
        now = self._now()
        if not gives_tickets(self._hall, now.wall):
            return Page.HALL_CLOSED
        if not any(tile.choice == self._service for tile in self._services):
            return Page.SERVICES
        if not is_open(self._hall, self._service, now):
            return Page.SERVICE_CLOSED
        return Page.PRECEDENCE if len(self._precedences) > 1 else Page.SERVICES

    @Slot()
    def _restart_countdown(self) -> None:
        """Give the page its full time from now."""
        seconds = self._seconds_on_page()
        if seconds:
            self._countdown.start(seconds)
        else:
            self._countdown.stop()

    def _seconds_on_page(self) -> float:
        """After how long the page goes; 0 for one that stays because nobody has touched it."""
        match self._page:
            case Page.TICKET:
                return self._timings.ticket * (3 if self._visit.may_lack_paper else 1)  # 3: it may be on no paper
            case Page.REFUSED | Page.SERVICE_CLOSED:
                return self._timings.refusal
            case Page.PRECEDENCE | Page.UNREACHABLE:
                return self._timings.idle
            case _:
                return self._timings.idle if self._touched_since_start else 0

    # ── texts ──

    @property
    def _hall(self) -> Hall:
        return self._station.hall or Hall(id="")

    @property
    def _settings(self) -> HallSettings:
        return self._hall.settings

    def _now(self) -> Moment:
        self._order_clock.see(self._hall)
        return self._order_clock.moment

    def _set_language(self, language: Language) -> None:
        if language != self._language:
            self._language = language
            self._screen_language.speak(language, self._settings.languages)
            self.language_changed.emit()

    def _in_language(self, words: Words) -> str:
        return in_language(words, self._language, self._settings.languages)

    @Slot()
    def _update_clock(self) -> None:
        text = clock(self._wall(), self._station.hall)
        if text != self._clock_text:
            self._clock_text = text
            self._refresh()

    def _chosen_name(self) -> str:
        service = self._hall.services.get(self._service or "")
        return self._in_language(service.name) if service else ""

    def _unavailable_reason(self) -> str:
        if self._station.refusal:
            return refusal_text(self._station.refusal)
        if not self._station.away_since:
            return ""
        since = clock(self._station.outdated_since or self._station.away_since, self._station.hall)
        return self.tr("No connection since {time}. This screen keeps trying.").format(time=since)

    def _closed_notice(self) -> list[str]:
        """Why the hall issues no tickets, then lines on when it opens and its hours."""
        return closed_notice(spoken(self._language, self._settings.languages), self._hall, self._wall())

    @Property(str, notify=changed)
    def hallClosedReason(self) -> str:  # noqa: N802  # QML's name for it
        return self._closed_notice()[0]

    @Property(str, notify=changed)
    def openingHours(self) -> str:  # noqa: N802  # QML's name for it
        """When the hall opens, and its hours."""
        return "\n".join(self._closed_notice()[1:])

    @Property(str, notify=changed)
    def serviceClosedReason(self) -> str:  # noqa: N802  # QML's name for it
        """On the page service-closed, why and until when, as on its tile; on other pages the tile's status, unused."""
        return next((tile.status for tile in self._services if tile.choice == self._service), "")

    page = Property(str, lambda self: self._page, notify=changed)
    hallName = Property(str, lambda self: self._in_language(self._settings.name), notify=changed)  # noqa: N815  # QML's name
    clockText = Property(str, lambda self: self._clock_text, notify=changed)  # noqa: N815  # QML's name for it
    accent = Property(QColor, lambda self: QColor(self._settings.accent), notify=changed)
    language = Property(str, lambda self: self._language, notify=changed)

    @Property("QVariantList", notify=changed)  # type: ignore[arg-type]  # PySide takes Qt's names too
    def languages(self) -> list[dict[str, str]]:
        return [{"code": code, "name": own_name(code)} for code in self._settings.languages]

    rightToLeft = Property(bool, lambda self: is_right_to_left(self._language), notify=changed)  # noqa: N815  # QML's name
    waitsForHall = Property(bool, lambda self: self._visit.step is VisitStep.ASKING, notify=changed)  # noqa: N815  # QML's name
    chosenService = Property(str, _chosen_name, notify=changed)  # noqa: N815  # QML's name for it
    unavailableReason = Property(str, _unavailable_reason, notify=changed)  # noqa: N815  # QML's name for it

    services = Property(QObject, lambda self: self._services, constant=True)
    precedences = Property(QObject, lambda self: self._precedences, constant=True)
    visit = Property(Visit, lambda self: self._visit, constant=True)
    countdown = Property(Countdown, lambda self: self._countdown, constant=True)
