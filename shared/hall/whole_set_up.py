"""A hall's set-up as one value: read off a hall, compared with another, and what it lacks as a whole."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, TypeVar

from shared.hall.hall import Hall
from shared.hall.hours_grammar import Day
from shared.hall.values import HallSettings, Precedence, Service, ServicePoint

V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """Everything an administrator decides for a hall; a section comes after those it names."""

    hall: HallSettings
    precedences: tuple[Precedence, ...] = ()
    services: tuple[Service, ...] = ()
    points: tuple[ServicePoint, ...] = ()
    days: tuple[Day, ...] = ()


LISTS: dict[str, type[Any]] = {
    name: typing.get_args(kind)[0]
    for name, kind in typing.get_type_hints(SetUp).items()
    if typing.get_origin(kind) is tuple
}
"""The sections with several things in them, and what these are."""


def key_of(value: Any) -> Any:
    """What a hall keeps a thing by: its id; of a day, its date."""
    return value.date if isinstance(value, Day) else value.id


class Item(NamedTuple):
    """One thing of a set-up. The hall itself has no id."""

    section: str
    id: str = ""


class Part(NamedTuple):
    """One thing of a set-up with its value, and where in its section it stands."""

    item: Item
    at: int
    value: Any


@dataclass(frozen=True, kw_only=True)
class Differences:
    """What becomes of one set-up to make another of it."""

    added: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()
    extra: tuple[Item, ...] = ()
    """What only the first one has: it stays unless it is retired."""
    reordered: bool = False
    """Whether the precedences stand in another order, which says what a service that names none offers first."""


class Gap(NamedTuple):
    """Something a set-up lacks as a whole, though each part of it is right."""

    item: Item
    sentence: str


def set_up_of(hall: Hall) -> SetUp:
    """How a hall is set up, in the order people see it in."""
    lists = {name: tuple(plain(kind, value) for value in _kept(hall, name)) for name, kind in LISTS.items()}
    return SetUp(hall=hall.settings, **lists)


def _kept(hall: Hall, section: str) -> list[Any]:
    """The values of a section: services by their place, points by their number, others as they were set up."""
    if section == "services":
        return hall.menu()
    values = getattr(hall, section).values()
    return sorted(values, key=lambda value: getattr(value, "serial_number", 0))


def plain(kind: type[V], value: Any) -> V:
    """A value as just this type, without what a richer one adds: a point without whoever is there."""
    return kind(**{field.name: getattr(value, field.name) for field in fields(kind)})  # type: ignore[arg-type]  # kind is a dataclass


def parts(set_up: SetUp) -> Iterator[Part]:
    """Everything in a set-up, in order."""
    yield Part(Item("hall"), 0, set_up.hall)
    for name in LISTS:
        for at, value in enumerate(getattr(set_up, name)):
            yield Part(Item(name, str(key_of(value))), at, value)


def differences(before: SetUp, wanted: SetUp) -> Differences:
    """What it takes to make ``wanted`` of ``before``."""
    known = {part.item: part.value for part in parts(before)}
    asked = {part.item: part.value for part in parts(wanted)}
    added = [item for item in asked if item not in known]
    kept = [item for item in known if item in asked]
    return Differences(
        added=tuple(added),
        changed=tuple(item for item in asked if item in known and asked[item] != known[item]),
        extra=tuple(item for item in known if item not in asked),
        reordered=_precedences([*kept, *added]) != _precedences(asked),
    )


def _precedences(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.section == "precedences"]


def gaps(set_up: SetUp) -> Iterator[Gap]:
    """What is missing before customers can come. A hall passes through such states while it is being set up."""
    given = {service for point in set_up.points for service in (*point.services, *point.backup_services)}
    for service in set_up.services:
        if service.on and not set_up.precedences:
            yield Gap(Item("services", service.id), "There is no precedence yet, so nobody can take a ticket.")
        if service.on and service.id not in given:
            yield Gap(Item("services", service.id), "No service point gives this service.")
