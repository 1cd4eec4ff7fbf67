"""When a hall is open: in every zone, on both days when clocks change, over midnight, and with its limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.hall.errors import Invalid, ServiceClosed, ServiceClosing, ServiceFull
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.hours_grammar import Day, Span, week
from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import encode_hall
from shared.hall.opening import OPEN, Opening, Reason, by_hours, day_begins, day_ends, open_spans, open_times, state
from shared.hall.set_up import DefineHall, DefineService
from shared.hall.time_zones import instant
from shared.hall.values import Point, Service, frozen
from tests.hall.builders import MORNING, Clinic

BERLIN, NEW_YORK, KOLKATA = "Europe/Berlin", "America/New_York", "Asia/Kolkata"
APIA, LORD_HOWE = "Pacific/Apia", "Australia/Lord_Howe"
ZONES = (BERLIN, NEW_YORK, KOLKATA, APIA, LORD_HOWE)

OFFICE = ("mon-fri 08:00-12:00", "mon-thu 13:00-17:00")
BAR = ("fri-sat 22:00-04:00",)

SERVICE = Service(id="desk", name="Desk", prefix="A")
POINT = Point(id="1", serial_number=1, name="Counter 1", services=("desk",))


def hall(*hours: str, zone: str = BERLIN, **about) -> Hall:
    settings = HallSettings(hours=hours, time_zone=zone, **about.pop("settings", {}))
    return Hall(
        id="office", seq=1, settings=settings, services=frozen({"desk": SERVICE}), points=frozen({"1": POINT}), **about
    )


def at(text: str, zone: str = BERLIN) -> datetime:
    """A time on the hall's own clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


# ── a usual week ──


def test_a_hall_without_hours_is_always_open() -> None:
    assert state(hall(), SERVICE, MORNING) == OPEN


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("moment", "opens", "closes"),
    [
        ("2026-03-02 07:59", "2026-03-02 08:00", None),
        ("2026-03-02 08:00", None, "2026-03-02 12:00"),
        ("2026-03-02 11:59", None, "2026-03-02 12:00"),
        ("2026-03-02 12:00", "2026-03-02 13:00", None),
        ("2026-03-02 17:00", "2026-03-03 08:00", None),
        ("2026-03-06 12:00", "2026-03-09 08:00", None),
    ],
)
def test_hours_stand_on_the_halls_own_clock(zone: str, moment: str, opens: str | None, closes: str | None) -> None:
    shown = state(hall(*OFFICE, zone=zone), SERVICE, at(moment, zone))
    assert shown.open is (opens is None)
    assert shown.opens == (at(opens, zone) if opens else None)
    assert shown.closes == (at(closes, zone) if closes else None)
    assert shown.reason is (Reason.HOURS if opens else None)


def test_a_span_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    bar = hall(*BAR)
    assert state(bar, SERVICE, at("2026-03-08 03:59")).closes == at("2026-03-08 04:00")  # a Sunday
    assert state(bar, SERVICE, at("2026-03-08 04:00")).opens == at("2026-03-13 22:00")


def test_round_the_clock_never_closes() -> None:
    shown = state(hall("mon-sun 00:00-24:00"), SERVICE, MORNING)
    assert (shown.open, shown.closes) == (True, None)


def test_a_service_is_given_when_its_own_hours_and_the_halls_allow_it() -> None:
    service = replace(SERVICE, hours=("mon-fri 10:00-15:00",))
    office = hall(*OFFICE)
    assert state(office, service, at("2026-03-02 08:30")).opens == at("2026-03-02 10:00")
    assert state(office, service, at("2026-03-02 10:00")).closes == at("2026-03-02 12:00")
    assert state(office, service, at("2026-03-02 12:00")).opens == at("2026-03-02 13:00")
    assert state(office, service, at("2026-03-02 15:00")).opens == at("2026-03-03 10:00")


def test_a_service_that_can_never_be_open_knows_no_time() -> None:
    never = replace(SERVICE, hours=("sun 10:00-15:00",))
    assert state(hall(*OFFICE), never, MORNING) == Opening(open=False, reason=Reason.HOURS)


def test_a_service_that_is_off_says_so_whatever_the_time() -> None:
    off = replace(SERVICE, on=False)
    assert state(hall(*OFFICE), off, at("2026-03-02 07:00")) == Opening(open=False, reason=Reason.OFF)


# ── exceptional days ──


