"""Ticket labels: unique among the living, never set back but by a new day."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.hall.errors import NoLabelLeft
from shared.hall.hall import frozen
from shared.hall.issuing import IssueTicket
from shared.hall.labels import Series
from shared.hall.set_up import DefineService
from tests.hall.builders import Clinic

LAST = 999


@pytest.mark.parametrize(
    ("counter", "shown"),
    [(1, "A001"), (42, "A042"), (999, "A999"), (1000, "A001"), (1998, "A999"), (1999, "A001")],
)
def test_a_label_is_the_prefix_and_three_digits(counter: int, shown: str) -> None:
    assert Series("A", 1, LAST, 3).label(counter) == shown


def test_each_prefix_counts_for_itself(clinic: Clinic) -> None:
    taken = [clinic.take(service).label for service in ("registration", "tests", "registration")]
    assert taken == ["A001", "B001", "A002"]


def test_a_cancelled_number_is_not_given_again(clinic: Clinic) -> None:
    clinic.cancel(clinic.take())
    assert clinic.take().label == "A002"


def test_after_999_numbering_goes_on_past_labels_still_alive(clinic: Clinic) -> None:
    first, second, third = clinic.take(), clinic.take(), clinic.take()
    clinic.cancel(second)
    almost_round(clinic)
    assert clinic.take().label == "A999"
    assert clinic.take().label == "A002"
    assert clinic.take().label == "A004"
    assert {first.label, third.label} == {"A001", "A003"}


def test_labels_that_end_with_the_same_digits_do_not_meet(clinic: Clinic) -> None:
    clinic.do(DefineService(id="xray", name="X-ray", prefix="A0"))
    assert [clinic.take().label, clinic.take("xray").label] == ["A001", "A0001"]


def test_a_prefix_given_to_another_service_goes_on_counting(clinic: Clinic) -> None:
    clinic.take("registration")
    clinic.do(DefineService(id="registration", name="Registration", prefix="R"))
    clinic.do(DefineService(id="xray", name="X-ray", prefix="A"))
    assert [clinic.take("xray").label, clinic.take("registration").label] == ["A002", "R001"]


def test_when_every_label_is_alive_the_next_customer_is_told_so(clinic: Clinic) -> None:
    crowd = [clinic.take() for _ in range(LAST)]
    assert crowd[-1].label == "A999"
    clinic.refuses(IssueTicket(service="registration"), NoLabelLeft)
    clinic.cancel(crowd[500])
    assert clinic.take().label == "A501"


def almost_round(clinic: Clinic) -> None:
    """As if 998 had come already."""
    clinic.hall = replace(clinic.hall, counters=frozen({"A": LAST - 1}))
