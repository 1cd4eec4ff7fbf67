"""What an administrator decides: the hall itself, its services, precedences and service points."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from shared.hall.errors import Invalid, SerialNumberTaken, StillInUse, Unknown
from shared.hall.field_types import Name, PointId, PrecedenceId, ServiceId
from shared.hall.hall import Hall
from shared.hall.hours_grammar import Hours, week
from shared.hall.labels import numbered, sharing
from shared.hall.messages import Answer, Change, Command, Event, Events, Rule
from shared.hall.roles import ADMINISTRATORS
from shared.hall.time_zones import zones
from shared.hall.values import HallSettings, Moment, Point, Precedence, Service, ServicePoint, frozen

LONGEST_ALLOWANCE = 7 * 24 * 60
"""Minutes; more than a day already means strict priority."""

LONGEST_KEPT = 720
"""Hours, which are 30 days: longer than anybody complains about a visit."""

MOST_RECALLS = 20
"""How often a customer can be called again before they count as not having come."""

LONGEST_COOL_DOWN = 3600
"""Seconds to wait for a customer after a call, at most."""

MINUTES = ("return_after", "reinstate_within", "appointment_early", "appointment_grace")
"""Settings of a hall that are a time in minutes."""

V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class DefineHall(Command, HallSettings):
    """Set or change what holds for the whole hall."""


@dataclass(frozen=True, kw_only=True)
class DefineService(Command, Service):
    """Set up a service, or change the one of this id."""


@dataclass(frozen=True, kw_only=True)
class DefinePrecedence(Command, Precedence):
    """Set up a precedence, or change the one of this id; those already waiting keep their due times."""


@dataclass(frozen=True, kw_only=True)
class DefinePoint(Command, ServicePoint):
    """Set up a service point, or change the one of this id; whoever is served there stays."""


@dataclass(frozen=True, kw_only=True)
class RetireService(Command):
    """Take a service away for good; refused while anybody waits for it."""

    service: ServiceId


@dataclass(frozen=True, kw_only=True)
class RetirePrecedence(Command):
    """Take a precedence away for good; refused while anything uses it."""

    precedence: PrecedenceId


@dataclass(frozen=True, kw_only=True)
class RetirePoint(Command):
    """Take a service point away for good; refused while anybody is there or waits for it."""

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
    settings = _value(HallSettings, command)
    _named(settings.name, "The hall needs a name.")
    _require(bool(settings.languages), "A hall speaks at least one language.", "languages")
    _require(all(map(_is_language, settings.languages)), "A language is a tag like en, pt-BR or zh-Hans.", "languages")
    _once(tuple(map(str.lower, settings.languages)), "languages")
    _require(
        settings.day_starts.tzinfo is None,
        "The day starts at a time on the hall's own clock, like 04:00.",
        "day_starts",
    )
    _require(
        settings.time_zone in zones(),
        "There is no time zone {zone}; write one like Europe/Berlin.",
        "time_zone",
        zone=settings.time_zone,
    )
    for name in MINUTES:
        _require(
            0 <= getattr(settings, name) <= LONGEST_ALLOWANCE,
            "A time is a number of minutes from 0 to {most}.",
            name,
            most=str(LONGEST_ALLOWANCE),
        )
    _require(
        0 <= settings.recalls_before_no_show <= MOST_RECALLS,
        "A customer is called again 0 to {most} times.",
        "recalls_before_no_show",
        most=str(MOST_RECALLS),
    )
    _require(
        0 <= settings.no_show_after <= LONGEST_COOL_DOWN,
        "A customer is waited for 0 to {most} seconds after a call.",
        "no_show_after",
        most=str(LONGEST_COOL_DOWN),
    )
    _require(
        0 <= settings.keep_contacts <= LONGEST_KEPT,
        "Names and phone numbers are kept for 0 to {most} hours.",
        "keep_contacts",
        most=str(LONGEST_KEPT),
    )
    _once(settings.outcomes, "outcomes")
    _require(
        all(0 < len(outcome.strip()) <= 64 for outcome in settings.outcomes), "An outcome is a few words.", "outcomes"
    )
    _require(bool(re.fullmatch(r"#[0-9a-fA-F]{6}", settings.accent)), "The accent is a colour like #0b5cad.", "accent")
    _weekly(settings.hours)
    _require(
        bool(re.fullmatch(r"|[A-Z]{2}(-[A-Z0-9]{1,6})?", settings.holidays)),
        "Public holidays are those of a country, like DE, or of a part of one, like DE-BE.",
        "holidays",
    )
    return [HallDefined(settings=settings)]


def define_service(hall: Hall, command: DefineService, now: Moment) -> Events:
    service = _value(Service, command)
    _identified(service.id)
    _named(service.name, "A service needs a name.")
    _require(
        bool(re.fullmatch(r"[A-Z0-9]{1,3}", service.prefix)),
        "A prefix is one to three capital letters or digits.",
        "prefix",
    )
    _once(service.precedences, "precedences")
    _all_there(service.precedences, hall.precedence, "precedences")
    _once(service.then, "then")
    _all_there(service.then, hall.service, "then")
    _require(service.id not in service.then, "A visit goes on to other services than its own.", "then")
    _weekly(service.hours)
    _require(service.daily_limit >= 0, "A daily limit is a number of tickets; 0 means none.", "daily_limit")
    _require(1 <= service.visit_minutes <= LONGEST_ALLOWANCE, "A visit takes one minute or more.", "visit_minutes")
    return [ServiceDefined(value=value) for value in numbered(hall, service)]


def define_precedence(hall: Hall, command: DefinePrecedence, now: Moment) -> Events:
    precedence = _value(Precedence, command)
    _identified(precedence.id)
    _named(precedence.name, "A precedence needs a name.")
    _require(
        0 <= precedence.allowance <= LONGEST_ALLOWANCE,
        "An allowance is a number of minutes from 0 to {most}.",
        "allowance",
        most=str(LONGEST_ALLOWANCE),
    )
    return [PrecedenceDefined(value=precedence)]


def define_point(hall: Hall, command: DefinePoint, now: Moment) -> Events:
    point = _value(ServicePoint, command)
    _identified(point.id)
    _named(point.name, "A service point needs a name.")
    _require(0 < point.serial_number < 10_000, "A serial number is a whole number from 1 to 9999.", "serial_number")
    _require(
        0 <= point.backup_penalty <= LONGEST_ALLOWANCE,
        "A backup penalty is a number of minutes, 0 or more.",
        "backup_penalty",
    )
    for field in ("services", "backup_services"):
        _once(getattr(point, field), field)
        _all_there(getattr(point, field), hall.service, field)
    for other in hall.points.values():
        if other.serial_number == point.serial_number and other.id != point.id:
            raise SerialNumberTaken(
                "This number already belongs to another service point.", point=other.id, field="serial_number"
            )
    return [PointDefined(value=point)]


def retire_service(hall: Hall, command: RetireService, now: Moment) -> Events:
    service = hall.service(command.service)
    if any(ticket.service == service.id for ticket in hall.tickets.values()):
        raise StillInUse("Somebody still has a ticket for this service: switch it off and retire it later.")
    if any(sharing(hall, service)):
        raise StillInUse("Another service shares the numbers of this one: give that its own first.")
    return [ServiceRetired(service=service.id)]


def retire_precedence(hall: Hall, command: RetirePrecedence, now: Moment) -> Events:
    precedence = hall.precedence(command.precedence).id
    waits = any(ticket.precedence == precedence for ticket in hall.tickets.values())
    if waits or any(precedence in service.precedences for service in hall.services.values()):
        raise StillInUse("A service or a ticket still uses this precedence.")
    return [PrecedenceRetired(precedence=precedence)]


def retire_point(hall: Hall, command: RetirePoint, now: Moment) -> Events:
    point = hall.point(command.point)
    if point.ticket or any(ticket.for_point == point.id for ticket in hall.tickets.values()):
        raise StillInUse("Somebody is at this service point or waits for it.")
    return [PointRetired(point=point.id)]


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
    return replace(hall, services=frozen(_dropped(hall.services, event.service)), points=frozen(points))


def precedence_retired(hall: Hall, event: PrecedenceRetired) -> Hall:
    return replace(hall, precedences=frozen(_dropped(hall.precedences, event.precedence)))


def point_retired(hall: Hall, event: PointRetired) -> Hall:
    return replace(hall, points=frozen(_dropped(hall.points, event.point)))


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _value(kind: type[V], command: Any) -> V:
    """The value a define command carries: its own fields without the command's."""
    return kind(**{field.name: getattr(command, field.name) for field in fields(kind)})  # type: ignore[arg-type]  # kind is a dataclass


