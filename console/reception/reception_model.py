"""What the reception does for customers: gives tickets, finds them, takes them back and brings people back."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from console import sentences
from console.set_aside import may_come_back
from console.wall_clock import now
from console.work.parking_reasons import ParkingReasons
from console.work.pending_command import PendingCommand
from shared.access.contacts import Contact, EraseTicket, ExportTicket, KeepContact, PersonalData
from shared.durable_files import write_text
from shared.hall.appointments import CheckIn
from shared.hall.errors import Failure, Unreachable
from shared.hall.field_types import Language, PrecedenceId, ServiceId
from shared.hall.issuing import CancelTicket, IssueTicket, queue_for
from shared.hall.messages import Accepted
from shared.hall.opening import business_day
from shared.hall.parking import ReinstateTicket
from shared.hall.values import NEVER, HallSettings, Service, Ticket, TicketState
from shared.ui.clocks import OrderClock
from shared.ui.refusals import why_not
from shared.ui.station import Station

NOBODY = Contact()
"""Of a customer who said nothing about themselves, as nearly all do."""

TOKEN_BYTES = 24
"""Random bytes of the customer's own page: 192 bits, nobody guesses them."""

MOST_FOUND = 100
"""Tickets in sight at once: who looks for more types another letter."""

Giving: TypeAlias = IssueTicket | CheckIn


