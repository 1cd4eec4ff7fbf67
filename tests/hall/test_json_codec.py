"""Values encoded as JSON and decoded exactly."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from shared.hall.appointments import CheckIn
from shared.hall.business_day import CorrectBusinessDay, StartBusinessDay
from shared.hall.calling import TicketCalled
from shared.hall.display_values import PlaylistItem, PlaylistKind
from shared.hall.displays import AssignDisplay, DefineDisplay, RecordClip, RemoveClip, RetireDisplay
from shared.hall.exceptional_days import DefineDay, ObserveHolidays, RetireDay
from shared.hall.feedback import GiveFeedback
from shared.hall.hall import Hall
from shared.hall.hours_grammar import Day
from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import (
    decode,
    decode_command,
    decode_event,
    decode_hall,
    encode,
    encode_answer,
    encode_event,
    encode_hall,
)
from shared.hall.messages import Command
from shared.hall.parking import ReinstateTicket, ResumeTicket, TicketParked
from shared.hall.points import ActivatePoint, DeactivatePoint, PausePoint, ResumePoint
from shared.hall.rules import COMMANDS, EVENTS, decide, fold
from shared.hall.set_up import (
    DefinePoint,
    DefinePrecedence,
    DefineService,
    RetirePoint,
    RetirePrecedence,
    RetireService,
)
from shared.hall.set_up_import import ImportSetUp
from shared.hall.shifts import TakePoint
from shared.hall.values import Moment, Origin
from shared.hall.whole_set_up import set_up_of
from tests.hall.builders import Clinic, set_up
from tests.hall.examples import EVERY_COMMAND, over_the_wire


@pytest.fixture
def busy() -> Clinic:
    """A clinic in which every event has happened."""
    clinic = Clinic()
    change_everything(clinic)
    clinic.open("1", "2")
    clinic.take()
    clinic.pass_time(days=1)
    clinic.cancel(clinic.take())
    first, second = clinic.take(), clinic.take("registration", "paid")
    clinic.do(IssueTicket(service="tests", token_hash="ab" * 32, language="de", origin=Origin.KIOSK))
    clinic.call("1")
    clinic.recall(second)
    clinic.no_show(second)
    clinic.call("1")
    clinic.send_back(first)
    clinic.call("1")
    clinic.transfer(first, to_point="2")
    clinic.call("2")
    clinic.start(first)
    clinic.finish(first)
    clinic.call("2")
    clinic.do(GiveFeedback(ticket=first.id, rating=4))
    clinic.do(PausePoint(point="1"))
    clinic.do(ResumePoint(point="1"))
    clinic.do(ReinstateTicket(point="1", ticket=second.id))
    clinic.call("1")
    clinic.start(second)
    clinic.park(second, reason="Formular")
    clinic.do(ResumeTicket(point="1", ticket=second.id))
    clinic.do(DefineService(id="registration", name="Registration", prefix="A", then=("tests",)))
    clinic.do(CheckIn(service="registration", appointed_at=clinic.wall + timedelta(minutes=5)))
    clinic.finish(clinic.call("1"))
    clinic.finish(clinic.call("1"))
    clinic.take()
    clinic.undo("1")
    clinic.call("1")
    clinic.take()
    return clinic


def change_everything(clinic: Clinic) -> None:
    """All that is set up and retired, opened and closed."""
    for command in set_up():
        clinic.do(command)
    clinic.set_clock(clinic.wall + timedelta(microseconds=123_456))
    clinic.do(DefineService(id="spare", name="Spare", prefix="S"))
    clinic.do(DefinePrecedence(id="spare", name="Spare", allowance=1))
    clinic.do(DefinePoint(id="3", serial_number=3, name="Spare"))
    clinic.do(RetireService(service="spare"))
    clinic.do(RetirePrecedence(precedence="spare"))
    clinic.do(RetirePoint(point="3"))
    for _ in ("there", "and back"):
        clinic.do(turned(clinic.hall))
    clinic.do(TakePoint(point="1"))
    clinic.do(ActivatePoint(point="1"))
    clinic.do(PausePoint(point="1"))
    clinic.do(ResumePoint(point="1"))
    clinic.do(DeactivatePoint(point="1"))
    clinic.pass_time(days=1)
    clinic.do(StartBusinessDay())
    clinic.wall -= timedelta(days=1)
    clinic.do(CorrectBusinessDay(kept=clinic.hall.business_day))
    clinic.do(DefineDay(date=date(2026, 5, 4), reason="Outing"))
    clinic.do(DefineDay(date=date(2026, 12, 24), hours=("08:00-12:00",), reason={"de": "Heiligabend"}))
    clinic.do(RetireDay(date=date(2026, 5, 4)))
    clinic.do(DefineDisplay(id="north", name="North", playlist=(PlaylistItem(kind=PlaylistKind.TEXT, text="Hello"),)))
    clinic.do(AssignDisplay(device="d1", display="north"))
    clinic.do(RetireDisplay(display="north"))
    clinic.do(RecordClip(language=clinic.hall.settings.languages[0], says="letter.A", content="0e" * 32))
    clinic.do(RemoveClip(language=clinic.hall.settings.languages[0], says="letter.A"))
    clinic.do(ObserveHolidays(days=(Day(date=date(2026, 12, 25), reason="Christmas"),)))


def turned(hall: Hall) -> ImportSetUp:
    """The hall's own set-up, its precedences the other way round."""
    now = set_up_of(hall)
    turned_round = replace(now, precedences=now.precedences[::-1])
    return ImportSetUp(**{field.name: getattr(turned_round, field.name) for field in fields(turned_round)})


