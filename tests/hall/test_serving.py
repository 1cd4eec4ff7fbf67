"""What becomes of a called ticket: served, no-show, returned to the queue, transferred."""

from __future__ import annotations

import pytest

from shared.hall.calling import CallNext, Recall
from shared.hall.errors import (
    Invalid,
    TicketNotAtPoint,
    TicketNotCalled,
    TooEarly,
    UnknownOutcome,
    UnknownPoint,
    UnknownService,
    UnknownTicket,
)
from shared.hall.hall import LAST_ENDED
from shared.hall.messages import Event, TicketCommand
from shared.hall.points import DeactivatePoint
from shared.hall.serving import (
    ClosedBy,
    FinishService,
    MarkNoShow,
    Owed,
    Placement,
    ReturnToQueue,
    ServiceStarted,
    StartService,
    TicketNoShow,
    TicketReturned,
    TicketServed,
    TicketTransferred,
    TransferTicket,
    owed_before_no_show,
)
from shared.hall.set_up import DefineHall, DefinePrecedence, DefineService, RetireService
from shared.hall.values import Ticket, TicketState
from tests.hall.builders import Clinic

MINUTE = 60_000

AT_A_POINT = [Recall, StartService, FinishService, MarkNoShow, ReturnToQueue]
BEFORE_THE_VISIT = [Recall, StartService, MarkNoShow, ReturnToQueue]


@pytest.fixture
def called(clinic: Clinic) -> Ticket:
    """A001, called to Counter 1 five minutes after its issue."""
    clinic.open("1", "2")
    clinic.take()
    clinic.pass_time(minutes=5)
    ticket = clinic.call("1")
    assert ticket
    return ticket


def test_a_visit_begins_when_the_customer_has_come(clinic: Clinic, called: Ticket) -> None:
    clinic.pass_time(minutes=1)
    told = clinic.do(StartService(point="1", ticket=called.id))
    assert told == {"ticket": clinic.ticket(called)}
    assert (told["ticket"].state, told["ticket"].started_at) == (TicketState.SERVING, clinic.wall)
    assert clinic.point("1").ticket == called.id


@pytest.mark.parametrize("begun", [True, False], ids=["begun", "straight from its call"])
def test_a_visit_ends_served(clinic: Clinic, called: Ticket, begun: bool) -> None:
    if begun:
        clinic.start(called)
    told = clinic.do(FinishService(point="1", ticket=called.id))
    assert told == {"ticket": clinic.ticket(called)}
    assert (told["ticket"].state, told["ticket"].ended_at) == (TicketState.SERVED, clinic.wall)
    assert told["ticket"].point == "1"
    assert clinic.point("1").ticket is None
    assert called.id not in clinic.hall.tickets


def test_a_visit_ended_at_the_point_says_so(clinic: Clinic, called: Ticket) -> None:
    [served] = clinic.happens(FinishService(point="1", ticket=called.id))
    assert isinstance(served, TicketServed) and served.closed_by is ClosedBy.POINT


def test_a_customer_who_has_not_come_is_a_no_show(clinic: Clinic, called: Ticket) -> None:
    told = clinic.do(MarkNoShow(point="1", ticket=called.id))
    assert told == {"ticket": clinic.ticket(called)}
    assert (told["ticket"].state, told["ticket"].ended_at) == (TicketState.NO_SHOW, clinic.wall)
    assert clinic.point("1").ticket is None


def test_a_returned_ticket_waits_again_due_after_the_halls_tolerance(clinic: Clinic, called: Ticket) -> None:
    clinic.recall(called)
    told = clinic.do(ReturnToQueue(point="1", ticket=called.id))
    assert told == {"ticket": clinic.ticket(called)}
    waiting = told["ticket"]
    assert (waiting.state, waiting.point, waiting.called_at, waiting.recalls) == (TicketState.WAITING, None, None, 0)
    assert waiting.due == (5 + 5) * MINUTE
    assert clinic.point("1").ticket is None


