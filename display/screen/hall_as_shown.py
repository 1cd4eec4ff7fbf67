"""The hall as one display shows it: its own languages first, only its own calls, points and people who wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shared.hall.calling_order import Place
from shared.hall.display_values import Display
from shared.hall.field_types import Language, PointId, PrecedenceId, ServiceId
from shared.hall.hall import Hall
from shared.hall.next_ticket import may_be_called
from shared.hall.values import Line, Moment, PointStatus, Ticket


def languages_of(hall: Hall, display: Display) -> tuple[Language, ...]:
    """What the display is written in, the first one above all: its own languages, or else the hall's."""
    own = tuple(language for language in display.languages if language in hall.settings.languages)
    return own or hall.settings.languages


def hall_as_shown(hall: Hall, display: Display) -> Hall:
    """The hall with nothing in it that this display does not show."""
    languages = dict.fromkeys((*languages_of(hall, display), *hall.settings.languages))
    settings = replace(hall.settings, languages=tuple(languages))
    if not (display.services or display.points or display.precedences):
        return replace(hall, settings=settings)
    calls = (call for call in hall.calls if shows(display, call.service, call.point, call.precedence))
    return replace(
        hall,
        settings=settings,
        calls=tuple(calls),
        points={key: point for key, point in hall.points.items() if not display.points or key in display.points},
        lines={line: tuple(_waiting_for(hall, display, line, places)) for line, places in hall.lines.items()},
    )


def shows(display: Display, service: ServiceId, point: PointId, precedence: PrecedenceId) -> bool:
    """Whether calls for this service to this point, of this precedence, are shown and said here."""
    asked = ((display.services, service), (display.points, point), (display.precedences, precedence))
    return all(not chosen or one in chosen for chosen, one in asked)


def _waiting_for(hall: Hall, display: Display, line: Line, places: tuple[Place, ...]) -> Iterator[Place]:
    """Those in a line whom a point of this display may call, and whose service and precedence it shows."""
    points = [point.id for point in hall.points_for(line)] or [""]
    for place in places:
        ticket = hall.tickets[place.ticket]
        if any(shows(display, ticket.service, point, ticket.precedence) for point in points):
            yield place


def in_order_of_call(shown: Hall, now: Moment) -> list[Ticket]:
    """All who wait, in the order in which they are due at the points that are open, or else at any.

    Those who may not be called yet come last.
    """
    later = {line: penalty for line in shown.lines if (penalty := _least_penalty(shown, line)) is not None}
    places = sorted(
        place._replace(due=place.due + later.get(line, 0)) for line in shown.lines for place in shown.lines[line]
    )
    tickets = [shown.tickets[place.ticket] for place in places]
    return sorted(tickets, key=lambda ticket: not may_be_called(ticket, now))


def due_next(shown: Hall, now: Moment) -> list[Ticket]:
    """Those who may be called now, in that order; without those no open point may call, while another is open."""
    callable_now = [ticket for ticket in in_order_of_call(shown, now) if may_be_called(ticket, now)]
    attended = [ticket for ticket in callable_now if shown.attended(ticket.line)]
    return attended or callable_now


def _least_penalty(shown: Hall, line: Line) -> int | None:
    """By how many milliseconds the tickets of a line count as due later, where they count the earliest."""
    points = shown.points_for(line)
    open_points = [point for point in points if point.status is not PointStatus.INACTIVE]
    return min((dict(point.drawn_lines())[line] for point in open_points or points), default=None)
