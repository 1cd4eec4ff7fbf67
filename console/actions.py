"""What a specialist can do at a service point: a table with one line per action, and what the main key does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from console import keys
from console.point_state import PointState, Situation
from shared.hall.calling import CallNext, CallTicket, Recall
from shared.hall.messages import Command, PointCommand, TicketCommand
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
    PAUSE_FOR = "pause-for"
    CLOSE = "close"
    UNDO = "undo"
    CALL_THIS = "call-this"
    WAIT_AGAIN = "wait-again"
    REINSTATE = "reinstate"


MAIN_ACTIONS: dict[Situation, Action] = {
    Situation.CLOSED: Action.OPEN,
    Situation.PAUSED: Action.RESUME,
    Situation.FREE: Action.CALL_NEXT,
    Situation.CALLED: Action.START,
    Situation.SERVING: Action.FINISH_AND_CALL,
}
"""What the main key does in each situation."""

MakeCommand = Callable[[PointState], Command]


@dataclass(frozen=True, kw_only=True)
class ActionSpec:
    """An action: its key, when it is possible, and the command it sends."""

    when: set[Situation]
    condition: Callable[[PointState], bool] = lambda _: True
    """What must hold besides."""
    make: MakeCommand
    key: str = ""
    """Empty for an action that only the main key or a list's button does."""
    needs_panel: bool = False
    """Whether something is written or chosen first, in a panel of its own."""


def _call_next(state: PointState) -> Command:
    return CallNext(
        point=state.point.id,
        holding=state.ticket.id if state.ticket else None,
        outcome=state.draft.outcome,
        note=state.draft.note,
    )


def _finish(state: PointState) -> Command:
    return FinishService(
        point=state.point.id, ticket=state.ticket_id, outcome=state.draft.outcome, note=state.draft.note
    )


def _transfer(state: PointState) -> Command:
    return TransferTicket(
        point=state.point.id,
        ticket=state.ticket_id,
        to_service=state.draft.to_service,
        to_point=state.draft.to_point,
        place=state.draft.placement,
        note=state.draft.note,
    )


def _park(state: PointState) -> Command:
    return ParkTicket(point=state.point.id, ticket=state.ticket_id, reason=state.draft.reason, note=state.draft.note)


def _about(command: type[TicketCommand]) -> MakeCommand:
    return lambda state: command(point=state.point.id, ticket=state.ticket_id)


def _about_chosen(command: type[TicketCommand]) -> MakeCommand:
    return lambda state: command(point=state.point.id, ticket=state.chosen.id if state.chosen else "")


def _reinstate(state: PointState) -> Command:
    return ReinstateTicket(ticket=state.chosen.id if state.chosen else "")


AT_CUSTOMER = {Situation.CALLED, Situation.SERVING}
OPEN = {Situation.PAUSED, Situation.FREE, *AT_CUSTOMER}

ACTIONS: dict[Action, ActionSpec] = {
    Action.OPEN: ActionSpec(when={Situation.CLOSED}, make=lambda state: ActivatePoint(point=state.point.id)),
    Action.RESUME: ActionSpec(
        key=keys.PAUSE, when={Situation.PAUSED}, make=lambda state: ResumePoint(point=state.point.id)
    ),
    Action.CALL_NEXT: ActionSpec(when={Situation.FREE}, make=_call_next),
    Action.START: ActionSpec(when={Situation.CALLED}, make=_about(StartService)),
    Action.RECALL: ActionSpec(key=keys.RECALL, when={Situation.CALLED}, make=_about(Recall)),
    Action.FINISH_AND_CALL: ActionSpec(key=keys.FINISH_AND_CALL, when=AT_CUSTOMER, make=_call_next),
    Action.TRANSFER: ActionSpec(key=keys.TRANSFER, when=AT_CUSTOMER, make=_transfer, needs_panel=True),
    Action.FINISH: ActionSpec(key=keys.FINISH, when=AT_CUSTOMER, make=_finish),
    Action.RETURN: ActionSpec(key=keys.RETURN, when={Situation.CALLED}, make=_about(ReturnToQueue)),
    Action.PARK: ActionSpec(key=keys.RETURN, when={Situation.SERVING}, make=_park, needs_panel=True),
    Action.NO_SHOW: ActionSpec(
        key=keys.NO_SHOW, when={Situation.CALLED}, condition=lambda state: not any(state.owed), make=_about(MarkNoShow)
    ),
    Action.PAUSE: ActionSpec(
        key=keys.PAUSE, when={Situation.FREE}, make=lambda state: PausePoint(point=state.point.id)
    ),
    Action.PAUSE_FOR: ActionSpec(
        key=keys.RETURN,
        when={Situation.FREE, Situation.PAUSED},
        make=lambda state: PausePoint(point=state.point.id, minutes=state.pause),
        needs_panel=True,
    ),
    Action.CLOSE: ActionSpec(
        key=keys.CLOSE_POINT,
        when={Situation.FREE, Situation.PAUSED},
        make=lambda state: DeactivatePoint(point=state.point.id),
    ),
    Action.UNDO: ActionSpec(
        key=keys.UNDO,
        when=set(Situation),
        condition=lambda state: state.undo_left > 0,
        make=lambda state: UndoLast(point=state.point.id),
    ),
    Action.CALL_THIS: ActionSpec(
        when={Situation.FREE}, condition=lambda state: state.may_call_chosen, make=_about_chosen(CallTicket)
    ),
    Action.WAIT_AGAIN: ActionSpec(
        when=OPEN, condition=lambda state: state.chosen_is_parked, make=_about_chosen(ResumeTicket)
    ),
    Action.REINSTATE: ActionSpec(when=OPEN, condition=lambda state: state.may_reinstate_chosen, make=_reinstate),
}


def action_of_main_key(state: PointState) -> Action:
    return MAIN_ACTIONS[state.situation]


def is_possible(action: Action, state: PointState) -> bool:
    """Whether the hall would accept the action now, as far as its copy here tells."""
    spec = ACTIONS[action]
    return state.situation in spec.when and spec.condition(state)


def command_for(action: Action, state: PointState) -> Command:
    command = ACTIONS[action].make(state)
    return replace(command, shift=state.shift) if isinstance(command, PointCommand) else command
