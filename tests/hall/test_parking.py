"""Parking, resuming and reinstating tickets."""

from __future__ import annotations

import pytest

from shared.hall.calling import CallTicket
from shared.hall.errors import (
    PointNotActive,
    StillInUse,
    TicketNotAtPoint,
    TicketNotParked,
    TicketNotServing,
    TicketNotWaiting,
    TooLate,
    UnknownPoint,
)
from shared.hall.parking import ParkTicket, ReinstateTicket, ResumeTicket
from shared.hall.points import DeactivatePoint
from shared.hall.serving import Placement
from shared.hall.set_up import DefineHall, RetirePoint
from shared.hall.values import Ticket, TicketState
from tests.hall.builders import Clinic

MINUTE = 60_000


@pytest.fixture
def served(clinic: Clinic) -> Ticket:
    """A001, being served at Counter 1 ten minutes after its issue."""
    clinic.open("1", "2")
    clinic.take()
    clinic.pass_time(minutes=10)
    ticket = clinic.call("1")
    assert ticket
    return clinic.start(ticket)


def resume(ticket: Ticket, point: str = "1") -> ResumeTicket:
    return ResumeTicket(point=point, ticket=ticket.id)


def reinstate(ticket: Ticket, point: str = "1") -> ReinstateTicket:
    return ReinstateTicket(point=point, ticket=ticket.id)


# ── parked ──


def test_a_parked_customer_leaves_the_point_free_for_others(clinic: Clinic, served: Ticket) -> None:
    other = clinic.take()
    parked = clinic.park(served, reason="Fetches a form")
    assert parked.state is TicketState.PARKED and "form" not in f"{clinic.hall} {clinic.journal}"
    assert clinic.point().ticket is None
    assert clinic.call("1") == clinic.ticket(other)


def test_nobody_parked_is_called_as_the_next(clinic: Clinic, served: Ticket) -> None:
    clinic.park(served)
    assert clinic.call("1") is None


def test_only_whoever_is_being_served_is_parked(clinic: Clinic, served: Ticket) -> None:
    clinic.refuses(ParkTicket(point="2", ticket=served.id), TicketNotAtPoint)
    clinic.finish(served)
    called = clinic.take()
    clinic.call("1")
    clinic.refuses(ParkTicket(point="1", ticket=called.id), TicketNotServing)


def test_a_parked_customer_who_is_ready_is_due_at_once_or_as_before(clinic: Clinic, served: Ticket) -> None:
    clinic.park(served)
    assert clinic.do(resume(served))["ticket"].due == clinic.order
    again = clinic.call("1")
    assert again
    clinic.park(clinic.start(again))
    clinic.pass_time(minutes=1)
    assert clinic.do(resume(served))["ticket"].due == clinic.order - MINUTE


def test_a_parked_customer_is_called_straight_back(clinic: Clinic, served: Ticket) -> None:
    clinic.park(served, reason="Fetches a form")
    clinic.take()
    back = clinic.do(CallTicket(point="1", ticket=served.id))["ticket"]
    assert (back.state, back.point, back.recalls) == (TicketState.CALLED, "1", 0)


def test_only_the_parked_are_resumed_and_at_an_open_point(clinic: Clinic, served: Ticket) -> None:
    clinic.refuses(resume(served), TicketNotParked)
    clinic.park(served)
    clinic.do(DeactivatePoint(point="2"))
    clinic.refuses(resume(served, "2"), PointNotActive)
    clinic.refuses(resume(served, "9"), UnknownPoint)


def test_what_is_parked_at_the_days_end_expires(clinic: Clinic, served: Ticket) -> None:
    clinic.park(served)
    clinic.pass_time(days=1)
    clinic.take()
    assert clinic.journal[-3].type_name() == "ticket-expired"
    assert not clinic.hall.knows(served.id)


# ── reinstated ──


def test_whoever_did_not_come_may_wait_again(clinic: Clinic) -> None:
    clinic.open("1")
    ticket = clinic.take()
    clinic.call("1")
    clinic.no_show(ticket)
    clinic.pass_time(minutes=60)
    back = clinic.do(reinstate(ticket))["ticket"]
    assert (back.state, back.label, back.ended_at, back.point) == (TicketState.WAITING, "A001", None, None)
    assert back.due == clinic.order + 5 * MINUTE
    assert clinic.hall.ended == ()
    assert clinic.call("1") == clinic.ticket(ticket)


def test_whoever_gave_up_may_wait_again(clinic: Clinic) -> None:
    clinic.open("1")
    ticket = clinic.cancel(clinic.take())
    assert clinic.do(reinstate(ticket))["ticket"].state is TicketState.WAITING


def test_after_the_halls_tolerance_it_is_too_late(clinic: Clinic) -> None:
    clinic.do(DefineHall(name="Clinic", languages=("en",), reinstate_within=10))
    clinic.open("1")
    ticket = clinic.cancel(clinic.take())
    clinic.pass_time(minutes=10.01)
    refused = clinic.refuses(reinstate(ticket), TooLate)
    assert "10 minutes" in refused.detail


@pytest.mark.parametrize("point", ["1", "2"])
def test_only_those_who_did_not_come_or_gave_up_are_reinstated(clinic: Clinic, served: Ticket, point: str) -> None:
    clinic.refuses(reinstate(served, point), TicketNotWaiting)
    clinic.finish(served)
    clinic.refuses(reinstate(served, point), TicketNotWaiting)


def test_the_reception_reinstates_without_a_service_point(clinic: Clinic) -> None:
    cancelled = clinic.cancel(clinic.take())
    clinic.refuses(reinstate(cancelled, "9"), UnknownPoint)
    assert clinic.do(ReinstateTicket(ticket=cancelled.id))["ticket"].state is TicketState.WAITING


def test_a_number_in_use_is_not_given_twice(clinic: Clinic) -> None:
    clinic.open("1")
    waiting = [clinic.take() for _ in range(999)]
    gone = clinic.cancel(waiting[0])
    assert clinic.take().label == gone.label
    clinic.refuses(reinstate(gone), StillInUse)


def test_whoever_waited_for_a_point_that_is_gone_is_not_reinstated(clinic: Clinic, served: Ticket) -> None:
    clinic.transfer(served, to_point="2", place=Placement.DUE_NOW)
    gone = clinic.cancel(clinic.ticket(served))
    clinic.do(DeactivatePoint(point="2"))
    clinic.do(RetirePoint(point="2"))
    clinic.refuses(reinstate(gone), UnknownPoint)
