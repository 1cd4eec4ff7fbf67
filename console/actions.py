"""What a specialist can do at a service point: one table, a line for each action, and which is the next right thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from shared.hall.calling import CallNext, Recall
from shared.hall.hall import Point, PointStatus, Ticket, TicketState
from shared.hall.messages import AtPoint, Command
from shared.hall.points import ActivatePoint, DeactivatePoint, PausePoint, ResumePoint
from shared.hall.serving import FinishService, MarkNoShow, ReturnToQueue, StartService


class Action(StrEnum):
    OPEN = "open"
    RESUME = "resume"
    CALL_NEXT = "call-next"
    START = "start"
    FINISH_AND_CALL = "finish-and-call"
    RECALL = "recall"
    TRANSFER = "transfer"
    FINISH = "finish"
    RETURN = "return"
    NO_SHOW = "no-show"
    PAUSE = "pause"
    CLOSE = "close"


class Situation(Enum):
    """How a service point stands, as far as it decides what can be done there."""

    CLOSED = auto()
    PAUSED = auto()
    FREE = auto()
    CALLED = auto()
    SERVING = auto()


MAIN_KEY = "F5"
"""The key of the day: in the middle of the top row, under no resting finger, the same on every keyboard layout.
Its neighbours F4 and F6 do nothing and nothing that matters."""

MAIN: dict[Situation, Action] = {
    Situation.CLOSED: Action.OPEN,
    Situation.PAUSED: Action.RESUME,
    Situation.FREE: Action.CALL_NEXT,
    Situation.CALLED: Action.START,
    Situation.SERVING: Action.FINISH_AND_CALL,
}
"""What the main key does in each situation."""

Wish = Callable[[Point, Ticket | None], Command]


@dataclass(frozen=True, kw_only=True)
class Possible:
    """An action: its own key, when the hall would not refuse it, and the command it is.

    A transfer has no ``wish``: it needs a destination first. An action without a key is on the main key alone.
    """

    when: set[Situation]
    wish: Wish | None
    key: str = ""


def _call_next(point: Point, ticket: Ticket | None) -> Command:
    return CallNext(point=point.id, holding=ticket.id if ticket else None)


def _about(command: type[AtPoint]) -> Wish:
    return lambda point, ticket: command(point=point.id, ticket=ticket.id if ticket else "")


AT_CUSTOMER = {Situation.CALLED, Situation.SERVING}

ACTIONS: dict[Action, Possible] = {
    Action.OPEN: Possible(when={Situation.CLOSED}, wish=lambda point, _: ActivatePoint(point=point.id)),
    Action.RESUME: Possible(key="F3", when={Situation.PAUSED}, wish=lambda point, _: ResumePoint(point=point.id)),
    Action.CALL_NEXT: Possible(when={Situation.FREE}, wish=_call_next),
    Action.START: Possible(when={Situation.CALLED}, wish=_about(StartService)),
    Action.RECALL: Possible(key="F6", when={Situation.CALLED}, wish=_about(Recall)),
    Action.FINISH_AND_CALL: Possible(key="Shift+F5", when=AT_CUSTOMER, wish=_call_next),
    Action.TRANSFER: Possible(key="F7", when=AT_CUSTOMER, wish=None),
    Action.FINISH: Possible(key="F2", when=AT_CUSTOMER, wish=_about(FinishService)),
    Action.RETURN: Possible(key="F8", when={Situation.CALLED}, wish=_about(ReturnToQueue)),
    Action.NO_SHOW: Possible(key="F9", when={Situation.CALLED}, wish=_about(MarkNoShow)),
    Action.PAUSE: Possible(key="F3", when={Situation.FREE}, wish=lambda point, _: PausePoint(point=point.id)),
    Action.CLOSE: Possible(
        key="Shift+F3",
        when={Situation.FREE, Situation.PAUSED},
        wish=lambda point, _: DeactivatePoint(point=point.id),
    ),
}


def situation(point: Point, ticket: Ticket | None) -> Situation:
    if ticket:
        return Situation.CALLED if ticket.state is TicketState.CALLED else Situation.SERVING
    match point.status:
        case PointStatus.INACTIVE:
            return Situation.CLOSED
        case PointStatus.PAUSED:
            return Situation.PAUSED
        case PointStatus.ACTIVE:
            return Situation.FREE


def main_action(point: Point, ticket: Ticket | None) -> Action:
    """What the main key does now."""
    return MAIN[situation(point, ticket)]


def possible(point: Point, ticket: Ticket | None) -> frozenset[Action]:
    """Everything the hall would not refuse now."""
    now = situation(point, ticket)
    return frozenset(action for action, about in ACTIONS.items() if now in about.when)


def command(action: Action, point: Point, ticket: Ticket | None) -> Command:
    """The command of an action that needs no destination."""
    wish = ACTIONS[action].wish
    assert wish is not None, action
    return wish(point, ticket)