def test_a_returned_ticket_comes_before_those_due_later(clinic: Clinic, called: Ticket) -> None:
    sooner = clinic.take("registration", "paid")
    clinic.pass_time(minutes=6)
    clinic.send_back(called)
    later = clinic.take("registration", "paid")
    assert clinic.call_all("1") == [sooner.label, called.label, later.label]


def test_each_end_is_one_event(clinic: Clinic, called: Ticket) -> None:
    before = clinic.hall
    expected: list[tuple[TicketCommand, type[Event]]] = [
        (StartService(point="1", ticket=called.id), ServiceStarted),
        (FinishService(point="1", ticket=called.id), TicketServed),
        (MarkNoShow(point="1", ticket=called.id), TicketNoShow),
        (ReturnToQueue(point="1", ticket=called.id), TicketReturned),
        (TransferTicket(point="1", ticket=called.id, to_point="2"), TicketTransferred),
    ]
    for command, event in expected:
        clinic.hall = before
        assert [type(happened) for happened in clinic.happens(command)] == [event]


# ── transfer ──


def test_a_transferred_ticket_waits_for_another_service_with_the_same_number(clinic: Clinic, called: Ticket) -> None:
    told = clinic.do(TransferTicket(point="1", ticket=called.id, to_service="tests"))
    assert told == {"ticket": clinic.ticket(called)}
    moved = told["ticket"]
    assert (moved.label, moved.service, moved.state, moved.point) == ("A001", "tests", TicketState.WAITING, None)
    assert (clinic.hall.waiting("registration"), clinic.hall.waiting("tests")) == (0, 1)
    assert clinic.call("2") == clinic.ticket(called)


def test_a_customer_being_served_may_be_transferred(clinic: Clinic, called: Ticket) -> None:
    clinic.start(called)
    moved = clinic.transfer(called, to_service="tests")
    assert (moved.state, moved.started_at) == (TicketState.WAITING, None)


@pytest.mark.parametrize(
    ("place", "due"),
    [(Placement.KEEP_DUE, 30), (Placement.DUE_NOW, 5), (Placement.AS_ISSUED_NOW, 5 + 30)],
    ids=str,
)
def test_a_transfer_keeps_the_due_time_or_is_due_now_or_starts_again(
    clinic: Clinic, called: Ticket, place: Placement, due: int
) -> None:
    assert clinic.transfer(called, to_service="tests", place=place).due == due * MINUTE


def test_by_time_is_what_a_transfer_does_unless_told_otherwise(clinic: Clinic, called: Ticket) -> None:
    assert clinic.transfer(called, to_service="tests").due == called.due


def test_first_never_makes_an_overdue_ticket_wait_longer(clinic: Clinic, called: Ticket) -> None:
    clinic.pass_time(minutes=60)
    assert clinic.transfer(called, to_service="tests", place=Placement.DUE_NOW).due == called.due


def test_starting_again_takes_todays_allowance(clinic: Clinic, called: Ticket) -> None:
    clinic.do(DefinePrecedence(id="regular", name="Regular", allowance=15))
    assert clinic.transfer(called, to_service="tests", place=Placement.AS_ISSUED_NOW).due == (5 + 15) * MINUTE


def test_starting_again_takes_the_allowance_of_the_tickets_own_precedence(clinic: Clinic, called: Ticket) -> None:
    paid = clinic.take("registration", "paid")
    clinic.finish(called)
    clinic.call("1")
    assert clinic.transfer(paid, to_service="tests", place=Placement.AS_ISSUED_NOW).due == (5 + 10) * MINUTE


def test_a_ticket_transferred_to_a_point_waits_for_that_point_alone(clinic: Clinic, called: Ticket) -> None:
    moved = clinic.transfer(called, to_point="2")
    assert (moved.service, moved.for_point) == ("registration", "2")
    assert clinic.call("1") is None
    assert (clinic.hall.waiting("registration"), clinic.hall.waiting("tests")) == (1, 0)
    assert clinic.call("2") == clinic.ticket(called)


def test_a_ticket_sent_to_a_point_counts_with_those_waiting_there(clinic: Clinic, called: Ticket) -> None:
    clinic.transfer(called, to_point="2")
    assert clinic.ahead(clinic.take("tests")) == 1
    assert clinic.ahead(clinic.take("registration")) == 0


