"""What a hall offers, as tiles in one language: its services with those who wait, and a service's precedences."""

from __future__ import annotations

from kiosk.tile_model import Tile
from shared.catalogue import spoken
from shared.customer_sentences import before_taking, closed
from shared.hall.field_types import Language, ServiceId, in_language
from shared.hall.hall import Hall
from shared.hall.issuing import queue_for
from shared.hall.opening import state
from shared.hall.values import Moment, Service


def service_tiles(hall: Hall, language: Language, now: Moment, *, live: bool = True) -> list[Tile]:
    """The services on offer, those that give no numbers at this moment with why, and when they will.

    Of a hall that is not ``live`` nobody knows how many are ahead.
    """
    return [_service_tile(hall, service, language, now, live) for service in hall.on_offer()]


def precedence_tiles(
    hall: Hall, service: ServiceId | None, language: Language, now: Moment, *, live: bool = True
) -> list[Tile]:
    """The precedences of the service chosen, each with who would be ahead; none if there is no such service."""
    chosen = hall.services.get(service or "")
    if chosen is None:
        return []
    ours = spoken(language, hall.settings.languages)
    return [
        Tile(
            choice=precedence,
            name=in_language(hall.precedences[precedence].name, language, hall.settings.languages),
            waiting=before_taking(ours, queue_for(hall, chosen, now, precedence)) if live else "",
        )
        for precedence in hall.offered(chosen)
    ]


def _service_tile(hall: Hall, service: Service, language: Language, now: Moment, live: bool) -> Tile:
    shown = state(hall, service, now.wall)
    ours = spoken(language, hall.settings.languages)
    ahead = before_taking(ours, queue_for(hall, service, now)) if live else ""
    return Tile(
        choice=service.id,
        name=in_language(service.name, language, hall.settings.languages),
        badge=service.prefix,
        about=in_language(service.description, language, hall.settings.languages),
        waiting=ahead if shown.open else closed(ours, hall, shown, now.wall),
        open=shown.open,
    )


def is_open(hall: Hall, service: ServiceId | None, now: Moment) -> bool:
    """Whether the service chosen gives numbers; False if there is none."""
    chosen = hall.services.get(service or "")
    return chosen is not None and state(hall, chosen, now.wall).open
