"""How the customer's pages are read: in whose language, in which colour, and what of a ticket they show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from fastapi import Request

from shared.catalogue import spoken, translate
from shared.formats import clock
from shared.hall.field_types import Language, PrecedenceId, ServiceId, Words, in_language, said_in
from shared.hall.hall import Hall
from shared.hall.issuing import Queue, queue_for
from shared.hall.opening import Opening, state
from shared.hall.values import ENDED, Moment, Ticket, TicketState
from shared.languages import preferred

DEFAULT_ACCENT = "#0b4a8f"
READABLE = 7.0
"""The least contrast between a ground and what customers must read on it (WCAG 2.2, 1.4.6)."""


@dataclass(frozen=True)
class Reader:
    """Whoever reads a page: the language they read, and those they may choose from."""

    language: Language
    languages: tuple[Language, ...]

    @property
    def ours(self) -> Language:
        """The language of our own words, and so of the page: the hall's own where nobody has translated them."""
        return spoken(self.language, self.languages)

    def t(self, sentence: str, n: int | None = None) -> str:
        """A sentence of ours."""
        return translate(self.ours, sentence, n)

    def say(self, words: Words) -> str:
        """The hall's own words."""
        return in_language(words, self.language, self.languages)

    def apart(self, words: Words) -> Language | None:
        """The language of the hall's own words where it is not that of the page."""
        language = said_in(words, self.language, self.languages)
        return language if language not in ("", self.ours) else None


def reader_of(request: Request, languages: tuple[Language, ...], usual: Language | None = None) -> Reader:
    """The language asked for in the address, else the usual one, else the best of what the phone speaks."""
    asked = request.query_params.get("lang", usual)
    if asked in languages:
        return Reader(str(asked), languages)
    return Reader(preferred(request.headers.get("accept-language", ""), languages) or languages[0], languages)


def readable(accent: str) -> str:
    """The hall's colour, darkened until white can be read on it; our own for what is no colour."""
    if not re.fullmatch(r"#[0-9a-f]{6}", accent.lower()):
        return DEFAULT_ACCENT
    colour = tuple(int(accent[at : at + 2], 16) for at in (1, 3, 5))
    while 1.05 / (_luminance(colour) + 0.05) < READABLE:
        colour = tuple(int(part * 0.96) for part in colour)
    return "#" + bytes(colour).hex()


def _luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance of sRGB, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True)
class ShownTicket:
    """A ticket as its page shows it; as long as two of these are equal the page need not change."""

    label: str
    state: TicketState
    ahead: int
    attended: bool
    """Whether a service point that could call it is open."""
    calls: int
    """How often it was called: a recall sounds again."""
    service: Words
    precedence: Words
    """Empty where a service offers only one."""
    point: Words
    """The point that called it, or the one point it waits for."""
    issued: str
    rating: int | None
    rated: bool
    """Whether the customer may say how the visit was, or has."""

    @property
    def ended(self) -> bool:
        return self.state in ENDED


def shown(hall: Hall, ticket: Ticket) -> ShownTicket:
    service = hall.services.get(ticket.service)
    several = service is not None and len(hall.offered(service)) > 1
    precedence = hall.precedences.get(ticket.precedence) if several else None
    point = hall.points.get(ticket.point or ticket.for_point or "")
    return ShownTicket(
        label=ticket.label,
        state=ticket.state,
        ahead=hall.ahead(ticket),
        attended=hall.attended(ticket.line),
        calls=ticket.recalls + 1,
        service=service.name if service else "",
        precedence=precedence.name if precedence else "",
        point=point.name if point else "",
        issued=clock(ticket.issued_at, hall),
        rating=ticket.rating,
        rated=ticket.state is TicketState.SERVED and hall.knows(ticket.id),
    )


Choice: TypeAlias = tuple[ServiceId, PrecedenceId]


@dataclass(frozen=True)
class ServiceMenu:
    """The services of a hall as its pages show them: which give numbers, else why not, and who would be ahead."""

    services: tuple[tuple[ServiceId, Opening], ...]
    queues: tuple[tuple[Choice, Queue], ...]

    @property
    def open(self) -> bool:
        """Whether any service gives numbers."""
        return any(shown.open for _, shown in self.services)

    @property
    def key(self) -> str:
        """Changes when the page has to be made anew."""
        return " ".join(f"{service}:{shown.reason or ''}:{shown.opens or ''}" for service, shown in self.services)

    def of(self, service: ServiceId) -> Opening:
        return dict(self.services)[service]

    def queue(self, service: ServiceId, precedence: PrecedenceId) -> Queue:
        return dict(self.queues)[service, precedence]


def menu(hall: Hall, now: Moment) -> ServiceMenu:
    services = hall.on_offer()
    return ServiceMenu(
        services=tuple((service.id, state(hall, service, now.wall)) for service in services),
        queues=tuple(
            ((service.id, precedence), queue_for(hall, service, now, precedence))
            for service in services
            for precedence in hall.offered(service)
        ),
    )
