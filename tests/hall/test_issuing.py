"""A customer takes a ticket, or gives it up."""

from __future__ import annotations

import pytest

from shared.hall.errors import (
    PrecedenceNotOffered,
    ServiceClosed,
    TicketNotWaiting,
    UnknownLanguage,
    UnknownPrecedence,
    UnknownService,
    UnknownTicket,
)
from shared.hall.issuing import CancelTicket, IssueTicket, TicketCancelled, TicketIssued
from shared.hall.set_up import DefineHall, DefinePoint, DefineService
from shared.hall.values import Origin, TicketState
from tests.hall.builders import MORNING, Clinic


def test_the_answer_is_the_ticket_how_many_are_ahead_and_no_forecast_yet(clinic: Clinic) -> None:
    clinic.take()
    told = clinic.do(IssueTicket(service="registration", origin=Origin.KIOSK))
    assert told.keys() == {"ticket", "ahead", "forecast"}
    assert (told["ticket"].label, told["ahead"], told["forecast"]) == ("A002", 1, None)


def test_a_ticket_waits_from_its_issue_on(clinic: Clinic) -> None:
    ticket = clinic.take()
    assert ticket.state is TicketState.WAITING
    assert (ticket.issued_at, ticket.called_at, ticket.point) == (MORNING, None, None)
    assert clinic.hall.waiting("registration") == 1
    assert clinic.hall.waiting("tests") == 0
    assert clinic.hall.ended == ()


def test_one_issue_is_one_event(clinic: Clinic) -> None:
    [issued] = clinic.happens(IssueTicket(service="tests", token_hash="0a1b" * 16))
    assert isinstance(issued, TicketIssued)
    assert (issued.at, issued.label, issued.counter, issued.token_hash) == (MORNING, "B001", 1, "0a1b" * 16)
    assert clinic.hall.ticket(issued.ticket).token_hash == "0a1b" * 16


def test_the_ticket_has_the_id_of_its_command(clinic: Clinic) -> None:
    command = IssueTicket(service="tests")
    assert clinic.do(command)["ticket"].id == command.command_id


def test_the_same_press_again_is_the_same_ticket(clinic: Clinic) -> None:
    press = IssueTicket(service="registration")
    first = clinic.do(press)["ticket"]
    assert clinic.happens(press) == []
    assert clinic.do(press)["ticket"] == first
    assert len(clinic.hall.tickets) == 1


def test_the_same_press_after_the_visit_is_still_the_same_ticket(clinic: Clinic) -> None:
    press = IssueTicket(service="registration")
    clinic.cancel(clinic.do(press)["ticket"])
    assert clinic.do(press)["ticket"].state is TicketState.CANCELLED
    assert not clinic.hall.tickets


def test_the_precedence_is_the_first_the_service_offers_unless_one_is_named(clinic: Clinic) -> None:
    clinic.do(DefineService(id="tests", name="Tests", prefix="B", precedences=("paid", "regular")))
    assert clinic.take("tests").precedence == "paid"


def test_a_service_that_names_no_precedences_offers_all_of_the_hall(clinic: Clinic) -> None:
    assert clinic.take("registration", "paid").precedence == "paid"
    assert clinic.take("registration").precedence == "regular"


def test_a_ticket_is_due_after_the_allowance_of_its_precedence(clinic: Clinic) -> None:
    clinic.pass_time(minutes=1)
    assert clinic.take("registration", "regular").due == 31 * 60_000
    assert clinic.take("registration", "paid").due == 11 * 60_000


@pytest.mark.parametrize(("wanted", "spoken"), [("de", "de"), ("en", "en"), (None, "en")])
def test_a_ticket_speaks_the_language_asked_for_else_the_halls_own(
    clinic: Clinic, wanted: str | None, spoken: str
) -> None:
    assert clinic.do(IssueTicket(service="tests", language=wanted))["ticket"].language == spoken


