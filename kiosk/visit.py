"""One customer at the kiosk, from the touch on a service to the ticket in the hand."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk import ticket_texts
from kiosk.abandoned_tickets import AbandonedTickets
from kiosk.printer.printer import Printed, Printer
from kiosk.printer.ticket_image import PaperTicket, draw
from shared import customer_sentences
from shared.catalogue import spoken
from shared.formats import clock, long_date
from shared.hall.errors import Failure, UnknownTicket, Unreachable
from shared.hall.field_types import Language, PrecedenceId, ServiceId, Words, in_language
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import decode
from shared.hall.messages import Accepted
from shared.hall.opening import local
from shared.hall.values import AT_A_POINT, Origin, Ticket, TicketState
from shared.languages import is_right_to_left
from shared.ui.refusals import why_not
from shared.ui.station import Station

QML_IMPORT_NAME = "NowServing.Kiosk.Core"
QML_IMPORT_MAJOR_VERSION = 1

TOKEN_BYTES = 24
"""Random bytes of the customer's own page: 192 bits, nobody guesses them."""


class VisitStep(Enum):
    """How far a visit has come."""

    NONE = auto()
    ASKING = auto()
    UNREACHABLE = auto()
    """Nobody knows whether the hall has issued the ticket: only the same command may be sent again."""
    REFUSED = auto()
    ISSUED = auto()


