"""What the kiosk's screen shows and what may be touched on it: services, precedence, ticket, or why not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.countdown import Countdown
from kiosk.menu import is_open, precedence_tiles, service_tiles
from kiosk.printer.printer import Printer
from kiosk.tile_model import Tiles
from kiosk.visit import Visit, VisitStep
from shared.catalogue import spoken
from shared.customer_sentences import closed_notice
from shared.formats import clock
from shared.hall.field_types import Language, PrecedenceId, ServiceId, Words, in_language
from shared.hall.hall import Hall
from shared.hall.opening import gives_numbers
from shared.hall.values import HallSettings, Moment
from shared.languages import is_right_to_left, own_name
from shared.ui.clocks import OrderClock, machines_clock
from shared.ui.event_loop import every
from shared.ui.qt_translations import ScreenLanguage
from shared.ui.refusals import why_not
from shared.ui.station import Station

QML_IMPORT_NAME = "NowServing.Kiosk.Core"
QML_IMPORT_MAJOR_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long things stay, in seconds."""

    ticket: float = 20.0
    """A ticket, before the start comes back; three times as long if it is not known to be on paper."""
    idle: float = 45.0
    """A choice nobody makes; after it the next customer finds the start in the hall's own language."""
    refusal: float = 10.0
    """Why there is no ticket, or none of this service now."""
    settle: float = 0.35
    """A fresh page takes no touch: it would be the second half of a double tap on the page before."""


