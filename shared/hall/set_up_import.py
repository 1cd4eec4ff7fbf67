"""Taking over a whole set-up at once: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import reduce
from typing import Any, ClassVar

from shared.hall import exceptional_days, set_up
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
}
RETIRE: dict[str, type[Command]] = {
    "precedences": RetirePrecedence,
    "services": RetireService,
    "points": RetirePoint,
    "days": RetireDay,
}
"""How a thing of each section is defined and retired; it is the same rules that decide an import."""

_RULES: dict[type[Command], Rule[Any]] = {rule.command: rule for rule in (*set_up.RULES, *exceptional_days.RULES)}
_CHANGES: dict[type[Event], Change[Any]] = {
    change.event: change for change in (*set_up.CHANGES, *exceptional_days.CHANGES)
}


@dataclass(frozen=True, kw_only=True)
class ImportSetUp(Command, SetUp):
    """Make the hall as this whole set-up says, all of it or nothing. ``retire``: what it does not hold goes."""

    MOST_VALUES: ClassVar[int] = 100_000

    retire: bool = False


@dataclass(frozen=True, kw_only=True)
class PrecedencesReordered(Event):
    precedences: tuple[PrecedenceId, ...]
    """All that were imported, in their order; others come behind."""


def import_set_up(hall: Hall, command: ImportSetUp, now: Moment) -> Events:
    """What changes; a thing that is already as it should be causes nothing. Raises Refused with its place.

    The set-up is looked at twice: for itself, as if an empty hall were set up so, and among what else the hall has.
    """
    wanted = plain(SetUp, command)
    _once_each(wanted)
    _alone(wanted, command, now)
    new = differences(set_up_of(hall), wanted)
    target = placed(hall, wanted)
    retired = _retired(target, new.extra, command, now) if command.retire else []
    target = _fold(target, retired)
    touched = {*new.added, *new.changed}
    all_defined = [(part, _defined(target, part, command, now)) for part in parts(wanted)]
    defined = [event for part, events in all_defined if part.item in touched for event in events]
    order = [PrecedencesReordered(precedences=tuple(value.id for value in wanted.precedences))] if new.reordered else []
    return [*defined, *order, *retired]


def placed(hall: Hall, wanted: SetUp) -> Hall:
    """The hall with all of this in it, unchecked: rules look at each thing among the new ones, never among the old."""
    lists: dict[str, Any] = {name: frozen({**getattr(hall, name), **_by_id(hall, wanted, name)}) for name in LISTS}
    return replace(hall, settings=wanted.hall, **lists)


def _by_id(hall: Hall, wanted: SetUp, section: str) -> dict[str, Any]:
    return {key_of(value): _at_work(hall, value) for value in getattr(wanted, section)}


def _at_work(hall: Hall, value: Any) -> Any:
    """A value as the hall keeps it: a point with whoever is there."""
    if not isinstance(value, ServicePoint):
        return value
    known = hall.points.get(value.id, Point(id="", serial_number=0, name=""))
    return replace(known, **{field.name: getattr(value, field.name) for field in fields(value)})


def _once_each(wanted: SetUp) -> None:
    seen: set[Item] = set()
    for part in parts(wanted):
        if part.item in seen:
            raise Invalid("This id is used twice.", **_place(part), field="id")
        seen.add(part.item)


def _alone(wanted: SetUp, command: Command, now: Moment) -> None:
    """Raises Refused for a set-up that could not be a hall's: for the second one that takes a prefix, not the first."""
    alone = replace(Hall(id=""), services=frozen({service.id: _named(service) for service in wanted.services}))
    for part in sorted(parts(wanted), key=_shares):
        alone = _fold(alone, _defined(alone, part, command, now))
    places = {part.item: part for part in parts(wanted)}
    for gap in gaps(wanted):
        raise Invalid(gap.sentence, **_place(places[gap.item]))


def _shares(part: Part) -> bool:
    """Whether it uses the numbers of another service, which has to be known first."""
    return getattr(part.value, "shares_numbers_with", None) is not None


def _named(service: Service) -> Service:
    """A service of which nothing but its name is known yet, so that others may already speak of it."""
    return Service(id=service.id, name=service.name, prefix="?", shares_numbers_with=None)


def _defined(hall: Hall, part: Part, command: Command, now: Moment) -> Events:
    """The events that define one thing, checked by its own rule; raises Refused with the place."""
    define = _command(DEFINE[part.item.section], part.value, command)
    with _said_of(_place(part)):
        return [*_RULES[type(define)].decide(hall, define, now)]


def _retired(hall: Hall, extra: Iterable[Item], command: Command, now: Moment) -> list[Event]:
    """The events that take these away, what names others before what is named."""
    events: list[Event] = []
    for item in sorted(extra, key=lambda item: [*LISTS].index(item.section), reverse=True):
        kind = RETIRE[item.section]
        [name] = (field.name for field in fields(kind) if field.name != "command_id")
        key = next(key for key in getattr(hall, item.section) if str(key) == item.id)
        retire = kind(**{name: key, "command_id": command.command_id})
        with _said_of({"section": item.section, "id": item.id}):
            events += _RULES[kind].decide(_fold(hall, events), retire, now)
    return events


def _command(kind: type[Command], value: Any, command: Command) -> Command:
    values = {field.name: getattr(value, field.name) for field in fields(value)}
    return kind(**values, command_id=command.command_id)


def _fold(hall: Hall, events: Iterable[Event]) -> Hall:
    return reduce(lambda before, event: _CHANGES[type(event)].evolve(before, event), events, hall)


def _place(part: Part) -> dict[str, str]:
    """Where in a set-up a thing stands, for a refusal; the hall itself is there only once."""
    once = {"section": part.item.section}
    return {**once, "at": str(part.at), "id": part.item.id} if part.item.section in LISTS else once


@contextmanager
def _said_of(place: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise refused.more(**place) from None


def precedences_reordered(hall: Hall, event: PrecedencesReordered) -> Hall:
    first = {name: hall.precedences[name] for name in event.precedences}
    return replace(hall, precedences=frozen({**first, **hall.precedences}))


def _told(hall: Hall, command: ImportSetUp, events: Events) -> Answer:
    """How many things changed, and what the hall has beyond this set-up."""
    changes = [event for event in events if type(event) in {*_CHANGES, PrecedencesReordered}]
    extra = differences(set_up_of(hall), plain(SetUp, command)).extra
    return {"changes": len(changes), "extra": [item._asdict() for item in extra]}


RULES = (Rule(ImportSetUp, import_set_up, _told, ADMINISTRATORS),)
CHANGES = (Change(PrecedencesReordered, precedences_reordered),)
