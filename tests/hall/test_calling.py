"""Calling: the next customer, the same one again, one by hand, and automatically."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.hall.business_day import StartBusinessDay
from shared.hall.calling import CallNext, CallTicket, Recall, TicketCalled, TicketRecalled, may_call_later
from shared.hall.errors import (
    PointHasTicket,
    PointNotActive,
    ServiceNotGiven,
    TicketNotAtPoint,
    TicketNotCalled,
    TicketNotWaiting,
    UnknownPoint,
    UnknownTicket,
)
from shared.hall.hall import LAST_CALLS
from shared.hall.next_ticket import How, Why
from shared.hall.points import PausePoint
from shared.hall.serving import StartService, TicketServed
from shared.hall.set_up import DefineHall, DefinePoint
from shared.hall.values import TicketState
from tests.hall.builders import Clinic


def test_the_next_ticket_is_called_and_the_answer_says_why(clinic: Clinic) -> None:
    ticket = clinic.take()
    clinic.open("1")
    clinic.pass_time(minutes=2)
    told = clinic.do(CallNext(point="1"))
    assert told.keys() == {"ticket", "why"}
    assert told["ticket"] == clinic.ticket(ticket)
    assert told["why"].waited == 120
    assert (told["ticket"].state, told["ticket"].point) == (TicketState.CALLED, "1")
    assert told["ticket"].called_at == clinic.wall
    assert clinic.point("1").ticket == ticket.id


def test_nobody_waits_nobody_is_called(clinic: Clinic) -> None:
    clinic.open("1")
    assert clinic.happens(CallNext(point="1")) == []
    assert clinic.do(CallNext(point="1")) == {"ticket": None, "why": None}


def test_a_point_calls_nobody_for_a_service_it_does_not_give(clinic: Clinic) -> None:
    clinic.take("tests")
    clinic.open("1")
    assert clinic.call("1") is None


def test_calling_the_next_finishes_the_visit_first(clinic: Clinic) -> None:
    first, second = clinic.take(), clinic.take()
    clinic.open("1")
    clinic.call("1")
    served, called = clinic.happens(CallNext(point="1", holding=first.id))
    assert isinstance(served, TicketServed) and served.ticket == first.id
    assert isinstance(called, TicketCalled) and called.ticket == second.id
    assert clinic.ticket(first).state is TicketState.SERVED
    assert clinic.point("1").ticket == second.id


def test_calling_the_next_when_nobody_waits_still_finishes_the_visit(clinic: Clinic) -> None:
    only = clinic.take()
    clinic.open("1")
    clinic.call("1")
    assert clinic.do(CallNext(point="1", holding=only.id)) == {"ticket": None, "why": None}
    assert clinic.ticket(only).state is TicketState.SERVED
    assert clinic.point("1").ticket is None


def test_a_visit_that_has_begun_is_finished_by_the_next_call_too(clinic: Clinic) -> None:
    first = clinic.take()
    clinic.open("1")
    clinic.call("1")
    clinic.start(first)
    clinic.call("1")
    assert clinic.ticket(first).state is TicketState.SERVED


def test_a_lost_answer_never_calls_a_second_customer(clinic: Clinic) -> None:
    first, _ = clinic.take(), clinic.take()
    clinic.open("1")
    clinic.do(CallNext(point="1"))
    refused = clinic.refuses(CallNext(point="1"), PointHasTicket)
    assert refused.about == {"point": "1", "ticket": first.id, "label": "A001"}
    assert "A001" in refused.detail


def test_a_lost_answer_in_the_middle_of_the_day_never_ends_a_visit_nobody_saw(clinic: Clinic) -> None:
    first, second, _ = clinic.take(), clinic.take(), clinic.take()
    clinic.open("1")
    clinic.call("1")
    clinic.do(CallNext(point="1", holding=first.id))
    refused = clinic.refuses(CallNext(point="1", holding=first.id), PointHasTicket)
    assert refused.about == {"point": "1", "ticket": second.id, "label": "A002"}


def test_a_point_cannot_hold_what_is_at_no_point(clinic: Clinic) -> None:
    waiting = clinic.take()
    clinic.open("1")
    clinic.refuses(CallNext(point="1", holding=waiting.id), TicketNotAtPoint)


def test_a_point_cannot_hold_what_is_at_another_point(clinic: Clinic) -> None:
    elsewhere = clinic.take("tests")
    clinic.open("1", "2")
    clinic.call("2")
    clinic.refuses(CallNext(point="1", holding=elsewhere.id), TicketNotAtPoint)


def test_a_point_cannot_hold_a_visit_that_has_ended(clinic: Clinic) -> None:
    first = clinic.take()
    clinic.take()
    clinic.open("1")
    clinic.call("1")
    clinic.no_show(first)
    clinic.refuses(CallNext(point="1", holding=first.id), TicketNotAtPoint)


def test_a_point_cannot_hold_a_ticket_nobody_knows(clinic: Clinic) -> None:
    clinic.open("1")
    clinic.refuses(CallNext(point="1", holding="none"), UnknownTicket)


def test_a_closed_or_paused_point_calls_nobody(clinic: Clinic) -> None:
    clinic.take()
    clinic.refuses(CallNext(point="1"), PointNotActive)
    clinic.open("1")
    clinic.do(PausePoint(point="1"))
    clinic.refuses(CallNext(point="1"), PointNotActive)


def test_an_unknown_point_calls_nobody(clinic: Clinic) -> None:
    clinic.refuses(CallNext(point="9"), UnknownPoint)


def test_a_call_tells_due_time_precedence_wait_and_who_was_passed_over(clinic: Clinic) -> None:
    clinic.take("registration", "regular")
    clinic.pass_time(minutes=3)
    clinic.take("registration", "regular")
    clinic.pass_time(minutes=2)
    paid = clinic.take("registration", "paid")
    clinic.open("1")
    clinic.pass_time(minutes=1)
    why = clinic.do(CallNext(point="1"))["why"]
    assert why == Why(
        due_at=paid.issued_at + timedelta(minutes=10), precedence="paid", waited=60, passed_over=2, lead=300
    )


def test_a_call_in_turn_passes_nobody_over(clinic: Clinic) -> None:
    clinic.take()
    clinic.take()
    clinic.open("1")
    why = clinic.do(CallNext(point="1"))["why"]
    assert (why.passed_over, why.lead) == (0, 0)


def test_a_wall_clock_set_back_makes_nobody_wait_a_negative_time(clinic: Clinic) -> None:
    clinic.take()
    clinic.open("1")
    clinic.set_clock(clinic.wall - timedelta(hours=1))
    assert clinic.do(CallNext(point="1"))["why"].waited == 0


def test_a_recall_keeps_the_ticket_called_and_counts(clinic: Clinic) -> None:
    ticket = clinic.take()
    clinic.open("1")
    clinic.call("1")
    [again] = clinic.happens(Recall(point="1", ticket=ticket.id))
    assert isinstance(again, TicketRecalled)
    assert clinic.do(Recall(point="1", ticket=ticket.id)) == {"ticket": clinic.ticket(ticket)}
    assert (clinic.ticket(ticket).state, clinic.ticket(ticket).recalls) == (TicketState.CALLED, 2)
    assert [(call.label, call.times) for call in clinic.hall.calls] == [("A001", 3)]


def test_only_a_called_ticket_is_recalled_at_its_own_point(clinic: Clinic) -> None:
    ticket = clinic.take()
    clinic.open("1", "2")
    clinic.refuses(Recall(point="1", ticket=ticket.id), TicketNotAtPoint)
    clinic.call("1")
    clinic.refuses(Recall(point="2", ticket=ticket.id), TicketNotAtPoint)
    clinic.refuses(Recall(point="9", ticket=ticket.id), UnknownPoint)
    clinic.refuses(Recall(point="1", ticket="none"), UnknownTicket)
    clinic.start(ticket)
    clinic.refuses(Recall(point="1", ticket=ticket.id), TicketNotCalled)


def test_the_newest_call_stands_first_and_a_recall_brings_its_own_back(clinic: Clinic) -> None:
    first, second = clinic.take(), clinic.take("tests")
    clinic.open("1", "2")
    clinic.call("1")
    clinic.call("2")
    assert [call.ticket for call in clinic.hall.calls] == [second.id, first.id]
    clinic.recall(first)
    assert [(call.ticket, call.point, call.times) for call in clinic.hall.calls] == [
        (first.id, "1", 2),
        (second.id, "2", 1),
    ]


def test_a_hall_remembers_its_last_calls_only(clinic: Clinic) -> None:
    tickets = [clinic.take() for _ in range(LAST_CALLS + 5)]
    clinic.open("1")
    clinic.call_all("1")
    assert [call.ticket for call in clinic.hall.calls] == [ticket.id for ticket in reversed(tickets[5:])]


def test_a_call_stays_known_as_long_as_its_customer_is_expected(clinic: Clinic) -> None:
    """On a busy hall a display for one service would lose a call that nobody has answered yet."""
    clinic.do(DefinePoint(id="9", serial_number=9, name="Room 9", services=("tests",)))
    clinic.open("9")
    clinic.open("1")
    patient = clinic.take("tests")
    clinic.do(CallNext(point="9"))
    holding = None
    for _ in range(LAST_CALLS + 5):
        clinic.take("registration")
        holding = clinic.do(CallNext(point="1", holding=holding))["ticket"].id
    assert len(clinic.hall.calls) == LAST_CALLS + 1
    assert clinic.hall.calls[-1].ticket == patient.id
    clinic.do(StartService(point="9", ticket=patient.id))
    clinic.take("registration")
    clinic.do(CallNext(point="1", holding=holding))
    assert len(clinic.hall.calls) == LAST_CALLS


# ── by hand ──


def test_a_given_customer_is_called_before_the_next(clinic: Clinic) -> None:
    clinic.open("1")
    clinic.take()
    second = clinic.take()
    events = clinic.happens(CallTicket(point="1", ticket=second.id))
    assert isinstance(events[0], TicketCalled)
    assert (events[0].why.how, events[0].why.passed_over) == (How.BY_HAND, 1)
    assert clinic.point().ticket == second.id


def test_a_busy_or_closed_point_calls_nobody_by_hand(clinic: Clinic) -> None:
    first, second = clinic.take(), clinic.take()
    clinic.refuses(CallTicket(point="1", ticket=second.id), PointNotActive)
    clinic.open("1", "2")
    clinic.do(CallTicket(point="1", ticket=first.id))
    refused = clinic.refuses(CallTicket(point="1", ticket=second.id), PointHasTicket)
    assert refused.about["ticket"] == first.id
    clinic.refuses(CallTicket(point="2", ticket=first.id), TicketNotWaiting)


def test_a_point_calls_by_hand_only_for_services_it_gives_or_backs_up(clinic: Clinic) -> None:
    clinic.open("1", "2")
    registration, tests = clinic.take(), clinic.take("tests")
    clinic.refuses(CallTicket(point="1", ticket=tests.id), ServiceNotGiven)
    clinic.do(CallTicket(point="2", ticket=registration.id))


def test_whoever_waits_for_a_closed_point_is_called_by_another_that_gives_the_service(clinic: Clinic) -> None:
    clinic.open("1")
    ticket = clinic.take()
    clinic.call("1")
    clinic.transfer(ticket, to_point="2")
    assert clinic.call("1") is None
    assert clinic.do(CallTicket(point="1", ticket=ticket.id))["ticket"].point == "1"


# ── automatically ──


@pytest.fixture
def by_itself(clinic: Clinic) -> Clinic:
    clinic.do(DefineHall(name="Clinic", auto_call=True))
    for name, number in (("1", 1), ("3", 3)):
        clinic.do(DefinePoint(id=name, serial_number=number, name=name, services=("registration",)))
    return clinic


def test_a_customer_is_called_as_soon_as_a_point_is_free(by_itself: Clinic) -> None:
    ticket = by_itself.take()
    by_itself.open("1")
    assert by_itself.point().ticket == ticket.id
    assert isinstance(called := by_itself.journal[-1], TicketCalled) and called.why.how is How.AUTOMATICALLY


def test_a_hall_told_to_call_by_itself_calls_who_waits_at_once(clinic: Clinic) -> None:
    clinic.open("1")
    ticket = clinic.take()
    clinic.do(DefineHall(name="Clinic", auto_call=True))
    assert clinic.point().ticket == ticket.id


def test_the_point_free_longest_gets_the_next_customer(by_itself: Clinic) -> None:
    by_itself.open("3")
    by_itself.pass_time(minutes=1)
    by_itself.open("1")
    assert [by_itself.take().point for _ in range(3)] == ["3", "1", None]


def test_when_a_visit_ends_the_next_is_called_there(by_itself: Clinic) -> None:
    by_itself.open("1")
    first, second = by_itself.take(), by_itself.take()
    by_itself.finish(by_itself.ticket(first))
    assert by_itself.point().ticket == second.id


def test_one_sent_back_to_wait_is_not_called_back_at_once(by_itself: Clinic) -> None:
    by_itself.open("1")
    ticket = by_itself.take()
    by_itself.send_back(by_itself.ticket(ticket))
    assert by_itself.point().ticket is None
    assert may_call_later(by_itself.hall)
    by_itself.pass_time(minutes=5)
    by_itself.do(StartBusinessDay())
    assert by_itself.point().ticket == ticket.id
    assert not may_call_later(by_itself.hall)


def test_a_finish_taken_back_takes_the_call_that_followed_with_it(by_itself: Clinic) -> None:
    by_itself.open("1")
    first, second = by_itself.take(), by_itself.take()
    by_itself.finish(by_itself.ticket(first))
    by_itself.undo("1")
    assert by_itself.point().ticket == first.id
    assert by_itself.ticket(second).state is TicketState.WAITING


def test_a_call_taken_back_is_not_made_again_at_once(by_itself: Clinic) -> None:
    by_itself.open("1")
    ticket = by_itself.take()
    assert by_itself.point().ticket == ticket.id
    by_itself.undo("1")
    assert by_itself.point().ticket is None
    assert by_itself.ticket(ticket).state is TicketState.WAITING


def test_a_hall_that_is_told_to_call_no_more_by_itself_makes_no_last_call(by_itself: Clinic) -> None:
    by_itself.open("1")
    by_itself.take()
    by_itself.undo("1")
    by_itself.do(DefineHall(name="Clinic", auto_call=False))
    assert by_itself.point().ticket is None
