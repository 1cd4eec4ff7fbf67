"""Whatever somebody types into any field of any command or request is found where privacy.md says, and nowhere else."""

from __future__ import annotations

import hashlib
import re
import secrets
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import requests

from shared.hall.displays import DefineDisplay, RecordClip
from shared.hall.exceptional_days import DefineDay, ObserveHolidays
from shared.hall.field_limits import ID, PERSON_NAME, PHONE, TEXT, TextFormat
from shared.hall.field_types import new_id
from shared.hall.input_checks import form_of
from shared.hall.rules import COMMANDS
from shared.hall.set_up import DefineHall, DefinePoint, DefinePrecedence, DefineService
from shared.hall.set_up_import import ImportSetUp
from shared.requests.devices import ClaimSeries, ConfirmPairing, RenameDevice, ReportState
from shared.requests.media import ReadMediumPart, RemoveMedium, SendMediumPart, StoreMedium
from shared.requests.request_list import REQUESTS
from shared.requests.staff import AddPerson
from tests.access.leak_search import rows, seen_outside
from tests.access.test_field_limits import EVERY_REQUEST
from tests.backends import Caller, Premises
from tests.hall.examples import EVERY_COMMAND, over_the_wire

NOT_ABOUT_CUSTOMERS: dict[type[Any], str] = {
    **dict.fromkeys(
        (DefineHall, DefineService, DefinePrecedence, DefinePoint, DefineDisplay, RecordClip, ImportSetUp),
        "the hall's own names and descriptions, which customers are to read",
    ),
    DefineDay: "why the hall is closed, which customers are told",
    ObserveHolidays: "the names of public holidays; the clock alone sends them",
    AddPerson: "who works here: administrators, and the audit",
    ConfirmPairing: "the name of a machine",
    RenameDevice: "the name of a machine",
    ReportState: "what a machine tells of itself",
    ClaimSeries: "what a machine is set to",
    **dict.fromkeys(
        (SendMediumPart, StoreMedium, ReadMediumPart, RemoveMedium), "what displays show everybody, and its file's name"
    ),
}
"""Commands and requests whose texts may be read elsewhere, and why: administrators write them about the hall."""

BELONGS = {
    ("call-next.note", "the table notes"),
    ("finish-service.note", "the table notes"),
    ("transfer-ticket.note", "the table notes"),
    ("park-ticket.note", "the table notes"),
    ("park-ticket.reason", "the table notes"),
    ("keep-note.text", "the table notes"),
    ("keep-contact.contact.name", "the table contacts"),
    ("keep-contact.contact.phone", "the table contacts"),
    ("take-point.console", "the table seats"),
}
"""Where typed texts are stored; about customers nowhere after the erasure. A console names itself.

Besides, a stored refusal repeats an unknown id, for a week, to whoever sends the same command again.
"""

STANDS = {"call-next": "holding", "finish-service": "ticket", "transfer-ticket": "ticket", "park-ticket": "ticket"}
"""The commands whose texts are taken only beside a ticket that is being served, and the field that names it."""

FORMED = {"offline_label", "before"}
"""Fields that are texts by their type, but whose form the rules check."""


def texts(kind: type[Any], inside: str = "") -> Iterator[tuple[str, TextFormat]]:
    """The fields that take a text, each with its form."""
    plain, hints = typing.get_type_hints(kind), typing.get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        if is_dataclass(plain[field.name]):
            yield from texts(plain[field.name], f"{field.name}.")
        elif field.name != "command_id" and str in (plain[field.name], *typing.get_args(plain[field.name])):
            yield inside + field.name, form_of(hints[field.name]) or TEXT


