"""The state of one hall: an immutable value, its queries, and the next state after a ticket or a point changes."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from shared.hall.calling_order import Arrival, Place
from shared.hall.display_values import Clip, Display, DisplayId
from shared.hall.errors import (
    TicketNotAtPoint,
    TicketNotCalled,
    Unknown,
    UnknownDisplay,
    UnknownPoint,
    UnknownPrecedence,
    UnknownService,
    UnknownTicket,
)
from shared.hall.field_types import HallId, Id, PointId, PrecedenceId, ServiceId, TicketId
from shared.hall.hall_settings import HallSettings
from shared.hall.hours_grammar import Date, Day
from shared.hall.units import Milliseconds, OrderTime, Seconds
from shared.hall.values import (
    AT_A_POINT,
    BY_ARRIVAL,
    BY_PLACE,
    NEVER,
    Call,
    Line,
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
"""How many calls a hall keeps for its displays, besides older ones whose customer is still expected."""

LAST_ENDED = 200
"""How many ended tickets a hall keeps in memory, to reinstate or undo; the database has all of them."""

V = TypeVar("V")
P = TypeVar("P", "Place", "Arrival")


@dataclass(frozen=True, kw_only=True)
class Hall:
    """One office: its set-up, who waits, who is served where."""

    id: HallId
    seq: int = 0
    """The sequence number of its last event; 0 before the first."""
    at: datetime = NEVER
    """When its last event happened."""
    order: OrderTime = 0
    business_day: date | None = None
    settings: HallSettings = field(default_factory=HallSettings)
    services: Mapping[ServiceId, Service] = field(default_factory=frozen)
    precedences: Mapping[PrecedenceId, Precedence] = field(default_factory=frozen)
    points: Mapping[PointId, Point] = field(default_factory=frozen)
    tickets: MappingProxyType[TicketId, Ticket] = field(default_factory=frozen)
    """The tickets that have not ended."""
    ended: tuple[Ticket, ...] = ()
    """The last to end, newest first."""
    calls: tuple[Call, ...] = ()
    """The last calls, newest first."""
    counters: Mapping[str, int] = field(default_factory=frozen)
    """How many labels each series has given out this business day."""
    days: Mapping[Date, Day] = field(default_factory=frozen)
    """The exceptional days an administrator has defined."""
    holidays: Mapping[Date, Day] = field(default_factory=frozen)
    """The public holidays to come; a day of the same date in ``days`` has priority."""
    displays: Mapping[DisplayId, Display] = field(default_factory=frozen)
    assigned: Mapping[Id, DisplayId] = field(default_factory=frozen)
    """Which display each device shows, by the device's id; others show the first."""
    clips: Mapping[str, Clip] = field(default_factory=frozen)
    """The hall's own recordings, by language and what they say."""
    taken: Mapping[ServiceId, int] = field(default_factory=frozen)
    """How many tickets were taken for each service this business day, those cancelled not counted."""
    visits: Mapping[ServiceId, Visits] = field(default_factory=frozen)
    """The customers each service has served this business day: their visits' parts at one service."""
    lines: Mapping[Line, tuple[Place, ...]] = field(default_factory=dict, repr=False, compare=False)
    """Who waits in each line, earliest due first: an index of ``tickets``, never sent or stored."""
    arrivals: Mapping[Line, tuple[Arrival, ...]] = field(default_factory=dict, repr=False, compare=False)
    """The same tickets in the order they came: finds who is passed over without looking at all who wait."""

    # ── services, precedences, points, tickets ──

    def service(self, service_id: ServiceId) -> Service:
        """The service with this id; raises UnknownService if there is none."""
        return _find(self.services, service_id, UnknownService, "There is no service {wanted} in this hall.")

    def precedence(self, precedence_id: PrecedenceId) -> Precedence:
        """The precedence with this id; raises UnknownPrecedence if there is none."""
        return _find(
            self.precedences, precedence_id, UnknownPrecedence, "There is no precedence {wanted} in this hall."
        )

    def point(self, point_id: PointId) -> Point:
        """The service point with this id; raises UnknownPoint if there is none."""
        return _find(self.points, point_id, UnknownPoint, "There is no service point {wanted} in this hall.")

    def display(self, display_id: DisplayId) -> Display:
        """The display with this id; raises UnknownDisplay if there is none."""
        return _find(self.displays, display_id, UnknownDisplay, "There is no display {wanted} in this hall.")

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """The ticket, live or among the last to end today; raises UnknownTicket if there is none."""
        if found := self._live_or_ended(ticket_id):
            return found
        raise UnknownTicket("There is no such ticket in this hall today.", ticket=ticket_id)

    def knows(self, ticket_id: TicketId) -> bool:
        """Whether there is such a ticket, live or among the last to end today."""
        return self._live_or_ended(ticket_id) is not None

    def _live_or_ended(self, ticket_id: TicketId) -> Ticket | None:
        return self.tickets.get(ticket_id) or next((ended for ended in self.ended if ended.id == ticket_id), None)

    def ticket_at(self, point_id: PointId, ticket_id: TicketId) -> Ticket:
        """The ticket; raises TicketNotAtPoint if this point does not have it, or UnknownTicket or UnknownPoint."""
        found = self.ticket(ticket_id)
        if self.point(point_id).ticket != ticket_id:
            raise TicketNotAtPoint("{label} is not at this service point.", **found.id_and_label)
        return found

    def called_at(self, point_id: PointId, ticket_id: TicketId) -> Ticket:
        """The ticket; raises TicketNotCalled if this point serves it already, or what ``ticket_at`` raises."""
        found = self.ticket_at(point_id, ticket_id)
        if found.state is not TicketState.CALLED:
            raise TicketNotCalled("{label} is already being served.", **found.id_and_label)
        return found

    def offered(self, service: Service) -> tuple[PrecedenceId, ...]:
        """The precedences a service offers, the usual one first."""
        return service.precedences or tuple(self.precedences)

    def menu(self) -> list[Service]:
        """The services in the order of the kiosk's menu."""
        return sorted(self.services.values(), key=lambda service: (service.place, service.id))

    def on_offer(self) -> list[Service]:
        """The services of the menu that customers may choose from: those that at least one service point gives."""
        return [service for service in self.menu() if self.points_for(("service", service.id))]

    def exceptional_day(self, day: Date) -> Day | None:
        """The exceptional day or public holiday on a date; an exceptional day has priority."""
        return self.days.get(day) or self.holidays.get(day)

    # ── who waits ──

    def waiting(self, service_id: ServiceId) -> int:
        """How many wait for a service, those who wait for one point included."""
        for_one_point = (ticket.service == service_id for ticket in self._waiting_for_one_point())
        return len(self.lines.get(("service", service_id), ())) + sum(for_one_point)

    def _waiting_for_one_point(self) -> Iterable[Ticket]:
        for kind, name in self.lines:
            if kind == "point":
                yield from (self.tickets[place.ticket] for place in self.lines[kind, name])

    def points_for(self, line: Line) -> list[Point]:
        """The service points that may call from a line, whether they are open or not."""
        kind, name = line
        return [point for point in self.points.values() if (point.id == name if kind == "point" else point.gives(name))]

    def attended(self, line: Line) -> bool:
        """Whether a service point that may call from a line is open; a paused one counts as open."""
        return any(point.status is not PointStatus.INACTIVE for point in self.points_for(line))

    def unattended(self) -> dict[Line, int]:
        """How many wait in each line that no active service point may call from, for the console's warning."""
        return {
            line: len(places)
            for line, places in self.lines.items()
            if places and all(point.status is not PointStatus.ACTIVE for point in self.points_for(line))
        }

    def ahead(self, ticket: Ticket) -> int:
        """How many waiting tickets are due before this one among those its points also serve; 0 if it does not wait."""
        return self.ahead_of(ticket.place, ticket.line) if ticket.state is TicketState.WAITING else 0

    def ahead_of(self, place: Place, line: Line) -> int:
        """How many waiting tickets are due before this place in a line, among those its points also serve."""
        return self._before(place, self.rivals(line))

    def all_ahead(self) -> dict[TicketId, int]:
        """``ahead`` of every waiting ticket; the rivals of each line are found only once."""
        return {
            place.ticket: self._before(place, rivals)
            for line, places in self.lines.items()
            for rivals in [self.rivals(line)]
            for place in places
        }

    def _before(self, place: Place, rivals: Mapping[Line, Milliseconds]) -> int:
        return sum(
            bisect_left(self.lines[rival], place._replace(due=place.due + penalty))
            for rival, penalty in rivals.items()
            if rival in self.lines
        )

    def rivals(self, line: Line) -> Mapping[Line, Milliseconds]:
        """The lines called from by the points that call from this one, and how much later it counts against each.

        While none of the points is open that give its service as their own, those that give it as a backup count.
        """
        own: list[Point] = []
        stand_ins: list[Point] = []
        for point in self.points_for(line):
            is_own = line in _own_lines(point.id, point.services)
            (own if is_own else stand_ins).append(point)
        stand_ins = [point for point in stand_ins if point.status is not PointStatus.INACTIVE]
        if not stand_ins or any(point.status is not PointStatus.INACTIVE for point in own):
            return dict.fromkeys({line}.union(*(_own_lines(point.id, point.services) for point in own)), 0)
        later = {line: 0}
        for drawn in (dict(point.drawn_lines()) for point in stand_ins):
            for rival, penalty in drawn.items():
                later[rival] = max(later.get(rival, 0), drawn[line] - penalty)
        return later

    # ── the next state ──

    def with_ticket(self, ticket: Ticket) -> Hall:
        """This hall with the ticket as it is now; lines, points and ended tickets are updated too."""
        before = self.tickets.get(ticket.id)
        ended = self.ended if before else tuple(other for other in self.ended if other.id != ticket.id)
        tickets = self.tickets | {ticket.id: ticket}  # much quicker than unpacking the MappingProxyType
        if ticket.ended:
            del tickets[ticket.id]
            ended = (ticket, *ended)[:LAST_ENDED]
        return replace(
            self,
            tickets=MappingProxyType(tickets),
            ended=ended,
            lines=_lines_after(self.lines, before, ticket, BY_PLACE),
            arrivals=_lines_after(self.arrivals, before, ticket, BY_ARRIVAL),
            points=_points_after(self.points, before, ticket),
        )

    def with_taken(self, service_id: ServiceId, change: int) -> Hall:
        """This hall with ``change`` added to the tickets taken for a service today, which are never fewer than 0."""
        return replace(self, taken=frozen({**self.taken, service_id: max(0, self.taken.get(service_id, 0) + change)}))

    def with_visits(self, service_id: ServiceId, change: int, seconds: Seconds) -> Hall:
        """This hall with ``change`` and ``seconds`` added to the number and length of today's visits at one service."""
        before = self.visits.get(service_id, Visits())
        now = Visits(count=before.count + change, seconds=before.seconds + seconds)
        return replace(self, visits=frozen({**self.visits, service_id: now}))

    def with_point(self, point: Point) -> Hall:
        return replace(self, points=frozen({**self.points, point.id: point}))

    def with_call(self, call: Call) -> Hall:
        """This hall with one more call, newest first; it replaces an earlier call of the same ticket."""
        older = [other for other in self.calls if other.ticket != call.ticket]
        recent, rest = older[: LAST_CALLS - 1], older[LAST_CALLS - 1 :]
        return replace(self, calls=(call, *recent, *filter(self._is_called, rest)))

    def _is_called(self, call: Call) -> bool:
        """Whether its customer is still expected at a point."""
        ticket = self.tickets.get(call.ticket)
        return ticket is not None and ticket.state is TicketState.CALLED