# ── there and back ──


def test_every_command_is_among_the_examples() -> None:
    assert {type(command) for command in EVERY_COMMAND} == set(COMMANDS.values())


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda command: command.type_name())
def test_a_command_comes_back_as_it_was_sent(command: Command) -> None:
    assert decode_command(command.type_name(), over_the_wire(command)) == command


def test_every_event_comes_back_as_it_was_written(busy: Clinic) -> None:
    assert {type(event) for event in busy.journal} == set(EVENTS.values())
    for event in busy.journal:
        assert decode_event(json.loads(json.dumps(encode_event(event)))) == event


def test_a_hall_comes_back_as_it_was(busy: Clinic) -> None:
    back = decode_hall(json.loads(json.dumps(encode_hall(busy.hall))))
    assert back == busy.hall
    assert back.lines == {line: places for line, places in busy.hall.lines.items() if places}
    assert list(back.tickets) == list(busy.hall.tickets)


def test_a_hall_before_its_first_event_comes_back() -> None:
    assert decode_hall(json.loads(json.dumps(encode_hall(Hall(id="new"))))) == Hall(id="new")


def test_a_hall_that_came_back_goes_on_as_the_first_would(busy: Clinic) -> None:
    back = decode_hall(encode_hall(busy.hall))
    command = IssueTicket(service="registration")
    now = Moment(busy.wall, busy.order)
    assert decide(back, command, now) == decide(busy.hall, command, now)
    assert fold(back, decide(back, command, now)) == fold(busy.hall, decide(busy.hall, command, now))


def test_what_a_newer_version_added_to_a_hall_is_passed_over(busy: Clinic) -> None:
    data = json.loads(json.dumps(encode_hall(busy.hall)))
    data["hall"]["mood"] = "calm"
    for kept in ("services", "precedences", "points", "tickets", "calls", "ended"):
        for item in data[kept]:
            item["mood"] = "calm"
    assert decode_hall(data) == busy.hall


def test_a_hall_written_before_there_were_hours_still_reads(clinic: Clinic) -> None:
    clinic.take()
    data = json.loads(json.dumps(encode_hall(clinic.hall)))
    for name in ("days", "holidays"):
        del data[name]
    for name in ("taken", "visits", "hours", "holidays", "last_ticket", "offline_tickets"):
        del data["hall"][name]
    for service in data["services"]:
        for name in ("hours", "daily_limit", "visit_minutes", "first", "last", "digits", "shares_numbers_with"):
            del service[name]
    assert decode_hall(data) == replace(clinic.hall, taken={})


