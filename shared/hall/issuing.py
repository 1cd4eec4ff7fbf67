"""Taking a ticket and cancelling it; the queue a ticket would join."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.hall.calling_order import Place, due_at_issue
from shared.hall.errors import (
    Invalid,
    OfflineNotAllowed,
    PrecedenceNotOffered,
    ServiceClosed,
    TakenTooEarly,
    TicketNotWaiting,
    UnknownLanguage,
)
from shared.hall.field_types import Hash, Language, PrecedenceId, ServiceId, TicketId
from shared.hall.hall import Hall
from shared.hall.labels import OFFLINE_LABEL, label_to_call, next_label, series
from shared.hall.messages import Answer, Change, Command, Event, Events, Rule, ticket_answer
from shared.hall.opening import business_day, by_hours, day_begins, is_new_day, require_open
from shared.hall.roles import KIOSKS, TICKET_GIVERS, Role
from shared.hall.units import OrderTime
from shared.hall.values import Moment, Origin, Service, Ticket, TicketState, frozen


@dataclass(frozen=True, kw_only=True)
class IssueTicket(Command):
    """A customer takes a ticket. The ticket's id is the command's: a retry can't become a second ticket."""

    service: ServiceId
    precedence: PrecedenceId | None = None
    """None: the usual one of the service."""
    language: Language | None = None
    """None: the hall's own."""
    origin: Origin = Origin.RECEPTION
    token_hash: Hash | None = None
    """The hash of the token that opens the ticket's page; the sender made it."""
    offline_label: str | None = None
    """The label a kiosk has already printed while it could not reach the hall: ``K2-07``."""
    taken_at: datetime | None = None
    """When the kiosk printed it."""


@dataclass(frozen=True, kw_only=True)
class CancelTicket(Command):
    """A waiting customer gives up their place."""

    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class TicketIssued(Event):
    ticket: TicketId
    label: str
    counter: int
    """The count of its series that gave the label; 0 if a kiosk printed it offline."""
    service: ServiceId
    precedence: PrecedenceId
    language: Language
    origin: Origin
    due: OrderTime
    token_hash: str | None = None
    then: tuple[ServiceId, ...] = ()
    not_before: OrderTime | None = None
    appointed_at: datetime | None = None
    taken_at: datetime | None = None
    """When a kiosk printed it offline."""


@dataclass(frozen=True, kw_only=True)
class TicketCancelled(Event):
    ticket: TicketId


def issue_ticket(hall: Hall, command: IssueTicket, now: Moment) -> list[TicketIssued]:
    if hall.knows(command.command_id):
        return []
    service = hall.service(command.service)
    taken = _time_taken(hall, service, command, now)
    precedence = hall.precedence(_precedence_id(hall, service, command.precedence))
    label, counter = _label(hall, service, command)
    return [
        TicketIssued(
            ticket=command.command_id,
            label=label,
            counter=counter,
            service=service.id,
            precedence=precedence.id,
            language=_language(hall, command.language),
            origin=command.origin,
            due=due_at_issue(taken.order, precedence.allowance),
            token_hash=command.token_hash,
            then=service.then,
            taken_at=taken.wall if command.taken_at else None,
        )
    ]


def _time_taken(hall: Hall, service: Service, command: IssueTicket, now: Moment) -> Moment:
    """When the ticket was taken: now, or when the kiosk printed it; raises Refused if the hall gave none then."""
    offline_fields = (command.origin is Origin.OFFLINE, command.offline_label is not None, command.taken_at is not None)
    if len(set(offline_fields)) > 1:
        raise Invalid("An offline ticket has the origin offline, an offline_label and the time taken_at.")
    if command.taken_at is None:
        require_open(hall, service, now.wall)
        return now
    return _time_printed(hall, service, command.taken_at, now)


