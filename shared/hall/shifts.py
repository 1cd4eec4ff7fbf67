"""Who works at a service point changes: the hall counts the shifts, and refuses what belongs to an earlier one.

The hall never knows who it is: names stand beside it, for colleagues alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from shared.hall.errors import PointTakenOver
from shared.hall.field_limits import CONSOLE
from shared.hall.field_types import PointId
from shared.hall.hall import Hall
from shared.hall.messages import Change, Command, Event, Events, PointCommand, Rule, the_point
from shared.hall.roles import STAFF
from shared.hall.values import Moment


@dataclass(frozen=True, kw_only=True)
class TakePoint(PointCommand):
    """Whoever sends this works at the point from now on; ``shift`` is the one that they saw there and end."""

    console: Annotated[str, CONSOLE] = ""
    """The console they sit at, by a name no other has: whoever comes back to it after a crash is asked nothing."""


@dataclass(frozen=True, kw_only=True)
class PointTaken(Event):
    point: PointId


def take_point(hall: Hall, command: TakePoint, now: Moment) -> Events:
    return [PointTaken(point=hall.point(command.point).id)]


def point_taken(hall: Hall, event: PointTaken) -> Hall:
    """Whoever comes takes back nothing that was done before them."""
    point = hall.points[event.point]
    return hall.with_point(replace(point, shift=point.shift + 1, last=None))


def require_shift(hall: Hall, command: Command) -> None:
    """Raises PointTakenOver for a wish from a shift that is over."""
    if not isinstance(command, PointCommand) or command.shift is None:
        return
    if hall.point(command.point).shift != command.shift:
        raise PointTakenOver("Somebody else has taken over this service point.", point=command.point)


RULES = (Rule(TakePoint, take_point, the_point, STAFF),)
CHANGES = (Change(PointTaken, point_taken),)
