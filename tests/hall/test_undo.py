"""Undo: taking back the last action at a service point."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.hall.calling import CallTicket
from shared.hall.errors import NothingToUndo, StillInUse, TooLate, UnknownPoint, UnknownService
from shared.hall.hall import Hall
from shared.hall.parking import ReinstateTicket
from shared.hall.points import DeactivatePoint, PausePoint, ResumePoint
from shared.hall.set_up import DefineService, RetireService
from shared.hall.undo import UndoLast
from shared.hall.values import PointStatus, Ticket, TicketState
from tests.hall.builders import Clinic


@pytest.fixture
def busy(clinic: Clinic) -> Clinic:
    """A001 is being served at Counter 1, A002 to A004 wait."""
    clinic.open("1", "2")
    for _ in range(4):
        clinic.take()
    clinic.call("1")
    clinic.start(here(clinic))
    return clinic


def here(clinic: Clinic) -> Ticket:
    """The ticket at Counter 1."""
    return clinic.hall.tickets[str(clinic.point().ticket)]


def standing(hall: Hall) -> object:
    """Where everybody is."""
    points = {point.id: (point.status, point.ticket) for point in hall.points.values()}
    return dict(hall.tickets), set(hall.ended), points, [call.label for call in hall.calls]


SLIPS: dict[str, Callable[[Clinic], object]] = {
    "ticket-called": lambda clinic: clinic.call("1"),
    "ticket-served": lambda clinic: clinic.finish(here(clinic)),
    "ticket-parked": lambda clinic: clinic.park(here(clinic)),
    "ticket-transferred": lambda clinic: clinic.transfer(here(clinic), to_service="tests"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_after_a_slip_everything_is_as_before(busy: Clinic, slip: str) -> None:
    before = standing(busy.hall)
    SLIPS[slip](busy)
    assert standing(busy.hall) != before
    assert busy.undo() == slip
    assert standing(busy.hall) == before


@pytest.mark.parametrize("slip", ["recall", "no_show", "send_back", "start"])
def test_what_is_done_with_a_called_customer_is_taken_back(busy: Clinic, slip: str) -> None:
    busy.call("1")
    before = standing(busy.hall)
    getattr(busy, slip)(here(busy))
    busy.undo()
    assert standing(busy.hall) == before


def test_one_press_that_finished_and_called_is_one_slip(busy: Clinic) -> None:
    first = here(busy)
    called = busy.call("1")
    assert called
    busy.undo()
    assert (here(busy), busy.ticket(called).state) == (first, TicketState.WAITING)


def test_a_recall_taken_back_is_not_counted(busy: Clinic) -> None:
    busy.call("1")
    busy.recall(here(busy))
    busy.undo()
    assert (here(busy).recalls, busy.hall.calls[0].times) == (0, 1)


def test_a_pause_and_a_closing_are_taken_back(busy: Clinic) -> None:
    busy.do(PausePoint(point="2"))
    busy.do(ResumePoint(point="2"))
    busy.undo("2")
    assert busy.point("2").status is PointStatus.PAUSED
    busy.do(DeactivatePoint(point="2"))
    busy.undo("2")
    assert busy.point("2").status is PointStatus.PAUSED


def test_after_ten_seconds_it_stands(busy: Clinic) -> None:
    busy.pass_time(minutes=10.001 / 60)
    busy.refuses(UndoLast(point="1"), TooLate)


def test_up_to_ten_seconds_it_does_not(busy: Clinic) -> None:
    busy.pass_time(minutes=10 / 60)
    assert busy.undo() == "service-started"


def test_a_slip_is_taken_back_once(busy: Clinic) -> None:
    busy.undo()
    busy.refuses(UndoLast(point="1"), NothingToUndo)


def test_nothing_of_yesterday_is_taken_back(busy: Clinic) -> None:
    busy.pass_time(days=1)
    busy.take()
    busy.refuses(UndoLast(point="1"), NothingToUndo)


def test_a_point_that_is_not_there_takes_nothing_back(busy: Clinic) -> None:
    busy.refuses(UndoLast(point="9"), UnknownPoint)


def test_what_others_went_on_with_is_not_taken_back(busy: Clinic) -> None:
    ticket = here(busy)
    busy.transfer(ticket, to_service="tests")
    busy.do(CallTicket(point="2", ticket=ticket.id))
    busy.refuses(UndoLast(point="1"), TooLate)


def test_who_is_reinstated_elsewhere_stays_so(busy: Clinic) -> None:
    ticket = busy.call("1")
    assert ticket
    busy.no_show(ticket)
    busy.do(ReinstateTicket(point="2", ticket=ticket.id))
    busy.refuses(UndoLast(point="1"), TooLate)


def test_who_has_long_been_forgotten_is_not_brought_back(busy: Clinic) -> None:
    busy.finish(here(busy))
    for _ in range(200):
        busy.cancel(busy.take())
    busy.refuses(UndoLast(point="1"), TooLate)


def test_a_service_that_is_gone_is_not_brought_back(clinic: Clinic) -> None:
    clinic.do(DefineService(id="cash", name="Cash desk", prefix="C"))
    clinic.provide("cash")
    clinic.open("1")
    ticket = clinic.take("cash")
    clinic.cancel(ticket)
    clinic.do(RetireService(service="cash"))
    clinic.refuses(ReinstateTicket(point="1", ticket=ticket.id), UnknownService)


def test_a_number_given_again_meanwhile_is_not_taken_back(clinic: Clinic) -> None:
    clinic.open("1")
    for _ in range(999):
        clinic.take()
    clinic.call("1")
    clinic.finish(here(clinic))
    assert clinic.take().label == "A001"
    clinic.refuses(UndoLast(point="1"), StillInUse)