class Typist:
    """Somebody who types a word of its own into every field there is."""

    def __init__(self, there: Premises) -> None:
        self.hall = f"/api/v1/halls/{there.hall}"
        self.caller = Caller(there)
        self.caller.sign_in()
        self.words: dict[str, tuple[type[Any], str]] = {}
        self.tickets: list[str] = []
        self.do("activate-point", point="1")

    def do(self, name: str, **said: Any) -> dict[str, Any]:
        answer = self.caller.command(name, **{"command_id": new_id(), **said})
        assert answer.ok, (name, said, answer.text)
        result: dict[str, Any] = answer.json()["result"]
        return result

    def a_ticket(self) -> str:
        ticket: str = self.do("issue-ticket", service="registration")["ticket"]["id"]
        self.tickets.append(ticket)
        return ticket

    def a_visit(self) -> str:
        ticket, point = self.a_ticket(), next(point for point in self.caller.hall()["points"] if point["id"] == "1")
        if point["ticket"]:
            self.do("finish-service", point="1", ticket=point["ticket"])
        self.do("call-ticket", point="1", ticket=ticket)
        self.do("start-service", point="1", ticket=ticket)
        return ticket

    def type_everywhere(self) -> None:
        for name, kind in {**COMMANDS, **REQUESTS}.items():
            if kind not in NOT_ABOUT_CUSTOMERS:
                for field, form in texts(kind):
                    answer = self._send(name, self._typed(kind, field))
                    free = form.longest == TEXT.longest or form in (PERSON_NAME, PHONE)
                    assert answer.ok or not free or field in FORMED, (name, field, answer.text)

    def _typed(self, kind: type[Any], field: str) -> dict[str, Any]:
        """An example that the hall takes, with one word of its own in this field."""
        said = over_the_wire(next(one for one in reversed([*EVERY_COMMAND, *EVERY_REQUEST]) if type(one) is kind))
        if name := STANDS.get(kind.type_name()):
            said[name] = self.a_visit()
        elif "ticket" in said:
            said["ticket"] = self.a_ticket()
        said |= {other: "" for other in ("outcome", "before") if other in said}
        place, *inner = field.split(".")
        word = f"zq{len(self.words):03}typed"
        self.words[word] = kind, field
        return {**said, place: {**said[place], inner[0]: word} if inner else word}

    def _send(self, name: str, said: dict[str, Any]) -> requests.Response:
        if name in COMMANDS:
            nobody_else = {"shift": None} if "shift" in said else {}
            return self.caller.command(name, **{**said, **nobody_else, "command_id": new_id()})
        return self.caller.post(f"{self.hall}/requests/{name}", said)

    def forget_everybody(self) -> None:
        for ticket in self.tickets:
            assert self.caller.post(f"{self.hall}/requests/erase-ticket", {"ticket": ticket}).ok

    def found(self, everywhere: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Each field whose word is found, and where."""
        for place, text in everywhere.items():
            for word in {*re.findall("zq[0-9]{3}typed", text)}:
                kind, field = self.words[word]
                if place != "the table answers" or dict(texts(kind))[field] is not ID:
                    yield f"{kind.type_name()}.{field}", place


def test_what_is_typed_is_found_where_it_belongs_and_after_the_erasure_nowhere(
    chatty: Premises, tmp_path: Path
) -> None:
    typist = Typist(chatty)
    typist.type_everywhere()
    token = secrets.token_urlsafe(24)
    hashed = hashlib.sha256(token.encode()).hexdigest()
    typist.do("issue-ticket", service="registration", token_hash=hashed)
    before = {**seen_outside(chatty, tmp_path, f"/t/{token}"), **rows(chatty.database)}
    typist.forget_everybody()
    after = seen_outside(chatty, tmp_path, f"/t/{token}")
    typist.caller.session.close()
    chatty.stop()
    after |= {"the log": (tmp_path / "log").read_text(), **rows(chatty.database)}
    after |= {file.name: file.read_bytes().decode("latin-1") for file in tmp_path.glob("halls.db*")}
    assert after["the log"] and len(typist.words) > 40
    assert {*typist.found(before)} == BELONGS
    about_customers = {field for field, place in BELONGS if place != "the table seats"}
    assert not {(field, place) for field, place in typist.found(after) if field in about_customers}