def test_a_day_apart_is_closed_or_has_hours_of_its_own() -> None:
    apart = {
        date(2026, 3, 3): Day(date=date(2026, 3, 3), reason={"en": "Staff outing"}),
        date(2026, 3, 7): Day(date=date(2026, 3, 7), hours=("10:00-14:00",), reason="Open Saturday"),
    }
    office = hall(*OFFICE, days=frozen(apart))
    tuesday = state(office, SERVICE, at("2026-03-03 09:00"))
    assert (tuesday.reason, tuesday.words) == (Reason.DAY, {"en": "Staff outing"})
    assert tuesday.opens == at("2026-03-04 08:00")
    assert state(office, SERVICE, at("2026-03-07 10:00")).closes == at("2026-03-07 14:00")
    assert state(office, SERVICE, at("2026-03-07 09:00")).opens == at("2026-03-07 10:00")


def test_a_day_apart_closes_a_hall_without_hours_too() -> None:
    closed = hall(days=frozen({date(2026, 3, 3): Day(date=date(2026, 3, 3))}))
    assert state(closed, SERVICE, at("2026-03-03 12:00")).opens == at("2026-03-04 00:00")
    assert state(closed, SERVICE, at("2026-03-02 23:59")).closes == at("2026-03-03 00:00")


def test_the_night_before_a_closed_day_ends_when_it_always_does() -> None:
    bar = hall(*BAR, days=frozen({date(2026, 3, 7): Day(date=date(2026, 3, 7))}))
    assert state(bar, SERVICE, at("2026-03-07 03:00")).open
    assert not state(bar, SERVICE, at("2026-03-07 23:00")).open


def test_an_administrators_day_stands_above_a_public_holiday() -> None:
    day = date(2026, 4, 3)
    office = hall(*OFFICE, holidays=frozen({day: Day(date=day, reason="Good Friday")}))
    assert state(office, SERVICE, at("2026-04-03 09:00")).words == "Good Friday"
    ours = replace(office, days=frozen({day: Day(date=day, hours=("09:00-11:00",))}))
    assert state(ours, SERVICE, at("2026-04-03 09:00")).open


def test_a_hall_closed_for_months_knows_when_it_opens() -> None:
    summer = {date(2026, 6, 1) + timedelta(days=n): Day(date=date(2026, 6, 1) + timedelta(days=n)) for n in range(92)}
    assert state(hall(*OFFICE, days=frozen(summer)), SERVICE, at("2026-06-01 09:00")).opens == at("2026-09-01 08:00")


# ── the days clocks change ──


@pytest.mark.parametrize(
    ("zone", "day", "written", "start", "length"),
    [
        # Berlin skips 02:00-03:00 on 29 March and shows it twice on 25 October.
        (BERLIN, "2026-03-29", ("01:00", "05:00"), "2026-03-29T00:00Z", 3),
        (BERLIN, "2026-03-29", ("02:30", "05:00"), "2026-03-29T01:00Z", 2),
        (BERLIN, "2026-03-29", ("01:00", "02:30"), "2026-03-29T00:00Z", 1),
        (BERLIN, "2026-03-29", ("02:00", "03:00"), "2026-03-29T01:00Z", 1),
        (BERLIN, "2026-03-29", ("02:15", "02:45"), "2026-03-29T01:00Z", 0.5),
        (BERLIN, "2026-10-25", ("01:00", "05:00"), "2026-10-24T23:00Z", 5),
        (BERLIN, "2026-10-25", ("02:00", "02:30"), "2026-10-25T00:00Z", 0.5),
        (BERLIN, "2026-10-25", ("02:30", "03:00"), "2026-10-25T00:30Z", 1.5),
        (NEW_YORK, "2026-03-08", ("02:00", "03:00"), "2026-03-08T07:00Z", 1),
        (NEW_YORK, "2026-11-01", ("01:00", "02:00"), "2026-11-01T05:00Z", 2),
        (KOLKATA, "2026-03-29", ("02:00", "03:00"), "2026-03-28T20:30Z", 1),
        # Lord Howe moves by half an hour: back at 02:00 to 01:30, on at 02:00 to 02:30.
        (LORD_HOWE, "2026-04-05", ("01:30", "02:00"), "2026-04-04T14:30Z", 1),
        (LORD_HOWE, "2026-10-04", ("02:00", "02:30"), "2026-10-03T15:30Z", 0.5),
        (LORD_HOWE, "2026-10-04", ("01:00", "03:00"), "2026-10-03T14:30Z", 1.5),
        (APIA, "2011-12-29", ("22:00", "24:00"), "2011-12-30T08:00Z", 2),
    ],
)
def test_a_span_happens_once_when_clocks_change(
    zone: str, day: str, written: tuple[str, str], start: str, length: float
) -> None:
    first, last = (int(text[:2]) * 60 + int(text[3:]) for text in written)
    (only,) = open_spans(zone, date.fromisoformat(day), (Span(first, last),))
    assert only.start == datetime.fromisoformat(start)
    assert only.end - only.start == hours(length)