@QmlElement
@QmlUncreatable("The app makes it.")
class KioskModel(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """The kiosk of one hall. ``page`` says which of the pages is shown."""

    changed = Signal()
    spoken = Signal()
    """Another language is spoken from now on."""
    nearly_over = Signal()
    """What is shown goes soon, and is not the list of services, which nobody would miss."""
    begun = Signal()
    """Whoever comes now finds the start: nothing is left of who was here before."""

    def __init__(
        self,
        station: Station,
        tongue: ScreenLanguage,
        printer: Printer | None = None,
        paper: int = 80,
        pace: Pace | None = None,
        wall: Callable[[], datetime] | None = None,
        *,
        own_series: bool = False,
    ) -> None:
        super().__init__()
        self._wall = wall or machines_clock
        self._station = station
        self._tongue = tongue
        self._order_clock = OrderClock(self._wall)
        self._pace = pace or Pace()
        self._language: Language = ""
        self._service: ServiceId | None = None
        self._somebody = False
        """Whether the screen was touched since the start came back."""
        self._page = "away"
        self._page_since = 0.0
        self._clock = ""
        self._services = Tiles(self)
        self._precedences = Tiles(self)
        self._visit = Visit(station, printer, paper, self, self._wall, own_series=own_series)
        self.time_left = Countdown(self)
        self._connect()
        self._refresh()

    def _connect(self) -> None:
        self._station.changed.connect(self._refresh)
        self._station.changed.connect(self._look_at_the_clock)  # the hall knows its own time zone
        self._station.reachable_changed.connect(self._reachable)
        self._visit.changed.connect(self._refresh)
        self._visit.called.connect(self.time_left.again)
        self._visit.put.connect(self._keep)
        self.time_left.nearly_over.connect(self._warn)
        self.time_left.over.connect(self._time_is_over)
        every(1000, self._look_at_the_clock, self)
        self._look_at_the_clock()

    # ── what people touch ──

    @Slot(str)
    def speak(self, language: Language) -> None:
        self._somebody = True
        self._speak(language)
        self._keep()

    @Slot(str)
    def choose(self, service: ServiceId) -> None:
        if self.takes_touch():
            self._chosen(service)

    @Slot(str)
    def prefer(self, precedence: PrecedenceId) -> None:
        if self.takes_touch() and self._service:
            self._visit.begin(self._service, precedence, self._language)

    @Slot()
    def back(self) -> None:
        """From a service to all of them, in the language chosen."""
        if self.takes_touch():
            self._leave_service()

    @Slot()
    def done(self) -> None:
        if self.takes_touch():
            self.restart()

    @Slot()
    def retry(self) -> None:
        if self.takes_touch() and self._visit.step is VisitStep.UNREACHABLE:
            self._visit.ask()

    @Slot()
    def reprint(self) -> None:
        self._visit.to_paper()
        self._keep()

    @Slot()
    def stay(self) -> None:
        self.time_left.again()

    @Slot()
    def touched(self) -> None:
        """Somebody is there: a choice is not taken away from under their finger."""
        self._somebody = True
        if self._page not in ("ticket", "refused", "shut"):
            self._keep()

    @Slot()
    def restart(self) -> None:
        """The start, for the next customer, in the hall's own language."""
        self._service = None
        self._somebody = False
        self._visit.end()
        self._speak(self._own_language())
        self._keep()
        self.begun.emit()

    def takes_touch(self) -> bool:
        settled = time.monotonic() - self._page_since >= self._pace.settle
        return settled and self._visit.step is not VisitStep.ASKING

    def _chosen(self, service: ServiceId) -> None:
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
        if self._page != "services":
            self.nearly_over.emit()

    @Slot()
    def _time_is_over(self) -> None:
        """Who reads why a service is closed may want another one."""
        if self._page == "shut":
            self._leave_service()
        else:
            self.restart()

    # ── what follows from the hall ──

    @Slot()
    def _reachable(self) -> None:
        if self._visit.step is VisitStep.UNREACHABLE and not self._station.away_since:
            self._visit.ask()
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Everything shown, from the hall and the visit as they are now."""
        if self._language not in self._settings.languages or not self._is_used():
            self._speak(self._own_language())
        live, now = not self._station.away_since, self._now()
        self._services.show(service_tiles(self._hall, self._language, now, live=live))
        self._precedences.show(precedence_tiles(self._hall, self._service, self._language, now, live=live))
        page = self._right_page()
        if page != self._page:
            self._page, self._page_since = page, time.monotonic()
            self._keep()
        self.changed.emit()

    def _is_used(self) -> bool:
        """Whether somebody reads this in a language they may have chosen."""
        return self._somebody or self._service is not None or self._visit.step is not VisitStep.NONE

    def _right_page(self) -> str:
        match self._visit.step:
            case VisitStep.ISSUED:
                return "ticket"
            case VisitStep.UNREACHABLE:
                return "unreachable"
            case VisitStep.REFUSED:
                return "refused"
            case VisitStep.ASKING:
                return self._page
            case VisitStep.NONE:
                return self._start_page()

    def _start_page(self) -> str:
        if not self._visit.can_begin():
            return "away"
        now = self._now()
        if not gives_numbers(self._hall, now.wall):
            return "closed"
        if not any(tile.choice == self._service for tile in self._services):
            return "services"
        if not is_open(self._hall, self._service, now):
            return "shut"
        return "precedence" if len(self._precedences) > 1 else "services"

    @Slot()
    def _keep(self) -> None:
        """Give what is shown its full time from now."""
        seconds = self._stays()
        if seconds:
            self.time_left.start(seconds)
        else:
            self.time_left.stop()

    def _stays(self) -> float:
        match self._page:
            case "ticket":
                return self._pace.ticket * (3 if self._visit.on_screen_alone else 1)
            case "refused" | "shut":
                return self._pace.refusal
            case "precedence" | "unreachable":
                return self._pace.idle
            case _:
                return self._pace.idle if self._somebody else 0

    # ── words ──

    @property
    def _hall(self) -> Hall:
        return self._station.hall or Hall(id="")

    @property
    def _settings(self) -> HallSettings:
        return self._hall.settings

    def _now(self) -> Moment:
        self._order_clock.see(self._hall)
        return self._order_clock.moment

    def _own_language(self) -> Language:
        return self._settings.languages[0]

    def _speak(self, language: Language) -> None:
        if language != self._language:
            self._language = language
            self._tongue.speak(language, self._settings.languages)
            self.spoken.emit()
            self._refresh()

    def _say(self, words: Words) -> str:
        return in_language(words, self._language, self._settings.languages)

    @Slot()
    def _look_at_the_clock(self) -> None:
        now = clock(self._wall(), self._station.hall)
        if now != self._clock:
            self._clock = now
            self._refresh()

    def _chosen_name(self) -> str:
        service = self._hall.services.get(self._service or "")
        return self._say(service.name) if service else ""

    def _why_away(self) -> str:
        if self._station.refusal:
            return why_not(self._station.refusal)
        if not self._station.away_since:
            return ""
        since = clock(self._station.away_since, self._station.hall)
        return self.tr("This screen has not reached its hall since {time}. It keeps trying.").format(time=since)

    def _closed(self) -> list[str]:
        return closed_notice(spoken(self._language, self._settings.languages), self._hall, self._wall())

    @Property(str, notify=changed)
    def closed(self) -> str:
        """Why no service gives numbers."""
        return self._closed()[0]

    @Property(str, notify=changed)
    def hours(self) -> str:
        """When the hall opens, and its hours."""
        return "\n".join(self._closed()[1:])

    @Property(str, notify=changed)
    def shut(self) -> str:
        """Why the service chosen gives no numbers, and when it will."""
        return next((tile.waiting for tile in self._services if tile.choice == self._service), "")

    @Property(str, notify=changed)
    def page(self) -> str:
        return self._page

    @Property(str, notify=changed)
    def hall(self) -> str:
        return self._say(self._settings.name)

    @Property(str, notify=changed)
    def clock(self) -> str:
        return self._clock

    @Property(QColor, notify=changed)
    def accent(self) -> QColor:
        return QColor(self._settings.accent)

    @Property(str, notify=changed)
    def language(self) -> str:
        return self._language

    @Property("QVariantList", notify=changed)  # type: ignore[arg-type]  # PySide takes Qt's names too
    def languages(self) -> list[dict[str, str]]:
        return [{"code": code, "name": own_name(code)} for code in self._settings.languages]

    @Property(bool, notify=changed)
    def mirrored(self) -> bool:
        return is_right_to_left(self._language)

    @Property(bool, notify=changed)
    def asking(self) -> bool:
        return self._visit.step is VisitStep.ASKING

    chosen = Property(str, _chosen_name, notify=changed)
    why = Property(str, _why_away, notify=changed)

    @Property(QObject, constant=True)
    def services(self) -> QObject:
        return self._services

    @Property(QObject, constant=True)
    def precedences(self) -> QObject:
        return self._precedences

    @Property(Visit, constant=True)
    def visit(self) -> Visit:
        return self._visit

    @Property(Countdown, constant=True)
    def countdown(self) -> Countdown:
        return self.time_left
