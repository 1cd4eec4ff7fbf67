"""The tiles of the kiosk in one language: a hall's services, and the precedences of a service."""

from __future__ import annotations

from kiosk.tile_model import Tile
from shared.catalogue import spoken
from shared.customer_sentences import ahead_before_taking, closed
from shared.hall.field_types import Language, ServiceId, in_language
from shared.hall.hall import Hall
from shared.hall.issuing import queue_for
from shared.hall.opening import state
from shared.hall.values import Moment, Service


def service_tiles(hall: Hall, language: Language, now: Moment, *, live: bool = True) -> list[Tile]:
    """The services on offer; one that issues no tickets now says why, and when it will.

    While the hall is away (not ``live``) nobody knows how many people are ahead.
    """
    return [_service_tile(hall, service, language, now, live) for service in hall.on_offer()]


def precedence_tiles(
    hall: Hall, service: ServiceId | None, language: Language, now: Moment, *, live: bool = True
) -> list[Tile]:
    """The precedences of the chosen service, each with the people ahead; none if there is no such service."""
    chosen = hall.services.get(service or "")
    if chosen is None:
        return []
    catalogue_language = spoken(language, hall.settings.languages)
    return [
        Tile(
            choice=precedence,
            name=in_language(hall.precedences[precedence].name, language, hall.settings.languages),
            status=ahead_before_taking(catalogue_language, queue_for(hall, chosen, now, precedence)) if live else "",
        )
        for precedence in hall.offered(chosen)
    ]


def _service_tile(hall: Hall, service: Service, language: Language, now: Moment, live: bool) -> Tile:
    opening = state(hall, service, now.wall)
    catalogue_language = spoken(language, hall.settings.languages)
    ahead = ahead_before_taking(catalogue_language, queue_for(hall, service, now)) if live else ""
    return Tile(
        choice=service.id,
        name=in_language(service.name, language, hall.settings.languages),
        badge=service.prefix,
        description=in_language(service.description, language, hall.settings.languages),
        status=ahead if opening.open else closed(catalogue_language, hall, opening, now.wall),
        open=opening.open,
    )


def is_open(hall: Hall, service: ServiceId | None, now: Moment) -> bool:
    """Whether the chosen service issues tickets; False if there is no such service."""
    chosen = hall.services.get(service or "")
    return chosen is not None and state(hall, chosen, now.wall).open