def test_a_date_that_a_zone_left_out_has_no_hours() -> None:
    """Samoa went from the 29th straight to the 31st of December 2011."""
    assert open_spans(APIA, date(2011, 12, 30), (Span(480, 720),)) == ()
    closed = state(hall("mon-sun 08:00-12:00", zone=APIA), SERVICE, at("2011-12-29 12:00", APIA))
    assert closed.opens == at("2011-12-31 08:00", APIA) == datetime(2011, 12, 30, 18, tzinfo=UTC)


def test_a_night_of_the_bar_is_an_hour_shorter_and_longer_when_clocks_change() -> None:
    spring, autumn = (open_spans(BERLIN, date(2026, *day), (Span(22 * 60, 28 * 60),))[0] for day in ((3, 28), (10, 24)))
    assert (spring.end - spring.start, autumn.end - autumn.start) == (hours(5), hours(7))


def test_a_clock_set_back_or_forward_shows_what_is_true_at_that_time() -> None:
    office = hall(*OFFICE, business_day=date(2026, 3, 3))
    assert state(office, SERVICE, at("2026-03-03 09:00")).open
    assert state(office, SERVICE, at("2026-03-02 09:00")).open, "a day back: still by the hours of that weekday"
    assert not state(office, SERVICE, at("2026-03-03 19:00")).open


# ── the business day's ends ──


def test_the_business_day_ends_at_the_jump_when_its_time_is_skipped() -> None:
    settings = {"day_starts": time(2, 30)}
    assert day_begins(hall(settings=settings).settings, date(2026, 3, 29)) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert day_begins(hall(settings=settings).settings, date(2026, 10, 25)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_clock_set_back_does_not_shorten_the_day_that_is_kept() -> None:
    kept = hall(business_day=date(2026, 3, 3))
    assert day_ends(kept, at("2026-03-02 09:00")) == day_ends(kept, at("2026-03-03 09:00")) == at("2026-03-04 00:00")


# ── properties ──

moments = st.integers(0, 16 * 365 * 24 * 60).map(
    lambda minutes: datetime(2011, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
near_changes = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2026, 3, 29, 1, tzinfo=UTC),
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            datetime(2026, 3, 8, 7, tzinfo=UTC),
            datetime(2026, 11, 1, 6, tzinfo=UTC),
            datetime(2026, 4, 4, 15, tzinfo=UTC),
            datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
            datetime(2011, 12, 30, 10, tzinfo=UTC),
        ]
    ),
    st.integers(-600, 600),
)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _pieces(cuts: list[int]) -> tuple[str, ...]:
    """Every second span between cuts through a week, in quarters of an hour, as somebody would write it."""
    minutes = sorted({cut * 15 for cut in cuts})
    written = []
    for start, end in zip(minutes[::2], minutes[1::2], strict=False):
        if end - start <= 24 * 60:
            until = "24:00" if end % 1440 == 0 else _clock(end)
            written.append(f"{NAMES[start // 1440]} {_clock(start)}-{until}")
    return tuple(written)


weeks = st.lists(st.integers(0, 7 * 24 * 4 - 1), max_size=20).map(_pieces)


@given(st.sampled_from(ZONES), weeks, weeks, st.one_of(moments, near_changes))
def test_open_and_closed_agree_with_a_list_of_the_times(zone: str, ours, theirs, moment: datetime) -> None:
    """`opens` is the first open instant, `closes` the first closed one, and never is it open and closed at once."""
    office, service = _hall(zone, ours), replace(SERVICE, hours=_accepted(theirs))
    shown = by_hours(office, service, moment)
    first = moment.astimezone(ZoneInfo(zone)).date() - timedelta(days=3)
    found = open_times(office, service, first, 20) if office.settings.hours or service.hours else []
    inside = [one for one in found if one.start <= moment < one.end]
    if not (office.settings.hours or service.hours):
        assert shown == OPEN
        return
    assert shown.open is bool(inside)
    later = [one.start for one in found if one.start > moment]
    if inside:
        assert shown.opens is None and shown.closes in (inside[0].end, None)
        if shown.closes:
            assert not by_hours(office, service, shown.closes).open
            assert by_hours(office, service, shown.closes - timedelta(milliseconds=1)).open
    elif later:
        assert shown.opens == later[0] and shown.closes is None
        assert by_hours(office, service, shown.opens).open
        assert not by_hours(office, service, shown.opens - timedelta(milliseconds=1)).open


