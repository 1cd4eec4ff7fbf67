"""Appointments: when they are due, and when they may be called."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from shared.hall.appointments import CheckIn
from shared.hall.calling import CallTicket
from shared.hall.errors import AppointmentNotToday, TooEarly, UnknownService
from shared.hall.set_up import DefineHall
from shared.hall.values import Origin, Ticket
from tests.hall.builders import MORNING, Clinic

MINUTE = 60_000
ALLOWANCE = 30 * MINUTE


def check_in(clinic: Clinic, minutes: float) -> Ticket:
    """A customer comes whose appointment is in so many minutes."""
    command = CheckIn(service="registration", appointed_at=clinic.wall + timedelta(minutes=minutes))
    ticket = clinic.do(command)["ticket"]
    assert isinstance(ticket, Ticket)
    return ticket


@pytest.mark.parametrize("minutes", [40, 15, 0, -10])
def test_its_clock_starts_at_the_appointed_time(clinic: Clinic, minutes: int) -> None:
    ticket = check_in(clinic, minutes)
    assert ticket.due == clinic.order + minutes * MINUTE + ALLOWANCE
    assert (ticket.origin, ticket.appointed_at) == (Origin.APPOINTMENT, clinic.wall + timedelta(minutes=minutes))


def test_late_beyond_the_grace_it_starts_at_the_check_in(clinic: Clinic) -> None:
    assert check_in(clinic, -11).due == clinic.order + ALLOWANCE


def test_it_is_not_called_before_its_early_window(clinic: Clinic) -> None:
    clinic.open("1")
    ticket = check_in(clinic, 40)
    assert clinic.call("1") is None
    clinic.refuses(CallTicket(point="1", ticket=ticket.id), TooEarly)
    walk_in = clinic.take()
    clinic.pass_time(minutes=24.9)
    assert clinic.call("1") == clinic.ticket(walk_in)
    clinic.pass_time(minutes=0.1)
    assert clinic.call("1") == clinic.ticket(ticket)


def test_those_who_wait_behind_it_are_called_meanwhile(clinic: Clinic) -> None:
    """And the appointment does not count as passed over: it can't be called yet."""
    clinic.open("1")
    check_in(clinic, 20)
    clinic.pass_time(minutes=1)
    clinic.take("registration", "paid")
    assert clinic.call("1")
    assert clinic.journal[-1].why.passed_over == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "at", [MORNING + timedelta(days=1), datetime(2200, 12, 31, 23, 59, tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC)]
)
def test_an_appointment_of_another_day_is_refused(clinic: Clinic, at: datetime) -> None:
    clinic.refuses(CheckIn(service="registration", appointed_at=at), AppointmentNotToday)


def test_today_is_todays_by_the_clock_after_a_clock_a_day_ahead_is_set_right(clinic: Clinic) -> None:
    clinic.pass_time(minutes=24 * 60)
    clinic.take()
    clinic.set_clock(MORNING)
    assert check_in(clinic, 15).origin is Origin.APPOINTMENT


def test_today_is_todays_when_the_day_begins_later_than_it_did(clinic: Clinic) -> None:
    clinic.take()
    clinic.do(DefineHall(name={"en": "Clinic"}, languages=("en",), day_starts=time(12)))
    assert check_in(clinic, 15).origin is Origin.APPOINTMENT


def test_a_check_in_sent_twice_is_one_ticket(clinic: Clinic) -> None:
    command = CheckIn(service="registration", appointed_at=clinic.wall)
    assert clinic.do(command) == clinic.do(command)
    assert len(clinic.hall.tickets) == 1


def test_a_check_in_for_no_service_is_refused(clinic: Clinic) -> None:
    clinic.refuses(CheckIn(service="magic", appointed_at=clinic.wall), UnknownService)
