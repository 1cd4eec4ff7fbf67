"""What stands around the calls of the hall display, for its QML: captions in turn in its languages, lists, a ticker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from display.display_sentences import pages_of
from display.screen.hall_as_shown import due_next, in_order_of_call, languages_of
from display.screen.shown_display import ShownDisplay
from display.screen.ticker_strip import TickerStrip  # noqa: F401  # QML finds it by its name
from display.screen.zones import ZoneKind, zone_kind
from shared.catalogue import languages, spoken, translate
from shared.customer_sentences import closed_notice
from shared.hall.display_values import Display
from shared.hall.field_types import Language, Words, in_language
from shared.hall.hall import Hall
from shared.hall.opening import gives_tickets
from shared.hall.units import Milliseconds
from shared.languages import is_right_to_left, suited
from shared.ui.clocks import OrderClock
from shared.ui.event_loop import every

QML_IMPORT_NAME = "NowServing.Display.Models"
QML_IMPORT_MAJOR_VERSION = 1

TURN: Milliseconds = 8_000
"""How long the captions stay in one language."""


@QmlElement
@QmlUncreatable("The display's model owns it.")
class Surroundings(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """Everything but the calls themselves, in the words of the language whose turn it is."""

    changed = Signal()
    ticker_changed = Signal()

    def __init__(
        self, shown: ShownDisplay, wall: Callable[[], datetime], holds: Callable[[], int], parent: QObject | None = None
    ) -> None:
        """``holds``: how many numbers the list beside the calls has room for."""
        super().__init__(parent)
        self._shown = shown
        self._wall = wall
        self._holds = holds
        self._order = OrderClock(wall)
        self._hall: Hall | None = None
        self._turn = self._ticker_turn = 0
        self._closed_notice: list[str] = []
        self._numbers: list[str] = []
        self._shown_tickers: list[str] = []
        self._more = self._waiting = self._more_calls = 0
        every(TURN, self._take_turns, self)

    def show(self, hall: Hall | None, more_calls: int = 0) -> None:
        """Show the hall as this display shows it, and how many calls there are that are not in sight; None: no hall."""
        self._hall, self._more_calls = hall, more_calls
        now = self._wall()
        self._waiting = sum(len(places) for places in hall.lines.values()) if hall else 0
        self._list(hall)
        issues = hall is None or gives_tickets(hall, now)
        self._closed_notice = [] if issues or hall is None else closed_notice(self.language, hall, now)
        self.changed.emit()
        if self._tickers != self._shown_tickers:
            self._shown_tickers = self._tickers
            self.ticker_changed.emit()

    def _list(self, hall: Hall | None) -> None:
        kind = zone_kind(self._display)
        if hall is None or kind not in (ZoneKind.NEXT, ZoneKind.WAITING):
            self._numbers, self._more = [], 0
            return
        self._order.see(hall)
        now = self._order.moment
        listed = due_next(hall, now) if kind is ZoneKind.NEXT else in_order_of_call(hall, now)
        self._numbers = [ticket.label for ticket in listed[: self._holds()]]
        self._more = len(listed) - len(self._numbers) if kind is ZoneKind.WAITING else 0

    # ── languages ──

    @property
    def _display(self) -> Display:
        return self._shown.value

    @property
    def _languages(self) -> list[Language]:
        """The display's languages, without those our sentences are not translated into; the first one in any case."""
        first, *others = languages_of(self._hall, self._display) if self._hall else ("en",)
        return [first, *(other for other in others if suited(other, languages()))]

    @property
    def language(self) -> Language:
        """The language whose turn it is."""
        return self._languages[self._turn % len(self._languages)]

    @Slot()
    def _take_turns(self) -> None:
        if len(self._languages) > 1:
            self._turn += 1
            self.show(self._hall, self._more_calls)

    @property
    def _spoken(self) -> Language:
        return spoken(self.language, self._languages)

    def _in_turn(self, words: Words) -> str:
        return in_language(words, self.language, self._languages)

    # ── what QML reads ──

    dark = Property(bool, lambda self: self._display.dark, notify=changed)
    clock = Property(bool, lambda self: self._display.clock, notify=changed)
    zone = Property(str, lambda self: str(zone_kind(self._display)), notify=changed)
    numbers = Property(list, lambda self: self._numbers, notify=changed)
    rightToLeft = Property(bool, lambda self: is_right_to_left(self.language), notify=changed)  # noqa: N815  # QML's name

    @property
    def _hall_name(self) -> str:
        return self._in_turn(self._hall.settings.name) if self._hall else ""

    hallName = Property(str, lambda self: self._hall_name, notify=changed)  # noqa: N815  # QML's name for it

    @Property(str, notify=changed)
    def welcome(self) -> str:
        if name := self._hall_name:
            return translate(self._spoken, "Welcome to %1").replace("%1", name)
        return "Now Serving"

    @Property(str, notify=changed)
    def invitation(self) -> str:
        """What to do while there are no calls, or why the hall is closed."""
        if self._hall is None:
            return translate(self._spoken, "One moment, please")
        return self._closed_notice[0] if self._closed_notice else translate(self._spoken, "Please take a ticket")

    @Property(str, notify=changed)
    def openingHours(self) -> str:  # noqa: N802  # QML's name for it
        """When the hall opens, and its hours; empty while it issues tickets."""
        return "\n".join(self._closed_notice[1:])

    @Property(str, notify=changed)
    def peopleWaiting(self) -> str:  # noqa: N802  # QML's name for it
        """How many people wait for this display's calls; empty if nobody does."""
        return translate(self._spoken, "%n people wait", self._waiting) if self._hall and self._waiting else ""

    @Property(str, notify=changed)
    def moreCalls(self) -> str:  # noqa: N802  # QML's name for it
        """How many calls are open besides those in sight; empty if all are."""
        return translate(self._spoken, "%n more numbers are called", self._more_calls) if self._more_calls else ""

    @Property(str, notify=changed)
    def caption(self) -> str:
        """The heading of the list beside the calls."""
        return translate(self._spoken, "Get ready" if zone_kind(self._display) is ZoneKind.NEXT else "Waiting now")

    @Property(str, notify=changed)
    def more(self) -> str:
        """How many wait besides those in the list; empty if all are in it."""
        return translate(self._spoken, "and %n more", self._more) if self._more else ""

    # ── the ticker ──

    @property
    def _tickers(self) -> list[str]:
        """The running line in each of the display's languages in which it is another one."""
        words = self._display.ticker
        in_each = (in_language(words, language, self._languages) for language in self._languages)
        return [" · ".join(filter(None, map(str.strip, text.splitlines()))) for text in dict.fromkeys(in_each) if text]

    @Property(str, notify=ticker_changed)
    def ticker(self) -> str:
        """The line that runs now; empty without one."""
        return self._tickers[self._ticker_turn % len(self._tickers)] if self._tickers else ""

    @Slot()
    def next_ticker(self) -> None:
        """The line has run through once: the next language has its turn."""
        self._ticker_turn += 1
        self.ticker_changed.emit()

    @Slot(str, float, float, result="QStringList")
    def pages(self, text: str, width: float, size: float) -> list[str]:
        """A line in parts that stand still in this width, in pixels, in a font of this pixel size."""
        return pages_of(text, width / size if size else 0)