def test_times_are_rfc_3339_in_utc_to_the_millisecond() -> None:
    berlin = datetime(2026, 3, 2, 10, 30, 0, 123_999, tzinfo=timezone(timedelta(hours=1)))
    assert encode(berlin) == "2026-03-02T09:30:00.123Z"
    assert encode(date(2026, 3, 2)) == "2026-03-02"
    assert encode(time(4, 30)) == "04:30:00"
    assert decode(datetime, "2026-03-02T10:30:00+01:00") == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_an_event_says_its_type_and_version(busy: Clinic) -> None:
    called = next(event for event in busy.journal if isinstance(event, TicketCalled))
    written = encode_event(called)
    assert (written["type"], written["version"]) == ("ticket-called", 1)
    assert written["why"].keys() == {"due_at", "precedence", "waited", "passed_over", "lead", "how"}


# ── what programs see ──


def test_a_hall_shows_what_programs_were_promised(busy: Clinic) -> None:
    shown = encode_hall(busy.hall)
    assert {"hall", "seq", "services", "precedences", "points", "tickets", "calls"} <= shown.keys()
    assert {
        "id",
        "label",
        "service",
        "precedence",
        "state",
        "point",
        "issued_at",
        "called_at",
        "ahead",
    } <= shown["tickets"][0].keys()
    assert {"id", "serial_number", "name", "status", "services", "ticket"} <= shown["points"][0].keys()
    assert {"id", "name", "description", "prefix", "waiting", "open"} <= shown["services"][0].keys()
    assert shown["seq"] == len(busy.journal)


def test_tickets_are_shown_with_how_many_are_ahead(clinic: Clinic) -> None:
    for _ in range(3):
        clinic.take()
    clinic.take("registration", "paid")
    assert [(ticket["label"], ticket["ahead"]) for ticket in encode_hall(clinic.hall)["tickets"]] == [
        ("A001", 1),
        ("A002", 2),
        ("A003", 3),
        ("A004", 0),
    ]


def test_services_are_shown_with_how_many_wait(clinic: Clinic) -> None:
    clinic.take("tests")
    clinic.do(DefineService(id="registration", name="R", prefix="A", on=False))
    shown = [(service["id"], service["waiting"], service["open"]) for service in encode_hall(clinic.hall)["services"]]
    assert shown == [("registration", 0, False), ("tests", 1, True)]


def test_an_answer_is_json_with_how_many_are_ahead(clinic: Clinic) -> None:
    clinic.take()
    told = encode_answer(clinic.hall, clinic.do(IssueTicket(service="registration")))
    assert told["ticket"]["ahead"] == told["ahead"] == 1
    json.dumps(told)
    assert encode_answer(clinic.hall, {"ticket": None, "why": None}) == {"ticket": None, "why": None}


@pytest.mark.parametrize("command", EVERY_COMMAND[: len(set_up())], ids=lambda command: command.type_name())
def test_the_answer_to_a_definition_is_json(command: Command) -> None:
    clinic = Clinic()
    for earlier in set_up():
        told = clinic.do(earlier)
        assert json.loads(json.dumps(encode_answer(clinic.hall, told))) == over_the_wire(told)


# ── fields that are no more ──


def test_what_older_programs_still_say_is_passed_over() -> None:
    parked = encode_event(TicketParked(ticket="x", point="1"))
    assert "reason" not in parked
    assert decode_event({**parked, "reason": "fetches a form"}) == decode_event(parked)
    assert decode_command("pause-point", {"command_id": "x", "point": "1", "reason": "lunch"}) == PausePoint(
        command_id="x", point="1"
    )


def test_a_station_from_before_can_read_what_was_done_last(clinic: Clinic) -> None:
    clinic.open("1")
    [point] = (point for point in encode_hall(clinic.hall)["points"] if point["last"])
    assert point["last"]["reason"] == ""
