"""What goes up to a hall and what comes down from it: commands and events, and the rule that joins them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from shared.hall.errors import kebab
from shared.hall.field_types import CommandId, PointId, TicketId, new_id
from shared.hall.hall import Hall
from shared.hall.roles import Role
from shared.hall.values import NEVER, Moment


@dataclass(frozen=True, kw_only=True)
class Command:
    """Somebody's wish. The same ``command_id`` again is the same wish: it acts once and answers the same."""

    GONE: ClassVar[frozenset[str]] = frozenset()
    """Fields of earlier versions, which are passed over when it is read."""

    command_id: CommandId = field(default_factory=new_id)

    @classmethod
    def type_name(cls) -> str:
        """Its name in an address: ``call-next``."""
        return kebab(cls.__name__)


@dataclass(frozen=True, kw_only=True)
class PointCommand(Command):
    """A specialist's wish about one service point."""

    point: PointId
    shift: int | None = None
    """The shift it is given in, if its sender has taken the point: refused once somebody else has."""


@dataclass(frozen=True, kw_only=True)
class AtPoint(PointCommand):
    """A specialist's wish about one ticket: the one their service point has, or is to have."""

    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a hall, stamped with both its clocks when it was decided.

    An event names what it touches in fields called ``ticket`` or ``tickets``, ``point``, ``service`` or ``precedence``.
    """

    VERSION: ClassVar[int] = 1
    """Raised when the fields change; older ones are brought up to date when read."""
    GONE: ClassVar[frozenset[str]] = frozenset()
    """Fields of earlier versions, which are passed over when it is read."""

    at: datetime = NEVER
    order: int = 0

    @classmethod
    def type_name(cls) -> str:
        """Its name on the wire: ``ticket-called``."""
        return kebab(cls.__name__)

    def tickets_touched(self) -> tuple[TicketId, ...]:
        """The tickets it is about."""
        one: TicketId | None = getattr(self, "ticket", None)
        several: tuple[TicketId, ...] = getattr(self, "tickets", ())
        return several if one is None else (one,)


@dataclass(frozen=True, kw_only=True)
class DoneAtPoint(Event):
    """Something done at a service point, which may take it back for a short while."""

    point: PointId
    goes_on: bool = False
    """Whether one press did it together with what was done there just before."""


C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

Events: TypeAlias = Sequence[Event]
Answer: TypeAlias = Mapping[str, Any]
"""What the sender is told, before it is written as JSON."""


@dataclass(frozen=True)
class Accepted:
    """The hall's answer to a command, as JSON: what it says, and the sequence number it was true at."""

    result: dict[str, Any]
    seq: int


@dataclass(frozen=True, kw_only=True)
class Note:
    """What somebody wrote down about a visit, for colleagues. It may name people: it is no part of the hall."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True)
class Happened:
    """One event of a hall with its sequence number."""

    seq: int
    event: Event


@dataclass(frozen=True)
class Rule(Generic[C]):
    """All there is to know about a command: who may send it, what it does, what the sender is told."""

    command: type[C]
    decide: Callable[[Hall, C, Moment], Events]
    answer: Callable[[Hall, C, Events], Answer]
    allowed: frozenset[Role]
    narrowed: Callable[[C], frozenset[Role]] | None = None
    """Who may send it in this very form, where that is fewer."""


@dataclass(frozen=True)
class Change(Generic[E]):
    """What an event does to a hall."""

    event: type[E]
    evolve: Callable[[Hall, E], Hall]


def the_ticket(hall: Hall, command: Any, events: Events) -> Answer:
    """The answer of a command about one ticket."""
    ticket = hall.ticket(command.ticket)
    return {"ticket": ticket}


def the_point(hall: Hall, command: Any, events: Events) -> Answer:
    """The answer of a command about one service point."""
    return {"point": hall.point(command.point)}