def _time_printed(hall: Hall, service: Service, taken_at: datetime, now: Moment) -> Moment:
    """When the ticket was printed, within today. It is in somebody's hand: only its own time may refuse it."""
    if not hall.settings.offline_tickets:
        raise OfflineNotAllowed("This hall does not accept tickets that a kiosk printed offline.")
    today = business_day(hall.settings, now.wall)
    if business_day(hall.settings, taken_at) < min(today, hall.business_day or today):
        raise TakenTooEarly("This ticket was taken on an earlier business day and will not be called any more.")
    wall = min(now.wall, max(taken_at, day_begins(hall.settings, today)))
    if not by_hours(hall, service, wall).open:
        raise ServiceClosed("This service was closed when the ticket was taken.", service=service.id)
    return Moment(wall, now.order - (now.wall - wall) // timedelta(milliseconds=1))


def _label(hall: Hall, service: Service, command: IssueTicket) -> tuple[str, int]:
    """The label and the counter that gave it; for a printed ticket, what ``label_to_call`` says, and 0."""
    if command.offline_label is None or command.taken_at is None:
        return next_label(hall, service)
    if not OFFLINE_LABEL.fullmatch(command.offline_label):
        raise Invalid("An offline_label is a kiosk's letters, a dash and two to four digits, like K2-07.")
    return label_to_call(hall, command.offline_label, command.taken_at), 0


def _senders(command: IssueTicket) -> frozenset[Role]:
    """The roles that may send this command: only kiosks print tickets offline."""
    return TICKET_GIVERS if command.offline_label is None else KIOSKS


def _precedence_id(hall: Hall, service: Service, wanted: PrecedenceId | None) -> PrecedenceId:
    offered = hall.offered(service)
    if not offered:
        raise PrecedenceNotOffered("This hall has no precedences yet: an administrator has to define one.")
    if wanted is None:
        return offered[0]
    if hall.precedence(wanted).id not in offered:
        raise PrecedenceNotOffered("This service does not offer this precedence.", precedence=wanted)
    return wanted


def _language(hall: Hall, wanted: Language | None) -> Language:
    languages = hall.settings.languages
    if wanted is not None and wanted not in languages:
        raise UnknownLanguage(
            "This hall speaks {languages}, not {language}.", languages=", ".join(languages), language=wanted
        )
    return wanted or languages[0]


def cancel_ticket(hall: Hall, command: CancelTicket, now: Moment) -> Events:
    ticket = hall.ticket(command.ticket)
    if ticket.state is not TicketState.WAITING:
        raise TicketNotWaiting("{label} is not waiting any more.", **ticket.id_and_label)
    return [TicketCancelled(ticket=ticket.id)]


def ticket_issued(hall: Hall, event: TicketIssued) -> Hall:
    ticket = Ticket(
        id=event.ticket,
        label=event.label,
        service=event.service,
        precedence=event.precedence,
        language=event.language,
        origin=event.origin,
        state=TicketState.WAITING,
        issued_at=event.taken_at or event.at,
        number=hall.seq + 1,
        due=event.due,
        token_hash=event.token_hash,
        then=event.then,
        not_before=event.not_before,
        appointed_at=event.appointed_at,
    )
    counted = hall.with_ticket(ticket).with_taken(event.service, 1)
    if not event.counter:
        return counted
    return replace(counted, counters=frozen({**hall.counters, series(hall.services[event.service]).key: event.counter}))


def ticket_cancelled(hall: Hall, event: TicketCancelled) -> Hall:
    ticket = hall.tickets[event.ticket]
    after = hall.with_ticket(replace(ticket, state=TicketState.CANCELLED, ended_at=event.at))
    return after.with_taken(ticket.came_for or ticket.service, -1)


class Queue(NamedTuple):
    """What a ticket taken now would meet."""

    ahead: int
    """How many waiting tickets are due before it among those its points also serve."""
    attended: bool
    """Whether a service point that may call it is open; a paused one counts as open."""


def queue_for(hall: Hall, service: Service, now: Moment, precedence: PrecedenceId | None = None) -> Queue:
    """The queue a ticket would join, in the service's usual precedence if none is named; raises UnknownPrecedence."""
    line = ("service", service.id)
    attended = hall.attended(line)
    if is_new_day(hall, now.wall) or not hall.offered(service):
        return Queue(0, attended)
    due = due_at_issue(now.order, hall.precedence(precedence or hall.offered(service)[0]).allowance)
    return Queue(hall.ahead_of(Place(due, hall.seq + 1, ""), line), attended)


def issue_answer(hall: Hall, command: Command, events: Events) -> Answer:
    """The answer to a command that issues a ticket; ``forecast`` is always null."""
    ticket = hall.ticket(command.command_id)
    return {"ticket": ticket, "ahead": hall.ahead(ticket), "forecast": None}


RULES = (
    Rule(IssueTicket, issue_ticket, issue_answer, TICKET_GIVERS, _senders),
    Rule(CancelTicket, cancel_ticket, ticket_answer, TICKET_GIVERS),
)
CHANGES = (Change(TicketIssued, ticket_issued), Change(TicketCancelled, ticket_cancelled))
