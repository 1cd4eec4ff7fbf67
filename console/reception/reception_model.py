"""What the reception does: gives tickets, finds, cancels and reinstates them, exports and erases personal data."""

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
from shared.durable_files import write_text
from shared.hall.appointments import CheckIn
from shared.hall.errors import Failure, Unreachable
from shared.hall.field_types import Language, PrecedenceId, ServiceId
from shared.hall.hall_settings import HallSettings
from shared.hall.issuing import CancelTicket, IssueTicket, queue_for
from shared.hall.messages import Accepted
from shared.hall.opening import business_day
from shared.hall.parking import ReinstateTicket
from shared.hall.values import NEVER, Service, Ticket, TicketState
from shared.requests.contacts import Contact, EraseTicket, ExportTicket, KeepContact, PersonalData
from shared.ui.clocks import OrderClock
from shared.ui.refusals import refusal_text
from shared.ui.station import Station

NOBODY = Contact()
"""The contact of nearly every customer: nothing said."""

TOKEN_BYTES = 24
"""Random bytes in the token of the customer's page: 192 bits, nobody guesses them."""

MOST_FOUND = 100
"""Tickets found at most: another letter finds the others."""

IssueCommand: TypeAlias = IssueTicket | CheckIn


class ReceptionModel(PendingCommand):
    erased = Signal(str)
    """The personal data of this ticket is erased."""

    def __init__(self, station: Station, reasons: ParkingReasons, parent: QObject | None = None) -> None:
        super().__init__(station, parent)
        self.parking_reasons = reasons
        reasons.changed.connect(self.changed)
        self.given_id = ""
        """The id of the ticket given last; empty before the first."""
        self.page_url = ""
        """The URL of that customer's page; empty if there are no pages."""
        self._unanswered: tuple[IssueCommand, str] | None = None
        """The last command with its token, if the hall was not reached: it may have given a ticket or not."""
        self._order_clock = OrderClock()

    # ── what there is ──

    @property
    def services(self) -> list[Service]:
        """The services a ticket may be given for."""
        return [service for service in self.hall.on_offer() if service.on] if self.hall else []

    def people_ahead(self, service: ServiceId, precedence: PrecedenceId | None) -> str:
        """The sentence that says how many people this customer would wait behind; empty without such a service."""
        if self.hall is None or service not in self.hall.services:
            return ""
        self._order_clock.see(self.hall)
        queue = queue_for(self.hall, self.hall.services[service], self._order_clock.moment, precedence)
        return sentences.people_ahead(self.hall, service, queue)

    def offered(self, service: ServiceId) -> tuple[PrecedenceId, ...]:
        """The precedences of a service, the usual one first."""
        return self.hall.offered(self.hall.service(service)) if self.hall and service in self.hall.services else ()

    @property
    def ticket(self) -> Ticket | None:
        """The ticket given last, as the hall has it now."""
        return self.hall.ticket(self.given_id) if self.hall and self.hall.knows(self.given_id) else None

    def find(self, text: str) -> list[Ticket]:
        """Up to MOST_FOUND of today's tickets whose label begins with this, or has these digits; live ones first."""
        if self.hall is None:
            return []
        wanted = text.strip().casefold()
        live = sorted(self.hall.tickets.values(), key=lambda ticket: ticket.number, reverse=True)
        ended = sorted(self.hall.ended, key=lambda ticket: ticket.ended_at or NEVER, reverse=True)
        return [ticket for ticket in (*live, *ended) if _matches(ticket.label.casefold(), wanted)][:MOST_FOUND]

    def may_cancel(self, ticket: Ticket | None) -> bool:
        return self.is_available and ticket is not None and ticket.state is TicketState.WAITING

    def may_reinstate(self, ticket: Ticket | None) -> bool:
        may = ticket is not None and self.hall is not None and may_come_back(self.hall, ticket, now())
        return may and self.is_available

    # ── what is done ──

    def give(
        self,
        service: ServiceId,
        precedence: PrecedenceId | None,
        language: Language | None,
        at: datetime | None,
        contact: Contact = NOBODY,
    ) -> None:
        """Give a ticket, if a press counts now; ``at`` is the time of the appointment, if there is one."""
        if self.ready and self.is_available:
            token = secrets.token_urlsafe(TOKEN_BYTES)
            hashed = hashlib.sha256(token.encode()).hexdigest()
            command: IssueCommand = (
                CheckIn(service=service, precedence=precedence, language=language, token_hash=hashed, appointed_at=at)
                if at
                else IssueTicket(service=service, precedence=precedence, language=language, token_hash=hashed)
            )
            self._give(*self._or_unanswered(command, token), contact)

    def _or_unanswered(self, command: IssueCommand, token: str) -> tuple[IssueCommand, str]:
        """The unanswered command and its token, if it asked for the same: sent again, it gives no second ticket."""
        if self._unanswered:
            earlier, earlier_token = self._unanswered
            if replace(command, command_id=earlier.command_id, token_hash=earlier.token_hash) == earlier:
                return earlier, earlier_token
        return command, token

    def _give(self, command: IssueCommand, token: str, contact: Contact) -> None:
        def given(_: Accepted) -> None:
            self._unanswered = None
            if contact != NOBODY:
                self.station.request(
                    KeepContact(ticket=command.command_id, contact=contact), lambda _: None, self._say_failure
                )
            self.given_id = command.command_id
            self.page_url = self.station.page_url(token) or ""

        def failed(failure: Failure) -> None:
            self._unanswered = (command, token) if isinstance(failure, Unreachable) else None

        self._send(command, given, failed)

    def _say_failure(self, failure: Failure) -> None:
        self.say(refusal_text(failure), refusal=True)

    # ── personal data ──

    @property
    def may_handle_personal_data(self) -> bool:
        actor = self.station.actor
        return actor is not None and actor.role in ExportTicket.ALLOWED

    def export(self, ticket: Ticket, file: Path) -> None:
        """Write the personal data of a ticket to a file, for its customer."""

        def arrived(data: PersonalData) -> None:
            saved = self.tr("The personal data of {0} is saved in {1}.").format(ticket.label, file.name)
            self.station.in_background(
                lambda: write_text(file, data.text), lambda _: self.say(saved), self._say_failure
            )

        self.station.request(ExportTicket(ticket=ticket.id), arrived, self._say_failure)

    def erase(self, ticket: Ticket) -> None:
        def erased(_: object) -> None:
            self.say(self.tr("Name, phone and notes of {0} are erased.").format(ticket.label))
            self.erased.emit(ticket.id)

        self.station.request(EraseTicket(ticket=ticket.id), erased, self._say_failure)

    def forget(self) -> None:
        """Forget the ticket given last: the next person must not see it."""
        self.given_id, self.page_url, self._unanswered = "", "", None
        self.changed.emit()

    def cancel(self, ticket: Ticket) -> None:
        if self.ready and self.may_cancel(ticket):
            done = self.tr("{0} is cancelled.").format(ticket.label)
            self._send(CancelTicket(ticket=ticket.id), lambda _: self.say(done))

    def reinstate(self, ticket: Ticket) -> None:
        if self.ready and self.may_reinstate(ticket):
            done = self.tr("{0} waits again.").format(ticket.label)
            self._send(ReinstateTicket(ticket=ticket.id), lambda _: self.say(done))


def _matches(label: str, wanted: str) -> bool:
    figures = re.sub(r"\D", "", label)
    return label.startswith(wanted) or (wanted.isdigit() and wanted.lstrip("0") in figures)


def appointed(settings: HallSettings, text: str, wall: datetime) -> datetime | None:
    """The moment of this business day that ``14:30``, ``1430`` or ``9`` means; None for an empty text.

    Raises ValueError if the text is no time of day.
    """
    if not text.strip():
        return None
    found = re.fullmatch(r"(\d{1,2})(?:[:.\s]?(\d{2}))?", text.strip())
    if not found:
        raise ValueError(text)
    at = time(int(found[1]), int(found[2] or 0))
    day = business_day(settings, wall) + timedelta(days=at < settings.day_starts)
    return datetime.combine(day, at, ZoneInfo(settings.time_zone))
