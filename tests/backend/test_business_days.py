"""Nights, played through the real backend with a clock in the hand: summer time, midnights, a clock set back."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from shared.backend.http.page_context import menu
from shared.hall.hall import Hall
from shared.hall.values import Moment, Point, Service, frozen
from tests.backend.clocked_backend import night

OFFICE = ["mon-fri 08:00-12:00", "mon-thu 13:00-17:00"]
BAR = ["fri-sun 22:00-04:00"]


def test_the_night_clocks_go_forward(tmp_path: Path) -> None:
    """Berlin, 29 March 2026: two o'clock is three o'clock. The bar is open five hours, and its queue goes on."""
    with night(tmp_path, "2026-03-28T22:00", hours=BAR, day_starts="06:00") as hall:
        assert hall.desk()["closes"] == "2026-03-29T02:00:00.000Z"
        assert hall.take()["label"] == "A001"
        hall.until("2026-03-29T01:59")
        assert hall.take()["label"] == "A002"
        hall.clock.pass_time(minutes=2)
        assert hall.local("2026-03-29T03:01") == hall.clock.wall()
        third = hall.take()
        assert (third["label"], third["issued_at"]) == ("A003", "2026-03-29T01:01:00.000Z")
        called = hall.done("call-next", point="1", holding=None)
        assert called["ticket"]["label"] == "A001"
        assert called["why"]["waited"] == 4 * 3600 + 60
        hall.until("2026-03-29T04:00")
        refused = hall.do("issue-ticket", service="desk")
        assert (refused.status_code, refused.json()["reason"]) == (409, "hours")
        assert refused.json()["opens"] == "2026-03-29T20:00:00Z"
        assert hall.waiting() == ["A001", "A002", "A003"], "closed to newcomers; those who are here are served"
        hall.until("2026-03-29T06:00")
        assert hall.wait("2026-03-29")["tickets"] == []


def test_the_night_clocks_go_back(tmp_path: Path) -> None:
    """Berlin, 25 October 2026: the hour from two to three comes twice, and half past two begins the day, once."""
    hours = ["mon-sun 02:00-03:00"]
    with night(tmp_path, "2026-10-25T01:50", hours=hours, day_starts="02:30") as hall:
        assert not hall.desk()["open"]
        hall.until("2026-10-25T02:00")
        assert hall.desk()["closes"] == "2026-10-25T02:00:00.000Z", "two hours, without a gap"
        assert hall.take()["label"] == "A001"
        hall.until("2026-10-25T02:30")
        assert hall.wait("2026-10-25")["tickets"] == []
        assert hall.take()["label"] == "A001"
        hall.clock.pass_time(minutes=45)  # the wall shows a quarter past two again
        assert hall.take()["label"] == "A002"
        hall.clock.pass_time(minutes=30)  # and a quarter to three: no second beginning of the day
        assert hall.take()["label"] == "A003"
        assert hall.hall()["hall"]["business_day"] == "2026-10-25"
        hall.clock.pass_time(minutes=15)
        assert hall.desk()["opens"] == "2026-10-26T01:00:00.000Z"


def test_midnight_in_a_hall_that_is_open_over_it(tmp_path: Path) -> None:
    """People wait at midnight, and nothing happens to them; the day ends at six."""
    with night(tmp_path, "2026-03-06T23:30", hours=BAR, day_starts="06:00", service={"daily_limit": 2}) as hall:
        hall.take()
        hall.until("2026-03-07T00:30")
        assert hall.take()["label"] == "A002"
        assert hall.waiting() == ["A001", "A002"]
        full = hall.do("issue-ticket", service="desk").json()
        assert (full["type"], full["opens"]) == ("service-full", "2026-03-07T21:00:00Z")
        assert "No more numbers for now. New numbers today at 22:00" in hall.page()
        hall.until("2026-03-07T06:00")
        assert hall.wait("2026-03-07")["tickets"] == []
        hall.until("2026-03-07T22:00")
        assert hall.take()["label"] == "A001", "a new day, a new limit, new numbers"


def test_midnight_in_a_hall_whose_day_ends_then(tmp_path: Path) -> None:
    """Nobody presses anything: the backend ends the day by itself, so that a display clears overnight."""
    with night(tmp_path, "2026-03-02T16:00", hours=OFFICE) as hall:
        waits, served = hall.take(), hall.take()
        hall.done("call-next", point="1", holding=None)
        hall.done("start-service", point="1", ticket=waits["id"])
        before = hall.hall()["seq"]
        hall.until("2026-03-02T23:59")
        assert hall.hall()["seq"] == before
        hall.clock.pass_time(minutes=1)
        cleared = hall.wait("2026-03-03")
        assert (cleared["tickets"], cleared["calls"], cleared["points"][0]["ticket"]) == ([], [], None)
        assert cleared["seq"] == before + 3
        states = [end["type"] for end in _journal(hall, before)]
        assert states == ["ticket-served", "ticket-expired", "business-day-started"]
        assert served["id"] in str(_journal(hall, before)[1])
        hall.clock.pass_time(hours=3)
        assert hall.hall()["seq"] == before + 3, "quiet while there is nothing to do"


def test_a_clock_that_goes_back_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def lines() -> list[str]:
        return [line.getMessage() for line in caplog.records if "went back" in line.getMessage()]

    with night(tmp_path, "2026-03-02T08:30", hours=OFFICE) as hall:
        hall.clock.set_to(hall.local("2026-03-02T08:28"))
        hall.clock.pass_time(minutes=3)
        limit = time.monotonic() + 10
        hall.clock.set_to(hall.local("2026-03-02T07:30"))
        while not lines():
            assert time.monotonic() < limit
            hall.clock.pass_time(seconds=1)
            time.sleep(0.02)
        hall.clock.pass_time(hours=30)
        hall.wait("2026-03-03")
    assert len(lines()) == 1


def test_a_clock_set_back_an_hour_in_the_middle_of_the_day(tmp_path: Path) -> None:
    """The order of calls does not change, the day does not begin again, and the hall is open by its wall."""
    with night(tmp_path, "2026-03-02T08:30", hours=OFFICE) as hall:
        first = hall.take()
        hall.clock.set_to(hall.local("2026-03-02T07:30"))
        refused = hall.do("issue-ticket", service="desk").json()
        assert (refused["type"], refused["opens"]) == ("service-closed", "2026-03-02T07:00:00Z")
        hall.clock.pass_time(minutes=40)
        second = hall.take()
        assert (second["label"], second["due"] - first["due"]) == ("A002", 40 * 60_000)
        assert hall.done("call-next", point="1", holding=None)["ticket"]["id"] == first["id"]
        assert hall.hall()["hall"]["business_day"] == "2026-03-02"


def test_a_clock_set_back_over_midnight_does_not_bring_yesterday_back(tmp_path: Path) -> None:
    with night(tmp_path, "2026-03-02T23:50", hours=[]) as hall:
        hall.take()
        hall.until("2026-03-03T00:10")
        hall.wait("2026-03-03")
        hall.take()
        hall.clock.set_to(hall.local("2026-03-02T23:20"))
        assert hall.take()["label"] == "A002"
        hall.clock.pass_time(minutes=50)
        assert hall.waiting() == ["A001", "A002"], "the third of March begins once"


def test_a_hall_switched_off_over_its_boundary_begins_the_day_when_it_is_back(tmp_path: Path) -> None:
    with night(tmp_path, "2026-03-02T16:00", hours=OFFICE, service={"daily_limit": 2}) as hall:
        hall.take(), hall.take()
        assert not hall.desk()["open"]
    with night(tmp_path, "2026-03-02T16:30") as hall:
        assert hall.desk()["reason"] == "full", "a limit is remembered over a restart"
    with night(tmp_path, "2026-03-05T09:00") as hall:
        assert hall.wait("2026-03-05")["tickets"] == []
        assert hall.take()["label"] == "A001"


def test_public_holidays_close_the_hall_and_the_calendar_goes_on_with_the_years(tmp_path: Path) -> None:
    with night(tmp_path, "2026-12-23T12:30", hours=OFFICE, holidays="DE-BE", languages=["en", "de"]) as hall:
        days = _holidays(hall, "2026-12-25")
        assert days["2026-12-25"]["reason"] == {"en": "Christmas Day", "de": "Erster Weihnachtstag"}
        hall.done("define-day", date="2026-12-28", hours=[], reason={"en": "Stock-taking"})
        hall.until("2026-12-25T09:00")
        assert (hall.desk()["reason"], hall.desk()["opens"]) == ("day", "2026-12-29T07:00:00.000Z")
        assert "Closed today: Christmas Day" in hall.page()
        hall.done("define-day", date="2026-12-25", hours=["09:00-11:00"], reason="")
        assert hall.desk()["open"], "an administrator's word stands above the calendar's"
        hall.until("2027-01-04T08:00")
        hall.wait("2027-01-04")
        assert "2028-01-01" in _holidays(hall, "2028-01-01")


def test_a_country_the_calendar_does_not_know_is_refused_before_anything_happens(tmp_path: Path) -> None:
    with night(tmp_path, "2026-03-02T08:30", hours=OFFICE) as hall:
        for place in ("XX", "DE-XX"):
            refused = hall.do("define-hall", name="Hall", holidays=place)
            assert (refused.status_code, refused.json()["type"]) == (422, "invalid")
            assert "does not know the public holidays" in refused.json()["detail"]
        assert hall.hall()["hall"]["hours"] == OFFICE


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Australia/Lord_Howe", "America/New_York"])
def test_the_day_begins_at_the_halls_own_midnight_wherever_it_is(tmp_path: Path, zone: str) -> None:
    with night(tmp_path, "2026-04-04T23:59", zone=zone, hours=[]) as hall:
        hall.take()
        hall.clock.pass_time(minutes=1)
        hall.wait("2026-04-05")
        assert hall.clock.wall() - hall.local("2026-04-05T00:00") == timedelta()


def test_an_offline_ticket_is_delivered_when_the_connection_is_back(tmp_path: Path) -> None:
    """The kiosk printed it five minutes before noon; the hall hears of it when it is closed, and of a retry too."""
    with night(tmp_path, "2026-03-02T11:50", hours=OFFICE, offline_tickets=True) as hall:
        hall.clock.pass_time(minutes=30)
        printed = {"service": "desk", "origin": "offline", "offline_label": "K2-07", "taken_at": "2026-03-02T10:55:00Z"}
        assert hall.do("issue-ticket", **printed).json()["type"] == "not-allowed", "only a kiosk prints on its own"
        once = {**printed, "command_id": "printed-in-the-dark"}
        answers = [hall.do("issue-ticket", token=hall.kiosk, **once) for _ in range(2)]
        first, again = (answer.json()["result"]["ticket"] for answer in answers)
        assert (first["label"], first["issued_at"]) == ("K2-07", "2026-03-02T10:55:00.000Z")
        assert again == first and hall.waiting() == ["K2-07"]
        other = hall.do("issue-ticket", token=hall.kiosk, **printed).json()["result"]["ticket"]
        assert other["label"].startswith("K2-07 "), "another kiosk printed it too: it is called with its time"
        hall.until("2026-03-03T00:00")
        hall.wait("2026-03-03")
        late = hall.do("issue-ticket", token=hall.kiosk, **{**printed, "offline_label": "K2-08"})
        assert (late.status_code, late.json()["type"]) == (409, "taken-too-early")


def test_a_phone_is_told_when_a_service_opens_before_it_asks_and_after(tmp_path: Path) -> None:
    service = {"hours": ["mon-fri 08:00-10:00"]}
    with night(tmp_path, "2026-03-02T09:50", hours=OFFICE, service=service, languages=["en", "de"]) as hall:
        assert "What do you need today?" in hall.page()
        hall.clock.pass_time(minutes=20)
        page = hall.page()
        assert "Closed at the moment. Opens tomorrow at 08:00" in page
        assert "<button" not in page
        late = requests.get(f"{hall.base}/h/hall/s/desk?lang=de", timeout=10)
        assert late.status_code == 409
        assert "Öffnet morgen um 08:00" in late.text
        hall.until("2026-03-06T18:00")
        assert "Mon–Thu  08:00–12:00, 13:00–17:00" in hall.page(), "a closed hall shows its hours"


def test_a_page_is_made_anew_when_the_time_has_come(tmp_path: Path) -> None:
    """A phone that follows the menu hears of it with the next beat, though nothing has happened."""
    opens = datetime(2026, 3, 2, 8, tzinfo=UTC)
    hall = Hall(
        id="hall",
        services=frozen({"desk": Service(id="desk", name="Desk", prefix="A", hours=("mon 08:00-10:00",))}),
        points=frozen({"1": Point(id="1", serial_number=1, name="Counter 1", services=("desk",))}),
    )
    keys = [menu(hall, Moment(opens + timedelta(minutes=minutes), 0)).key for minutes in (-10, -1, 0, 60, 120)]
    assert keys[0] == keys[1] != keys[2] == keys[3] != keys[4]


def _journal(hall, after: int) -> list[dict[str, str]]:
    """What has happened since an event, as the feed tells it."""
    found: list[dict[str, str]] = []
    path = f"{hall.base}/api/v1/halls/hall/events?after={after}"
    with hall.session.get(path, stream=True, timeout=10) as stream:
        for line in stream.iter_lines(decode_unicode=True):
            if line.startswith("event: "):
                found.append({"type": line.removeprefix("event: ")})
            elif line.startswith("data: "):
                found[-1]["data"] = line
                if found[-1]["type"] == "business-day-started":
                    return found
    return found


def _holidays(hall, wanted: str) -> dict[str, dict]:
    """The calendar of the hall, once it has this date: the clock brings it."""
    limit = time.monotonic() + 10
    while wanted not in (days := {day["date"]: day for day in hall.hall()["holidays"]}):
        assert time.monotonic() < limit, days
        time.sleep(0.02)
    return days
