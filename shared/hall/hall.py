"""The state of one hall: a value that never changes, with the questions one may ask it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from shared.hall.errors import (
    TicketNotAtPoint,
    TicketNotCalled,
    Unknown,
    UnknownPoint,
    UnknownPrecedence,
    UnknownService,
    UnknownTicket,
)
from shared.hall.field_types import HallId, PointId, PrecedenceId, ServiceId, TicketId
from shared.hall.hours_grammar import Date, Day
from shared.hall.values import (
    AT_A_POINT,
    BY_ARRIVAL,
    BY_PLACE,
    NEVER,
    Arrival,
    Call,
    HallSettings,
    Line,
    Place,
    Point,
    PointStatus,
    Precedence,
    Service,
    Ticket,
    TicketState,
    Visits,
    frozen,
)

LAST_CALLS = 20
"""How many calls a hall remembers for its displays."""

LAST_ENDED = 200
"""How many ended tickets a hall keeps at hand, to reinstate or to take back; all of them are in the database."""

V = TypeVar("V")
P = TypeVar("P", "Place", "Arrival")


@dataclass(frozen=True, kw_only=True)
class Hall:
    """One office: its set-up, who waits, who is served where. ``seq`` counts the events it is made of."""

    id: HallId
    seq: int = 0
    at: datetime = NEVER
    order: int = 0
    business_day: date | None = None
    settings: HallSettings = field(default_factory=HallSettings)
    services: Mapping[ServiceId, Service] = field(default_factory=frozen)
    precedences: Mapping[PrecedenceId, Precedence] = field(default_factory=frozen)
    points: Mapping[PointId, Point] = field(default_factory=frozen)
    tickets: MappingProxyType[TicketId, Ticket] = field(default_factory=frozen)
    """The live ones."""
    ended: tuple[Ticket, ...] = ()
    """The last to end, newest first."""
    calls: tuple[Call, ...] = ()
    """The last calls, newest first."""
    counters: Mapping[str, int] = field(default_factory=frozen)
    """How many labels each series has given out this business day."""
    days: Mapping[Date, Day] = field(default_factory=frozen)
    """The dates an administrator has set apart."""
    holidays: Mapping[Date, Day] = field(default_factory=frozen)
    """The public holidays to come; where ``days`` names the same date, that holds."""
    taken: Mapping[ServiceId, int] = field(default_factory=frozen)
    """How many tickets were taken for each service this business day, without those given up."""
    visits: Mapping[ServiceId, Visits] = field(default_factory=frozen)
    """What was served of each service this business day."""
    lines: Mapping[Line, tuple[Place, ...]] = field(default_factory=dict, repr=False, compare=False)
    """Who waits in each line, who is due first in front: an index of ``tickets``, never sent or stored."""
    arrivals: Mapping[Line, tuple[Arrival, ...]] = field(default_factory=dict, repr=False, compare=False)
    """The same people in the order they came: tells who is passed over without asking all who wait."""

    # ── what is there ──

    def service(self, service: ServiceId) -> Service:
        return _found(self.services, service, UnknownService, "There is no service {wanted} in this hall.")

    def precedence(self, precedence: PrecedenceId) -> Precedence:
        return _found(self.precedences, precedence, UnknownPrecedence, "There is no precedence {wanted} in this hall.")

    def point(self, point: PointId) -> Point:
        return _found(self.points, point, UnknownPoint, "There is no service point {wanted} in this hall.")

    def ticket(self, ticket: TicketId) -> Ticket:
        """A live ticket or one that ended a short while ago; raises UnknownTicket."""
        if found := self._recent(ticket):
            return found
        raise UnknownTicket("There is no such ticket in this hall today.", ticket=ticket)

    def knows(self, ticket: TicketId) -> bool:
        """Whether there is such a ticket, live or ended a short while ago."""
        return self._recent(ticket) is not None

    def _recent(self, ticket: TicketId) -> Ticket | None:
        return self.tickets.get(ticket) or next((ended for ended in self.ended if ended.id == ticket), None)

    def ticket_at(self, point: PointId, ticket: TicketId) -> Ticket:
        """The ticket if this point has it; raises TicketNotAtPoint."""
        found = self.ticket(ticket)
        if self.point(point).ticket != ticket:
            raise TicketNotAtPoint("{label} is not at this service point.", **found.named)
        return found

    def called_at(self, point: PointId, ticket: TicketId) -> Ticket:
        """The ticket if this point has called it and does not serve it yet; raises TicketNotCalled."""
        found = self.ticket_at(point, ticket)
        if found.state is not TicketState.CALLED:
            raise TicketNotCalled("{label} is already being served.", **found.named)
        return found

    def offered(self, service: Service) -> tuple[PrecedenceId, ...]:
        """The precedences a service offers, the usual one first."""
        return service.precedences or tuple(self.precedences)

    def menu(self) -> list[Service]:
        """The services in the order of the kiosk's menu."""
        return sorted(self.services.values(), key=lambda service: (service.place, service.id))

    def on_offer(self) -> list[Service]:
        """The services of the menu that customers may choose from: those some service point gives."""
        return [service for service in self.menu() if self.points_for(("service", service.id))]

    def day_apart(self, day: Date) -> Day | None:
        """What makes a date unlike others of its weekday; an administrator's word stands above the calendar's."""
        return self.days.get(day) or self.holidays.get(day)

    # ── who waits ──

    def waiting(self, service: ServiceId) -> int:
        """How many wait for a service."""
        named = (ticket.service == service for ticket in self._for_a_point())
        return len(self.lines.get(("service", service), ())) + sum(named)

    def _for_a_point(self) -> Iterable[Ticket]:
        for kind, name in self.lines:
            if kind == "point":
                yield from (self.tickets[place.ticket] for place in self.lines[kind, name])

    def points_for(self, line: Line) -> list[Point]:
        """The service points that may call from a line, whether they are open or not."""
        kind, name = line
        return [point for point in self.points.values() if (point.id == name if kind == "point" else point.gives(name))]

    def attended(self, line: Line) -> bool:
        """Whether a service point that may call from a line is open; a pause ends by itself and counts as open."""
        return any(point.status is not PointStatus.INACTIVE for point in self.points_for(line))

    def unattended(self) -> dict[Line, int]:
        """How many wait in each line that no active service point may call from: staff are told of them."""
        return {
            line: len(places)
            for line, places in self.lines.items()
            if places and all(point.status is not PointStatus.ACTIVE for point in self.points_for(line))
        }

    def ahead(self, ticket: Ticket) -> int:
        """How many waiting tickets are due before this one among those its points also serve."""
        return self.ahead_of(ticket.place, ticket.line) if ticket.state is TicketState.WAITING else 0

    def ahead_of(self, place: Place, line: Line) -> int:
        """How many who wait would come before this place in a line, among those its points also serve."""
        return self._before(place, self.rivals(line))

    def all_ahead(self) -> dict[TicketId, int]:
        """``ahead`` of everybody who waits, at the cost of finding each line's rivals once."""
        return {
            place.ticket: self._before(place, rivals)
            for line, places in self.lines.items()
            for rivals in [self.rivals(line)]
            for place in places
        }

    def _before(self, place: Place, rivals: Mapping[Line, int]) -> int:
        return sum(
            bisect_left(self.lines[rival], place._replace(due=place.due + later))
            for rival, later in rivals.items()
            if rival in self.lines
        )

    def rivals(self, line: Line) -> Mapping[Line, int]:
        """The lines that share a point with this one, itself included, and how many milliseconds later it counts there.

        While no point that gives its service as its own is open, it is called by those that give it as a backup.
        """
        own: list[Point] = []
        stand_ins: list[Point] = []
        for point in self.points_for(line):
            is_own = line in _drawn(point.id, point.services)
            (own if is_own else stand_ins).append(point)
        stand_ins = [point for point in stand_ins if point.status is not PointStatus.INACTIVE]
        if not stand_ins or any(point.status is not PointStatus.INACTIVE for point in own):
            return dict.fromkeys({line}.union(*(_drawn(point.id, point.services) for point in own)), 0)
        later = {line: 0}
        for drawn in (dict(point.draws()) for point in stand_ins):
            for rival, penalty in drawn.items():
                later[rival] = max(later.get(rival, 0), drawn[line] - penalty)
        return later

    # ── the next state ──

    def with_ticket(self, ticket: Ticket) -> Hall:
        """This hall with the ticket as it is now; its line, its point and the list of ended ones follow."""
        before = self.tickets.get(ticket.id)
        ended = self.ended if before else tuple(other for other in self.ended if other.id != ticket.id)
        tickets = self.tickets | {ticket.id: ticket}  # much quicker than to unpack what is behind a proxy
        if ticket.ended:
            del tickets[ticket.id]
            ended = (ticket, *ended)[:LAST_ENDED]
        return replace(
            self,
            tickets=MappingProxyType(tickets),
            ended=ended,
            lines=_moved(self.lines, before, ticket, BY_PLACE),
            arrivals=_moved(self.arrivals, before, ticket, BY_ARRIVAL),
            points=_seated(self.points, before, ticket),
        )

    def with_taken(self, service: ServiceId, more: int) -> Hall:
        """This hall with more or fewer tickets that count as taken for a service today."""
        return replace(self, taken=frozen({**self.taken, service: max(0, self.taken.get(service, 0) + more)}))

    def with_visit(self, service: ServiceId, seconds: int, count: int = 1) -> Hall:
        """This hall with one more visit of a service, this long; or, with less than nothing of both, one less."""
        before = self.visits.get(service, Visits())
        now = Visits(count=before.count + count, seconds=before.seconds + seconds)
        return replace(self, visits=frozen({**self.visits, service: now}))

    def with_point(self, point: Point) -> Hall:
        return replace(self, points=frozen({**self.points, point.id: point}))

    def with_call(self, call: Call) -> Hall:
        """This hall with one more call, newest first; an earlier call of the same ticket gives way."""
        older = (other for other in self.calls if other.ticket != call.ticket)
        return replace(self, calls=(call, *older)[:LAST_CALLS])


