"""Setting up a hall: its settings; defining and retiring services, precedences and service points.

The rules that define raise Invalid with the wrong ``field``, or a refusal of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from shared.hall.display_values import Display, Volume
from shared.hall.errors import Invalid, SerialNumberTaken, StillInUse, Unknown
from shared.hall.field_limits import (
    LANGUAGE,
    LARGEST_SERIAL_NUMBER,
    LONGEST_ALLOWANCE,
    LONGEST_COOL_DOWN,
    LONGEST_GAP,
    LONGEST_KEPT,
    MOST_ANNOUNCEMENTS,
    MOST_RECALLS,
    MOST_VOLUMES,
    PREFIX,
)
from shared.hall.field_types import Name, PointId, PrecedenceId, ServiceId, in_language
from shared.hall.hall import Hall
from shared.hall.hall_settings import MINUTES, HallSettings
from shared.hall.hours_grammar import Hours, week
from shared.hall.labels import services_sharing, with_sharing_services
from shared.hall.messages import Answer, Change, Command, Event, Events, Rule
from shared.hall.roles import ADMINISTRATORS
from shared.hall.time_zones import zones
from shared.hall.values import Moment, Point, Precedence, Service, ServicePoint, frozen
from shared.hall.whole_set_up import plain


@dataclass(frozen=True, kw_only=True)
class DefineHall(Command, HallSettings):
    """Set the name of the hall and all its settings."""


@dataclass(frozen=True, kw_only=True)
class DefineService(Command, Service):
    """Set up a service, or change the one of this id."""


@dataclass(frozen=True, kw_only=True)
class DefinePrecedence(Command, Precedence):
    """Set up a precedence, or change the one of this id; those already waiting keep their due times."""


@dataclass(frozen=True, kw_only=True)
class DefinePoint(Command, ServicePoint):
    """Set up a service point, or change the one of this id; a customer who is served there stays."""


@dataclass(frozen=True, kw_only=True)
class RetireService(Command):
    """Remove a service for good; refused while anybody has a ticket for it."""

    service: ServiceId


@dataclass(frozen=True, kw_only=True)
class RetirePrecedence(Command):
    """Remove a precedence for good; refused while a service or a ticket uses it."""

    precedence: PrecedenceId


@dataclass(frozen=True, kw_only=True)
class RetirePoint(Command):
    """Remove a service point for good; refused while anybody is there or waits for it."""

    point: PointId


@dataclass(frozen=True, kw_only=True)
class HallDefined(Event):
    settings: HallSettings


@dataclass(frozen=True, kw_only=True)
class ServiceDefined(Event):
    value: Service

    @property
    def service(self) -> ServiceId:
        return self.value.id


@dataclass(frozen=True, kw_only=True)
class PrecedenceDefined(Event):
    value: Precedence

    @property
    def precedence(self) -> PrecedenceId:
        return self.value.id


@dataclass(frozen=True, kw_only=True)
class PointDefined(Event):
    value: ServicePoint

    @property
    def point(self) -> PointId:
        return self.value.id


@dataclass(frozen=True, kw_only=True)
class ServiceRetired(Event):
    service: ServiceId


@dataclass(frozen=True, kw_only=True)
class PrecedenceRetired(Event):
    precedence: PrecedenceId


@dataclass(frozen=True, kw_only=True)
class PointRetired(Event):
    point: PointId


def define_hall(hall: Hall, command: DefineHall, now: Moment) -> Events:
    settings = plain(HallSettings, command)
    require_name(settings.name, "The hall needs a name.")
    _require(bool(settings.languages), "A hall speaks at least one language.", "languages")
    _require(all(map(_is_language, settings.languages)), "A language is a tag like en, pt-BR or zh-Hans.", "languages")
    _require_unique(tuple(map(str.lower, settings.languages)), "languages")
    _require(settings.day_starts.tzinfo is None, "The day starts at a local time, like 04:00.", "day_starts")
    _require(
        settings.time_zone in zones(),
        "There is no time zone {zone}; write one like Europe/Berlin.",
        "time_zone",
        zone=settings.time_zone,
    )
    for name in MINUTES:
        _at_most(LONGEST_ALLOWANCE, settings, name, "A time is a number of minutes from 0 to {most}.")
    _at_most(MOST_RECALLS, settings, "recalls_before_no_show", "A customer is called again 0 to {most} times.")
    _at_most(LONGEST_COOL_DOWN, settings, "no_show_after", "A customer is waited for 0 to {most} seconds after a call.")
    _at_most(LONGEST_KEPT, settings, "keep_contacts", "Names and phone numbers are kept for 0 to {most} hours.")
    _require_unique(settings.outcomes, "outcomes")
    _at_most(MOST_ANNOUNCEMENTS, settings, "announce_times", "A call is said 0 to {most} times; 0: only the chime.")
    _at_most(LONGEST_GAP, settings, "announce_gap", "Between two announcements there are 0 to {most} seconds.")
    _require_volumes(settings.volumes)
    _require(
        all(0 < len(outcome.strip()) <= 64 for outcome in settings.outcomes),
        "An outcome has 1 to 64 characters.",
        "outcomes",
    )
    _require(
        bool(re.fullmatch(r"#[0-9a-fA-F]{6}", settings.accent)),
        "The colour of the kiosk is written like #0b5cad.",
        "accent",
    )
    _require_hours(settings.hours)
    _require(
        bool(re.fullmatch(r"|[A-Z]{2}(-[A-Z0-9]{1,6})?", settings.holidays)),
        "Public holidays are those of a country, like DE, or of a part of one, like DE-BE.",
        "holidays",
    )
    return [HallDefined(settings=settings)]


def define_service(hall: Hall, command: DefineService, now: Moment) -> Events:
    service = plain(Service, command)
    require_id(service.id)
    require_name(service.name, "A service needs a name.")
    _require(PREFIX.fits(service.prefix), PREFIX.sentence, "prefix")
    _require_unique(service.precedences, "precedences")
    require_known(service.precedences, hall.precedence, "precedences")
    _require_unique(service.then, "then")
    require_known(service.then, hall.service, "then")
    _require(service.id not in service.then, "A visit goes on to services other than its own.", "then")
    _require_hours(service.hours)
    _require(service.daily_limit >= 0, "A daily limit is a number of tickets; 0 means no limit.", "daily_limit")
    _require(1 <= service.visit_minutes <= LONGEST_ALLOWANCE, "A visit takes one minute or more.", "visit_minutes")
    return [ServiceDefined(value=value) for value in with_sharing_services(hall, service)]


def define_precedence(hall: Hall, command: DefinePrecedence, now: Moment) -> Events:
    precedence = plain(Precedence, command)
    require_id(precedence.id)
    require_name(precedence.name, "A precedence needs a name.")
    _at_most(LONGEST_ALLOWANCE, precedence, "allowance", "An allowance is a number of minutes from 0 to {most}.")
    return [PrecedenceDefined(value=precedence)]


def define_point(hall: Hall, command: DefinePoint, now: Moment) -> Events:
    point = plain(ServicePoint, command)
    require_id(point.id)
    require_name(point.name, "A service point needs a name.")
    _require(
        0 < point.serial_number <= LARGEST_SERIAL_NUMBER,
        "A serial number is a whole number from 1 to 9999.",
        "serial_number",
    )
    _at_most(LONGEST_ALLOWANCE, point, "backup_penalty", "A backup penalty is a number of minutes from 0 to {most}.")
    for field in ("services", "backup_services"):
        _require_unique(getattr(point, field), field)
        require_known(getattr(point, field), hall.service, field)
    for other in hall.points.values():
        if other.serial_number == point.serial_number and other.id != point.id:
            raise SerialNumberTaken(
                "This number already belongs to another service point.", point=other.id, field="serial_number"
            )
    return [PointDefined(value=point)]


def retire_service(hall: Hall, command: RetireService, now: Moment) -> Events:
    service = hall.service(command.service)
    if any(ticket.service == service.id for ticket in hall.tickets.values()):
        raise StillInUse(
            "Somebody still has a ticket for this service: no longer offer it to customers, and retire it later."
        )
    if any(services_sharing(hall, service)):
        raise StillInUse("Another service shares the numbers of this one: give that service its own numbers first.")
    _require_no_display_alone(hall, "services", service.id)
    return [ServiceRetired(service=service.id)]


def retire_precedence(hall: Hall, command: RetirePrecedence, now: Moment) -> Events:
    precedence = hall.precedence(command.precedence).id
    waits = any(ticket.precedence == precedence for ticket in hall.tickets.values())
    if waits or any(precedence in service.precedences for service in hall.services.values()):
        raise StillInUse("A service or a ticket still uses this precedence.")
    _require_no_display_alone(hall, "precedences", precedence)
    return [PrecedenceRetired(precedence=precedence)]


def retire_point(hall: Hall, command: RetirePoint, now: Moment) -> Events:
    point = hall.point(command.point)
    if point.ticket or any(ticket.for_point == point.id for ticket in hall.tickets.values()):
        raise StillInUse("Somebody is at this service point or waits for it.")
    _require_no_display_alone(hall, "points", point.id)
    return [PointRetired(point=point.id)]


def _require_no_display_alone(hall: Hall, field: str, retired: str) -> None:
    """Raises StillInUse if a display shows the calls of this one alone: without it, it would show all."""
    for display in hall.displays.values():
        if getattr(display, field) == (retired,):
            name = in_language(display.name, hall.settings.languages[0], hall.settings.languages)
            raise StillInUse(
                "The display {name} shows only calls of this one: change the display first.",
                display=display.id,
                name=name,
            )


def hall_defined(hall: Hall, event: HallDefined) -> Hall:
    kept = hall.holidays if event.settings.holidays == hall.settings.holidays else frozen()
    return replace(hall, settings=event.settings, holidays=kept)


def service_defined(hall: Hall, event: ServiceDefined) -> Hall:
    return replace(hall, services=frozen({**hall.services, event.value.id: event.value}))


def precedence_defined(hall: Hall, event: PrecedenceDefined) -> Hall:
    return replace(hall, precedences=frozen({**hall.precedences, event.value.id: event.value}))


def point_defined(hall: Hall, event: PointDefined) -> Hall:
    before = hall.points.get(event.value.id, Point(id="", serial_number=0, name=""))
    return hall.with_point(replace(before, **_fields(event.value)))


def service_retired(hall: Hall, event: ServiceRetired) -> Hall:
    points = {
        point.id: replace(
            point,
            services=_without(point.services, event.service),
            backup_services=_without(point.backup_services, event.service),
        )
        for point in hall.points.values()
    }
    return replace(
        hall,
        services=frozen(_without_key(hall.services, event.service)),
        points=frozen(points),
        displays=_displays_without(hall, "services", event.service),
    )


def precedence_retired(hall: Hall, event: PrecedenceRetired) -> Hall:
    return replace(
        hall,
        precedences=frozen(_without_key(hall.precedences, event.precedence)),
        displays=_displays_without(hall, "precedences", event.precedence),
    )


def point_retired(hall: Hall, event: PointRetired) -> Hall:
    return replace(
        hall,
        points=frozen(_without_key(hall.points, event.point)),
        displays=_displays_without(hall, "points", event.point),
    )


def _displays_without(hall: Hall, field: str, gone: str) -> Mapping[str, Display]:
    """The displays, none of which asks for calls of what is gone."""
    return frozen(
        {
            name: replace(display, **{field: _without(getattr(display, field), gone)})  # type: ignore[arg-type]  # one of three
            for name, display in hall.displays.items()
        }
    )


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _without(ids: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(one for one in ids if one != gone)


def _without_key(mapping: Any, gone: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != gone}


def _require(holds: bool, sentence: str, field: str, **about: str) -> None:
    """Raises Invalid unless it ``holds``; ``field`` is the wrong one, so that a form or a file can point at it."""
    if not holds:
        raise Invalid(sentence, field=field, **about)


def _at_most(most: int, value: Any, field: str, sentence: str) -> None:
    """Raises Invalid unless the number in this field is 0 to ``most``."""
    _require(0 <= getattr(value, field) <= most, sentence, field, most=str(most))


def require_id(new_id: str) -> None:
    _require(
        bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", new_id)),
        "An id is up to 64 letters, digits, dots and dashes.",
        "id",
    )


def require_name(name: Name, sentence: str) -> None:
    words = [name] if isinstance(name, str) else list(name.values())
    _require(bool(words) and all(word.strip() for word in words), sentence, "name")


def _require_unique(names: tuple[str, ...], field: str) -> None:
    _require(len(set(names)) == len(names), "The same thing is named twice in one list.", field)


def require_known(ids: tuple[str, ...], find: Callable[[str], object], field: str) -> None:
    """Raises what ``find`` raises for an unknown id, with the field that holds it."""
    for one in ids:
        try:
            find(one)
        except Unknown as unknown:
            raise unknown.more(field=field) from None


def _require_volumes(volumes: tuple[Volume, ...]) -> None:
    _require(
        len(volumes) <= MOST_VOLUMES,
        "The volume changes at most {most} times a day.",
        "volumes",
        most=str(MOST_VOLUMES),
    )
    _require(all(0 <= one.percent <= 100 for one in volumes), "A volume is 0 to 100 percent.", "volumes")
    _require(
        all(one.since.tzinfo is None for one in volumes), "A volume begins at a local time, like 08:00.", "volumes"
    )
    _require_unique(tuple(one.since.isoformat() for one in volumes), "volumes")


def _require_hours(hours: Hours) -> None:
    try:
        week(hours)
    except Invalid as wrong:
        raise wrong.more(field="hours") from None


def _is_language(tag: str) -> bool:
    """Whether it is a tag of a language, not one for "no language", that fits into the column of a ticket."""
    no_language = tag.lower().partition("-")[0] in ("mis", "mul", "und", "zxx")
    return LANGUAGE.fits(tag) and not no_language and bool(re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag))


def fields_of_command(hall: Hall, command: Any, events: Events) -> Answer:
    return {name: value for name, value in _fields(command).items() if name != "command_id"}


RULES = (
    Rule(DefineHall, define_hall, fields_of_command, ADMINISTRATORS),
    Rule(DefineService, define_service, fields_of_command, ADMINISTRATORS),
    Rule(DefinePrecedence, define_precedence, fields_of_command, ADMINISTRATORS),
    Rule(DefinePoint, define_point, fields_of_command, ADMINISTRATORS),
    Rule(RetireService, retire_service, fields_of_command, ADMINISTRATORS),
    Rule(RetirePrecedence, retire_precedence, fields_of_command, ADMINISTRATORS),
    Rule(RetirePoint, retire_point, fields_of_command, ADMINISTRATORS),
)
CHANGES = (
    Change(HallDefined, hall_defined),
    Change(ServiceDefined, service_defined),
    Change(PrecedenceDefined, precedence_defined),
    Change(PointDefined, point_defined),
    Change(ServiceRetired, service_retired),
    Change(PrecedenceRetired, precedence_retired),
    Change(PointRetired, point_retired),
)
