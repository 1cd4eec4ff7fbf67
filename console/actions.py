"""What a specialist can do at a service point, and which of it is the next right thing."""

from __future__ import annotations

from enum import StrEnum

from shared.hall.calling import CallNext, Recall
from shared.hall.hall import Point, PointStatus, Ticket, TicketState
from shared.hall.messages import Command
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


MAIN_KEY = "F5"
"""The key of the day: in the middle of the top row, under no resting finger, the same on every keyboard layout.
Its neighbours do no harm: F4 nothing at all, F6 a recall."""

KEYS: dict[Action, str] = {
    Action.FINISH: "F2",
    Action.PAUSE: "F3",
    Action.RESUME: "F3",
    Action.CLOSE: "Shift+F3",
    Action.FINISH_AND_CALL: "Shift+F5",
    Action.RECALL: "F6",
    Action.TRANSFER: "F7",
    Action.RETURN: "F8",
    Action.NO_SHOW: "F9",
}

CALLED = frozenset(
    {Action.START, Action.FINISH_AND_CALL, Action.RECALL, Action.TRANSFER, Action.FINISH, Action.RETURN, Action.NO_SHOW}
)
SERVING = frozenset({Action.FINISH_AND_CALL, Action.TRANSFER, Action.FINISH})
FREE = frozenset({Action.CALL_NEXT, Action.PAUSE, Action.CLOSE})


def main_action(point: Point, ticket: Ticket | None) -> Action:
    """What the main key does now."""
    if ticket:
        return Action.START if ticket.state is TicketState.CALLED else Action.FINISH_AND_CALL
    match point.status:
        case PointStatus.INACTIVE:
            return Action.OPEN
        case PointStatus.PAUSED:
            return Action.RESUME
        case PointStatus.ACTIVE:
            return Action.CALL_NEXT


def possible(point: Point, ticket: Ticket | None) -> frozenset[Action]:
    """Everything the hall would not refuse now."""
    if ticket:
        return CALLED if ticket.state is TicketState.CALLED else SERVING
    match point.status:
        case PointStatus.INACTIVE:
            return frozenset({Action.OPEN})
        case PointStatus.PAUSED:
            return frozenset({Action.RESUME, Action.CLOSE})
        case PointStatus.ACTIVE:
            return FREE


def command(action: Action, point: Point, ticket: Ticket | None) -> Command:
    """The command of an action; a transfer has its own, for it needs a destination."""
    here = point.id
    match action:
        case Action.OPEN:
            return ActivatePoint(point=here)
        case Action.RESUME:
            return ResumePoint(point=here)
        case Action.PAUSE:
            return PausePoint(point=here)
        case Action.CLOSE:
            return DeactivatePoint(point=here)
        case Action.CALL_NEXT | Action.FINISH_AND_CALL:
            return CallNext(point=here, holding=ticket.id if ticket else None)
        case _:
            return _about(action, here, str(ticket.id if ticket else None))


def _about(action: Action, point: str, ticket: str) -> Command:
    kinds = {
        Action.START: StartService,
        Action.RECALL: Recall,
        Action.FINISH: FinishService,
        Action.RETURN: ReturnToQueue,
        Action.NO_SHOW: MarkNoShow,
    }
    return kinds[action](point=point, ticket=ticket)