@lru_cache(maxsize=10_000)
def _drawn(point: PointId, services: tuple[ServiceId, ...]) -> frozenset[Line]:
    """The lines a point draws from, its backup services aside; asked for at every ticket, and hardly ever new."""
    return frozenset([("point", point), *(("service", service) for service in services)])


def lined_up(tickets: Iterable[Ticket], order: Callable[[Ticket], P]) -> dict[Line, tuple[P, ...]]:
    """The index of who waits in which line."""
    lines: dict[Line, list[P]] = {}
    for ticket in tickets:
        if ticket.state is TicketState.WAITING:
            lines.setdefault(ticket.line, []).append(order(ticket))
    return {line: tuple(sorted(places)) for line, places in lines.items()}


def _found(where: Mapping[str, V], key: str, refusal: type[Unknown], sentence: str) -> V:
    try:
        return where[key]
    except KeyError:
        raise refusal(sentence, wanted=key) from None


def _moved(
    lines: Mapping[Line, tuple[P, ...]], before: Ticket | None, after: Ticket, order: Callable[[Ticket], P]
) -> Mapping[Line, tuple[P, ...]]:
    """The lines once a ticket has left its old place and taken its new one."""
    moved = dict(lines)
    if before and before.state is TicketState.WAITING:
        left = moved[before.line]
        at = bisect_left(left, order(before))
        moved[before.line] = left[:at] + left[at + 1 :]
    if after.state is TicketState.WAITING:
        joined = list(moved.get(after.line, ()))
        insort(joined, order(after))
        moved[after.line] = tuple(joined)
    return moved


def _seated(points: Mapping[PointId, Point], before: Ticket | None, after: Ticket) -> Mapping[PointId, Point]:
    """The points once a ticket has left the one it was at and come to the one it is at."""
    left = before.point if before and before.state in AT_A_POINT else None
    came = after.point if after.state in AT_A_POINT else None
    if left == came:
        return points
    seated = dict(points)
    if left:
        seated[left] = replace(seated[left], ticket=None)
    if came:
        seated[came] = replace(seated[came], ticket=after.id)
    return MappingProxyType(seated)
