"""Importing a whole set-up, all of it or nothing; differences between set-ups, and their gaps."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.hall.business_day import StartBusinessDay
from shared.hall.errors import (
    Invalid,
    PrefixTaken,
    Refused,
    SerialNumberTaken,
    StillInUse,
    UnknownPrecedence,
    UnknownService,
)
from shared.hall.hall import Hall
from shared.hall.hall_settings import HallSettings
from shared.hall.rules import COMMANDS, RULES
from shared.hall.set_up_import import DEFINE, RETIRE, ImportSetUp
from shared.hall.values import Precedence, Service, ServicePoint
from shared.hall.whole_set_up import LISTS, Differences, Item, SetUp, differences, gaps, set_up_of
from tests.hall.builders import Clinic

CLINIC = SetUp(
    hall=HallSettings(name="Clinic"),
    precedences=(Precedence(id="regular", name="Regular", allowance=30), Precedence(id="paid", name="P", allowance=10)),
    services=(
        Service(id="registration", name="Registration", prefix="A"),
        Service(id="tests", name="Tests", prefix="B", place=1, precedences=("regular",)),
    ),
    points=(
        ServicePoint(id="1", serial_number=1, name="Counter 1", services=("registration",)),
        ServicePoint(id="2", serial_number=2, name="Room 2", services=("tests",), backup_services=("registration",)),
    ),
)


def take(set_up: SetUp, **more: Any) -> ImportSetUp:
    return ImportSetUp(**{field.name: getattr(set_up, field.name) for field in fields(SetUp)}, **more)


def changed(section: str, at: int, **values: Any) -> SetUp:
    """The clinic with one item changed."""
    items = list(getattr(CLINIC, section))
    items[at] = replace(items[at], **values)
    sections: dict[str, Any] = {section: tuple(items)}
    return replace(CLINIC, **sections)


@pytest.fixture
def empty() -> Clinic:
    return Clinic()


@pytest.fixture
def ours() -> Clinic:
    """A hall set up like this clinic."""
    hall = Clinic()
    hall.do(take(CLINIC))
    hall.do(StartBusinessDay())
    return hall


# ── the sections ──


def test_whatever_can_be_defined_is_part_of_a_set_up() -> None:
    """A new command ``define-…`` gets a section in SetUp, and a line in DEFINE and RETIRE."""
    defining = {kind for name, kind in COMMANDS.items() if name.startswith("define-")}
    retiring = {kind for name, kind in COMMANDS.items() if name.startswith("retire-")}
    assert {*DEFINE.values()} == defining and {*RETIRE.values()} == retiring
    assert [field.name for field in fields(SetUp)] == [*DEFINE]
    assert [*LISTS] == [*RETIRE]
    for section, kind in LISTS.items():
        assert issubclass(DEFINE[section], kind)
        assert section in {field.name for field in fields(Hall)}


def test_the_rules_of_definitions_are_the_ones_that_decide_an_import() -> None:
    from shared.hall import set_up_import

    assert all(set_up_import._RULES[kind] is RULES[kind] for kind in (*DEFINE.values(), *RETIRE.values()))


# ── the whole ──


def test_an_empty_hall_becomes_what_the_set_up_says(empty: Clinic) -> None:
    assert empty.do(take(CLINIC)) == {"changes": 7, "extra": []}
    assert set_up_of(empty.hall) == CLINIC


def test_what_is_already_so_causes_nothing(ours: Clinic) -> None:
    assert ours.happens(take(CLINIC)) == []


def test_only_what_differs_is_defined(ours: Clinic) -> None:
    events = ours.happens(take(changed("services", 1, name="Blood tests")))
    assert [(event.type_name(), getattr(event, "service", "")) for event in events] == [("service-defined", "tests")]


def test_what_the_set_up_lacks_stays_and_is_named(ours: Clinic) -> None:
    smaller = replace(CLINIC, points=CLINIC.points[:1], services=CLINIC.services[:1])
    answer = ours.do(take(smaller))
    assert answer == {"changes": 0, "extra": [{"section": "services", "id": "tests"}, {"section": "points", "id": "2"}]}
    assert set_up_of(ours.hall) == CLINIC


def test_what_the_set_up_lacks_is_retired_if_that_is_wanted(ours: Clinic) -> None:
    smaller = replace(
        CLINIC, precedences=CLINIC.precedences[:1], points=CLINIC.points[:1], services=CLINIC.services[:1]
    )
    assert ours.do(take(smaller, retire=True)) == {"changes": 3, "extra": []}
    assert set_up_of(ours.hall) == smaller


def test_two_services_may_exchange_their_prefixes(ours: Clinic) -> None:
    """One after another the first change would be refused: the whole is what counts."""
    first, second = CLINIC.services
    other = replace(CLINIC, services=(replace(first, prefix="B"), replace(second, prefix="A")))
    ours.do(take(other))
    assert set_up_of(ours.hall) == other


def test_a_retired_services_prefix_is_free_for_a_new_one(ours: Clinic) -> None:
    new = replace(CLINIC.services[1], id="imaging")
    other = replace(
        CLINIC,
        services=(CLINIC.services[0], new),
        points=(CLINIC.points[0], replace(CLINIC.points[1], services=("imaging",))),
    )
    ours.refuses(take(other), PrefixTaken)
    ours.do(take(other, retire=True))
    assert set_up_of(ours.hall) == other


def test_precedences_come_in_the_order_of_the_set_up(ours: Clinic) -> None:
    new = Precedence(id="priority", name="Priority", allowance=5)
    other = replace(CLINIC, precedences=(new, *CLINIC.precedences[::-1]))
    ours.do(take(other))
    assert set_up_of(ours.hall) == other
    assert ours.happens(take(other)) == []


def test_whoever_is_served_or_waits_stays(ours: Clinic) -> None:
    ours.open("1")
    called, waiting = ours.take("registration"), ours.take("registration")
    ours.call("1")
    other = changed("points", 0, name="Reception")
    ours.do(take(other))
    assert ours.ahead(waiting) == 0
    assert (ours.point("1").ticket, ours.point("1").name) == (called.id, "Reception")


# ── nothing of it ──

WRONG: list[tuple[SetUp, type[Refused], dict[str, str]]] = [
    (replace(CLINIC, hall=HallSettings()), Invalid, {"section": "hall", "field": "name"}),
    (
        replace(CLINIC, hall=HallSettings(name="H", time_zone="Mars")),
        Invalid,
        {"section": "hall", "field": "time_zone"},
    ),
    (
        changed("precedences", 1, allowance=-5),
        Invalid,
        {"section": "precedences", "at": "1", "id": "paid", "field": "allowance"},
    ),
    (changed("services", 1, prefix="A"), PrefixTaken, {"section": "services", "at": "1", "field": "prefix"}),
    (
        changed("services", 0, precedences=("vip",)),
        UnknownPrecedence,
        {"section": "services", "at": "0", "field": "precedences"},
    ),
    (changed("services", 1, id="registration"), Invalid, {"section": "services", "at": "1", "field": "id"}),
    (changed("services", 1, id=""), Invalid, {"section": "services", "at": "1", "id": "", "field": "id"}),
    (
        changed("points", 1, serial_number=1),
        SerialNumberTaken,
        {"section": "points", "at": "1", "field": "serial_number"},
    ),
    (changed("points", 1, services=("spa",)), UnknownService, {"section": "points", "at": "1", "field": "services"}),
    (
        changed("points", 1, backup_services=("spa",)),
        UnknownService,
        {"section": "points", "at": "1", "field": "backup_services"},
    ),
    (changed("points", 1, services=()), Invalid, {"section": "services", "at": "1", "id": "tests"}),
    (replace(CLINIC, precedences=()), UnknownPrecedence, {"section": "services", "at": "1"}),
    (changed("points", 0, name="x" * 3000), Invalid, {"section": "points", "at": "0", "field": "name"}),
    (replace(CLINIC, hall=HallSettings(name="A\0B")), Invalid, {"section": "hall", "field": "name"}),
]


@pytest.mark.parametrize(("wrong", "refusal", "place"), WRONG)
@pytest.mark.parametrize("begun", [False, True], ids=["empty", "set up"])
def test_what_cannot_be_is_refused_with_its_place_and_nothing_changes(
    begun: bool, wrong: SetUp, refusal: type[Refused], place: dict[str, str]
) -> None:
    hall = Clinic()
    if begun:
        hall.do(take(CLINIC))
    refused = hall.refuses(take(wrong), refusal)
    assert place.items() <= refused.about.items()


def test_a_prefix_of_something_the_set_up_lacks_is_still_taken(ours: Clinic) -> None:
    other = replace(
        CLINIC,
        services=(CLINIC.services[0], replace(CLINIC.services[1], id="imaging")),
        points=(CLINIC.points[0], replace(CLINIC.points[1], services=("imaging",))),
    )
    refused = ours.refuses(take(other), PrefixTaken)
    assert refused.about == {"section": "services", "at": "1", "id": "imaging", "field": "prefix", "service": "tests"}


def test_what_somebody_waits_for_is_not_retired_and_all_the_rest_waits_too(ours: Clinic) -> None:
    ours.take("tests")
    smaller = replace(CLINIC, hall=HallSettings(name="New"), services=CLINIC.services[:1], points=CLINIC.points[:1])
    refused = ours.refuses(take(smaller, retire=True), StillInUse)
    assert refused.about == {"section": "services", "id": "tests"}


def test_a_set_up_may_hold_more_than_any_other_command(empty: Clinic) -> None:
    names = {language: f"a name in {language}" for language in ("en", "de", "ru", "ar")}
    services = tuple(Service(id=f"s{n}", name=names, description=names, prefix=f"{n:03}", place=n) for n in range(120))
    points = tuple(
        ServicePoint(id=f"p{n}", serial_number=n + 1, name=names, services=tuple(service.id for service in services))
        for n in range(60)
    )
    big = replace(CLINIC, services=services, points=points)
    empty.do(take(big))
    assert set_up_of(empty.hall) == big


# ── comparing ──


def test_differences_are_named(ours: Clinic) -> None:
    other = replace(changed("services", 0, prefix="R"), points=(*CLINIC.points[:1], replace(CLINIC.points[1], id="9")))
    assert differences(CLINIC, other) == Differences(
        added=(Item("points", "9"),), changed=(Item("services", "registration"),), extra=(Item("points", "2"),)
    )


@given(st.permutations(("a", "b", "c", "d")), st.permutations(("a", "b", "c", "d")), st.integers(0, 4), st.booleans())
def test_a_hall_becomes_what_is_imported_whatever_it_was(
    before: list[str], after: list[str], cut: int, retire: bool
) -> None:
    def made(names: list[str]) -> SetUp:
        classes = tuple(Precedence(id=name, name=name, allowance=at) for at, name in enumerate(names))
        services = tuple(Service(id=n, name=n, prefix=n.upper(), place=at) for at, n in enumerate(names))
        points = (ServicePoint(id="1", serial_number=1, name="1", services=tuple(names)),)
        return SetUp(hall=HallSettings(name="H"), precedences=classes, services=services, points=points)

    hall, wanted = Clinic(), made(after[cut:])
    hall.do(take(made(before)))
    left = hall.do(take(wanted, retire=retire))["extra"]
    found = set_up_of(hall.hall)
    assert len(left) == (0 if retire else 2 * cut)
    new = differences(found, wanted)
    assert not (new.added or new.changed or new.reordered)
    assert retire is (found == wanted) or cut == 0


# ── gaps ──


def test_a_service_that_no_point_gives_is_a_gap_until_it_is_switched_off() -> None:
    assert [*gaps(CLINIC)] == []
    lonely = changed("points", 1, services=())
    assert [gap.item for gap in gaps(lonely)] == [Item("services", "tests")]
    services = (CLINIC.services[0], replace(CLINIC.services[1], on=False))
    assert [*gaps(replace(lonely, services=services))] == []


def test_a_backup_gives_a_service_too() -> None:
    assert [*gaps(changed("points", 1, services=(), backup_services=("tests",)))] == []


def test_services_without_any_precedence_are_a_gap() -> None:
    found = gaps(replace(CLINIC, precedences=()))
    assert {gap.sentence for gap in found} == {"There is no precedence yet, so nobody can take a ticket."}
