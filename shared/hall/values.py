"""What a hall is made of: its settings, services, precedences, service points and tickets, as values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, TypeVar

from shared.hall.field_types import Language, Name, Outcome, PointId, PrecedenceId, ServiceId, TicketId, Words
from shared.hall.hours_grammar import Hours

MINUTE = 60_000
"""Milliseconds."""

NEVER = datetime.fromtimestamp(0, UTC)

K = TypeVar("K")
V = TypeVar("V")


class TicketState(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    PARKED = "parked"
    SERVED = "served"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


AT_A_POINT = frozenset({TicketState.CALLED, TicketState.SERVING})
ENDED = frozenset({TicketState.SERVED, TicketState.NO_SHOW, TicketState.CANCELLED, TicketState.EXPIRED})


class PointStatus(StrEnum):
    INACTIVE = "inactive"
    ACTIVE = "active"
    PAUSED = "paused"


class Origin(StrEnum):
    """Where a ticket was taken."""

    KIOSK = "kiosk"
    WEB = "web"
    RECEPTION = "reception"
    APPOINTMENT = "appointment"
    OFFLINE = "offline"
    """At a kiosk that could not reach its hall and printed from its own series."""


class Moment(NamedTuple):
    """A point in time on both of a hall's clocks."""

    wall: datetime
    """UTC, as on the wall; may step back when somebody sets it."""
    order: int
    """Milliseconds on the hall's order clock, which only moves forward."""


@dataclass(frozen=True, kw_only=True)
class HallSettings:
    """What an administrator decides for the whole hall. The first language is the hall's own."""

    name: Name = ""
    time_zone: str = "UTC"
    languages: tuple[Language, ...] = ("en",)
    day_starts: time = time(0, 0)
    return_after: int = 5
    """Minutes after which a ticket returned to the queue is due again."""
    reinstate_within: int = 60
    """Minutes for which a customer who did not come, or gave up, may still have their place again."""
    recalls_before_no_show: int = 0
    """How often a customer is called again before they count as not having come."""
    no_show_after: int = 0
    """Seconds to wait for a customer after the last call before they count as not having come."""
    auto_call: bool = False
    """Whether the next customer is called by itself, to the service point that has been free longest."""
    appointment_early: int = 15
    """Minutes before its time from which on an appointment may be called."""
    appointment_grace: int = 10
    """Minutes after its time up to which an appointment still counts from that time."""
    outcomes: tuple[Outcome, ...] = ()
    """What a visit may end in, for reports; none named means nobody is asked."""
    web: bool = True
    """Whether customers may take a ticket with their phone."""
    accent: str = "#0b5cad"
    hours: Hours = ()
    """When the hall is open in a usual week: ``mon-fri 08:00-12:00``. None: always."""
    holidays: str = ""
    """Whose public holidays it keeps: a country, ``DE``, or a part of one, ``DE-BE``. Empty: none."""
    last_ticket: bool = False
    """Whether tickets end when those who wait will take until closing time."""
    offline_tickets: bool = False
    """Whether kiosks that can't reach the hall may give tickets of their own series."""
    keep_contacts: int = 0
    """Hours after the end of a visit for which its customer's name and phone are kept; 0: they go with the visit."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a customer comes for."""

    id: ServiceId
    name: Name
    prefix: str
    description: Words = ""
    precedences: tuple[PrecedenceId, ...] = ()
    """The precedences it offers, the usual one first; none named means every one of the hall."""
    place: int = 0
    """Its place in the kiosk's menu, lowest first."""
    on: bool = True
    hours: Hours = ()
    """When it is given in a usual week, within the hall's own hours. None: whenever the hall is open."""
    daily_limit: int = 0
    """Tickets a business day at most; 0: no limit."""
    visit_minutes: int = 5
    """How long a visit is taken to last, until the day has shown it."""
    first: int = 1
    last: int | None = None
    """Its numbers, ``first`` to ``last`` and then again; None: as far as the digits reach."""
    digits: int = 3
    shares_numbers_with: ServiceId | None = None
    """The service whose letter and numbers it uses as well, counting together."""
    then: tuple[ServiceId, ...] = ()
    """Services the same visit goes on to, one after another, with the same number."""


@dataclass(frozen=True, kw_only=True)
class Precedence:
    """The class a ticket waits in. ``allowance``: minutes within which it is normally called."""

    id: PrecedenceId
    name: Name
    allowance: int


