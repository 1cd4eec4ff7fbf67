"""A service point that somebody has taken refuses commands of the shift before."""

from __future__ import annotations

from shared.hall.calling import CallNext
from shared.hall.errors import NothingToUndo, PointTakenOver, UnknownPoint
from shared.hall.json_codec import encode_event
from shared.hall.points import ActivatePoint, DeactivatePoint, PausePoint
from shared.hall.serving import FinishService
from shared.hall.shifts import TakePoint
from shared.hall.undo import UndoLast
from shared.hall.values import PointStatus
from tests.hall.builders import Clinic


def test_a_command_of_the_shift_before_is_refused_and_one_of_this_shift_is_not(clinic: Clinic) -> None:
    first = clinic.do(TakePoint(point="1", shift=0))["point"].shift
    clinic.do(ActivatePoint(point="1", shift=first))
    ticket = clinic.take("registration")
    clinic.do(CallNext(point="1", shift=first))
    second = clinic.do(TakePoint(point="1", shift=first))["point"].shift
    for command in (
        FinishService(point="1", ticket=ticket.id, shift=first),
        CallNext(point="1", holding=ticket.id, shift=first),
        UndoLast(point="1", shift=first),
        PausePoint(point="1", shift=first),
    ):
        clinic.refuses(command, PointTakenOver)
    clinic.do(FinishService(point="1", ticket=ticket.id, shift=second))
    clinic.do(DeactivatePoint(point="1"))  # a program that took no point sends no shift


def test_of_two_who_take_a_free_point_at_once_one_is_told(clinic: Clinic) -> None:
    clinic.do(TakePoint(point="1", shift=0))
    clinic.refuses(TakePoint(point="1", shift=0), PointTakenOver)
    clinic.refuses(TakePoint(point="9"), UnknownPoint)


def test_what_happened_tells_nobody_who_or_where_they_sit(clinic: Clinic) -> None:
    clinic.do(TakePoint(point="1", shift=0, console="c-1"))
    assert {*encode_event(clinic.journal[-1])} == {"type", "version", "at", "order", "point"}


def test_what_was_done_last_is_not_for_whoever_comes_next_to_take_back(clinic: Clinic) -> None:
    clinic.open("1")
    ticket = clinic.take("registration")
    clinic.do(CallNext(point="1"))
    clinic.do(FinishService(point="1", ticket=ticket.id))
    shift = clinic.do(TakePoint(point="1", shift=0))["point"].shift
    clinic.refuses(UndoLast(point="1", shift=shift), NothingToUndo)
    clinic.do(PausePoint(point="1", shift=shift))
    clinic.do(UndoLast(point="1", shift=shift))
    assert clinic.point("1").status is PointStatus.ACTIVE
