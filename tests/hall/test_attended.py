"""Whom some service point may call: nobody waits in silence for a point that is closed, or that does not exist."""

from __future__ import annotations

import pytest

from shared.hall.errors import PointNotActive, ServiceNotGiven, TooLate
from shared.hall.issuing import IssueTicket, queue_for
from shared.hall.json_codec import decode_event, encode_event
from shared.hall.opening import Reason, state
from shared.hall.parking import ReinstateTicket, ResumeTicket
from shared.hall.points import ActivatePoint, DeactivatePoint, PausePoint, PointDeactivated
from shared.hall.rules import evolve
from shared.hall.set_up import DefinePoint, DefineService, RetirePoint
from shared.hall.values import PointStatus, Ticket, TicketState
from tests.hall.builders import Clinic


def sent_to(clinic: Clinic, point: str) -> Ticket:
    """A customer of registration whom Counter 1 has sent on to one point."""
    clinic.take()
    called = clinic.call("1")
    assert called
    return clinic.transfer(called, to_point=point)


# ── a point that closes ──


def test_whoever_waits_for_a_point_that_closes_waits_for_their_service_again(clinic: Clinic) -> None:
    clinic.open("1", "2")
    ticket = sent_to(clinic, "2")
    due = ticket.due
    [closed] = clinic.happens(DeactivatePoint(point="2"))
    assert isinstance(closed, PointDeactivated) and closed.tickets == (ticket.id,)
    after = clinic.ticket(ticket)
    assert (after.for_point, after.service, after.due, after.state) == (None, "registration", due, TicketState.WAITING)
    assert clinic.call("1") == clinic.ticket(ticket)


def test_nobody_else_is_touched_by_a_point_that_closes(clinic: Clinic) -> None:
    clinic.open("1", "2")
    other, waiting = sent_to(clinic, "1"), clinic.take("tests")
    [closed] = clinic.happens(DeactivatePoint(point="2"))
    assert isinstance(closed, PointDeactivated) and closed.tickets == ()
    assert (clinic.ticket(other), clinic.ticket(waiting)) == (other, waiting)


def test_whoever_was_parked_while_sent_to_a_point_does_not_come_back_to_it_closed(clinic: Clinic) -> None:
    clinic.open("1", "2")
    sent_to(clinic, "2")
    called = clinic.call("2")
    assert called and called.for_point == "2"
    clinic.start(called)
    clinic.park(called)
    clinic.do(DeactivatePoint(point="2"))
    clinic.do(ResumeTicket(point="1", ticket=called.id))
    assert clinic.ticket(called).for_point is None
    assert clinic.call("1") == clinic.ticket(called)


def test_whoever_comes_back_after_all_does_not_wait_for_a_point_that_has_closed(clinic: Clinic) -> None:
    clinic.open("1", "2")
    sent_to(clinic, "2")
    called = clinic.call("2")
    assert called
    clinic.no_show(called)
    clinic.do(DeactivatePoint(point="2"))
    clinic.do(ReinstateTicket(ticket=called.id))
    assert clinic.ticket(called).for_point is None
    assert clinic.call("1") == clinic.ticket(called)


def test_whoever_comes_back_while_their_point_is_open_waits_for_it(clinic: Clinic) -> None:
    clinic.open("1", "2")
    sent_to(clinic, "2")
    called = clinic.call("2")
    assert called
    clinic.no_show(called)
    clinic.do(ReinstateTicket(ticket=called.id))
    assert clinic.ticket(called).for_point == "2"


def test_closing_taken_back_sends_them_to_the_point_again(clinic: Clinic) -> None:
    clinic.open("1", "2")
    ticket = sent_to(clinic, "2")
    clinic.do(DeactivatePoint(point="2"))
    assert clinic.undo("2") == "point-deactivated"
    assert clinic.ticket(ticket).for_point == "2"


