"""What a hall offers, as tiles in one language: its services with those who wait, and a service's precedences."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from kiosk.rows import Tile
from shared.hall.hall import Hall
from shared.hall.opening import state
from shared.hall.values import Service
from shared.hall.words import Language, ServiceId, in_language
from shared.sentences import closed


def service_tiles(hall: Hall, language: Language, now: datetime, *, live: bool = True) -> list[Tile]:
    """The services, those that give no numbers at this moment with why, and when they will.

    Of a hall that is not ``live`` nobody knows how many wait.
    """
    return [_service_tile(hall, service, language, now, live) for service in hall.menu()]


def precedence_tiles(hall: Hall, service: ServiceId | None, language: Language) -> list[Tile]:
    """The precedences of the service chosen; none if there is no such service."""
    chosen = hall.services.get(service or "")
    offered = [hall.precedences[precedence] for precedence in hall.offered(chosen)] if chosen else []
    return [
        Tile(choice=precedence.id, name=in_language(precedence.name, language, hall.settings.languages))
        for precedence in offered
    ]


def _service_tile(hall: Hall, service: Service, language: Language, now: datetime, live: bool) -> Tile:
    shown = state(hall, service, now)
    return Tile(
        choice=service.id,
        name=in_language(service.name, language, hall.settings.languages),
        badge=service.prefix,
        about=in_language(service.description, language, hall.settings.languages),
        waiting=_waiting(hall.waiting(service.id), live) if shown.open else closed(language, hall, shown, now),
        open=shown.open,
    )


def is_open(hall: Hall, service: ServiceId | None, now: datetime) -> bool:
    """Whether the service chosen gives numbers; False if there is none."""
    chosen = hall.services.get(service or "")
    return chosen is not None and state(hall, chosen, now).open


def _waiting(people: int, live: bool) -> str:
    if not live:
        return ""
    if not people:
        return QCoreApplication.translate("menu", "Nobody waits")
    return QCoreApplication.translate("menu", "%n people wait", None, people)
