"""Importing a whole set-up at once: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import reduce
from typing import Any, ClassVar

from shared.hall import displays, exceptional_days, set_up
from shared.hall.displays import DefineDisplay, RetireDisplay
from shared.hall.errors import Invalid, Refused
from shared.hall.exceptional_days import DefineDay, RetireDay
from shared.hall.field_types import PrecedenceId
from shared.hall.hall import Hall
from shared.hall.messages import Answer, Change, Command, Event, Events, Rule
from shared.hall.roles import ADMINISTRATORS
from shared.hall.set_up import (
    DefineHall,
    DefinePoint,
    DefinePrecedence,
    DefineService,
    RetirePoint,
    RetirePrecedence,
    RetireService,
)
from shared.hall.values import Moment, Point, Service, ServicePoint, frozen
from shared.hall.whole_set_up import LISTS, Item, Part, SetUp, differences, gaps, key_of, parts, plain, set_up_of

DEFINE: dict[str, type[Command]] = {
    "hall": DefineHall,
    "precedences": DefinePrecedence,
    "services": DefineService,
    "points": DefinePoint,
    "days": DefineDay,
    "displays": DefineDisplay,
}
RETIRE: dict[str, type[Command]] = {
    "precedences": RetirePrecedence,
    "services": RetireService,
    "points": RetirePoint,
    "days": RetireDay,
    "displays": RetireDisplay,
}
"""The commands that define and retire an item of each section: their rules decide an import too."""


def _of_sections(table: str) -> Iterator[Any]:
    for module in (set_up, exceptional_days, displays):
        yield from getattr(module, table)


_RULES: dict[type[Command], Rule[Any]] = {rule.command: rule for rule in _of_sections("RULES")}
_CHANGES: dict[type[Event], Change[Any]] = {change.event: change for change in _of_sections("CHANGES")}


@dataclass(frozen=True, kw_only=True)
class ImportSetUp(Command, SetUp):
    """Make this the hall's set-up, all of it or nothing. ``retire``: also remove items of the hall it does not have."""

    MOST_VALUES: ClassVar[int] = 100_000
    """How many names, texts and numbers it may hold; see ``input_checks``."""

    retire: bool = False


@dataclass(frozen=True, kw_only=True)
class PrecedencesReordered(Event):
    precedences: tuple[PrecedenceId, ...]
    """The imported ones in their order; all others follow."""


def import_set_up(hall: Hall, command: ImportSetUp, now: Moment) -> Events:
    """The events for what changes; an item that is the same already causes none.

    The set-up is checked twice: by itself, as if it were for an empty hall, and together with what else the hall has.
    Raises Refused if a check fails, with the place of the item.
    """
    wanted = plain(SetUp, command)
    _require_unique(wanted)
    _require_valid_alone(wanted, command, now)
    change = differences(set_up_of(hall), wanted)
    target = _with_set_up(hall, wanted)
    retired = _retire(target, change.extra, command, now) if command.retire else []
    target = _fold(target, retired)
    touched = {*change.added, *change.changed}
    all_defined = [(part, _define(target, part, command, now)) for part in parts(wanted)]
    defined = [event for part, events in all_defined if part.item in touched for event in events]
    order = tuple(value.id for value in wanted.precedences)
    return [*defined, *([PrecedencesReordered(precedences=order)] if change.reordered else []), *retired]


def _with_set_up(hall: Hall, wanted: SetUp) -> Hall:
    """The hall with the set-up in it, unchecked: the rules then check each item among the others of the new set-up."""
    lists: dict[str, Any] = {name: frozen({**getattr(hall, name), **_by_id(hall, wanted, name)}) for name in LISTS}
    return replace(hall, settings=wanted.hall, **lists)


def _by_id(hall: Hall, wanted: SetUp, section: str) -> dict[str, Any]:
    return {key_of(value): _as_in_hall(hall, value) for value in getattr(wanted, section)}


