"""The rules of a hall: ``decide`` a command, ``evolve`` by an event. Its tables list every command and every event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from shared.hall import (
    appointments,
    business_day,
    calling,
    displays,
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
from shared.hall.input_checks import check_input
from shared.hall.messages import Answer, Change, Command, DoneAtPoint, Event, Events, Rule
from shared.hall.roles import Actor, require_own_password
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
    displays,
    set_up_import,
    business_day,
)

RULES: Mapping[type[Command], Rule[Any]] = {rule.command: rule for module in MODULES for rule in module.RULES}
CHANGES: Mapping[type[Event], Change[Any]] = {change.event: change for module in MODULES for change in module.CHANGES}

COMMANDS: Mapping[str, type[Command]] = {command.type_name(): command for command in RULES}
EVENTS: Mapping[str, type[Event]] = {event.type_name(): event for event in CHANGES}


def decide(hall: Hall, command: Command, now: Moment) -> list[Event]:
    """The events this command causes now, with those of a new business day before and automatic calls after them.

    Raises Refused if a check or a rule forbids it; then nothing has happened, and no day has begun either.
    """
    check_input(command)
    now = _in_hall_time(hall, now)
    knows_its_day = hall.seq and not _may_set_time_zone(hall, command)
    events = stamped(business_day.start_business_day(hall, command, now) if knows_its_day else (), now)
    hall = fold(hall, events)
    caused: list[Event] = []
    if not isinstance(command, business_day.StartBusinessDay):
        shifts.require_shift(hall, command)
        caused = stamped(rule_of(command).decide(hall, business_day.adapted_to_new_day(command, events), now), now)
    if _calls_automatically(hall, caused) and not isinstance(command, undo.UndoLast):  # an undone call is not repeated
        caused += _automatic_calls(fold(hall, caused), events + caused, now)
    return events + caused


def _may_set_time_zone(hall: Hall, command: Command) -> bool:
    """Whether the command may replace a time zone unknown here: until then nobody knows the hall's day."""
    return isinstance(command, (set_up.DefineHall, set_up_import.ImportSetUp)) and not is_known(hall.settings.time_zone)


def _calls_automatically(hall: Hall, events: Events) -> bool:
    """Whether the hall calls by itself, or may do so after these events."""
    return hall.settings.auto_call or any(isinstance(event, set_up.HallDefined) for event in events)


def _automatic_calls(hall: Hall, events: Events, now: Moment) -> Iterable[Event]:
    """The calls a hall makes by itself after these events; a call at the point of one is undone together with it."""
    acted_at = {event.point for event in events if isinstance(event, DoneAtPoint)}
    while hall.settings.auto_call and (event := calling.automatic_call(hall, now)):
        [called] = stamped([replace(event, goes_on=event.point in acted_at)], now)
        hall = evolve(hall, called)
        yield called


def evolve(hall: Hall, event: Event) -> Hall:
    """The hall after one more event; raises KeyError or Unknown if the event does not fit this hall."""
    changed = undo.with_last_action(hall, CHANGES[type(event)].evolve(hall, event), event)
    return replace(changed, seq=hall.seq + 1, at=event.at, order=max(hall.order, event.order))


def fold(hall: Hall, events: Iterable[Event]) -> Hall:
    return reduce(evolve, events, hall)


def answer(hall: Hall, command: Command, events: Events) -> Answer:
    """The answer to a command, from the hall after its events; raises UnknownCommand if it has no rule."""
    return rule_of(command).answer(hall, command, events)


def allow(command: Command, by: Actor, hall_id: str) -> None:
    """Raises NotAllowed, PasswordMustChange or UnknownCommand unless ``by`` may send this command to this hall."""
    if by.hall not in (None, hall_id):
        raise NotAllowed("You belong to another hall.")
    require_own_password(by)
    rule = rule_of(command)
    if by.role not in (rule.allowed_for(command) if rule.allowed_for else rule.allowed):
        raise NotAllowed("Your role may not do this.", role=by.role)


def rule_of(command: Command) -> Rule[Any]:
    """The rule of this command; raises UnknownCommand if there is none."""
    try:
        return RULES[type(command)]
    except KeyError:
        raise UnknownCommand(f"There is no command {command.type_name()!r}.") from None


def stamped(events: Iterable[Event], now: Moment) -> list[Event]:
    return [replace(event, at=now.wall, order=now.order) for event in events]


def _in_hall_time(hall: Hall, now: Moment) -> Moment:
    """Now in whole milliseconds, as they are stored; its order clock is never before the hall's last event."""
    wall = now.wall.replace(microsecond=now.wall.microsecond // 1000 * 1000)
    return Moment(wall, max(hall.order, now.order))
