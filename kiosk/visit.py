"""The taking of one ticket at the kiosk: asking the hall for it, printing it, and what the screen says of it."""

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
from shared.hall.errors import Failure, UnknownTicket, Unreachable
from shared.hall.field_types import Language, PrecedenceId, ServiceId, Words, in_language
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import decode
from shared.hall.messages import Accepted
from shared.hall.time_zones import local
from shared.hall.values import AT_A_POINT, Origin, Ticket, TicketState
from shared.languages import is_right_to_left
from shared.ui.refusals import refusal_text
from shared.ui.station import Station

QML_IMPORT_NAME = "NowServing.Kiosk.Core"
QML_IMPORT_MAJOR_VERSION = 1

TOKEN_BYTES = 24
"""Random bytes of the token of the customer's own page: 192 bits can't be guessed."""


class VisitStep(Enum):
    """How far the taking of a ticket has come."""

    NONE = auto()
    ASKING = auto()
    """The command was sent, and is not answered yet."""
    UNREACHABLE = auto()
    """The hall may have issued the ticket or not: only the same command may be sent again."""
    REFUSED = auto()
    ISSUED = auto()


@QmlElement
@QmlUncreatable("The kiosk owns it.")
class Visit(QObject):  # type: ignore[operator]  # the stub forgets that the line above is called
    """The ticket a customer is taking or has taken, as the screen shows it."""

    changed = Signal()
    call_changed = Signal()
    """The ticket on the screen is called, or no longer."""
    print_finished = Signal()
    """The printer has answered, or can't be reached."""

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
        """``paper`` is in millimetres. ``own_series``: the station's link numbers tickets of origin offline itself."""
        super().__init__(parent)
        self._own_series = own_series
        self._wall = wall
        self.step = VisitStep.NONE
        self._station = station
        self._printer = printer
        self._paper = paper
        self._abandoned = AbandonedTickets(station, self)
        self._reset()
        station.changed.connect(self._hall_changed)

    def _reset(self) -> None:
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
        """Whether a ticket can be asked for: from the hall or, while that is away, by this kiosk's own series."""
        if self._station.hall is None or self._station.refusal:
            return False
        return not self._station.away_since or self._gives_own_numbers

    @property
    def _gives_own_numbers(self) -> bool:
        """Whether the hall is away and lets this kiosk number tickets by its own series."""
        return bool(self._station.away_since) and self._own_series and self._hall.settings.offline_tickets

    def begin(self, service: ServiceId, precedence: PrecedenceId | None, language: Language) -> None:
        """Ask for a ticket: from the hall, or from the outbox while the hall is away."""
        self._reset()
        self._token = secrets.token_urlsafe(TOKEN_BYTES)
        self._command = IssueTicket(
            service=service,
            precedence=precedence,
            language=language,
            origin=Origin.OFFLINE if self._gives_own_numbers else Origin.KIOSK,
            token_hash=hashlib.sha256(self._token.encode()).hexdigest(),
            taken_at=self._wall() if self._gives_own_numbers else None,
        )
        self.send()

    def send(self) -> None:
        """Send the command; after an outage the same one again, so that it can't become a second ticket."""
        self.step = VisitStep.ASKING
        self.changed.emit()
        sent = self._command
        self._station.do(
            sent, lambda accepted: self._issued(sent, accepted), lambda failure: self._failed(sent, failure)
        )

    def end(self) -> None:
        """The customer has gone: a ticket the screen never showed is cancelled once the hall has it."""
        if self.step in (VisitStep.ASKING, VisitStep.UNREACHABLE):
            self._abandoned.add(self._command.command_id)
        self._reset()
        self.changed.emit()

    def _issued(self, sent: IssueTicket, accepted: Accepted) -> None:
        if sent is self._command:
            self._answer = accepted.result
            self.step = VisitStep.ISSUED
            self.print_ticket()
            self._hall_changed()

    def _failed(self, sent: IssueTicket, failure: Failure) -> None:
        if sent is self._command:
            self._failure = failure
            self.step = VisitStep.UNREACHABLE if isinstance(failure, Unreachable) else VisitStep.REFUSED
            self.changed.emit()

    @Slot()
    def _hall_changed(self) -> None:
        if self.step is VisitStep.ISSUED:
            self.changed.emit()
            self._notice_call()

    def _notice_call(self) -> None:
        if bool(self._call()) != self._was_called:
            self._was_called = not self._was_called
            self.call_changed.emit()

    # ── printing ──

    def print_ticket(self) -> None:
        """Send the ticket to the printer, if there is one that is not printing: the first time or again."""
        if self._printer and not self._printing:
            printer, picture, label = self._printer, draw(self.paper_ticket(), self._paper), self._label()
            self._printing, sent = True, self._command
            self._station.in_background(
                lambda: printer.print_ticket(picture, label),
                lambda printed: self._print_finished(sent, printed),
                lambda _: self._print_finished(sent, Printed.NO_ANSWER),
            )
            self.changed.emit()

    def _print_finished(self, sent: IssueTicket, printed: Printed) -> None:
        if sent is self._command:
            self._printing, self._printed = False, printed
            self.changed.emit()
            self.print_finished.emit()

    def paper_ticket(self) -> PaperTicket:
        """The texts of the paper ticket."""
        issued = local(self._hall.settings, self._ticket().issued_at)
        language = self._command.language or ""
        return PaperTicket(
            hall=self._in_language(self._hall.settings.name),
            label=self._label(),
            service=self._service_name(),
            ahead=self._ahead(),
            time=ticket_texts.paper_time(language, issued, self._hall),
            advice=ticket_texts.paper_advice(pending=self._pending()),
            address=self._address(),
            follow=ticket_texts.follow(pending=self._pending()),
            right_to_left=is_right_to_left(language),
        )

    @property
    def may_lack_paper(self) -> bool:
        """Whether there is a printer, and the ticket is not known to be on its paper."""
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

    def _in_language(self, words: Words) -> str:
        return in_language(words, self._command.language or "", self._hall.settings.languages)

    def _catalogue_language(self) -> Language:
        """The language of the catalogue for this customer."""
        return spoken(self._command.language or "", self._hall.settings.languages)

    def _label(self) -> str:
        return str(self._answer["ticket"]["label"]) if self._answer else ""

    def _service_name(self) -> str:
        service = self._hall.services.get(self._command.service)
        return self._in_language(service.name) if service else ""

    def _ahead(self) -> str:
        if not self._answer or self._ticket().state is not TicketState.WAITING:
            return ""
        if self._pending():
            return ""
        known = self._command.command_id in self._hall.tickets
        ahead = self._hall.ahead(self._ticket()) if known else int(self._answer["ahead"])
        return customer_sentences.ahead(
            self._catalogue_language(), ahead, attended=self._hall.attended(self._ticket().line)
        )

    def _pending(self) -> bool:
        """Whether this kiosk numbered the ticket and the hall does not have it yet."""
        return self._command.origin is Origin.OFFLINE and not self._hall.knows(self._command.command_id)

    def _call(self) -> str:
        """Where to go; empty unless the ticket is called or being served."""
        ticket = self._ticket() if self._answer else None
        point = self._hall.points.get(ticket.point or "") if ticket and ticket.state in AT_A_POINT else None
        return self.tr("Please go to {point}").format(point=self._in_language(point.name)) if point else ""

    def _address(self) -> str:
        return (self._station.page_url(self._token) or "") if self._token else ""

    def _problem(self) -> str:
        if isinstance(self._failure, Unreachable):
            return self.tr("There is no connection, so your ticket is not certain yet.")
        return f"{refusal_text(self._failure)}\n{self._reopening(self._failure)}".strip() if self._failure else ""

    def _reopening(self, failure: Failure) -> str:
        return customer_sentences.opens_after(self._catalogue_language(), self._hall.settings, failure, self._wall())

    label = Property(str, _label, notify=changed)
    service = Property(str, _service_name, notify=changed)
    ahead = Property(str, _ahead, notify=changed)
    call = Property(str, _call, notify=changed)
    address = Property(str, _address, notify=changed)
    problem = Property(str, _problem, notify=changed)
    advice = Property(str, lambda self: ticket_texts.advice(pending=self._pending()), notify=changed)
    follow = Property(str, lambda self: ticket_texts.follow(pending=self._pending()), notify=changed)

    @Property(str, notify=changed)
    def printSentence(self) -> str:  # noqa: N802  # QML's name for it
        return ticket_texts.print_sentence(self._printed, printing=self._printing)

    printed = Property(bool, lambda self: self._printed is Printed.YES, notify=changed)
    unprinted = Property(bool, lambda self: not self._printing and self.may_lack_paper, notify=changed)