def test_closing_is_not_taken_back_once_another_point_has_called_them(clinic: Clinic) -> None:
    clinic.open("1", "2")
    sent_to(clinic, "2")
    clinic.do(DeactivatePoint(point="2"))
    clinic.call("1")
    with pytest.raises(TooLate):
        clinic.undo("2")


def test_opening_is_not_taken_back_from_under_those_who_were_sent_there(clinic: Clinic) -> None:
    clinic.open("1")
    called = (clinic.take(), clinic.call("1"))[1]
    assert called
    clinic.open("2")
    clinic.transfer(called, to_point="2")
    with pytest.raises(TooLate):
        clinic.undo("2")
    clinic.do(DeactivatePoint(point="2"))
    assert clinic.ticket(called).for_point is None


def test_a_point_nobody_waits_for_any_more_can_be_retired(clinic: Clinic) -> None:
    clinic.open("1", "2")
    sent_to(clinic, "2")
    clinic.do(DeactivatePoint(point="2"))
    clinic.do(RetirePoint(point="2"))
    assert "2" not in clinic.hall.points


def test_a_journal_from_before_is_read_as_it_was_decided(clinic: Clinic) -> None:
    """Older PointDeactivated events name no tickets; whoever waited goes on waiting for the point."""
    clinic.open("1", "2")
    ticket = sent_to(clinic, "2")
    before = clinic.hall
    [closed] = clinic.happens(DeactivatePoint(point="2"))
    written = encode_event(closed)
    del written["tickets"]
    after = evolve(before, decode_event(written))
    assert after.points["2"].status is PointStatus.INACTIVE
    assert after.ticket(ticket.id).for_point == "2"
    assert after.unattended() == {("point", "2"): 1}


# ── sent to a point that is closed ──


def test_who_is_sent_to_a_closed_point_is_known_to_wait_for_nobody(clinic: Clinic) -> None:
    clinic.open("1")
    ticket = sent_to(clinic, "2")
    assert clinic.hall.unattended() == {("point", "2"): 1}
    assert not clinic.hall.attended(ticket.line)
    clinic.open("2")
    assert clinic.hall.unattended() == {}
    assert clinic.call("2") == clinic.ticket(ticket)


def test_nobody_is_sent_to_a_service_that_no_point_gives(clinic: Clinic) -> None:
    clinic.open("1")
    clinic.do(DefineService(id="xray", name="X-ray", prefix="X"))
    clinic.take()
    called = clinic.call("1")
    assert called
    with pytest.raises(ServiceNotGiven):
        clinic.transfer(called, to_service="xray")
    assert clinic.ticket(called).state is TicketState.CALLED


# ── who waits for nobody ──


def test_those_who_wait_while_no_point_is_active_are_counted_line_by_line(clinic: Clinic) -> None:
    clinic.take()
    clinic.take()
    clinic.take("tests")
    assert clinic.hall.unattended() == {("service", "registration"): 2, ("service", "tests"): 1}
    clinic.open("1")
    assert clinic.hall.unattended() == {("service", "tests"): 1}
    clinic.open("2")
    assert clinic.hall.unattended() == {}


def test_a_point_that_gives_a_service_as_a_backup_attends_to_it(clinic: Clinic) -> None:
    clinic.take()
    clinic.open("2")
    assert clinic.hall.unattended() == {}
    assert clinic.hall.attended(("service", "registration"))


def test_a_point_that_pauses_calls_nobody_but_will_come_back(clinic: Clinic) -> None:
    clinic.take()
    clinic.open("1")
    clinic.do(PausePoint(point="1"))
    assert clinic.hall.unattended() == {("service", "registration"): 1}
    assert clinic.hall.attended(("service", "registration"))


def test_a_service_taken_from_its_last_point_while_people_wait_is_counted(clinic: Clinic) -> None:
    clinic.open("1", "2")
    clinic.take("tests")
    clinic.do(DefinePoint(id="2", serial_number=2, name="Room 2"))
    assert clinic.hall.unattended() == {("service", "tests"): 1}


