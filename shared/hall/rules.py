"""The hall itself: ``decide`` a command, ``evolve`` by an event. The two tables here are the whole list of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from shared.hall import (
    appointments,
    business_day,
    calling,
    exceptional_days,
    feedback,
    issuing,
    parking,
    points,
    serving,
    set_up,
    set_up_import,
    shifts,
    undo,
)
from shared.hall.errors import NotAllowed, UnknownCommand
from shared.hall.hall import Hall
from shared.hall.input_checks import readable
from shared.hall.messages import Answer, Change, Command, DoneAtPoint, Event, Events, Rule
from shared.hall.roles import Actor, settled
from shared.hall.time_zones import is_known
from shared.hall.values import Moment

MODULES = (
    issuing,
    appointments,
    feedback,
    calling,
    serving,
    parking,
    points,
    shifts,
    undo,
    set_up,
    exceptional_days,
    set_up_import,
    business_day,
)

RULES: Mapping[type[Command], Rule[Any]] = {rule.command: rule for room in MODULES for rule in room.RULES}
CHANGES: Mapping[type[Event], Change[Any]] = {change.event: change for room in MODULES for change in room.CHANGES}

COMMANDS: Mapping[str, type[Command]] = {command.type_name(): command for command in RULES}
EVENTS: Mapping[str, type[Event]] = {event.type_name(): event for event in CHANGES}


def decide(hall: Hall, command: Command, now: Moment) -> list[Event]:
    """The events this command causes now, with the new business day before it and the calls that follow by themselves.

    Raises Refused; then nothing has happened, and no day has begun either.
    """
    readable(command)
    now = _counted(hall, now)
    keeps_days = hall.seq and not _mends_clock(hall, command)
    events = stamped(business_day.start_business_day(hall, command, now) if keeps_days else (), now)
    hall = fold(hall, events)
    wished: list[Event] = []
    if not isinstance(command, business_day.StartBusinessDay):
        shifts.require_shift(hall, command)
        wished = stamped(rule_of(command).decide(hall, business_day.next_morning(command, events), now), now)
    if _may_call(hall, wished) and not isinstance(command, undo.UndoLast):  # what is taken back is not done again
        wished += _by_itself(fold(hall, wished), events + wished, now)
    return events + wished


def _mends_clock(hall: Hall, command: Command) -> bool:
    """Whether it may give the hall a time zone that is known here: before that nobody knows what day it is."""
    return isinstance(command, (set_up.DefineHall, set_up_import.ImportSetUp)) and not is_known(hall.settings.time_zone)


def _may_call(hall: Hall, events: Events) -> bool:
    """Whether the hall calls by itself, or may do so after these events."""
    return hall.settings.auto_call or any(isinstance(event, set_up.HallDefined) for event in events)


def _by_itself(hall: Hall, events: Events, now: Moment) -> Iterable[Event]:
    """The calls a hall makes that calls by itself; one at the point of these events is part of the same press."""
    pressed = {event.point for event in events if isinstance(event, DoneAtPoint)}
    while hall.settings.auto_call and (event := calling.automatic(hall, now)):
        [called] = stamped([replace(event, goes_on=event.point in pressed)], now)
        hall = evolve(hall, called)
        yield called


def evolve(hall: Hall, event: Event) -> Hall:
    """The hall after one more event."""
    changed = undo.remember(hall, CHANGES[type(event)].evolve(hall, event), event)
    return replace(changed, seq=hall.seq + 1, at=event.at, order=max(hall.order, event.order))


def fold(hall: Hall, events: Iterable[Event]) -> Hall:
    return reduce(evolve, events, hall)


def answer(hall: Hall, command: Command, events: Events) -> Answer:
    """What the sender of a command is told, from the hall after its events."""
    return rule_of(command).answer(hall, command, events)


def allow(command: Command, by: Actor, hall: str) -> None:
    """Raises NotAllowed or PasswordMustChange unless ``by`` may send this command to this hall."""
    if by.hall not in (None, hall):
        raise NotAllowed("You belong to another hall.")
    settled(by)
    rule = rule_of(command)
    if by.role not in (rule.narrowed(command) if rule.narrowed else rule.allowed):
        raise NotAllowed("Your role may not do this.", role=by.role)


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
