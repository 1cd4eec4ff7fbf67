"""What a specialist can do at a service point: one table, a line for each action, and which is the next right thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from console import keys
from console.point_state import PointState, Situation
from shared.hall.calling import CallNext, CallTicket, Recall
from shared.hall.messages import AtPoint, Command, PointCommand
from shared.hall.parking import ParkTicket, ReinstateTicket, ResumeTicket
from shared.hall.points import ActivatePoint, DeactivatePoint, PausePoint, ResumePoint
from shared.hall.serving import FinishService, MarkNoShow, ReturnToQueue, StartService, TransferTicket
from shared.hall.undo import UndoLast


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
    PARK = "park"
    NO_SHOW = "no-show"
    PAUSE = "pause"
    CLOSE = "close"
    UNDO = "undo"
    CALL_THIS = "call-this"
    WAIT_AGAIN = "wait-again"
    REINSTATE = "reinstate"


"""The key of the day: in the middle of the top row, under no resting finger, the same on every keyboard layout.
Its neighbours F4 and F6 do nothing that matters."""

MAIN: dict[Situation, Action] = {
    Situation.CLOSED: Action.OPEN,
    Situation.PAUSED: Action.RESUME,
    Situation.FREE: Action.CALL_NEXT,
    Situation.CALLED: Action.START,
    Situation.SERVING: Action.FINISH_AND_CALL,
}
"""What the main key does in each situation."""

Wish = Callable[[PointState], Command]


@dataclass(frozen=True, kw_only=True)
class Possible:
    """An action: its own key, when the hall would not refuse it, and the command it is.

    An action without a key is on the main key alone, or belongs to a list that shows it.
    """

    when: set[Situation]
    provided: Callable[[PointState], bool] = lambda _: True
    """What must be so besides."""
    wish: Wish
    key: str = ""
    asks: bool = False
    """Whether something is written or chosen first, in a panel of its own."""


def _call_next(desk: PointState) -> Command:
    return CallNext(
        point=desk.point.id,
        holding=desk.ticket.id if desk.ticket else None,
        outcome=desk.draft.outcome,
        note=desk.draft.note,
    )


def _finish(desk: PointState) -> Command:
    return FinishService(point=desk.point.id, ticket=desk.here, outcome=desk.draft.outcome, note=desk.draft.note)


def _transfer(desk: PointState) -> Command:
    return TransferTicket(
        point=desk.point.id,
        ticket=desk.here,
        to_service=desk.draft.to_service,
        to_point=desk.draft.to_point,
        place=desk.draft.place,
        note=desk.draft.note,
    )


def _park(desk: PointState) -> Command:
    return ParkTicket(point=desk.point.id, ticket=desk.here, reason=desk.draft.reason, note=desk.draft.note)


def _about(command: type[AtPoint]) -> Wish:
    return lambda desk: command(point=desk.point.id, ticket=desk.here)


def _about_chosen(command: type[AtPoint]) -> Wish:
    return lambda desk: command(point=desk.point.id, ticket=desk.chosen.id if desk.chosen else "")


def _reinstate(desk: PointState) -> Command:
    return ReinstateTicket(ticket=desk.chosen.id if desk.chosen else "")


AT_CUSTOMER = {Situation.CALLED, Situation.SERVING}
OPEN = {Situation.PAUSED, Situation.FREE, *AT_CUSTOMER}

ACTIONS: dict[Action, Possible] = {
    Action.OPEN: Possible(when={Situation.CLOSED}, wish=lambda desk: ActivatePoint(point=desk.point.id)),
    Action.RESUME: Possible(
        key=keys.PAUSE, when={Situation.PAUSED}, wish=lambda desk: ResumePoint(point=desk.point.id)
    ),
    Action.CALL_NEXT: Possible(when={Situation.FREE}, wish=_call_next),
    Action.START: Possible(when={Situation.CALLED}, wish=_about(StartService)),
    Action.RECALL: Possible(key=keys.RECALL, when={Situation.CALLED}, wish=_about(Recall)),
    Action.FINISH_AND_CALL: Possible(key=keys.FINISH_AND_CALL, when=AT_CUSTOMER, wish=_call_next),
    Action.TRANSFER: Possible(key=keys.TRANSFER, when=AT_CUSTOMER, wish=_transfer, asks=True),
    Action.FINISH: Possible(key=keys.FINISH, when=AT_CUSTOMER, wish=_finish),
    Action.RETURN: Possible(key=keys.RETURN, when={Situation.CALLED}, wish=_about(ReturnToQueue)),
    Action.PARK: Possible(key=keys.RETURN, when={Situation.SERVING}, wish=_park, asks=True),
    Action.NO_SHOW: Possible(
        key=keys.NO_SHOW, when={Situation.CALLED}, provided=lambda desk: not any(desk.owed), wish=_about(MarkNoShow)
    ),
    Action.PAUSE: Possible(key=keys.PAUSE, when={Situation.FREE}, wish=lambda desk: PausePoint(point=desk.point.id)),
    Action.CLOSE: Possible(
        key=keys.CLOSE_POINT,
        when={Situation.FREE, Situation.PAUSED},
        wish=lambda desk: DeactivatePoint(point=desk.point.id),
    ),
    Action.UNDO: Possible(
        key=keys.UNDO,
        when=set(Situation),
        provided=lambda desk: desk.undo_left > 0,
        wish=lambda desk: UndoLast(point=desk.point.id),
    ),
    Action.CALL_THIS: Possible(
        when={Situation.FREE}, provided=lambda desk: desk.may_call_chosen, wish=_about_chosen(CallTicket)
    ),
    Action.WAIT_AGAIN: Possible(
        when=OPEN, provided=lambda desk: desk.chosen_is_parked, wish=_about_chosen(ResumeTicket)
    ),
    Action.REINSTATE: Possible(when=OPEN, provided=lambda desk: desk.may_reinstate_chosen, wish=_reinstate),
}


def main_action(desk: PointState) -> Action:
    """What the main key does now."""
    return MAIN[desk.situation]


def is_possible(action: Action, desk: PointState) -> bool:
    """Whether the hall would not refuse it now."""
    about = ACTIONS[action]
    return desk.situation in about.when and about.provided(desk)


def command(action: Action, desk: PointState) -> Command:
    """What an action asks of the hall."""
    wish = ACTIONS[action].wish(desk)
    return replace(wish, shift=desk.shift) if isinstance(wish, PointCommand) else wish
