"""What a hall is made of: services, precedences, service points and tickets, as values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, TypeVar

from shared.hall.calling_order import Arrival, Place
from shared.hall.field_types import Language, Name, PointId, PrecedenceId, ServiceId, TicketId, Words
from shared.hall.hours_grammar import Hours
from shared.hall.units import MINUTE, Milliseconds, Minutes, OrderTime, Seconds

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
    """A moment on both of a hall's clocks."""

    wall: datetime
    order: OrderTime


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a customer comes for."""

    id: ServiceId
    name: Name
    prefix: str
    description: Words = ""
    precedences: tuple[PrecedenceId, ...] = ()
    """The precedences it offers, the usual one first; empty: all of the hall."""
    place: int = 0
    """Its position in the kiosk's menu, lowest first."""
    on: bool = True
    hours: Hours = ()
    """When it is given in a usual week, within the hall's own hours. None: whenever the hall is open."""
    daily_limit: int = 0
    """The most tickets it gives on a business day; 0: no limit."""
    visit_minutes: Minutes = 5
    """How long a visit is assumed to last at this service until the first one of the day has ended here."""
    first: int = 1
    """The number its tickets start at."""
    last: int | None = None
    """The number after which they start again at ``first``; None: the highest its digits can write."""
    digits: int = 3
    """How many digits a number has: 3 for ``A042``."""
    shares_numbers_with: ServiceId | None = None
    """The service whose prefix and numbers it uses too: both count together."""
    then: tuple[ServiceId, ...] = ()
    """The services the same visit goes on to, one after another, with the same label."""


@dataclass(frozen=True, kw_only=True)
class Precedence:
    """The class a ticket waits in."""

    id: PrecedenceId
    name: Name
    allowance: Minutes
    """How long after its issue a ticket is normally called at the latest."""


@dataclass(frozen=True, kw_only=True)
class ServicePoint:
    """The place where a customer is served, as the administrator set it up."""

    id: PointId
    serial_number: int
    """The order of the points, 1 first."""
    name: Name
    services: tuple[ServiceId, ...] = ()
    backup_services: tuple[ServiceId, ...] = ()
    """Services it gives when there is nothing better to do."""
    backup_penalty: Minutes = 10
    """How much later a backup service's tickets count as due here."""

    def gives(self, service_id: ServiceId) -> bool:
        """Whether the service is given here, if only as a backup."""
        return service_id in self.services or service_id in self.backup_services

    def drawn_lines(self) -> Iterator[tuple[Line, Milliseconds]]:
        """The lines this point may call from, each with the penalty by which its tickets count as due later here."""
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
    due: OrderTime
    point: PointId | None = None
    """The point that called or serves it, or served it last."""
    for_point: PointId | None = None
    """The one point it waits for, after a transfer to a point."""
    came_for: ServiceId | None = None
    """The service it was taken for, if it has moved on or been transferred to another; else None."""
    called_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    recalls: int = 0
    """How often it was called again since it was called."""
    last_call: OrderTime | None = None
    """When it was last called or recalled; None while it waits."""
    not_before: OrderTime | None = None
    """The earliest moment it may be called; None: it may be called at once."""
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
    def id_and_label(self) -> dict[str, str]:
        """The details by which a refusal names it: its id for programs, its label for people."""
        return {"ticket": self.id, "label": self.label}


@dataclass(frozen=True, kw_only=True)
class Last:
    """The last action at a service point, so that it can be taken back; ``at`` and ``wall``: when it was done."""

    what: str
    """The type name of its event, or of the last one of several: ``ticket-called``."""
    at: OrderTime
    wall: datetime
    status: PointStatus
    """The point's status before."""
    back_at: datetime | None = None
    """The point's ``back_at`` before."""
    reason: str = ""
    """Always empty, but an older station can't read a point without it; reasons are kept with the notes now."""
    before: tuple[Ticket, ...] = ()
    """The tickets of each event, as they were before it."""
    after: tuple[Ticket, ...] = ()
    """The same tickets after it."""


@dataclass(frozen=True, kw_only=True)
class Point(ServicePoint):
    """A service point at work: its status and the ticket it has called or is serving."""

    status: PointStatus = PointStatus.INACTIVE
    back_at: datetime | None = None
    """When its pause is meant to end; None: not said, or no pause. The pause does not end by itself."""
    ticket: TicketId | None = None
    shift: int = 0
    """How often somebody has taken the point to work at it; who works there is stored beside the hall."""
    last: Last | None = None
    """The last action here; None after an undo, a new shift or a new day."""


BY_PLACE: Callable[[Ticket], Place] = attrgetter("place")
BY_ARRIVAL: Callable[[Ticket], Arrival] = attrgetter("arrival")

Line: TypeAlias = tuple[str, str]
"""Where tickets wait: ``("service", id)``, or ``("point", id)`` for those who wait for one point."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A ticket called to a point, as a display shows it."""

    ticket: TicketId
    label: str
    service: ServiceId
    precedence: PrecedenceId
    language: Language
    point: PointId
    at: datetime
    times: int = 1
    """How often it was called: the call and its recalls."""


@dataclass(frozen=True, kw_only=True)
class Visits:
    """The parts of visits at one service that ended today, those the end of the day closed not counted."""

    count: int = 0
    """How many there were."""
    seconds: Seconds = 0
    """How long they took together."""


def frozen(mapping: Mapping[K, V] | None = None) -> MappingProxyType[K, V]:
    return MappingProxyType(dict(mapping or {}))