def test_a_point_may_send_a_customer_to_wait_for_itself(clinic: Clinic, called: Ticket) -> None:
    clinic.transfer(called, to_point="1")
    assert clinic.call("1") == clinic.ticket(called)


def test_a_ticket_that_waited_for_a_point_may_go_on_to_a_service(clinic: Clinic, called: Ticket) -> None:
    clinic.transfer(called, to_point="2")
    clinic.call("2")
    moved = clinic.transfer(called, to_service="registration")
    assert moved.for_point is None
    assert clinic.call("1") == clinic.ticket(called)


@pytest.mark.parametrize("where", [{}, {"to_service": "tests", "to_point": "2"}], ids=["nowhere", "both"])
def test_a_transfer_names_a_service_or_a_point(clinic: Clinic, called: Ticket, where: dict[str, str]) -> None:
    clinic.refuses(TransferTicket(point="1", ticket=called.id, **where), Invalid)


def test_a_transfer_to_what_is_not_there_is_refused(clinic: Clinic, called: Ticket) -> None:
    clinic.refuses(TransferTicket(point="1", ticket=called.id, to_service="none"), UnknownService)
    clinic.refuses(TransferTicket(point="1", ticket=called.id, to_point="9"), UnknownPoint)


def test_a_waiting_ticket_cannot_be_transferred(clinic: Clinic) -> None:
    waiting = clinic.take()
    clinic.refuses(TransferTicket(point="1", ticket=waiting.id, to_service="tests"), TicketNotAtPoint)


# ── refusals they share ──


@pytest.mark.parametrize("kind", AT_A_POINT)
def test_only_the_point_that_has_a_ticket_says_what_becomes_of_it(
    clinic: Clinic, called: Ticket, kind: type[TicketCommand]
) -> None:
    refused = clinic.refuses(kind(point="2", ticket=called.id), TicketNotAtPoint)
    assert refused.about == {"ticket": called.id, "label": called.label}
    clinic.refuses(kind(point="9", ticket=called.id), UnknownPoint)


@pytest.mark.parametrize("kind", AT_A_POINT)
def test_nothing_becomes_of_a_ticket_nobody_has_called(
    clinic: Clinic, called: Ticket, kind: type[TicketCommand]
) -> None:
    clinic.refuses(kind(point="1", ticket=clinic.take().id), TicketNotAtPoint)
    clinic.refuses(kind(point="1", ticket="none"), UnknownTicket)


@pytest.mark.parametrize("kind", AT_A_POINT)
def test_a_visit_ends_once(clinic: Clinic, called: Ticket, kind: type[TicketCommand]) -> None:
    clinic.finish(called)
    clinic.refuses(kind(point="1", ticket=called.id), TicketNotAtPoint)


@pytest.mark.parametrize("kind", BEFORE_THE_VISIT)
def test_a_customer_who_is_being_served_has_come(clinic: Clinic, called: Ticket, kind: type[TicketCommand]) -> None:
    clinic.start(called)
    clinic.refuses(kind(point="1", ticket=called.id), TicketNotCalled)


def test_a_hall_keeps_the_last_ended_tickets_newest_first(clinic: Clinic) -> None:
    tickets = [clinic.take() for _ in range(LAST_ENDED + 2)]
    for ticket in tickets:
        clinic.cancel(ticket)
    assert [ended.id for ended in clinic.hall.ended] == [ticket.id for ticket in reversed(tickets[2:])]


def test_a_point_that_has_finished_may_close(clinic: Clinic, called: Ticket) -> None:
    clinic.finish(called)
    clinic.do(DeactivatePoint(point="1"))


# ── a visit of several services ──


