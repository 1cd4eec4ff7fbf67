"""A hall's set-up as one value: taken from a hall, compared with another, searched for gaps."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, TypeVar

from shared.hall.display_values import Display
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.hours_grammar import Day
from shared.hall.values import Precedence, Service, ServicePoint

V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """Everything an administrator sets up for a hall; a section comes after those it refers to."""

    hall: HallSettings
    precedences: tuple[Precedence, ...] = ()
    services: tuple[Service, ...] = ()
    points: tuple[ServicePoint, ...] = ()
    days: tuple[Day, ...] = ()
    displays: tuple[Display, ...] = ()


LISTS: dict[str, type[Any]] = {
    name: typing.get_args(kind)[0]
    for name, kind in typing.get_type_hints(SetUp).items()
    if typing.get_origin(kind) is tuple
}
"""The sections that are lists, with the type of their items."""


def key_of(value: Any) -> Any:
    """The key of an item in its hall: the date of a day, the id of any other."""
    return value.date if isinstance(value, Day) else value.id


class Item(NamedTuple):
    """Identifies one item of a set-up; the hall itself has no id."""

    section: str
    id: str = ""


class Part(NamedTuple):
    """One item of a set-up with its value."""

    item: Item
    at: int
    """Its index in its section, from 0."""
    value: Any


@dataclass(frozen=True, kw_only=True)
class Differences:
    """What has to change to turn one set-up into another."""

    added: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()
    extra: tuple[Item, ...] = ()
    """The items only the first set-up has: they stay unless retired."""
    reordered: bool = False
    """Whether the precedences are in another order, which is that of services that name none themselves."""


class Gap(NamedTuple):
    """Something missing from a set-up whose items are all valid."""

    item: Item
    sentence: str


def set_up_of(hall: Hall) -> SetUp:
    """The set-up of a hall, in the order people see it."""
    lists = {name: tuple(plain(kind, value) for value in _in_order(hall, name)) for name, kind in LISTS.items()}
    return SetUp(hall=hall.settings, **lists)


def _in_order(hall: Hall, section: str) -> list[Any]:
    """The items of a section: services by place, points by serial number, others as they were set up."""
    if section == "services":
        return hall.menu()
    values = getattr(hall, section).values()
    return sorted(values, key=lambda value: getattr(value, "serial_number", 0))


def plain(kind: type[V], value: Any) -> V:
    """A value as just this type, without the fields a subclass adds: a point without its status and ticket."""
    return kind(**{field.name: getattr(value, field.name) for field in fields(kind)})  # type: ignore[arg-type]  # kind is a dataclass


def parts(set_up: SetUp) -> Iterator[Part]:
    """Every item of a set-up, in order."""
    yield Part(Item("hall"), 0, set_up.hall)
    for name in LISTS:
        for at, value in enumerate(getattr(set_up, name)):
            yield Part(Item(name, str(key_of(value))), at, value)


def differences(before: SetUp, wanted: SetUp) -> Differences:
    """What has to change to turn ``before`` into ``wanted``."""
    old = {part.item: part.value for part in parts(before)}
    new = {part.item: part.value for part in parts(wanted)}
    added = [item for item in new if item not in old]
    kept = [item for item in old if item in new]
    return Differences(
        added=tuple(added),
        changed=tuple(item for item in new if item in old and new[item] != old[item]),
        extra=tuple(item for item in old if item not in new),
        reordered=_precedences([*kept, *added]) != _precedences(new),
    )


def _precedences(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.section == "precedences"]


def gaps(set_up: SetUp) -> Iterator[Gap]:
    """What is missing before customers can take tickets. A hall may have gaps while it is being set up."""
    given = {service_id for point in set_up.points for service_id in (*point.services, *point.backup_services)}
    for service in set_up.services:
        if service.on and not set_up.precedences:
            yield Gap(Item("services", service.id), "There is no precedence yet, so nobody can take a ticket.")
        if service.on and service.id not in given:
            yield Gap(Item("services", service.id), "No service point gives this service.")
