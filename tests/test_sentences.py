"""Sentences about opening are true on the hall's own calendar, at every hour of its business day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.customer_sentences import closed, opens_after
from shared.hall.errors import Refused
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.opening import require_open, state
from shared.hall.values import Point, Service, frozen

DESK = Service(id="desk", name="Desk", prefix="A", daily_limit=1)


def full(*hours: str) -> Hall:
    """The one number of Monday 2 March is given; Monday lasts until four in the morning."""
    settings = HallSettings(name="Hall", time_zone="Europe/Berlin", day_starts=time(4), hours=hours)
    point = Point(id="1", serial_number=1, name="Counter 1", services=("desk",))
    hall = Hall(id="hall", settings=settings, services=frozen({"desk": DESK}), points=frozen({"1": point}))
    return replace(hall, business_day=date(2026, 3, 2), taken=frozen({"desk": 1}))


def berlin(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "now", "said"),
    [
        ((), "2026-03-02T15:00", "No more numbers today. New numbers tomorrow at 04:00"),
        ((), "2026-03-03T02:00", "No more numbers for now. New numbers today at 04:00"),
        (("mon-sun 22:00-02:00",), "2026-03-03T01:30", "No more numbers for now. New numbers today at 22:00"),
        (("mon-fri 08:00-17:00",), "2026-03-02T15:00", "No more numbers today. New numbers tomorrow at 08:00"),
        (("mon,thu 08:00-17:00",), "2026-03-02T15:00", "No more numbers today. Opens on Thursday at 08:00"),
    ],
)
def test_a_service_without_numbers_says_when_there_are_new_ones(hours: tuple[str, ...], now: str, said: str) -> None:
    hall = full(*hours)
    assert closed("en", hall, state(hall, DESK, berlin(now)), berlin(now)) == said


def test_a_refused_ticket_says_the_same_and_never_a_time_that_has_passed() -> None:
    hall, now = full(), berlin("2026-03-03T02:00")
    with pytest.raises(Refused) as refused:
        require_open(hall, DESK, now)
    assert "today" not in refused.value.detail
    assert opens_after("en", hall.settings, refused.value, now) == "New numbers today at 04:00"
    assert opens_after("en", hall.settings, refused.value, now + timedelta(hours=3)) == ""
    unknown = refused.value.more(reason="of a later version")
    assert opens_after("en", hall.settings, unknown, now) == "Opens today at 04:00"
