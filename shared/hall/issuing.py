"""Taking a ticket, and giving it up: what customers do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shared.hall.due import due_at_issue
from shared.hall.errors import PrecedenceNotOffered, ServiceClosed, TicketNotWaiting, UnknownLanguage
from shared.hall.hall import Hall, Moment, Origin, Service, Ticket, TicketState, frozen
from shared.hall.labels import next_label
from shared.hall.messages import Answer, Change, Command, Event, Events, Rule, the_ticket
from shared.hall.roles import TICKET_GIVERS
from shared.hall.words import Language, PrecedenceId, ServiceId, TicketId


@dataclass(frozen=True, kw_only=True)
class IssueTicket(Command):
    """A customer takes a ticket. The ticket's id is the command's: a retry can't become a second ticket."""

    service: ServiceId
    precedence: PrecedenceId | None = None
    """None: the usual one of the service."""
    language: Language | None = None
    """None: the hall's own."""
    origin: Origin = Origin.RECEPTION
    token_hash: str | None = None
    """SHA-256, hexadecimal, of the token the sender made for the customer's own page."""


@dataclass(frozen=True, kw_only=True)
class CancelTicket(Command):
    """A customer who waits gives up their place."""

    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class TicketIssued(Event):
    ticket: TicketId
    label: str
    counter: int
    service: ServiceId
    precedence: PrecedenceId
    language: Language
    origin: Origin
    due: int
    token_hash: str | None = None
    then: tuple[ServiceId, ...] = ()
    not_before: int | None = None
    appointed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TicketCancelled(Event):
    ticket: TicketId


def issue_ticket(hall: Hall, command: IssueTicket, now: Moment) -> list[TicketIssued]:
    if hall.knows(command.command_id):
        return []
    service = _open(hall.service(command.service))
    precedence = hall.precedence(_precedence(hall, service, command.precedence))
    label, counter = next_label(hall, service.prefix)
    return [
        TicketIssued(
            ticket=command.command_id,
            label=label,
            counter=counter,
            service=service.id,
            precedence=precedence.id,
            language=_language(hall, command.language),
            origin=command.origin,
            due=due_at_issue(now, precedence),
            token_hash=command.token_hash,
            then=service.then,
        )
    ]


def _open(service: Service) -> Service:
    if not service.on:
        raise ServiceClosed("This service is closed at the moment.", service=service.id)
    return service


def _precedence(hall: Hall, service: Service, wanted: PrecedenceId | None) -> PrecedenceId:
    offered = hall.offered(service)
    if not offered:
        raise PrecedenceNotOffered("This hall has no precedences yet: an administrator defines one.")
    if wanted is None:
        return offered[0]
    if hall.precedence(wanted).id not in offered:
        raise PrecedenceNotOffered("This service does not offer this precedence.", precedence=wanted)
    return wanted


def _language(hall: Hall, wanted: Language | None) -> Language:
    languages = hall.settings.languages
    if wanted is not None and wanted not in languages:
        raise UnknownLanguage(f"This hall speaks {', '.join(languages)}, not {wanted!r}.")
    return wanted or languages[0]


def cancel_ticket(hall: Hall, command: CancelTicket, now: Moment) -> Events:
    ticket = hall.ticket(command.ticket)
    if ticket.state is not TicketState.WAITING:
        raise TicketNotWaiting(f"{ticket.label} is not waiting any more: it is {ticket.state}.", ticket=ticket.id)
    return [TicketCancelled(ticket=ticket.id)]


def ticket_issued(hall: Hall, event: TicketIssued) -> Hall:
    prefix = hall.services[event.service].prefix
    ticket = Ticket(
        id=event.ticket,
        label=event.label,
        service=event.service,
        precedence=event.precedence,
        language=event.language,
        origin=event.origin,
        state=TicketState.WAITING,
        issued_at=event.at,
        number=hall.seq + 1,
        due=event.due,
        token_hash=event.token_hash,
        then=event.then,
        not_before=event.not_before,
        appointed_at=event.appointed_at,
    )
    return replace(hall.with_ticket(ticket), counters=frozen({**hall.counters, prefix: event.counter}))


def ticket_cancelled(hall: Hall, event: TicketCancelled) -> Hall:
    ticket = hall.tickets[event.ticket]
    return hall.with_ticket(replace(ticket, state=TicketState.CANCELLED, ended_at=event.at))


def issued(hall: Hall, command: Command, events: Events) -> Answer:
    """The answer of a command that gives a ticket."""
    ticket = hall.ticket(command.command_id)
    return {"ticket": ticket, "ahead": hall.ahead(ticket), "forecast": None}


RULES = (
    Rule(IssueTicket, issue_ticket, issued, TICKET_GIVERS),
    Rule(CancelTicket, cancel_ticket, the_ticket, TICKET_GIVERS),
)
CHANGES = (
    Change(TicketIssued, ticket_issued),
    Change(TicketCancelled, ticket_cancelled),
)
