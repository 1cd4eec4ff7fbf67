"""The values for the templates of the customer's pages: language, colour, a ticket, the menu of services."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from fastapi import Request

from shared.catalogue import spoken, translate
from shared.formats import clock
from shared.hall.field_types import Language, PrecedenceId, ServiceId, Words, in_language, language_found
from shared.hall.hall import Hall
from shared.hall.issuing import Queue, queue_for
from shared.hall.opening import Opening, state
from shared.hall.values import ENDED, Moment, Ticket, TicketState
from shared.languages import preferred

DEFAULT_ACCENT = "#0b4a8f"
LEAST_CONTRAST = 7.0
"""The least contrast ratio between text and its background (WCAG 2.2, 1.4.6)."""


@dataclass(frozen=True)
class PageReader:
    """The reader of a page: the language they read, and those they may choose from."""

    language: Language
    languages: tuple[Language, ...]

    @property
    def ours(self) -> Language:
        """The language of the program's own words: another of the hall's languages if there is no translation."""
        return spoken(self.language, self.languages)

    def t(self, sentence: str, n: int | None = None) -> str:
        """A sentence of the program, translated; ``n`` chooses its plural."""
        return translate(self.ours, sentence, n)

    def say(self, words: Words) -> str:
        """The hall's own words in the reader's language."""
        return in_language(words, self.language, self.languages)

    def apart(self, words: Words) -> Language | None:
        """The language of the hall's own words if it differs from that of the page."""
        language = language_found(words, self.language, self.languages)
        return language if language not in ("", self.ours) else None


def reader_of(request: Request, languages: tuple[Language, ...], default: Language | None = None) -> PageReader:
    """A reader of the language in the address, else of ``default``, else of the one the phone prefers."""
    wanted = request.query_params.get("lang", default)
    if wanted in languages:
        return PageReader(str(wanted), languages)
    return PageReader(preferred(request.headers.get("accept-language", ""), languages) or languages[0], languages)


def readable(accent: str) -> str:
    """The hall's colour, darkened until white text is legible on it; the default one if it is no colour."""
    if not re.fullmatch(r"#[0-9a-f]{6}", accent.lower()):
        return DEFAULT_ACCENT
    colour = tuple(int(accent[at : at + 2], 16) for at in (1, 3, 5))
    while 1.05 / (_luminance(colour) + 0.05) < LEAST_CONTRAST:  # the ratio to white (WCAG 2.2)
        colour = tuple(int(part * 0.96) for part in colour)  # a step too small to see
    return "#" + bytes(colour).hex()


def _luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance of a colour in sRGB, 0 to 1; all numbers are from its definition in WCAG 2.2."""
    red, green, blue = (part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True)
class ShownTicket:
    """A ticket as its page shows it; the page is sent again when this value changes."""

    label: str
    state: TicketState
    ahead: int
    """How many people are to be called before it."""
    attended: bool
    """Whether a service point that could call it is open."""
    calls: int
    """How often it was called: the page sounds again at a recall."""
    service: Words
    precedence: Words
    """Empty where a service offers only one."""
    point: Words
    """The point that called it, or the one point it waits for."""
    issued: str
    rating: int | None
    """What the customer thought of the visit, 1 to 5."""
    rated: bool
    """Whether the customer may rate the visit, or has rated it."""

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


ServiceChoice: TypeAlias = tuple[ServiceId, PrecedenceId]


@dataclass(frozen=True)
class ServiceMenu:
    """The services of a hall as its pages show them: which issue tickets or why not, and how many would be ahead."""

    services: tuple[tuple[ServiceId, Opening], ...]
    queues: tuple[tuple[ServiceChoice, Queue], ...]

    @property
    def open(self) -> bool:
        """Whether any service issues tickets."""
        return any(shown.open for _, shown in self.services)

    @property
    def key(self) -> str:
        """A text that changes when the page has to be loaded again."""
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
