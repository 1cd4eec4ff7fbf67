"""Ticket labels: unique among live tickets, started again only by a new day."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.backend.storage import tables
from shared.hall.business_day import StartBusinessDay
from shared.hall.errors import (
    Invalid,
    LabelTaken,
    NoLabelLeft,
    NotAllowed,
    OfflineNotAllowed,
    PrefixTaken,
    Refused,
    ServiceClosed,
    StillInUse,
    TakenTooEarly,
)
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.labels import Series
from shared.hall.roles import Actor, Role
from shared.hall.rules import allow
from shared.hall.set_up import DefineHall, DefinePrecedence, DefineService, RetireService
from shared.hall.values import Origin, frozen
from tests.hall.builders import MORNING, Clinic

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
    clinic.provide("xray")
    assert [clinic.take().label, clinic.take("xray").label] == ["A001", "A0001"]


def test_a_prefix_given_to_another_service_goes_on_counting(clinic: Clinic) -> None:
    clinic.take("registration")
    clinic.do(DefineService(id="registration", name="Registration", prefix="R"))
    clinic.do(DefineService(id="xray", name="X-ray", prefix="A"))
    clinic.provide("xray")
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


# ── series ──


def define(clinic: Clinic, service: str, prefix: str, **numbers: Any) -> None:
    clinic.do(DefineService(id=service, name=service, prefix=prefix, **numbers))
    if service not in {given for point in clinic.hall.points.values() for given in point.services}:
        clinic.provide(service)


def labels(clinic: Clinic, *services: str) -> list[str]:
    return [clinic.take(service).label for service in services]


@pytest.mark.parametrize(("digits", "shown"), [(2, "X42"), (3, "X042"), (4, "X0042")])
def test_a_service_says_how_many_digits_its_numbers_have(clinic: Clinic, digits: int, shown: str) -> None:
    define(clinic, "xray", "X", first=42, digits=digits)
    assert labels(clinic, "xray") == [shown]


def test_a_range_goes_round_past_labels_still_alive(clinic: Clinic) -> None:
    define(clinic, "registration", "R")
    define(clinic, "xray", "A", first=0, last=2)
    first = clinic.take("xray")
    clinic.cancel(clinic.take("xray"))
    assert [first.label, *labels(clinic, "xray", "xray")] == ["A000", "A002", "A001"]
    clinic.refuses(IssueTicket(service="xray"), NoLabelLeft)


def test_services_may_give_parts_of_one_letter(clinic: Clinic) -> None:
    define(clinic, "registration", "A", last=499)
    define(clinic, "xray", "A", first=500, last=599)
    assert labels(clinic, "registration", "xray", "registration", "xray") == ["A001", "A500", "A002", "A501"]


@pytest.mark.parametrize(
    "numbers",
    [
        {"prefix": "A"},
        {"prefix": "A", "first": 999, "last": 999},
        {"prefix": "A", "first": 42, "last": 42, "digits": 2},
        {"prefix": "A", "digits": 4},
        {"prefix": "A0", "digits": 2},
    ],
    ids=str,
)
def test_the_same_number_of_two_services_is_refused(clinic: Clinic, numbers: dict[str, Any]) -> None:
    refused = clinic.refuses(DefineService(id="xray", name="X", **numbers), PrefixTaken)
    assert refused.about == {"service": "registration", "field": "prefix"}


@pytest.mark.parametrize(
    "numbers",
    [{"digits": 1}, {"digits": 5}, {"first": 5, "last": 4}, {"first": -1}, {"last": 100, "digits": 2}, {"first": 1000}],
    ids=str,
)
def test_numbers_that_cannot_be_are_refused(clinic: Clinic, numbers: dict[str, int]) -> None:
    clinic.refuses(DefineService(id="xray", name="X", prefix="X", **numbers), Invalid)


def test_services_share_numbers_when_they_say_so(clinic: Clinic) -> None:
    define(clinic, "xray", "A", shares_numbers_with="registration")
    assert labels(clinic, "registration", "xray", "registration") == ["A001", "A002", "A003"]


def test_those_who_share_follow_when_the_numbers_change(clinic: Clinic) -> None:
    define(clinic, "xray", "A", shares_numbers_with="registration")
    clinic.take("xray")
    define(clinic, "registration", "R", first=10, digits=2)
    assert clinic.hall.services["xray"].prefix == "R"
    assert labels(clinic, "xray", "registration") == ["R10", "R11"]


@pytest.mark.parametrize(
    ("service", "about"),
    [
        ("xray", {"prefix": "X", "shares_numbers_with": "registration"}),
        ("xray", {"prefix": "X", "shares_numbers_with": "xray"}),
        ("other", {"prefix": "A", "shares_numbers_with": "xray"}),
        ("registration", {"prefix": "B", "shares_numbers_with": "tests"}),
    ],
)
def test_sharing_goes_one_step_under_one_letter(clinic: Clinic, service: str, about: dict[str, Any]) -> None:
    define(clinic, "xray", "A", shares_numbers_with="registration")
    clinic.refuses(DefineService(id=service, name="X", **about), Invalid)


def test_a_service_whose_numbers_are_shared_stays(clinic: Clinic) -> None:
    define(clinic, "xray", "A", shares_numbers_with="registration")
    clinic.refuses(RetireService(service="registration"), StillInUse)
    clinic.refuses(DefineService(id="xray", name="X", prefix="A"), PrefixTaken)
    define(clinic, "xray", "X")
    clinic.do(RetireService(service="registration"))


def test_after_a_change_of_numbering_labels_pass_those_still_alive(clinic: Clinic) -> None:
    labels(clinic, "registration", "registration", "registration")
    define(clinic, "registration", "A", first=2)
    assert labels(clinic, "registration") == ["A004"]


action_lists = st.lists(
    st.tuples(st.sampled_from(["take", "take", "take", "end", "define", "day"]), st.integers(0, 99)), max_size=60
)


@given(action_lists)
def test_live_tickets_never_share_a_label_and_counters_go_back_only_to_start_again(
    actions: list[tuple[str, int]],
) -> None:
    """Small ranges, shared and split, changed in the middle of the day."""
    story, last = clinic_of(), {}
    for action, number in actions:
        alive = [*story.hall.tickets.values()]
        if action == "end" and alive:
            story.cancel(alive[number % len(alive)])
        elif action == "day":
            story.pass_time(days=1)
            story.do(StartBusinessDay())
            last = {}
        elif action == "define":
            last = {}
            with suppress(Refused):
                define(story, ("a", "b")[number % 2], "A", first=number % 4, last=4 + number % 5, digits=2)
        else:
            with suppress(NoLabelLeft):
                ticket = story.take(("a", "b", "c")[number % 3])
                counter = story.hall.counters
                assert all(value >= last.get(key, 0) for key, value in counter.items())
                last = dict(counter)
                assert ticket.label.startswith("A")
        shown = [ticket.label for ticket in story.hall.tickets.values()]
        assert len(shown) == len(set(shown))


def clinic_of() -> Clinic:
    """a gives A01-A09, b gives A10-A12, c shares with a."""
    story = Clinic()
    story.do(DefineHall(name="Small"))
    story.do(DefinePrecedence(id="regular", name="Regular", allowance=30))
    define(story, "a", "A", last=9, digits=2)
    define(story, "b", "A", first=10, last=12, digits=2)
    define(story, "c", "A", shares_numbers_with="a")
    return story


# ── offline ──

PRINTED = MORNING + timedelta(minutes=10)


@pytest.fixture
def offline(clinic: Clinic) -> Clinic:
    """A hall whose kiosks may print on their own; half an hour has passed since it opened."""
    clinic.do(DefineHall(name="Clinic", languages=("en", "de"), offline_tickets=True, hours=("mon-fri 09:00-09:20",)))
    clinic.pass_time(minutes=30)
    return clinic


def printed(label: str = "K2-07", at: datetime = PRINTED, **about: Any) -> IssueTicket:
    return IssueTicket(
        **{"service": "registration", "origin": Origin.OFFLINE, "offline_label": label, "taken_at": at, **about}
    )


def test_the_label_on_paper_is_the_label_that_is_called(offline: Clinic) -> None:
    ticket = offline.do(printed())["ticket"]
    assert (ticket.label, ticket.origin, ticket.issued_at) == ("K2-07", Origin.OFFLINE, PRINTED)
    assert dict(offline.hall.counters) == {}
    assert dict(offline.hall.taken) == {"registration": 1}


def test_an_offline_ticket_is_due_as_if_the_hall_had_heard_at_once(offline: Clinic) -> None:
    assert offline.do(printed())["ticket"].due == (10 + 30) * 60_000


def test_a_kiosks_clock_that_runs_ahead_gains_and_loses_nothing(offline: Clinic) -> None:
    offline.do(DefineHall(name="Clinic", languages=("en", "de"), offline_tickets=True))
    ticket = offline.do(printed(at=MORNING + timedelta(hours=5)))["ticket"]
    assert (ticket.issued_at, ticket.due) == (offline.wall, (30 + 30) * 60_000)


def test_the_hall_need_not_be_open_when_the_connection_is_back(offline: Clinic) -> None:
    offline.refuses(IssueTicket(service="registration"), ServiceClosed)
    assert offline.do(printed())["ticket"].label == "K2-07"
    refused = offline.refuses(printed("K2-08", at=MORNING + timedelta(minutes=25)), ServiceClosed)
    assert refused.about == {"service": "registration"}


def test_a_limit_reached_meanwhile_does_not_take_a_ticket_out_of_a_hand(offline: Clinic) -> None:
    offline.do(DefineService(id="registration", name="R", prefix="A", daily_limit=1, on=False))
    offline.do(printed("K2-07"))
    assert offline.do(printed("K2-08"))["ticket"].label == "K2-08"


def test_a_number_of_yesterday_is_refused(offline: Clinic) -> None:
    offline.pass_time(days=1)
    offline.refuses(printed(), TakenTooEarly)


def test_a_clock_set_back_does_not_make_todays_numbers_yesterdays(offline: Clinic) -> None:
    offline.do(StartBusinessDay())
    offline.set_clock(MORNING - timedelta(days=1, minutes=-15))
    offline.do(DefineHall(name="Clinic", languages=("en", "de"), offline_tickets=True))
    assert offline.do(printed(at=MORNING - timedelta(days=1)))["ticket"].label == "K2-07"


def test_of_two_papers_with_one_number_the_second_is_called_with_the_time_on_it(offline: Clinic) -> None:
    first = printed()
    offline.do(first)
    assert offline.do(first)["ticket"].label == "K2-07", "a retry is no second ticket"
    later = printed(at=MORNING + timedelta(minutes=12))
    offline.pass_time(minutes=30)
    assert offline.do(later)["ticket"].label == "K2-07 09:12"
    assert offline.do(printed(at=later.taken_at))["ticket"].label == "K2-07 09:12b", "in the same minute a letter tells"
    assert offline.do(later)["ticket"].label == "K2-07 09:12"
    for _ in range(8):
        offline.do(printed(at=later.taken_at))
    offline.refuses(printed(at=later.taken_at), LabelTaken)


def test_a_number_whose_first_holder_has_gone_is_called_as_it_is_printed(offline: Clinic) -> None:
    offline.do(CancelTicket(ticket=offline.do(printed())["ticket"].id))
    assert offline.do(printed())["ticket"].label == "K2-07"


def test_the_longest_number_with_its_time_fits_its_column(offline: Clinic) -> None:
    for _ in range(3):
        longest = offline.do(printed("KIOS-1234"))["ticket"].label
    assert len(longest) == tables.tickets.c.label.type.length == 16


@pytest.mark.parametrize("label", ["A001", "K2-7", "k2-07", "K2-07 ", "KIOSK-07", "K2-12345", ""])
def test_an_offline_label_looks_like_none_of_the_halls(offline: Clinic, label: str) -> None:
    offline.refuses(printed(label), Invalid)


@pytest.mark.parametrize("half", [{"offline_label": None}, {"taken_at": None}, {"origin": Origin.KIOSK}], ids=str)
def test_an_offline_ticket_says_all_three(offline: Clinic, half: dict[str, Any]) -> None:
    offline.refuses(printed(**half), Invalid)


def test_a_hall_that_does_not_want_them_takes_none(clinic: Clinic) -> None:
    clinic.pass_time(minutes=30)
    clinic.refuses(printed(), OfflineNotAllowed)


def test_only_kiosks_print_on_their_own() -> None:
    allow(printed(), Actor(name="k", role=Role.KIOSK), "clinic")
    for role in (Role.CUSTOMER, Role.SPECIALIST, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            allow(printed(), Actor(name="x", role=role), "clinic")
        allow(IssueTicket(service="registration"), Actor(name="x", role=role), "clinic")