def _without(names: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(name for name in names if name != gone)


def _dropped(mapping: Any, gone: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != gone}


def _require(holds: bool, sentence: str, field: str, **about: str) -> None:
    """Raises Invalid; ``field`` says which one is wrong, so that a form or a file can point at it."""
    if not holds:
        raise Invalid(sentence, field=field, **about)


def _identified(name: str) -> None:
    _require(
        bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name)),
        "An id is up to 64 letters, digits, dots and dashes.",
        "id",
    )


def _named(name: Name, sentence: str) -> None:
    words = [name] if isinstance(name, str) else list(name.values())
    _require(bool(words) and all(word.strip() for word in words), sentence, "name")


def _once(names: tuple[str, ...], field: str) -> None:
    _require(len(set(names)) == len(names), "The same thing is named twice in one list.", field)


def _all_there(names: tuple[str, ...], find: Callable[[str], object], field: str) -> None:
    """Raises what ``find`` raises for a name that is not there, with the field that holds it."""
    for name in names:
        try:
            find(name)
        except Unknown as unknown:
            raise unknown.more(field=field) from None


def _weekly(hours: Hours) -> None:
    try:
        week(hours)
    except Invalid as wrong:
        raise wrong.more(field="hours") from None


def _is_language(tag: str) -> bool:
    """At most sixteen letters, as many as a ticket's row holds; none of the tags for what has no language."""
    says_nothing = tag.lower().partition("-")[0] in ("mis", "mul", "und", "zxx")
    return len(tag) <= 16 and not says_nothing and bool(re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag))


def _as_sent(hall: Hall, command: Any, events: Events) -> Answer:
    return {name: value for name, value in _fields(command).items() if name != "command_id"}


RULES = (
    Rule(DefineHall, define_hall, _as_sent, ADMINISTRATORS),
    Rule(DefineService, define_service, _as_sent, ADMINISTRATORS),
    Rule(DefinePrecedence, define_precedence, _as_sent, ADMINISTRATORS),
    Rule(DefinePoint, define_point, _as_sent, ADMINISTRATORS),
    Rule(RetireService, retire_service, _as_sent, ADMINISTRATORS),
    Rule(RetirePrecedence, retire_precedence, _as_sent, ADMINISTRATORS),
    Rule(RetirePoint, retire_point, _as_sent, ADMINISTRATORS),
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