@given(st.sampled_from(ZONES), weeks, st.one_of(moments, near_changes))
def test_the_lengths_of_a_days_spans_add_up_to_what_is_open(zone: str, pieces, moment: datetime) -> None:
    """Cut at any time, a span is its two halves: nothing twice, nothing lost, unless a jump swallows a half whole."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    midnight = datetime.combine(day, time())
    cuts = [instant(zone, midnight + timedelta(minutes=minutes)) for minutes in range(0, 1441, 15)]
    assert cuts == sorted(cuts)
    whole = open_spans(zone, day, (Span(0, 1440),))
    if not whole:
        assert cuts[0] == cuts[-1]
        return
    parts = [
        open_spans(zone, day, (Span(minutes, minutes + 15),))[0]
        for minutes, start, end in zip(range(0, 1440, 15), cuts, cuts[1:], strict=False)
        if start < end
    ]
    assert sum((part.end - part.start for part in parts), timedelta()) == whole[0].end - whole[0].start


def _accepted(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """The pieces that do not overlap those before them."""
    kept: tuple[str, ...] = ()
    for piece in pieces:
        try:
            week((*kept, piece))
        except Invalid:
            continue
        kept = (*kept, piece)
    return kept


def _hall(zone: str, pieces: tuple[str, ...]) -> Hall:
    return hall(*_accepted(pieces), zone=zone)


# ── refusals ──


def test_a_closed_service_is_refused_with_the_time_it_opens(clinic: Clinic) -> None:
    clinic.do(DefineHall(name="Clinic", languages=("en", "de"), hours=("mon-fri 10:00-12:00",)))
    refused = clinic.refuses(IssueTicket(service="registration"), ServiceClosed)
    assert refused.about == {"service": "registration", "reason": "hours", "opens": "2026-03-02T10:00:00Z"}
    clinic.pass_time(minutes=60)
    assert clinic.take().label == "A001"


def test_programs_see_why_a_service_is_closed_and_until_when(clinic: Clinic) -> None:
    clinic.do(DefineHall(name="Clinic", languages=("en", "de"), hours=("mon-fri 10:00-12:00",)))
    shown = encode_hall(clinic.hall, clinic.wall)["services"][0]
    assert (shown["open"], shown["reason"], shown["opens"]) == (False, "hours", "2026-03-02T10:00:00.000Z")
    shown = encode_hall(clinic.hall, clinic.wall + hours(1))["services"][0]
    assert (shown["open"], shown["reason"], shown["closes"]) == (True, None, "2026-03-02T12:00:00.000Z")


# ── the daily limit ──


@pytest.fixture
def limited(clinic: Clinic) -> Clinic:
    """Two registrations a day, from nine to five."""
    clinic.do(DefineHall(name="Clinic", languages=("en", "de"), hours=("mon-fri 08:00-17:00",)))
    clinic.do(DefineService(id="registration", name="Registration", prefix="A", daily_limit=2))
    return clinic


def test_a_daily_limit_is_refused_until_the_next_day_it_is_open(limited: Clinic) -> None:
    limited.take(), limited.take()
    refused = limited.refuses(IssueTicket(service="registration"), ServiceFull)
    assert refused.about == {"service": "registration", "reason": "full", "opens": "2026-03-03T08:00:00Z"}
    limited.pass_time(days=1)
    assert limited.take().label == "A001"


def test_a_hall_without_hours_is_full_until_its_day_ends(clinic: Clinic) -> None:
    clinic.do(DefineService(id="registration", name="Registration", prefix="A", daily_limit=1))
    clinic.take()
    assert state(clinic.hall, clinic.hall.services["registration"], clinic.wall).opens == at("2026-03-03 00:00", "UTC")
    assert state(clinic.hall, clinic.hall.services["registration"], at("2026-03-03 00:00", "UTC")).open


def test_a_ticket_given_up_does_not_count(limited: Clinic) -> None:
    limited.cancel(limited.take())
    limited.take(), limited.take()
    limited.refuses(IssueTicket(service="registration"), ServiceFull)


def test_the_same_press_again_counts_once(limited: Clinic) -> None:
    press = IssueTicket(service="registration")
    limited.do(press), limited.do(press)
    limited.take()
    limited.refuses(IssueTicket(service="registration"), ServiceFull)


def test_a_ticket_sent_on_counts_where_it_was_taken(limited: Clinic) -> None:
    """And given up after that, it is given back there."""
    sent = limited.take()
    limited.open("1", "2")
    limited.call("1")
    limited.transfer(sent, to_service="tests")
    assert dict(limited.hall.taken) == {"registration": 1}
    came = limited.take("tests")
    limited.call("2"), limited.call("2")
    limited.transfer(came, to_service="registration")
    assert dict(limited.hall.taken) == {"registration": 1, "tests": 1}
    limited.cancel(came)
    assert dict(limited.hall.taken) == {"registration": 1, "tests": 0}


def test_served_and_missed_tickets_count(limited: Clinic) -> None:
    limited.open("1")
    limited.take()
    called = limited.call("1")
    assert called
    limited.no_show(called)
    limited.take()
    limited.call("1"), limited.call("1")
    limited.refuses(IssueTicket(service="registration"), ServiceFull)


# ── the last ticket ──


@pytest.fixture
def closing(clinic: Clinic) -> Clinic:
    """Open until ten, with an hour to go; a visit takes twenty minutes until the day has shown it."""
    clinic.do(DefineHall(name="Clinic", languages=("en", "de"), hours=("mon-fri 08:00-10:00",), last_ticket=True))
    clinic.do(DefineService(id="registration", name="Registration", prefix="A", visit_minutes=20))
    return clinic


def test_the_last_ticket_is_the_one_that_fits_before_closing(closing: Clinic) -> None:
    closing.open("1")
    for _ in range(4):
        closing.take()
    refused = closing.refuses(IssueTicket(service="registration"), ServiceClosing)
    assert refused.about == {"service": "registration", "reason": "closing", "opens": "2026-03-03T08:00:00Z"}


def test_more_active_points_take_more(closing: Clinic) -> None:
    closing.open("1", "2")
    for _ in range(7):
        closing.take()
    closing.refuses(IssueTicket(service="registration"), ServiceClosing)


def test_the_day_shows_how_long_a_visit_takes(closing: Clinic) -> None:
    closing.open("1")
    closing.take()
    closing.call("1")
    closing.pass_time(minutes=1)
    closing.call("1")
    assert closing.hall.visits["registration"].seconds == 60
    for _ in range(40):
        closing.take()


def test_without_the_rule_nobody_is_refused_before_closing(closing: Clinic) -> None:
    closing.do(DefineHall(name="Clinic", languages=("en", "de"), hours=("mon-fri 08:00-10:00",)))
    for _ in range(9):
        closing.take()


@pytest.mark.parametrize("usual", [(), ("mon-sun 00:00-24:00",), ("mon 08:00-02:00",)], ids=str)
def test_a_hall_that_stays_open_over_the_end_of_its_day_has_no_last_ticket(
    closing: Clinic, usual: tuple[str, ...]
) -> None:
    closing.do(DefineHall(name="Clinic", languages=("en", "de"), hours=usual, last_ticket=True))
    for _ in range(60):
        closing.take()


def test_a_break_is_not_the_closing(closing: Clinic) -> None:
    """But nobody is served in it."""
    break_at_ten = ("mon-fri 08:00-10:00, 11:00-12:00",)
    closing.do(DefineHall(name="Clinic", languages=("en", "de"), hours=break_at_ten, last_ticket=True))
    for _ in range(7):
        closing.take()
    closing.refuses(IssueTicket(service="registration"), ServiceClosing)


def test_a_day_that_ends_unnoticed_forgets_what_waited(closing: Clinic) -> None:
    for _ in range(4):
        closing.take()
    closing.pass_time(days=1)
    assert state(closing.hall, closing.hall.services["registration"], closing.wall).open
    assert closing.take().label == "A001"


def test_visits_cut_by_the_days_end_say_nothing_about_how_long_one_takes(closing: Clinic) -> None:
    served = closing.take()
    closing.open("1")
    closing.call("1")
    closing.start(served)
    closing.pass_time(days=1)
    closing.take()
    assert dict(closing.hall.visits) == {}
