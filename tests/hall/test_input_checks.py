"""What is refused on its way in: wrong types, unknown fields, endless texts and absurd numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from shared.hall.calling import CallNext, Recall
from shared.hall.errors import Invalid, Malformed, UnknownCommand, UnknownEvent
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.json_codec import (
    decode,
    decode_command,
    decode_event,
    encode_event,
)
from shared.hall.messages import Command
from shared.hall.parking import ParkTicket
from shared.hall.rules import COMMANDS
from shared.hall.set_up import (
    DefineHall,
    DefinePoint,
    DefinePrecedence,
    DefineService,
    RetirePoint,
)
from shared.hall.values import Ticket
from tests.hall.builders import Clinic
from tests.hall.examples import sent


def without(data: dict[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != field}


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(UnknownCommand, match="There is no command 'sing-loudly'"):
        decode_command("sing-loudly", {})


@pytest.mark.parametrize("body", [None, [], "call-next", 7, True])
def test_the_body_of_a_command_is_an_object(body: Any) -> None:
    with pytest.raises(Malformed):
        decode_command("call-next", body)


@pytest.mark.parametrize("kind", COMMANDS.values(), ids=COMMANDS)
def test_an_unknown_field_is_refused(kind: type[Command]) -> None:
    with pytest.raises(Invalid, match=f"^{kind.type_name()}: there is no field 'colour'"):
        decode_command(kind.type_name(), sent(kind, colour="red"))


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (IssueTicket, "command_id"),
        (IssueTicket, "service"),
        (CancelTicket, "ticket"),
        (CallNext, "point"),
        (Recall, "ticket"),
        (Recall, "point"),
        (DefineService, "prefix"),
        (DefinePrecedence, "allowance"),
        (DefinePoint, "serial_number"),
        (RetirePoint, "point"),
    ],
)
def test_a_missing_field_is_refused(kind: type[Command], field: str) -> None:
    with pytest.raises(Invalid, match=f"the field '{field}' is missing"):
        decode_command(kind.type_name(), without(sent(kind), field))


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (IssueTicket, "service", None),
        (IssueTicket, "service", 7),
        (IssueTicket, "service", ["tests"]),
        (IssueTicket, "precedence", {"id": "paid"}),
        (IssueTicket, "language", False),
        (IssueTicket, "origin", "moon"),
        (IssueTicket, "origin", 1),
        (IssueTicket, "command_id", 1),
        (DefinePrecedence, "allowance", "30"),
        (DefinePrecedence, "allowance", 30.0),
        (DefinePrecedence, "allowance", True),
        (DefinePrecedence, "allowance", None),
        (DefinePrecedence, "name", 5),
        (DefinePrecedence, "name", {"en": 5}),
        (DefinePrecedence, "name", ["Regular"]),
        (DefineService, "on", 1),
        (DefineService, "precedences", "regular"),
        (DefineService, "precedences", [1]),
        (DefineService, "precedences", {"regular": True}),
        (DefineHall, "day_starts", "25:00"),
        (DefineHall, "day_starts", "04:00+01:00"),
        (DefineHall, "day_starts", "04:00Z"),
        (DefineHall, "day_starts", 4),
        (DefineHall, "languages", None),
        (DefineHall, "web", "yes"),
    ],
    ids=repr,
)
def test_a_wrong_type_is_refused_with_the_place_where_it_stands(kind: type[Command], field: str, value: Any) -> None:
    with pytest.raises(Invalid, match=rf"^{kind.type_name()}\.{field}"):
        decode_command(kind.type_name(), sent(kind, **{field: value}))


def test_a_wrong_value_in_a_list_is_named_by_its_place() -> None:
    with pytest.raises(Invalid, match=r"define-service\.precedences\[1\]: a text is needed\."):
        decode_command("define-service", sent(DefineService, precedences=["regular", 5]))


@pytest.mark.parametrize(
    "text",
    ["nul\0", "lone \ud800 surrogate", "\udfff", "bell\a", "new\nline", "\x7f", "\x9f", "x" * 2_001],
    ids=ascii,
)
def test_texts_nobody_can_mean_are_refused(clinic: Clinic, text: str) -> None:
    unreadable = [
        sent(ParkTicket, reason=text),
        sent(IssueTicket, service=text),
        sent(IssueTicket, service="tests", token_hash=text),
        sent(DefineService, name=text),
        sent(DefineService, name={"en": text}),
        sent(DefineService, name={text: "X-ray"}),
        sent(DefineService, precedences=[text]),
    ]
    kinds = ["park-ticket", "issue-ticket", "issue-ticket", *["define-service"] * 4]
    clinic.open("1")
    for name, data in zip(kinds, unreadable, strict=True):
        clinic.refuses(decode_command(name, json.loads(json.dumps(data))), Invalid)


def test_a_long_text_a_person_might_mean_is_accepted(clinic: Clinic) -> None:
    clinic.open("1")
    clinic.take()
    clinic.park(clinic.start(clinic.call("1")), reason="ü" * 2_000)


@pytest.mark.parametrize(
    "command_id",
    ["", "a b", "../x", "ä", "a" * 65, "a\n", "a\0", "\ud800", "'; --", "0199C0DE-0000-7000-8000-00000000000A"],
    ids=ascii,
)
def test_an_id_no_program_would_make_is_refused(clinic: Clinic, command_id: str) -> None:
    clinic.refuses(IssueTicket(service="tests", command_id=command_id), Invalid)


@pytest.mark.parametrize(
    "command_id",
    ["0199c0de-5edf-7171-928d-a8c7cf36b8e7", "0199c0de5edf7171928da8c7cf36b8e7", "init-0", "A" * 64, "0199C0DE"],
)
def test_an_id_that_programs_make_is_accepted(clinic: Clinic, command_id: str) -> None:
    clinic.do(IssueTicket(service="tests", command_id=command_id))


@pytest.mark.parametrize("token_hash", ["", "ab12", "0A" * 32, "0a" * 33, "0g" * 32, "0a" * 32 + "\n"])
def test_a_token_hash_is_a_sha_256_in_lower_case(clinic: Clinic, token_hash: str) -> None:
    clinic.refuses(IssueTicket(service="tests", token_hash=token_hash), Invalid)


def test_a_refusal_names_the_field_and_its_limit(clinic: Clinic) -> None:
    clinic.open("1")
    refused = clinic.refuses(ParkTicket(point="1", ticket="x", reason="x" * 2_001), Invalid)
    assert refused.detail == "reason has at most 2000 characters."
    assert refused.about["field"] == "reason"


def test_what_a_journal_holds_is_read_whatever_the_rules_are_now(clinic: Clinic) -> None:
    """Limits are checked on the way in only: what was accepted before stays."""
    [issued] = clinic.happens(IssueTicket(service="tests"))
    written = encode_event(replace(issued, token_hash="any text " * 50))  # type: ignore[call-arg]
    assert decode_event(written).token_hash == "any text " * 50  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", [1_000_001, -1_000_001, 10**30, -(10**300)], ids=lambda number: f"{number:.0e}")
def test_numbers_nobody_can_mean_are_refused(clinic: Clinic, number: int) -> None:
    for data in (sent(DefinePrecedence, allowance=number), sent(DefineService, place=number)):
        name = "define-service" if "place" in data else "define-precedence"
        clinic.refuses(decode_command(name, data), Invalid)


def test_endless_lists_are_refused(clinic: Clinic) -> None:
    names = {f"x{number}": "Clinic" for number in range(5_000)}
    clinic.refuses(decode_command("define-hall", sent(DefineHall, name=names)), Invalid)
    clinic.refuses(decode_command("define-service", sent(DefineService, precedences=["paid"] * 5_000)), Invalid)


def test_a_field_name_of_any_length_is_refused_in_a_short_sentence() -> None:
    with pytest.raises(Invalid) as raised:
        decode_command("call-next", sent(CallNext, **{"x" * 100_000: 1}))
    assert len(raised.value.detail) < 200


@pytest.mark.parametrize("data", [{}, {"type": "song-sung"}, {"type": None}, {"type": ["ticket-served"]}])
def test_an_unknown_event_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(UnknownEvent):
        decode_event(data)


def test_an_event_of_a_newer_version_is_unknown_here(clinic: Clinic) -> None:
    newer = {**encode_event(clinic.journal[-1]), "version": 2, "mood": "calm"}
    with pytest.raises(UnknownEvent):
        decode_event(newer)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (datetime, "2026-03-02T09:30:00"),
        (datetime, "soon"),
        (datetime, "0001-01-01T00:00:00+14:00"),
        (date, "2026-02-30"),
        (time, "8"),
        (Ticket, None),
        (Ticket, []),
        (tuple[str, ...], "abc"),
    ],
    ids=repr,
)
def test_what_is_no_such_value_is_refused(kind: Any, data: Any) -> None:
    with pytest.raises(Invalid):
        decode(kind, data)


def test_what_was_read_cannot_be_changed_afterwards() -> None:
    data = sent(DefineService, name={"en": "X-ray"})
    command = decode_command("define-service", data)
    assert isinstance(command, DefineService)
    data["name"]["en"] = "changed"
    assert command.name == {"en": "X-ray"}
    with pytest.raises(TypeError):
        command.name["en"] = "changed"  # type: ignore[index]
    with pytest.raises(AttributeError):
        command.prefix = "Z"  # type: ignore[misc]
    assert replace(command, prefix="Z").name == command.name
