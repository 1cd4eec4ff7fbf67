"""Shifts: the hall counts who takes a service point after whom, and refuses commands of an earlier shift.

The hall never knows who works there: names are stored beside it, for staff alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from shared.hall.errors import PointTakenOver
from shared.hall.field_limits import CONSOLE
from shared.hall.field_types import PointId
from shared.hall.hall import Hall
from shared.hall.messages import Change, Command, Event, Events, PointCommand, Rule, point_answer
from shared.hall.roles import STAFF
from shared.hall.values import Moment


@dataclass(frozen=True, kw_only=True)
class TakePoint(PointCommand):
    """The sender works at the point from now on. ``shift``: the one they saw there, which ends."""

    console: Annotated[str, CONSOLE] = ""
    """The unique name of their console: started again after a crash, it keeps the point without asking."""


@dataclass(frozen=True, kw_only=True)
class PointTaken(Event):
    point: PointId


def take_point(hall: Hall, command: TakePoint, now: Moment) -> Events:
    return [PointTaken(point=hall.point(command.point).id)]


def point_taken(hall: Hall, event: PointTaken) -> Hall:
    """The hall with one shift more at the point, which can't undo what was done before it."""
    point = hall.points[event.point]
    return hall.with_point(replace(point, shift=point.shift + 1, last=None))


def require_shift(hall: Hall, command: Command) -> None:
    """Raises PointTakenOver if the command is of an earlier shift than its point's, or UnknownPoint."""
    if not isinstance(command, PointCommand) or command.shift is None:
        return
    if hall.point(command.point).shift != command.shift:
        raise PointTakenOver("Somebody else has taken over this service point.", point=command.point)


RULES = (Rule(TakePoint, take_point, point_answer, STAFF),)
CHANGES = (Change(PointTaken, point_taken),)