@dataclass(frozen=True, kw_only=True)
class ServicePoint:
    """The place where a customer is served, as the administrator set it up."""

    id: PointId
    serial_number: int
    name: Name
    services: tuple[ServiceId, ...] = ()
    backup_services: tuple[ServiceId, ...] = ()
    """Services it gives when there is nothing better to do."""
    backup_penalty: int = 10
    """Minutes by which a backup service's tickets count as due later here."""

    def gives(self, service: ServiceId) -> bool:
        """Whether a service is given here, if only as a backup."""
        return service in self.services or service in self.backup_services

    def draws(self) -> Iterator[tuple[Line, int]]:
        """The lines it may call from, each with its penalty in milliseconds."""
        yield ("point", self.id), 0
        for service in self.services:
            yield ("service", service), 0
        for service in self.backup_services:
            if service not in self.services:
                yield ("service", service), self.backup_penalty * MINUTE


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One customer's place in the queue, from issue to end."""

    id: TicketId
    label: str
    service: ServiceId
    precedence: PrecedenceId
    language: Language
    origin: Origin
    state: TicketState
    issued_at: datetime
    number: int
    """The sequence number of its issue: breaks ties between tickets due at the same time."""
    due: int
    """When it is due, milliseconds on the order clock."""
    point: PointId | None = None
    """The point that called or serves it, or served it last."""
    for_point: PointId | None = None
    """The one point it waits for, after a transfer to a point."""
    came_for: ServiceId | None = None
    """The service it was taken for, if it was sent on to another."""
    called_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    recalls: int = 0
    last_call: int | None = None
    """When it was last called, or called again, on the order clock."""
    not_before: int | None = None
    """The moment on the order clock before which nobody may call it."""
    appointed_at: datetime | None = None
    then: tuple[ServiceId, ...] = ()
    """The services this visit goes on to."""
    parked_at: datetime | None = None
    outcome: str = ""
    rating: int | None = None
    """What the customer thought of the visit, 1 to 5."""
    token_hash: str | None = None
    """SHA-256 of the token of the customer's own page, hexadecimal."""

    @property
    def line(self) -> Line:
        """The line it stands in: its service's, or that of the one point it waits for."""
        return ("point", self.for_point) if self.for_point else ("service", self.service)

    @property
    def place(self) -> Place:
        return Place(self.due, self.number, self.id)

    @property
    def arrival(self) -> Arrival:
        return Arrival(self.number, self.id)

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def named(self) -> dict[str, str]:
        """How a refusal names it, to programs and to people."""
        return {"ticket": self.id, "label": self.label}


@dataclass(frozen=True, kw_only=True)
class Last:
    """What was done last at a service point, so that it can be taken back."""

    what: str
    """The name of its event, or of the last one of several: ``ticket-called``."""
    at: int
    """When, on the order clock."""
    wall: datetime
    """The same on the wall's."""
    status: PointStatus
    """The point's status before."""
    reason: str = ""
    """Always empty: a station from before reasons were kept with the notes can't read a point without it."""
    before: tuple[Ticket, ...] = ()
    """The tickets it touched, as they were before."""
    after: tuple[Ticket, ...] = ()
    """The same tickets as it left them."""


@dataclass(frozen=True, kw_only=True)
class Point(ServicePoint):
    """A service point at work: its status and the ticket it has called or is serving."""

    status: PointStatus = PointStatus.INACTIVE
    ticket: TicketId | None = None
    shift: int = 0
    """How often somebody has taken the point to work at it. Who that is stands beside the hall."""
    last: Last | None = None
    """What was done here last, as long as it is known."""


class Place(NamedTuple):
    """A place in a line; sorts by who is due first, then by who came first."""

    due: int
    number: int
    ticket: TicketId


class Arrival(NamedTuple):
    """When somebody came; sorts by who came first, whatever the clocks said."""

    number: int
    ticket: TicketId


BY_PLACE: Callable[[Ticket], Place] = attrgetter("place")
BY_ARRIVAL: Callable[[Ticket], Arrival] = attrgetter("arrival")

Line: TypeAlias = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Call:
    """A ticket told to go to a point, as a display shows it. ``times`` counts the call and its recalls."""

    ticket: TicketId
    label: str
    service: ServiceId
    precedence: PrecedenceId
    language: Language
    point: PointId
    at: datetime
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Visits:
    """The visits a service has had today, and how long they were together."""

    count: int = 0
    seconds: int = 0


def frozen(mapping: Mapping[K, V] | None = None) -> MappingProxyType[K, V]:
    return MappingProxyType(dict(mapping or {}))