@pytest.mark.parametrize("language", ["fr", "", "EN"])
def test_a_language_the_hall_does_not_speak_is_refused(clinic: Clinic, language: str) -> None:
    clinic.refuses(IssueTicket(service="tests", language=language), UnknownLanguage)


def test_an_unknown_service_is_refused(clinic: Clinic) -> None:
    refused = clinic.refuses(IssueTicket(service="dentist"), UnknownService)
    assert refused.detail == "There is no service dentist in this hall."


def test_a_closed_service_is_refused(clinic: Clinic) -> None:
    clinic.do(DefineService(id="tests", name="Tests", prefix="B", on=False))
    refused = clinic.refuses(IssueTicket(service="tests"), ServiceClosed)
    assert refused.about == {"service": "tests", "reason": "off"}


def test_a_precedence_the_service_does_not_offer_is_refused(clinic: Clinic) -> None:
    refused = clinic.refuses(IssueTicket(service="tests", precedence="paid"), PrecedenceNotOffered)
    assert refused.about == {"precedence": "paid"}


def test_an_unknown_precedence_is_refused(clinic: Clinic) -> None:
    clinic.refuses(IssueTicket(service="registration", precedence="royal"), UnknownPrecedence)


def test_a_hall_without_precedences_gives_no_tickets() -> None:
    bare = Clinic()
    bare.do(DefineHall(name="Bare"))
    bare.do(DefineService(id="a", name="A", prefix="A"))
    bare.provide("a")
    bare.refuses(IssueTicket(service="a"), PrecedenceNotOffered)


def test_a_customer_who_waits_may_give_up_their_place(clinic: Clinic) -> None:
    ticket = clinic.take()
    clinic.pass_time(minutes=3)
    told = clinic.do(CancelTicket(ticket=ticket.id))
    assert told == {"ticket": clinic.ticket(ticket)}
    assert told["ticket"].state is TicketState.CANCELLED
    assert told["ticket"].ended_at == clinic.wall
    assert clinic.hall.waiting("registration") == 0


def test_giving_up_is_one_event(clinic: Clinic) -> None:
    ticket = clinic.take()
    [cancelled] = clinic.happens(CancelTicket(ticket=ticket.id))
    assert cancelled == TicketCancelled(ticket=ticket.id, at=clinic.wall, order=clinic.order)


def test_a_called_ticket_cannot_be_cancelled(clinic: Clinic) -> None:
    ticket = clinic.take()
    clinic.open("1")
    clinic.call("1")
    refused = clinic.refuses(CancelTicket(ticket=ticket.id), TicketNotWaiting)
    assert refused.detail == "A001 is not waiting any more."
    assert refused.about == {"ticket": ticket.id, "label": "A001"}


def test_a_ticket_cannot_be_cancelled_twice(clinic: Clinic) -> None:
    ticket = clinic.cancel(clinic.take())
    clinic.refuses(CancelTicket(ticket=ticket.id), TicketNotWaiting)


def test_an_unknown_ticket_cannot_be_cancelled(clinic: Clinic) -> None:
    clinic.refuses(CancelTicket(ticket="none"), UnknownTicket)


def test_ahead_are_those_due_before_it_at_the_points_that_serve_it(clinic: Clinic) -> None:
    clinic.take("tests")
    regular = clinic.take("registration", "regular")
    paid = clinic.take("registration", "paid")
    assert clinic.ahead(paid) == 0
    assert clinic.ahead(regular) == 1


def test_services_given_at_one_point_share_their_line(clinic: Clinic) -> None:
    clinic.do(DefinePoint(id="3", serial_number=3, name="Both", services=("registration", "tests")))
    clinic.take("tests")
    assert clinic.ahead(clinic.take("registration")) == 1


def test_nobody_is_ahead_of_a_ticket_that_does_not_wait(clinic: Clinic) -> None:
    clinic.open("1")
    clinic.take()
    called = clinic.call("1")
    clinic.take("registration", "paid")
    assert called and clinic.ahead(called) == 0