class ReceptionModel(PendingCommand):
    """Staff who serve nobody themselves."""

    erased = Signal(str)
    """The customer of this ticket is forgotten."""

    def __init__(self, station: Station, reasons: ParkingReasons, parent: QObject | None = None) -> None:
        super().__init__(station, parent)
        self.reasons = reasons
        reasons.changed.connect(self.changed)
        self.given = ""
        """The id of the ticket given last."""
        self.address = ""
        """Of that customer's own page; nothing if there are no pages."""
        self._unsure: tuple[Giving, str] | None = None
        self._order_clock = OrderClock()

    # ── what there is ──

    @property
    def services(self) -> list[Service]:
        """Those somebody may take a ticket for."""
        return [service for service in self.hall.on_offer() if service.on] if self.hall else []

    def before_giving(self, service: ServiceId, precedence: PrecedenceId | None) -> str:
        """What a customer of this service would have before them; nothing if there is no such service."""
        if self.hall is None or service not in self.hall.services:
            return ""
        self._order_clock.see(self.hall)
        queue = queue_for(self.hall, self.hall.services[service], self._order_clock.moment, precedence)
        return sentences.before_giving(self.hall, service, queue)

    def offered(self, service: ServiceId) -> tuple[PrecedenceId, ...]:
        """The precedences of a service, the usual one first."""
        return self.hall.offered(self.hall.service(service)) if self.hall and service in self.hall.services else ()

    @property
    def ticket(self) -> Ticket | None:
        """The ticket given last, as the hall has it now."""
        return self.hall.ticket(self.given) if self.hall and self.hall.knows(self.given) else None

    def find(self, text: str) -> list[Ticket]:
        """Today's tickets whose number begins so, or has it in its figures; the live ones first, the last one first."""
        if self.hall is None:
            return []
        wanted = text.strip().casefold()
        live = sorted(self.hall.tickets.values(), key=lambda ticket: ticket.number, reverse=True)
        ended = sorted(self.hall.ended, key=lambda ticket: ticket.ended_at or NEVER, reverse=True)
        return [ticket for ticket in (*live, *ended) if _matches(ticket.label.casefold(), wanted)][:MOST_FOUND]

    def may_cancel(self, ticket: Ticket | None) -> bool:
        return self.reaches and ticket is not None and ticket.state is TicketState.WAITING

    def may_reinstate(self, ticket: Ticket | None) -> bool:
        may = ticket is not None and self.hall is not None and may_come_back(self.hall, ticket, now())
        return may and self.reaches

    # ── what is done ──

    def give(
        self,
        service: ServiceId,
        precedence: PrecedenceId | None,
        language: Language | None,
        at: datetime | None,
        contact: Contact = NOBODY,
    ) -> None:
        """Give a ticket, for an appointment if ``at`` is when it was agreed for, to a customer who may be somebody."""
        if self.ready and self.reaches:
            token = secrets.token_urlsafe(TOKEN_BYTES)
            hashed = hashlib.sha256(token.encode()).hexdigest()
            wish: Giving = (
                CheckIn(service=service, precedence=precedence, language=language, token_hash=hashed, appointed_at=at)
                if at
                else IssueTicket(service=service, precedence=precedence, language=language, token_hash=hashed)
            )
            self._give(*self._as_before(wish, token), contact)

    def _as_before(self, wish: Giving, token: str) -> tuple[Giving, str]:
        """The very same command if it was sent before and never answered: it can't become a second ticket."""
        if self._unsure:
            earlier, of_earlier = self._unsure
            if replace(wish, command_id=earlier.command_id, token_hash=earlier.token_hash) == earlier:
                return earlier, of_earlier
        return wish, token

    def _give(self, wish: Giving, token: str, contact: Contact) -> None:
        def given(_: Accepted) -> None:
            self._unsure = None
            if contact != NOBODY:
                self.station.request(
                    KeepContact(ticket=wish.command_id, contact=contact), lambda _: None, self._not_kept
                )
            self.given = wish.command_id
            self.address = self.station.page_url(token) or ""

        def failed(failure: Failure) -> None:
            self._unsure = (wish, token) if isinstance(failure, Unreachable) else None

        self._send(wish, given, failed)

    def _not_kept(self, failure: Failure) -> None:
        self.say(why_not(failure), refusal=True)

    # ── what is kept about the customer ──

    @property
    def may_erase(self) -> bool:
        actor = self.station.actor
        return actor is not None and actor.role in ExportTicket.ALLOWED

    def export(self, ticket: Ticket, file: Path) -> None:
        """Write all that is kept about the customer of a ticket to a file, for them."""

        def arrived(dossier: PersonalData) -> None:
            said = self.tr("What is kept about {0} is in {1}.").format(ticket.label, file.name)
            self.station.aside(lambda: write_text(file, dossier.text), lambda _: self.say(said), self._not_kept)

        self.station.request(ExportTicket(ticket=ticket.id), arrived, self._not_kept)

    def erase(self, ticket: Ticket) -> None:
        """Forget whatever was said about the customer of a ticket."""

        def erased(_: object) -> None:
            self.say(self.tr("Name, telephone and notes of {0} are forgotten.").format(ticket.label))
            self.erased.emit(ticket.id)

        self.station.request(EraseTicket(ticket=ticket.id), erased, self._not_kept)

    def forget(self) -> None:
        """Somebody else sits here from now on."""
        self.given, self.address, self._unsure = "", "", None
        self.changed.emit()

    def cancel(self, ticket: Ticket) -> None:
        if self.ready and self.may_cancel(ticket):
            said = self.tr("{0} is cancelled.").format(ticket.label)
            self._send(CancelTicket(ticket=ticket.id), lambda _: self.say(said))

    def reinstate(self, ticket: Ticket) -> None:
        if self.ready and self.may_reinstate(ticket):
            said = self.tr("{0} waits again.").format(ticket.label)
            self._send(ReinstateTicket(ticket=ticket.id), lambda _: self.say(said))


def _matches(label: str, wanted: str) -> bool:
    figures = re.sub(r"\D", "", label)
    return label.startswith(wanted) or (wanted.isdigit() and wanted.lstrip("0") in figures)


def appointed(settings: HallSettings, text: str, wall: datetime) -> datetime | None:
    """The moment of this business day that ``14:30``, ``1430`` or ``9`` means; None for no text.

    Raises ValueError if it is no time of day.
    """
    if not text.strip():
        return None
    found = re.fullmatch(r"(\d{1,2})(?:[:.\s]?(\d{2}))?", text.strip())
    if not found:
        raise ValueError(text)
    at = time(int(found[1]), int(found[2] or 0))
    day = business_day(settings, wall) + timedelta(days=at < settings.day_starts)
    return datetime.combine(day, at, ZoneInfo(settings.time_zone))