@lru_cache(maxsize=10_000)
def _own_lines(point_id: PointId, service_ids: tuple[ServiceId, ...]) -> frozenset[Line]:
    """The lines a point calls from, without its backup services; cached because ``rivals`` asks for each line."""
    return frozenset([("point", point_id), *(("service", service_id) for service_id in service_ids)])


def waiting_index(tickets: Iterable[Ticket], order: Callable[[Ticket], P]) -> dict[Line, tuple[P, ...]]:
    """The index of who waits in each line, in this order."""
    lines: dict[Line, list[P]] = {}
    for ticket in tickets:
        if ticket.state is TicketState.WAITING:
            lines.setdefault(ticket.line, []).append(order(ticket))
    return {line: tuple(sorted(places)) for line, places in lines.items()}


def _find(values: Mapping[str, V], key: str, refusal: type[Unknown], sentence: str) -> V:
    try:
        return values[key]
    except KeyError:
        raise refusal(sentence, wanted=key) from None


def _lines_after(
    lines: Mapping[Line, tuple[P, ...]], before: Ticket | None, after: Ticket, order: Callable[[Ticket], P]
) -> Mapping[Line, tuple[P, ...]]:
    """The lines after a ticket has left its old place and taken its new one."""
    changed = dict(lines)
    if before and before.state is TicketState.WAITING:
        left = changed[before.line]
        index = bisect_left(left, order(before))
        changed[before.line] = left[:index] + left[index + 1 :]
    if after.state is TicketState.WAITING:
        joined = list(changed.get(after.line, ()))
        insort(joined, order(after))
        changed[after.line] = tuple(joined)
    return changed


def _points_after(points: Mapping[PointId, Point], before: Ticket | None, after: Ticket) -> Mapping[PointId, Point]:
    """The points after a ticket has left the one it was at and come to the one it is at."""
    left = before.point if before and before.state in AT_A_POINT else None
    came = after.point if after.state in AT_A_POINT else None
    if left == came:
        return points
    changed = dict(points)
    if left:
        changed[left] = replace(changed[left], ticket=None)
    if came:
        changed[came] = replace(changed[came], ticket=after.id)
    return MappingProxyType(changed)
