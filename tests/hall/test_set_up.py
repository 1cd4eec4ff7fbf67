"""Defining and retiring services, precedences and service points, and the settings of the hall."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, time
from typing import Any

import pytest

from shared.hall.errors import (
    Invalid,
    PrefixTaken,
    SerialNumberTaken,
    StillInUse,
    UnknownPoint,
    UnknownPrecedence,
    UnknownService,
)
from shared.hall.field_limits import LONGEST_ALLOWANCE
from shared.hall.hall_settings import HallSettings
from shared.hall.messages import Command
from shared.hall.set_up import (
    DefineHall,
    DefinePoint,
    DefinePrecedence,
    DefineService,
    HallDefined,
    PointDefined,
    PointRetired,
    PrecedenceDefined,
    PrecedenceRetired,
    RetirePoint,
    RetirePrecedence,
    RetireService,
    ServiceDefined,
    ServiceRetired,
)
from shared.hall.values import PointStatus, Service
from tests.hall.builders import Clinic

HALL = DefineHall(name="Clinic")
SERVICE = DefineService(id="xray", name="X-ray", prefix="X")
PRECEDENCE = DefinePrecedence(id="priority", name="Priority", allowance=5)
POINT = DefinePoint(id="3", serial_number=3, name="Room 3")


@pytest.mark.parametrize("command", [HALL, SERVICE, PRECEDENCE, POINT], ids=lambda command: command.type_name())
def test_the_answer_to_a_definition_is_the_whole_value(clinic: Clinic, command: Command) -> None:
    sent = {field.name: getattr(command, field.name) for field in fields(command) if field.name != "command_id"}
    assert clinic.do(command) == sent


# ── the hall ──


def test_a_hall_is_defined(clinic: Clinic) -> None:
    wanted = HallSettings(
        name={"en": "Office", "de": "Amt"},
        time_zone="Europe/Berlin",
        languages=("de", "en", "pt-BR", "zh-Hans"),
        day_starts=time(4, 30),
        return_after=0,
        web=False,
        accent="#A0b1C2",
    )
    values = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    [defined] = clinic.happens(DefineHall(**values))
    assert isinstance(defined, HallDefined)
    assert clinic.hall.settings == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "   "},
        {"name": {}},
        {"name": {"en": "Clinic", "de": " "}},
        {"languages": ()},
        {"languages": ("",)},
        {"languages": ("en us",)},
        {"languages": ("en-variants-variants",)},
        {"languages": ("en", "de", "en")},
        {"languages": ("en", "EN")},
        {"languages": ("zh-Hans", "zh-hans")},
        *({"languages": (says_nothing,)} for says_nothing in ("und", "UND-Latn", "mul", "zxx", "mis")),
        *({"languages": (no_language,)} for no_language in ("x-private", "i-klingon", "en-x-private")),
        {"time_zone": ""},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "Europe"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "/etc/passwd"},
        {"time_zone": "Zürich/Ö"},
        {"time_zone": "a" * 1000},
        {"day_starts": time(4, 0, tzinfo=UTC)},
        {"return_after": -1},
        {"reinstate_within": -1},
        {"keep_contacts": -1},
        {"keep_contacts": 721},
        {"appointment_early": -1},
        {"appointment_grace": LONGEST_ALLOWANCE + 1},
        {"recalls_before_no_show": 21},
        {"no_show_after": -1},
        {"outcomes": ("Treated", "Treated")},
        {"outcomes": (" ",)},
        {"return_after": LONGEST_ALLOWANCE + 1},
        {"accent": "blue"},
        {"accent": "#0b5cad;"},
        {"accent": "#0b5cad\u2028"},
    ],
    ids=repr,
)
def test_a_hall_that_cannot_be_is_refused(clinic: Clinic, wrong: dict[str, Any]) -> None:
    clinic.refuses(replace(HALL, **wrong), Invalid)


# ── services ──


def test_a_service_is_set_up(clinic: Clinic) -> None:
    [defined] = clinic.happens(SERVICE)
    assert isinstance(defined, ServiceDefined) and defined.service == "xray"
    assert clinic.hall.service("xray") == Service(id="xray", name="X-ray", prefix="X")


def test_a_service_is_changed(clinic: Clinic) -> None:
    clinic.do(SERVICE)
    clinic.do(replace(SERVICE, name="Röntgen", prefix="R1"))
    assert (clinic.hall.service("xray").name, clinic.hall.service("xray").prefix) == ("Röntgen", "R1")


def test_the_menu_has_services_in_their_places(clinic: Clinic) -> None:
    clinic.do(SERVICE)
    clinic.do(replace(SERVICE, id="first", prefix="F", place=-1))
    assert [service.id for service in clinic.hall.menu()] == ["first", "registration", "xray", "tests"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": "has space"},
        {"id": "-dash-first"},
        {"id": "x" * 65},
        {"id": "a/b"},
        {"name": ""},
        {"name": {}},
        {"prefix": ""},
        {"prefix": "a"},
        {"prefix": "ABCD"},
        {"prefix": "Ä"},
        {"prefix": "٣"},
        {"precedences": ("regular", "regular")},
    ],
    ids=repr,
)
def test_a_service_that_cannot_be_is_refused(clinic: Clinic, wrong: dict[str, Any]) -> None:
    clinic.refuses(replace(SERVICE, **wrong), Invalid)


def test_a_service_offers_only_precedences_there_are(clinic: Clinic) -> None:
    clinic.refuses(replace(SERVICE, precedences=("royal",)), UnknownPrecedence)


def test_two_services_never_share_a_prefix(clinic: Clinic) -> None:
    refused = clinic.refuses(replace(SERVICE, prefix="A"), PrefixTaken)
    assert refused.about == {"service": "registration", "field": "prefix"}


def test_a_service_nobody_waits_for_is_retired_everywhere(clinic: Clinic) -> None:
    command = RetireService(service="registration")
    [retired] = clinic.happens(command)
    assert isinstance(retired, ServiceRetired)
    assert "registration" not in clinic.hall.services
    assert (clinic.point("1").services, clinic.point("2").backup_services) == ((), ())
    assert clinic.point("2").services == ("tests",)


def test_the_answer_to_a_retirement_is_what_was_retired(clinic: Clinic) -> None:
    assert clinic.do(RetirePoint(point="1")) == {"point": "1"}
    assert clinic.do(RetireService(service="tests")) == {"service": "tests"}
    assert clinic.do(RetirePrecedence(precedence="paid")) == {"precedence": "paid"}


def test_a_service_with_a_live_ticket_stays(clinic: Clinic) -> None:
    ticket = clinic.take()
    clinic.refuses(RetireService(service="registration"), StillInUse)
    clinic.open("1")
    clinic.call("1")
    clinic.refuses(RetireService(service="registration"), StillInUse)
    clinic.finish(ticket)
    clinic.do(RetireService(service="registration"))


def test_an_unknown_service_cannot_be_retired(clinic: Clinic) -> None:
    clinic.refuses(RetireService(service="none"), UnknownService)


# ── precedences ──


def test_a_precedence_is_set_up_and_changed(clinic: Clinic) -> None:
    [defined] = clinic.happens(PRECEDENCE)
    assert isinstance(defined, PrecedenceDefined) and defined.precedence == "priority"
    clinic.do(replace(PRECEDENCE, allowance=LONGEST_ALLOWANCE))
    assert clinic.hall.precedence("priority").allowance == LONGEST_ALLOWANCE


@pytest.mark.parametrize(
    "wrong",
    [{"id": "?"}, {"name": ""}, {"allowance": -1}, {"allowance": LONGEST_ALLOWANCE + 1}],
    ids=repr,
)
def test_a_precedence_that_cannot_be_is_refused(clinic: Clinic, wrong: dict[str, Any]) -> None:
    clinic.refuses(replace(PRECEDENCE, **wrong), Invalid)


def test_a_precedence_nothing_uses_is_retired(clinic: Clinic) -> None:
    [retired] = clinic.happens(RetirePrecedence(precedence="paid"))
    assert isinstance(retired, PrecedenceRetired)
    assert list(clinic.hall.precedences) == ["regular"]


def test_a_precedence_a_service_or_a_ticket_uses_stays(clinic: Clinic) -> None:
    clinic.refuses(RetirePrecedence(precedence="regular"), StillInUse)
    ticket = clinic.take("registration", "paid")
    clinic.refuses(RetirePrecedence(precedence="paid"), StillInUse)
    clinic.cancel(ticket)
    clinic.do(RetirePrecedence(precedence="paid"))


def test_an_unknown_precedence_cannot_be_retired(clinic: Clinic) -> None:
    clinic.refuses(RetirePrecedence(precedence="none"), UnknownPrecedence)


# ── service points ──


def test_a_new_point_is_closed_and_empty(clinic: Clinic) -> None:
    [defined] = clinic.happens(POINT)
    assert isinstance(defined, PointDefined) and defined.point == "3"
    assert (clinic.point("3").status, clinic.point("3").ticket) == (PointStatus.INACTIVE, None)


def test_a_changed_point_keeps_its_status_and_its_customer(clinic: Clinic) -> None:
    ticket = clinic.take()
    clinic.open("1")
    clinic.call("1")
    clinic.do(DefinePoint(id="1", serial_number=7, name="Moved", services=("tests",)))
    point = clinic.point("1")
    assert (point.name, point.serial_number, point.services) == ("Moved", 7, ("tests",))
    assert (point.status, point.ticket) == (PointStatus.ACTIVE, ticket.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "a b"},
        {"name": " "},
        {"serial_number": 0},
        {"serial_number": 10_000},
        {"backup_penalty": -1},
        {"backup_penalty": LONGEST_ALLOWANCE + 1},
        {"services": ("tests", "tests")},
        {"backup_services": ("tests", "tests")},
    ],
    ids=repr,
)
def test_a_point_that_cannot_be_is_refused(clinic: Clinic, wrong: dict[str, Any]) -> None:
    clinic.refuses(replace(POINT, **wrong), Invalid)


def test_a_point_gives_only_services_there_are(clinic: Clinic) -> None:
    clinic.refuses(replace(POINT, services=("none",)), UnknownService)
    clinic.refuses(replace(POINT, backup_services=("none",)), UnknownService)


def test_two_points_never_share_a_serial_number(clinic: Clinic) -> None:
    refused = clinic.refuses(replace(POINT, serial_number=1), SerialNumberTaken)
    assert refused.about == {"point": "1", "field": "serial_number"}


def test_an_empty_point_is_retired(clinic: Clinic) -> None:
    [retired] = clinic.happens(RetirePoint(point="1"))
    assert isinstance(retired, PointRetired)
    assert list(clinic.hall.points) == ["2"]


def test_a_point_with_a_customer_or_somebody_waiting_for_it_stays(clinic: Clinic) -> None:
    ticket = clinic.take()
    clinic.open("1", "2")
    clinic.call("1")
    clinic.refuses(RetirePoint(point="1"), StillInUse)
    clinic.transfer(ticket, to_point="2")
    clinic.refuses(RetirePoint(point="2"), StillInUse)
    clinic.do(RetirePoint(point="1"))


def test_an_unknown_point_cannot_be_retired(clinic: Clinic) -> None:
    clinic.refuses(RetirePoint(point="9"), UnknownPoint)