def _as_in_hall(hall: Hall, value: Any) -> Any:
    """An item as the hall holds it: a point with its status and ticket."""
    if not isinstance(value, ServicePoint):
        return value
    known = hall.points.get(value.id, Point(id="", serial_number=0, name=""))
    return replace(known, **{field.name: getattr(value, field.name) for field in fields(value)})


def _require_unique(wanted: SetUp) -> None:
    seen: set[Item] = set()
    for part in parts(wanted):
        if part.item in seen:
            raise Invalid("This id is used twice.", **_place(part), field="id")
        seen.add(part.item)


def _require_valid_alone(wanted: SetUp, command: Command, now: Moment) -> None:
    """Raises Refused if this set-up alone is wrong or has gaps; of two services with one prefix it names the second."""
    alone = replace(Hall(id=""), services=frozen({service.id: _with_name_only(service) for service in wanted.services}))
    for part in sorted(parts(wanted), key=_shares_numbers):
        alone = _fold(alone, _define(alone, part, command, now))
    places = {part.item: part for part in parts(wanted)}
    for gap in gaps(wanted):
        raise Invalid(gap.sentence, **_place(places[gap.item]))


def _shares_numbers(part: Part) -> bool:
    """Whether it is a service that uses the numbers of another, which has to be defined first."""
    return getattr(part.value, "shares_numbers_with", None) is not None


def _with_name_only(service: Service) -> Service:
    """A service with nothing but its id and name yet, so that others can already refer to it."""
    return Service(id=service.id, name=service.name, prefix="?", shares_numbers_with=None)


def _define(hall: Hall, part: Part, command: Command, now: Moment) -> Events:
    """The events that define one item, by its own rule; raises what the rule raises, with the place."""
    define = _command(DEFINE[part.item.section], part.value, command)
    with _refusals_at(_place(part)):
        return [*_RULES[type(define)].decide(hall, define, now)]


def _retire(hall: Hall, extra: Iterable[Item], command: Command, now: Moment) -> list[Event]:
    """The events that retire these items, each before those it refers to; raises what a rule raises, with the place."""
    events: list[Event] = []
    for item in sorted(extra, key=lambda item: [*LISTS].index(item.section), reverse=True):
        kind = RETIRE[item.section]
        [name] = (field.name for field in fields(kind) if field.name != "command_id")
        key = next(key for key in getattr(hall, item.section) if str(key) == item.id)
        retire = kind(**{name: key, "command_id": command.command_id})
        with _refusals_at({"section": item.section, "id": item.id}):
            events += _RULES[kind].decide(_fold(hall, events), retire, now)
    return events


def _command(kind: type[Command], value: Any, command: Command) -> Command:
    values = {field.name: getattr(value, field.name) for field in fields(value)}
    return kind(**values, command_id=command.command_id)


def _fold(hall: Hall, events: Iterable[Event]) -> Hall:
    return reduce(lambda before, event: _CHANGES[type(event)].evolve(before, event), events, hall)


def _place(part: Part) -> dict[str, str]:
    """Where an item stands in a set-up, for a refusal; the hall itself is there only once."""
    once = {"section": part.item.section}
    return {**once, "at": str(part.at), "id": part.item.id} if part.item.section in LISTS else once


@contextmanager
def _refusals_at(place: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise refused.more(**place) from None


def precedences_reordered(hall: Hall, event: PrecedencesReordered) -> Hall:
    first = {name: hall.precedences[name] for name in event.precedences}
    return replace(hall, precedences=frozen({**first, **hall.precedences}))


def _import_answer(hall: Hall, command: ImportSetUp, events: Events) -> Answer:
    """How many changes it made, and the items of the hall that this set-up does not have."""
    changes = [event for event in events if type(event) in {*_CHANGES, PrecedencesReordered}]
    extra = differences(set_up_of(hall), plain(SetUp, command)).extra
    return {"changes": len(changes), "extra": [item._asdict() for item in extra]}


RULES = (Rule(ImportSetUp, import_set_up, _import_answer, ADMINISTRATORS),)
CHANGES = (Change(PrecedencesReordered, precedences_reordered),)