@QmlElement
@QmlUncreatable("The kiosk has one visit at a time.")
class Visit(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """The ticket a customer is taking or has taken, as the screen shows it."""

    changed = Signal()
    called = Signal()
    """The hall calls the ticket that is on the screen."""
    put = Signal()
    """The printer has said what became of the ticket."""

    def __init__(
        self,
        station: Station,
        printer: Printer | None,
        paper: int,
        parent: QObject,
        wall: Callable[[], datetime],
        *,
        own_series: bool,
    ) -> None:
        """``own_series``: the station's link gives labels of this kiosk's own to tickets of origin offline."""
        super().__init__(parent)
        self._own_series = own_series
        self._wall = wall
        self.step = VisitStep.NONE
        self._station = station
        self._printer = printer
        self._paper = paper
        self._unseen = AbandonedTickets(station, self)
        self._forget()
        station.changed.connect(self._follow)

    def _forget(self) -> None:
        self.step = VisitStep.NONE
        self._command = IssueTicket(service="")
        self._token = ""
        self._answer: dict[str, Any] = {}
        self._failure: Failure | None = None
        self._printing = False
        self._printed: Printed | None = None
        self._was_called = False

    # ── taking a ticket ──

    def can_begin(self) -> bool:
        """Whether anybody gives tickets: the hall, or this kiosk for a hall that is away and lets it."""
        if self._station.hall is None or self._station.refusal:
            return False
        return not self._station.away_since or self._alone

    @property
    def _alone(self) -> bool:
        """Whether this kiosk gives numbers of its own: its hall is known to be away, and lets it."""
        return bool(self._station.away_since) and self._own_series and self._hall.settings.offline_tickets

    def begin(self, service: ServiceId, precedence: PrecedenceId | None, language: Language) -> None:
        """Ask the hall for a ticket; while it is known to be away, the outbox."""
        self._forget()
        self._token = secrets.token_urlsafe(TOKEN_BYTES)
        self._command = IssueTicket(
            service=service,
            precedence=precedence,
            language=language,
            origin=Origin.OFFLINE if self._alone else Origin.KIOSK,
            token_hash=hashlib.sha256(self._token.encode()).hexdigest(),
            taken_at=self._wall() if self._alone else None,
        )
        self.ask()

    def ask(self) -> None:
        """Send the command; after an outage the very same one, so that it can't become a second ticket."""
        self.step = VisitStep.ASKING
        self.changed.emit()
        sent = self._command
        self._station.do(
            sent, lambda accepted: self._issued(sent, accepted), lambda failure: self._failed(sent, failure)
        )

    def end(self) -> None:
        """The customer has gone. A ticket nobody has seen is given back when the hall shows it."""
        if self.step in (VisitStep.ASKING, VisitStep.UNREACHABLE):
            self._unseen.add(self._command.command_id)
        self._forget()
        self.changed.emit()

    def _issued(self, sent: IssueTicket, accepted: Accepted) -> None:
        if sent is self._command:
            self._answer = accepted.result
            self.step = VisitStep.ISSUED
            self.to_paper()
            self._follow()

    def _failed(self, sent: IssueTicket, failure: Failure) -> None:
        if sent is self._command:
            self._failure = failure
            self.step = VisitStep.UNREACHABLE if isinstance(failure, Unreachable) else VisitStep.REFUSED
            self.changed.emit()

    @Slot()
    def _follow(self) -> None:
        if self.step is VisitStep.ISSUED:
            self.changed.emit()
            self._notice_call()

    def _notice_call(self) -> None:
        if bool(self._call()) != self._was_called:
            self._was_called = not self._was_called
            self.called.emit()

    # ── putting it on paper ──

    def to_paper(self) -> None:
        """Send the ticket to the printer, the first time or again."""
        if self._printer and not self._printing:
            printer, picture, label = self._printer, draw(self.on_paper(), self._paper), self._label()
            self._printing, sent = True, self._command
            self._station.aside(
                lambda: printer.put(picture, label),
                lambda printed: self._put(sent, printed),
                lambda _: self._put(sent, Printed.NO_ANSWER),
            )
            self.changed.emit()

    def _put(self, sent: IssueTicket, printed: Printed) -> None:
        if sent is self._command:
            self._printing, self._printed = False, printed
            self.changed.emit()
            self.put.emit()

    def on_paper(self) -> PaperTicket:
        """The words of the paper ticket."""
        issued = local(self._hall.settings, self._ticket().issued_at)
        language = self._command.language or ""
        return PaperTicket(
            hall=self._say(self._hall.settings.name),
            label=self._label(),
            service=self._service(),
            ahead=self._ahead(),
            time=f"{long_date(language, issued.date())} · {clock(issued, self._hall)}",
            advice=ticket_texts.on_paper(pending=self._pending()),
            address=self._address(),
            follow=ticket_texts.follow(pending=self._pending()),
            right_to_left=is_right_to_left(language),
        )

    @property
    def on_screen_alone(self) -> bool:
        """Whether the number may be nowhere but on the screen, although it should be on paper."""
        return self._printing or self._printed not in (Printed.YES, None)

    # ── what is shown ──

    @property
    def _hall(self) -> Hall:
        return self._station.hall or Hall(id="")

    def _ticket(self) -> Ticket:
        """The ticket as the hall has it now, or as it was issued if its event has not arrived yet."""
        try:
            return self._hall.ticket(self._command.command_id)
        except UnknownTicket:
            issued = self._answer["ticket"]
            return decode(Ticket, {name: value for name, value in issued.items() if name != "ahead"})

    def _say(self, words: Words) -> str:
        return in_language(words, self._command.language or "", self._hall.settings.languages)

    def _ours(self) -> Language:
        """The language of our own words to whom this is for."""
        return spoken(self._command.language or "", self._hall.settings.languages)

    def _label(self) -> str:
        return str(self._answer["ticket"]["label"]) if self._answer else ""

    def _service(self) -> str:
        service = self._hall.services.get(self._command.service)
        return self._say(service.name) if service else ""

    def _ahead(self) -> str:
        if not self._answer or self._ticket().state is not TicketState.WAITING:
            return ""
        if self._pending():
            return ""
        known = self._command.command_id in self._hall.tickets
        ahead = self._hall.ahead(self._ticket()) if known else int(self._answer["ahead"])
        return customer_sentences.ahead(self._ours(), ahead, attended=self._hall.attended(self._ticket().line))

    def _pending(self) -> bool:
        """Whether this kiosk gave the ticket and the hall has not heard of it yet."""
        return self._command.origin is Origin.OFFLINE and not self._hall.knows(self._command.command_id)

    def _call(self) -> str:
        """Where to go, once the ticket is called."""
        ticket = self._ticket() if self._answer else None
        point = self._hall.points.get(ticket.point or "") if ticket and ticket.state in AT_A_POINT else None
        return self.tr("Please go to {point}").format(point=self._say(point.name)) if point else ""

    def _address(self) -> str:
        return (self._station.page_url(self._token) or "") if self._token else ""

    def _problem(self) -> str:
        if isinstance(self._failure, Unreachable):
            return self.tr("The hall could not be reached, so your ticket is not certain yet.")
        return f"{why_not(self._failure)}\n{self._opens(self._failure)}".strip() if self._failure else ""

    def _opens(self, failure: Failure) -> str:
        return customer_sentences.opens_after(self._ours(), self._hall.settings, failure, self._wall())

    label = Property(str, _label, notify=changed)
    service = Property(str, _service, notify=changed)
    ahead = Property(str, _ahead, notify=changed)
    call = Property(str, _call, notify=changed)
    address = Property(str, _address, notify=changed)
    problem = Property(str, _problem, notify=changed)

    @Property(str, notify=changed)
    def advice(self) -> str:
        return ticket_texts.advice(pending=self._pending())

    @Property(str, notify=changed)
    def follow(self) -> str:
        return ticket_texts.follow(pending=self._pending())

    @Property(str, notify=changed)
    def paper(self) -> str:
        return ticket_texts.printed(self._printed, under_way=self._printing)

    @Property(bool, notify=changed)
    def printed(self) -> bool:
        return self._printed is Printed.YES

    @Property(bool, notify=changed)
    def unprinted(self) -> bool:
        return not self._printing and self.on_screen_alone
