"""Feedback: customers rate their visit."""

from __future__ import annotations

import pytest

from shared.hall.errors import AlreadyRated, Invalid, TicketNotServed, UnknownTicket
from shared.hall.feedback import GiveFeedback
from shared.hall.values import Ticket
from tests.hall.builders import Clinic


@pytest.fixture
def served(clinic: Clinic) -> Ticket:
    clinic.open("1")
    clinic.take()
    ticket = clinic.call("1")
    assert ticket
    return clinic.finish(ticket)


def test_a_customer_says_once_how_it_was(clinic: Clinic, served: Ticket) -> None:
    clinic.cancel(clinic.take())
    assert clinic.do(GiveFeedback(ticket=served.id, rating=5))["ticket"].rating == 5
    assert [ticket.rating for ticket in clinic.hall.ended] == [None, 5]
    clinic.refuses(GiveFeedback(ticket=served.id, rating=1), AlreadyRated)


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_rating_is_from_one_to_five(clinic: Clinic, served: Ticket, rating: int) -> None:
    clinic.refuses(GiveFeedback(ticket=served.id, rating=rating), Invalid)


def test_only_who_was_served_says_how_it_was(clinic: Clinic) -> None:
    waiting = clinic.take()
    clinic.refuses(GiveFeedback(ticket=waiting.id, rating=3), TicketNotServed)
    clinic.refuses(GiveFeedback(ticket="nobody", rating=3), UnknownTicket)
