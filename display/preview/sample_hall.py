"""A hall in the middle of its day, for a preview: its own services and points, with calls and people who wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle, islice

from display.screen.call_rows import point_name
from display.screen.hall_as_shown import shows
from shared.hall.calling_order import due_at_issue
from shared.hall.display_values import Display
from shared.hall.field_types import PointId
from shared.hall.hall import Hall, waiting_index
from shared.hall.labels import series
from shared.hall.units import MINUTE, Milliseconds
from shared.hall.values import (
    BY_ARRIVAL,
    BY_PLACE,
    Call,
    Origin,
    Point,
    PointStatus,
    Service,
    Ticket,
    TicketState,
    frozen,
)

CALLS, WAITING = 5, 30

APART: Milliseconds = MINUTE
"""Between two tickets that are issued."""


def sample_hall(hall: Hall, display: Display, now: datetime, calls: int = CALLS, waiting: int = WAITING) -> Hall:
    """The hall with so many calls that this display shows, at the points with the longest names, and people who wait.

    A hall that has none for this display is shown with made-up ones.
    """
    if not _places(hall, display):
        hall, display = _furnished(hall), replace(display, services=(), points=(), precedences=())
    places = list(islice(cycle(_places(hall, display)), calls))
    called = [_ticket(hall, display, service, point, at, now) for at, (service, point) in enumerate(places)]
    offered = [service for service in hall.services.values() if not display.services or service.id in display.services]
    waits = [
        _ticket(hall, display, service, None, calls + at, now)
        for at, service in enumerate(islice(cycle(offered), waiting))
    ]
    tickets = {ticket.id: ticket for ticket in (*called, *waits)}
    return replace(
        hall,
        at=now,
        tickets=frozen(tickets),
        calls=tuple(_call(ticket, point, now) for ticket, (_, point) in zip(called, places, strict=True))[::-1],
        points=frozen({key: replace(point, status=PointStatus.ACTIVE) for key, point in hall.points.items()}),
        displays=frozen({display.id: display}),
        lines=waiting_index(tickets.values(), BY_PLACE),
        arrivals=waiting_index(tickets.values(), BY_ARRIVAL),
        ended=(),
    )


def _furnished(hall: Hall) -> Hall:
    """The hall with a service and points whose names mean something in every language: their numbers."""
    service = Service(id="sample", name="1", prefix="A")
    points = {
        str(number): Point(id=str(number), serial_number=number, name=f"№ {number}", services=(service.id,))
        for number in range(1, CALLS + 1)
    }
    return replace(hall, services=frozen({service.id: service}), points=frozen(points))


def _places(hall: Hall, display: Display) -> list[tuple[Service, PointId]]:
    """A service and a point that gives it, for each point this display shows; the longest name last, and so newest."""
    points = sorted(hall.points.values(), key=lambda point: len(point_name(hall, point.id)))
    return [place for point in points for place in islice(_given(hall, display, point), 1)]


def _given(hall: Hall, display: Display, point: Point) -> Iterator[tuple[Service, PointId]]:
    for service in hall.services.values():
        if point.gives(service.id) and shows(display, service.id, point.id, _precedence(hall, display, service)):
            yield service, point.id


def _precedence(hall: Hall, display: Display, service: Service) -> str:
    offered = hall.offered(service)
    return next(
        (one for one in offered if not display.precedences or one in display.precedences), next(iter(offered), "")
    )


def _ticket(hall: Hall, display: Display, service: Service, point: PointId | None, at: int, now: datetime) -> Ticket:
    """The ticket that was issued as number ``at``."""
    number, issued = at + 1, now - timedelta(minutes=60 - at)
    order = hall.order + at * APART
    precedence = _precedence(hall, display, service)
    allowance = hall.precedences[precedence].allowance if precedence in hall.precedences else 0
    return Ticket(
        id=f"sample-{number}",
        label=series(service).label(series(service).size * 4 // 10 + number),
        service=service.id,
        precedence=precedence,
        language=hall.settings.languages[0],
        origin=Origin.KIOSK,
        state=TicketState.CALLED if point else TicketState.WAITING,
        issued_at=issued,
        number=number,
        due=due_at_issue(order, allowance),
        point=point,
        called_at=now if point else None,
    )


def _call(ticket: Ticket, point: PointId, now: datetime) -> Call:
    return Call(
        ticket=ticket.id,
        label=ticket.label,
        service=ticket.service,
        precedence=ticket.precedence,
        language=ticket.language,
        point=point,
        at=now,
    )
