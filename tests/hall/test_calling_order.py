"""Due first: every ticket is due at its issue plus the allowance of its precedence."""

from __future__ import annotations

import pytest

from shared.hall.next_ticket import next_for
from shared.hall.set_up import DefinePoint, DefinePrecedence
from shared.hall.units import seconds
from shared.hall.values import Point
from tests.hall.builders import Clinic


@pytest.mark.parametrize(
    ("minutes", "order"),
    [(19.99, ["A002", "A001"]), (20, ["A001", "A002"]), (20.01, ["A001", "A002"]), (0, ["A002", "A001"])],
)
def test_a_paid_ticket_passes_regular_ones_that_came_less_than_20_minutes_before(
    clinic: Clinic, minutes: float, order: list[str]
) -> None:
    """Regular 30, Paid 10. After just 20 minutes both are due at once, and who came first goes first."""
    clinic.take("registration", "regular")
    clinic.pass_time(minutes=minutes)
    clinic.take("registration", "paid")
    clinic.open("1")
    assert clinic.call_all("1") == order


@pytest.mark.parametrize("crowd", [1, 10, 60])
def test_overtaking_is_bounded_however_many_paid_customers_come(clinic: Clinic, crowd: int) -> None:
    regular = clinic.take("registration", "regular")
    for _ in range(crowd):
        clinic.take("registration", "paid")
    clinic.pass_time(minutes=20)
    for _ in range(crowd):
        clinic.take("registration", "paid")
    clinic.open("1")
    assert clinic.call_all("1").index(regular.label) == crowd


def test_equal_allowances_are_first_come_first_served(clinic: Clinic) -> None:
    clinic.do(DefinePrecedence(id="paid", name="Paid", allowance=30))
    taken = [clinic.take("registration", precedence).label for precedence in ("regular", "paid", "paid", "regular")]
    clinic.open("1")
    assert clinic.call_all("1") == taken


def test_a_gap_longer_than_the_day_is_strict_priority(clinic: Clinic) -> None:
    clinic.do(DefinePrecedence(id="regular", name="Regular", allowance=24 * 60 + 10))
    regular = clinic.take("registration", "regular")
    clinic.pass_time(minutes=14 * 60)
    paid = clinic.take("registration", "paid")
    clinic.open("1")
    assert clinic.call_all("1") == [paid.label, regular.label]


def test_changing_an_allowance_never_reorders_those_who_wait(clinic: Clinic) -> None:
    regular = clinic.take("registration", "regular")
    paid = clinic.take("registration", "paid")
    clinic.do(DefinePrecedence(id="regular", name="Regular", allowance=0))
    clinic.do(DefinePrecedence(id="paid", name="Paid", allowance=500))
    later = clinic.take("registration", "regular")
    clinic.open("1")
    assert clinic.call_all("1") == [later.label, paid.label, regular.label]


def test_the_clock_on_the_wall_plays_no_part(clinic: Clinic) -> None:
    first = clinic.take()
    clinic.order += 1
    clinic.set_clock(clinic.wall.replace(hour=3))
    second = clinic.take()
    clinic.open("1")
    assert clinic.call_all("1") == [first.label, second.label]


def test_an_order_clock_that_falls_behind_lets_nobody_in_front(clinic: Clinic) -> None:
    clinic.pass_time(minutes=10)
    first = clinic.take()
    clinic.order = 0
    second = clinic.take()
    assert first.due <= second.due
    clinic.open("1")
    assert clinic.call_all("1") == [first.label, second.label]


@pytest.mark.parametrize(("lead", "first"), [(9, "B001"), (10, "A001"), (11, "A001")], ids=str)
def test_a_backup_service_counts_as_due_later_by_the_points_penalty(clinic: Clinic, lead: int, first: str) -> None:
    """Room 2 gives blood tests, and registration with a penalty of 10 minutes; ties go to who came first."""
    clinic.take("registration")
    clinic.pass_time(minutes=lead)
    clinic.take("tests")
    clinic.open("2")
    assert clinic.call_all("2")[0] == first


def test_a_service_that_is_both_given_and_backed_up_has_no_penalty(clinic: Clinic) -> None:
    clinic.do(
        DefinePoint(
            id="2",
            serial_number=2,
            name="Room 2",
            services=("tests", "registration"),
            backup_services=("registration",),
        )
    )
    assert dict(clinic.point("2").drawn_lines()) == {
        ("point", "2"): 0,
        ("service", "tests"): 0,
        ("service", "registration"): 0,
    }


def test_a_point_helps_when_there_is_nothing_better_to_do(clinic: Clinic) -> None:
    ticket = clinic.take("registration")
    clinic.open("2")
    assert clinic.call("2") == clinic.ticket(ticket)


def test_the_penalty_holds_for_that_point_alone(clinic: Clinic) -> None:
    clinic.do(DefinePoint(id="1", serial_number=1, name="Counter 1", services=("registration", "tests")))
    registration = clinic.take("registration")
    clinic.pass_time(minutes=1)
    tests = clinic.take("tests")
    first, second = (next_for(clinic.hall, clinic.point(point), clinic.now) for point in ("1", "2"))
    assert first and second
    assert (first.id, second.id) == (registration.id, tests.id)


def test_a_point_that_gives_nothing_calls_nobody(clinic: Clinic) -> None:
    clinic.take()
    assert next_for(clinic.hall, Point(id="9", serial_number=9, name="Spare"), clinic.now) is None


def test_a_span_of_no_or_negative_time_is_no_seconds(clinic: Clinic) -> None:
    assert seconds(clinic.wall - clinic.wall) == 0
    assert seconds((clinic.wall.replace(hour=1)) - clinic.wall) == 0
