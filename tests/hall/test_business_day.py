"""The business day: yesterday's tickets end, and numbering starts again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from shared.hall.business_day import BusinessDayStarted, CorrectBusinessDay, StartBusinessDay, TicketExpired
from shared.hall.calling import CallNext
from shared.hall.errors import BusinessDayRight, Refused, UnknownService
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.issuing import IssueTicket
from shared.hall.opening import business_day
from shared.hall.points import ActivatePoint, DeactivatePoint, PausePoint
from shared.hall.rules import decide, evolve
from shared.hall.serving import ClosedBy, TicketServed
from shared.hall.set_up import DefineHall
from shared.hall.values import PointStatus, TicketState
from tests.hall.builders import Clinic

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def test_the_clocks_command_starts_a_new_day_and_says_which(clinic: Clinic) -> None:
    clinic.pass_time(days=1)
    assert clinic.do(StartBusinessDay()) == {"business_day": TUESDAY}
    assert clinic.hall.business_day == TUESDAY


def test_the_clocks_command_changes_nothing_on_the_same_day(clinic: Clinic) -> None:
    assert clinic.happens(StartBusinessDay()) == []
    assert clinic.do(StartBusinessDay()) == {"business_day": MONDAY}


def test_a_hall_nobody_has_set_up_yet_has_no_day() -> None:
    empty = Clinic()
    assert empty.do(StartBusinessDay()) == {"business_day": None}


def test_the_first_late_command_starts_the_new_day_first(clinic: Clinic) -> None:
    clinic.pass_time(days=1)
    started, issued = clinic.happens(IssueTicket(service="registration"))
    assert started == BusinessDayStarted(day=TUESDAY, at=clinic.wall, order=clinic.order)
    assert issued.at == clinic.wall


def test_a_hall_switched_off_for_days_starts_one_day_only(clinic: Clinic) -> None:
    clinic.pass_time(days=9)
    assert [event.type_name() for event in clinic.happens(ActivatePoint(point="1"))] == [
        "business-day-started",
        "point-activated",
    ]


def test_a_late_command_that_is_refused_starts_no_day(clinic: Clinic) -> None:
    clinic.take()
    clinic.pass_time(days=1)
    clinic.refuses(IssueTicket(service="none"), UnknownService)
    assert clinic.hall.business_day == MONDAY


def test_numbering_starts_again(clinic: Clinic) -> None:
    assert [clinic.take().label, clinic.take().label] == ["A001", "A002"]
    clinic.pass_time(days=1)
    assert clinic.take().label == "A001"


def test_yesterdays_waiting_and_called_tickets_expire(clinic: Clinic) -> None:
    called, waiting = clinic.take(), clinic.take()
    clinic.open("1")
    clinic.call("1")
    clinic.pass_time(days=1)
    expired = clinic.happens(StartBusinessDay())[:-1]
    assert [event.ticket for event in expired if isinstance(event, TicketExpired)] == [called.id, waiting.id]
    assert not clinic.hall.tickets
    assert clinic.point("1").ticket is None
    assert clinic.hall.waiting("registration") == 0


def test_yesterdays_visit_is_closed_by_the_days_end(clinic: Clinic) -> None:
    ticket = clinic.take()
    clinic.open("1")
    clinic.call("1")
    clinic.start(ticket)
    clinic.pass_time(days=1)
    served, _ = clinic.happens(StartBusinessDay())
    assert served == TicketServed(
        ticket=ticket.id, point="1", closed_by=ClosedBy.END_OF_DAY, at=clinic.wall, order=clinic.order
    )
    assert clinic.point("1").ticket is None


def test_what_expires_is_marked_so(clinic: Clinic) -> None:
    ticket = clinic.take()
    clinic.pass_time(days=1)
    expired, _ = decide(clinic.hall, StartBusinessDay(), clinic.now)
    ended = evolve(clinic.hall, expired).ticket(ticket.id)
    assert (ended.state, ended.ended_at) == (TicketState.EXPIRED, clinic.wall)


def test_a_new_day_begins_with_empty_lists_and_the_points_as_they_were(clinic: Clinic) -> None:
    clinic.cancel(clinic.take())
    clinic.take()
    clinic.open("1")
    clinic.call("1")
    clinic.pass_time(days=1)
    clinic.do(StartBusinessDay())
    assert (clinic.hall.calls, clinic.hall.ended, dict(clinic.hall.counters)) == ((), (), {})
    assert clinic.point("1").status is PointStatus.ACTIVE


@pytest.mark.parametrize("begun", [True, False], ids=["serving", "called"])
def test_the_one_key_works_over_the_days_end(clinic: Clinic, begun: bool) -> None:
    """The specialist's console still shows yesterday's ticket: the press must not be refused for ever."""
    late = clinic.take()
    clinic.open("1")
    clinic.call("1")
    if begun:
        clinic.start(late)
    clinic.pass_time(days=1)
    assert clinic.do(CallNext(point="1", holding=late.id)) == {"ticket": None, "why": None}
    assert clinic.hall.business_day == TUESDAY
    assert clinic.point("1").ticket is None


@pytest.mark.parametrize("kind", [PausePoint, DeactivatePoint])
def test_a_point_may_pause_or_close_after_the_days_end(
    clinic: Clinic, kind: type[PausePoint | DeactivatePoint]
) -> None:
    clinic.take()
    clinic.open("1")
    clinic.call("1")
    clinic.pass_time(days=1)
    assert clinic.do(kind(point="1"))["point"].ticket is None


@pytest.mark.parametrize("back", [timedelta(minutes=1), timedelta(days=1), timedelta(days=400)], ids=str)
def test_the_day_does_not_move_backwards_when_a_clock_does(clinic: Clinic, back: timedelta) -> None:
    waiting = clinic.take()
    clinic.set_clock(clinic.wall - back)
    assert clinic.happens(StartBusinessDay()) == []
    assert clinic.take().label == "A002"
    assert clinic.ticket(waiting).state is TicketState.WAITING


def test_a_change_of_time_zone_does_not_move_the_day_backwards(clinic: Clinic) -> None:
    clinic.set_clock(datetime(2026, 3, 3, 1, 0, tzinfo=UTC))
    clinic.do(StartBusinessDay())
    clinic.do(DefineHall(name="Far west", time_zone="America/Los_Angeles"))
    assert clinic.happens(StartBusinessDay()) == []
    assert clinic.hall.business_day == TUESDAY


@pytest.mark.parametrize(
    ("zone", "starts", "wall", "day"),
    [
        ("UTC", time(0, 0), datetime(2026, 3, 2, 23, 59, tzinfo=UTC), MONDAY),
        ("UTC", time(0, 0), datetime(2026, 3, 3, 0, 0, tzinfo=UTC), TUESDAY),
        ("UTC", time(4, 0), datetime(2026, 3, 3, 3, 59, tzinfo=UTC), MONDAY),
        ("UTC", time(4, 0), datetime(2026, 3, 3, 4, 0, tzinfo=UTC), TUESDAY),
        ("Asia/Tokyo", time(0, 0), datetime(2026, 3, 2, 14, 59, tzinfo=UTC), MONDAY),
        ("Asia/Tokyo", time(0, 0), datetime(2026, 3, 2, 15, 0, tzinfo=UTC), TUESDAY),
        ("America/Los_Angeles", time(4, 0), datetime(2026, 3, 3, 11, 59, tzinfo=UTC), MONDAY),
    ],
)
def test_a_day_begins_on_the_halls_own_clock(zone: str, starts: time, wall: datetime, day: date) -> None:
    assert business_day(HallSettings(time_zone=zone, day_starts=starts), wall) == day


def test_a_night_when_clocks_change_is_one_night(clinic: Clinic) -> None:
    """Berlin, 25 October 2026: the hour from two to three comes twice, and the day begins at half past two."""
    settings = HallSettings(time_zone="Europe/Berlin", day_starts=time(2, 30))
    clinic.hall = Hall(id="berlin", seq=1, settings=settings, business_day=date(2026, 10, 24))
    clinic.set_clock(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert clinic.do(StartBusinessDay()) == {"business_day": date(2026, 10, 25)}
    clinic.set_clock(datetime(2026, 10, 25, 1, 10, tzinfo=UTC))
    assert business_day(settings, clinic.wall) == date(2026, 10, 24)
    assert clinic.happens(StartBusinessDay()) == []


def test_a_ticket_of_yesterday_is_not_known_today(clinic: Clinic) -> None:
    ticket = clinic.take()
    clinic.pass_time(days=1)
    clinic.do(StartBusinessDay())
    with pytest.raises(Refused, match="in this hall today"):
        clinic.hall.ticket(ticket.id)


@pytest.mark.parametrize("ahead", [1, 365])
def test_a_day_begun_by_a_clock_that_was_ahead_is_put_right_by_one_command(clinic: Clinic, ahead: int) -> None:
    """Everything goes on, numbers too: nobody is sent away, and nobody's number is given a second time."""
    clinic.pass_time(days=ahead)
    first, second = clinic.take(), clinic.take()
    clinic.cancel(first)
    clinic.wall -= timedelta(days=ahead)
    kept = clinic.hall.business_day
    assert kept == MONDAY + timedelta(days=ahead)
    (corrected,) = clinic.happens(CorrectBusinessDay(kept=kept))
    assert set(corrected.tickets_touched()) == {first.id, second.id}
    assert clinic.hall.business_day == MONDAY
    assert (clinic.hall.ticket(second.id).state, clinic.take().label) == (TicketState.WAITING, "A003")
    clinic.pass_time(days=1)
    assert (clinic.take().label, clinic.hall.business_day) == ("A001", TUESDAY)


def test_a_day_that_is_right_is_not_put_right(clinic: Clinic) -> None:
    """Nor one that somebody else has put right meanwhile, nor one that a clock set back by minutes has just left."""
    clinic.refuses(CorrectBusinessDay(kept=MONDAY), BusinessDayRight)
    clinic.refuses(CorrectBusinessDay(kept=TUESDAY), BusinessDayRight)
    clinic.pass_time(days=1)
    clinic.do(StartBusinessDay())
    clinic.refuses(CorrectBusinessDay(kept=MONDAY), BusinessDayRight)
    clinic.wall -= timedelta(days=1)
    clinic.refuses(CorrectBusinessDay(kept=MONDAY), BusinessDayRight)