# ── a service that no point gives ──


def test_a_service_that_no_point_gives_is_not_offered_and_gives_no_numbers(clinic: Clinic) -> None:
    clinic.do(DefineService(id="xray", name="X-ray", prefix="X"))
    assert [service.id for service in clinic.hall.on_offer()] == ["registration", "tests"]
    shown = state(clinic.hall, clinic.hall.services["xray"], clinic.wall)
    assert (shown.open, shown.reason) == (False, Reason.NOT_GIVEN)
    refused = clinic.refuses(IssueTicket(service="xray"), ServiceNotGiven)
    assert refused.about["reason"] == "not-given"
    clinic.do(DefinePoint(id="3", serial_number=3, name="Room 3", backup_services=("xray",)))
    assert clinic.take("xray").label == "X001"


# ── how many would be ahead ──


@pytest.mark.parametrize("service", ["registration", "tests"])
@pytest.mark.parametrize("precedence", [None, "regular", "paid"])
def test_who_would_be_ahead_is_who_is_ahead_of_the_ticket_then_taken(
    clinic: Clinic, service: str, precedence: str | None
) -> None:
    """Whatever shares a point: what is shown before is what the ticket says."""
    if service == "tests" and precedence == "paid":
        precedence = "regular"
    clinic.do(DefinePoint(id="3", serial_number=3, name="Counter 3", services=("registration", "tests")))
    clinic.open("1", "2", "3")
    for minutes, taken, wanted in [(3, "registration", "paid"), (9, "tests", None), (11, "registration", None)]:
        clinic.take(taken, wanted)
        clinic.take("registration")
        clinic.pass_time(minutes=minutes)
    sent_to(clinic, "3")
    foretold = queue_for(clinic.hall, clinic.hall.services[service], clinic.now, precedence).ahead
    assert foretold == clinic.do(IssueTicket(service=service, precedence=precedence))["ahead"]
    assert foretold > 0


def test_ahead_of_whoever_only_a_backup_calls_are_those_it_calls_first(clinic: Clinic) -> None:
    """Room 2 helps with registration, ten minutes later than with its own blood tests."""
    clinic.open("2")
    first, ticket = clinic.take(), clinic.take()
    own = [clinic.take("tests")]
    clinic.pass_time(minutes=9)
    own.append(clinic.take("tests"))
    clinic.pass_time(minutes=2)
    too_late = clinic.take("tests")
    foretold = queue_for(clinic.hall, clinic.hall.services["registration"], clinic.now).ahead
    assert (clinic.ahead(ticket), foretold) == (3, 5)
    called = [clinic.call("2") for _ in range(5)]
    assert [one.label for one in called if one] == [one.label for one in (*own, first, ticket, too_late)]


def test_ahead_are_as_ever_while_a_point_is_open_that_gives_the_service_as_its_own(clinic: Clinic) -> None:
    clinic.open("1", "2")
    clinic.take("tests")
    ticket = clinic.take()
    assert clinic.ahead(ticket) == 0
    clinic.do(DeactivatePoint(point="1"))
    assert clinic.ahead(ticket) == 1
    clinic.open("1")
    assert clinic.ahead(ticket) == 0


def test_nobody_of_yesterday_would_be_ahead(clinic: Clinic) -> None:
    clinic.take()
    clinic.pass_time(days=1)
    assert queue_for(clinic.hall, clinic.hall.services["registration"], clinic.now).ahead == 0
    assert clinic.do(IssueTicket(service="registration"))["ahead"] == 0


def test_closing_and_opening_says_who_may_do_it(clinic: Clinic) -> None:
    """A point is closed once: the second press changes nothing and touches nobody."""
    clinic.open("1", "2")
    sent_to(clinic, "2")
    clinic.do(DeactivatePoint(point="2"))
    clinic.refuses(DeactivatePoint(point="2"), PointNotActive)
    clinic.do(ActivatePoint(point="2"))
    assert clinic.hall.unattended() == {}
