"""Commands, which are sent to a hall; events, which happened in it; and the form of the rules between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from shared.hall.errors import kebab
from shared.hall.field_types import CommandId, PointId, TicketId, new_id
from shared.hall.hall import Hall
from shared.hall.roles import Role
from shared.hall.units import OrderTime
from shared.hall.values import NEVER, Moment


@dataclass(frozen=True, kw_only=True)
class Command:
    """What somebody asks of a hall. Sent again with the same ``command_id`` it acts once and gets the same answer."""

    GONE: ClassVar[frozenset[str]] = frozenset()
    """Fields of earlier versions, which are ignored when it is read."""

    command_id: CommandId = field(default_factory=new_id)

    @classmethod
    def type_name(cls) -> str:
        """Its name in a URL: ``call-next``."""
        return kebab(cls.__name__)


@dataclass(frozen=True, kw_only=True)
class PointCommand(Command):
    """A specialist's command about one service point."""

    point: PointId
    shift: int | None = None
    """The shift of a sender who has taken the point: the command is refused in a later shift. None: not checked."""


@dataclass(frozen=True, kw_only=True)
class TicketCommand(PointCommand):
    """A specialist's command about one ticket, which their service point has or will get."""

    ticket: TicketId


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a hall, stamped with both its clocks when it was decided.

    An event names what it touches in fields called ``ticket`` or ``tickets``, ``point``, ``service`` or ``precedence``.
    """

    VERSION: ClassVar[int] = 1
    """Raised when older programs can no longer read it: they refuse an event of a higher version."""
    GONE: ClassVar[frozenset[str]] = frozenset()
    """Fields of earlier versions, which are ignored when it is read."""

    at: datetime = NEVER
    order: OrderTime = 0

    @classmethod
    def type_name(cls) -> str:
        """Its name on the wire: ``ticket-called``."""
        return kebab(cls.__name__)

    def tickets_touched(self) -> tuple[TicketId, ...]:
        one: TicketId | None = getattr(self, "ticket", None)
        several: tuple[TicketId, ...] = getattr(self, "tickets", ())
        return several if one is None else (one,)


@dataclass(frozen=True, kw_only=True)
class DoneAtPoint(Event):
    """Something done at a service point, where it can be undone for a short while."""

    point: PointId
    goes_on: bool = False
    """Whether it belongs to the same action as the event before it at this point: they are undone together."""


C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)

Events: TypeAlias = Sequence[Event]
Answer: TypeAlias = Mapping[str, Any]
"""The answer to a command, before it is encoded as JSON."""


@dataclass(frozen=True)
class Accepted:
    """The answer to an accepted command."""

    result: dict[str, Any]
    """The rule's answer, as JSON."""
    seq: int
    """The hall's sequence number after the command."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note about a visit, for colleagues. It may name people, so it is stored beside the hall."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True)
class Happened:
    """One event of a hall, as it was journalled."""

    seq: int
    """Its sequence number: 1 for the hall's first event."""
    event: Event


@dataclass(frozen=True)
class Rule(Generic[C]):
    """What a command does, what its sender is told, and who may send it."""

    command: type[C]
    decide: Callable[[Hall, C, Moment], Events]
    answer: Callable[[Hall, C, Events], Answer]
    allowed: frozenset[Role]
    allowed_for: Callable[[C], frozenset[Role]] | None = None
    """The roles that may send this very command, where its fields decide it; it is asked instead of ``allowed``."""


@dataclass(frozen=True)
class Change(Generic[E]):
    """What an event does to a hall."""

    event: type[E]
    evolve: Callable[[Hall, E], Hall]


def ticket_answer(hall: Hall, command: Any, events: Events) -> Answer:
    return {"ticket": hall.ticket(command.ticket)}


def point_answer(hall: Hall, command: Any, events: Events) -> Answer:
    return {"point": hall.point(command.point)}
