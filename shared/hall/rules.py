"""The hall itself: ``decide`` a command, ``evolve`` by an event. The two tables here are the whole list of both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from functools import reduce
from typing import Any
from unicodedata import category

from shared.hall import calling, day, issuing, points, serving, set_up
from shared.hall.errors import Invalid, NotAllowed, UnknownCommand
from shared.hall.hall import Hall, Moment
from shared.hall.messages import Answer, Change, Command, Event, Events, Rule
from shared.hall.roles import Actor

MODULES = (issuing, calling, serving, points, set_up, day)

RULES: Mapping[type[Command], Rule[Any]] = {rule.command: rule for room in MODULES for rule in room.RULES}
CHANGES: Mapping[type[Event], Change[Any]] = {change.event: change for room in MODULES for change in room.CHANGES}

COMMANDS: Mapping[str, type[Command]] = {command.type_name(): command for command in RULES}
EVENTS: Mapping[str, type[Event]] = {event.type_name(): event for event in CHANGES}

LONGEST_TEXT = 2_000
"""Characters; nothing a hall is told needs more."""

LARGEST_NUMBER = 1_000_000

MOST_VALUES = 1_000
"""Names, texts and numbers in one command, those in its lists included."""


def decide(hall: Hall, command: Command, now: Moment) -> list[Event]:
    """The events this command causes now, the start of a new business day included.

    Raises Refused; then nothing has happened, and no day has begun either.
    """
    _readable(command)
    now = _counted(hall, now)
    new_day = stamped(day.start_business_day(hall, command, now) if hall.seq else (), now)
    if isinstance(command, day.StartBusinessDay):
        return new_day
    today = fold(hall, new_day)
    return new_day + stamped(rule_of(command).decide(today, day.next_morning(command, new_day), now), now)


def evolve(hall: Hall, event: Event) -> Hall:
    """The hall after one more event."""
    changed = CHANGES[type(event)].evolve(hall, event)
    return replace(changed, seq=hall.seq + 1, at=event.at, order=max(hall.order, event.order))


def fold(hall: Hall, events: Iterable[Event]) -> Hall:
    return reduce(evolve, events, hall)


def answer(hall: Hall, command: Command, events: Events) -> Answer:
    """What the sender of a command is told, from the hall after its events."""
    return rule_of(command).answer(hall, command, events)


def allow(command: Command, by: Actor, hall: str) -> None:
    """Raises NotAllowed unless ``by`` may send this command to this hall."""
    if by.hall not in (None, hall):
        raise NotAllowed("You belong to another hall.")
    if by.role not in rule_of(command).allowed:
        raise NotAllowed(f"A {by.role} may not do this ({command.type_name()}).", role=by.role)


def rule_of(command: Command) -> Rule[Any]:
    try:
        return RULES[type(command)]
    except KeyError:
        raise UnknownCommand(f"There is no command {command.type_name()!r}.") from None


def stamped(events: Iterable[Event], now: Moment) -> list[Event]:
    return [replace(event, at=now.wall, order=now.order) for event in events]


def _counted(hall: Hall, now: Moment) -> Moment:
    """Now as the hall counts it: in whole milliseconds, as they are written down, never before its last event."""
    wall = now.wall.replace(microsecond=now.wall.microsecond // 1000 * 1000)
    return Moment(wall, max(hall.order, now.order))


def _readable(command: Command) -> None:
    """Raises Invalid for what no person would say: endless texts, control characters, absurd numbers."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", command.command_id):
        raise Invalid("A command_id is a UUID: up to 64 letters, digits and dashes.")
    values = list(_leaves([getattr(command, field.name) for field in fields(command)]))
    if len(values) > MOST_VALUES:
        raise Invalid(f"More than {MOST_VALUES} things are named at once.")
    for value in values:
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            raise Invalid(f"A number is larger than {LARGEST_NUMBER}.")
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise Invalid(f"A text is longer than {LONGEST_TEXT} characters.")
        if isinstance(value, str) and not value.isprintable() and any(category(sign) in ("Cc", "Cs") for sign in value):
            raise Invalid("A text holds characters that can't be shown.")


def _leaves(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        yield from _leaves([*value.keys(), *value.values()])
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