def test_a_visit_goes_on_to_its_next_service_with_the_same_number(clinic: Clinic) -> None:
    clinic.do(DefineService(id="registration", name="Registration", prefix="A", then=("tests",)))
    clinic.open("1", "2")
    ticket = clinic.take()
    clinic.call("1")
    clinic.pass_time(minutes=7)
    on = clinic.finish(clinic.ticket(ticket))
    assert (on.label, on.service, on.state, on.then) == ("A001", "tests", TicketState.WAITING, ())
    assert on.due == clinic.order + 30 * MINUTE
    clinic.call("2")
    assert clinic.finish(clinic.ticket(ticket)).state is TicketState.SERVED


def test_a_point_that_gives_the_next_service_too_may_call_them_again_at_once(clinic: Clinic) -> None:
    clinic.do(DefineService(id="tests", name="Tests", prefix="B", then=("registration",)))
    clinic.open("2")
    ticket = clinic.take("tests")
    clinic.call("2")
    called = clinic.call("2")
    assert called and (called.id, called.service) == (ticket.id, "registration")


def test_a_service_of_the_visit_that_is_gone_meanwhile_is_passed_over(clinic: Clinic) -> None:
    clinic.do(DefineService(id="x-ray", name="X-ray", prefix="X"))
    clinic.do(DefineService(id="registration", name="Registration", prefix="A", then=("x-ray", "tests")))
    clinic.open("1")
    ticket = clinic.take()
    clinic.do(DefineService(id="registration", name="Registration", prefix="A"))
    clinic.do(RetireService(service="x-ray"))
    clinic.call("1")
    assert clinic.finish(clinic.ticket(ticket)).service == "tests"


# ── what a visit ended in ──


def test_a_visit_ends_in_one_of_the_halls_outcomes(clinic: Clinic, called: Ticket) -> None:
    clinic.do(DefineHall(name="Clinic", outcomes=("Treated", "Referred")))
    clinic.refuses(FinishService(point="1", ticket=called.id, outcome="Lost"), UnknownOutcome)
    clinic.do(FinishService(point="1", ticket=called.id, outcome="Referred"))
    assert clinic.hall.ended[0].outcome == "Referred"


def test_the_one_key_gives_the_outcome_too(clinic: Clinic, called: Ticket) -> None:
    clinic.do(DefineHall(name="Clinic", outcomes=("Treated",)))
    clinic.do(CallNext(point="1", holding=called.id, outcome="Treated"))
    assert clinic.hall.ended[0].outcome == "Treated"


# ── how long a customer is waited for ──


def test_a_customer_is_called_again_before_they_count_as_not_come(clinic: Clinic, called: Ticket) -> None:
    clinic.do(DefineHall(name="Clinic", recalls_before_no_show=2))
    clinic.recall(called)
    refused = clinic.refuses(MarkNoShow(point="1", ticket=called.id), TooEarly)
    assert "to make: 1." in refused.detail
    clinic.recall(called)
    assert clinic.no_show(called).state is TicketState.NO_SHOW


def test_a_customer_is_waited_for_after_the_last_call(clinic: Clinic, called: Ticket) -> None:
    clinic.do(DefineHall(name="Clinic", no_show_after=60))
    clinic.pass_time(minutes=0.5)
    assert "30 s more" in clinic.refuses(MarkNoShow(point="1", ticket=called.id), TooEarly).detail
    clinic.recall(called)
    clinic.pass_time(minutes=0.999)
    clinic.refuses(MarkNoShow(point="1", ticket=called.id), TooEarly)
    clinic.pass_time(minutes=0.001)
    clinic.no_show(called)


def test_what_a_called_customer_is_still_owed_can_be_asked(clinic: Clinic, called: Ticket) -> None:
    clinic.do(DefineHall(name="Clinic", recalls_before_no_show=2, no_show_after=60))
    clinic.pass_time(minutes=0.5)
    assert owed_before_no_show(clinic.hall, clinic.ticket(called), clinic.now) == Owed(recalls=2, seconds=30)
    clinic.recall(called)
    clinic.recall(called)
    assert owed_before_no_show(clinic.hall, clinic.ticket(called), clinic.now) == Owed(recalls=0, seconds=60)
    clinic.pass_time(minutes=1)
    assert owed_before_no_show(clinic.hall, clinic.ticket(called), clinic.now) == Owed(recalls=0, seconds=0)
