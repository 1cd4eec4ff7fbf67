"""What people say about themselves is kept apart, for one visit, and nobody finds it anywhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from shared.backend.background.housekeeping import forget
from shared.backend.halls.database_administration import DatabaseAdmin
from shared.backend.halls.ledger import Ledger
from shared.backend.request_handlers.dispatch import RequestHandlers
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.business_day import StartBusinessDay
from shared.hall.calling import CallNext
from shared.hall.errors import Invalid, NotAllowed, TooLate, UnknownTicket
from shared.hall.field_types import new_id
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.points import ActivatePoint
from shared.hall.roles import Actor, Role
from shared.hall.serving import FinishService, MarkNoShow, StartService
from shared.hall.set_up import DefineHall
from shared.hall.undo import UndoLast
from shared.requests.audit import ReadAudit
from shared.requests.contacts import Contact, EraseTicket, ExportTicket, KeepContact, ReadContact
from shared.requests.request import Request
from shared.requests.specialists import KeepNote
from tests.access.leak_search import rows, seen_outside
from tests.backend.clocked_backend import HandClock
from tests.backends import DATABASES, Caller, Premises, new_database

ANNA = Actor(name="anna", role=Role.SPECIALIST, hall="clinic")
ADMIN = Actor(name="admin", role=Role.ADMINISTRATOR)
CLOCK = Actor(name="clock", role=Role.CLOCK)
SOMEBODY = Contact(name="Zebulon Quagmire", phone="+49 555 31415926")


class Office:
    """A clinic whose clock a test holds in its hand."""

    def __init__(self, address: str) -> None:
        self.clock = HandClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
        self.database = Database(address, create=True)
        self.ledger = Ledger(self.database, self.clock)
        halls = DatabaseAdmin(self.database, self.ledger)
        halls.init("clinic", None)
        self.handlers = RequestHandlers(self.ledger, halls.accounts)
        self.do(ActivatePoint(point="1"))

    def do(self, command: Any, by: Actor = ANNA) -> dict[str, Any]:
        return self.ledger.do("clinic", command, by).result

    def somebody(self, contact: Contact = SOMEBODY) -> str:
        """A ticket whose customer said who they are."""
        ticket: str = self.do(IssueTicket(service="registration"))["ticket"]["id"]
        self.handlers.answer("clinic", KeepContact(ticket=ticket, contact=contact), ANNA)
        return ticket

    def contact(self, ticket: str) -> Contact:
        """The contact in the table: a request would first erase what is due."""
        with self.database.reading() as connection:
            rows = tables.contacts.c
            found = connection.execute(select(rows.name, rows.phone).where(rows.ticket == ticket)).first()
        return Contact(name=found.name, phone=found.phone) if found else Contact()

    def later(self, **span: float) -> None:
        """Time passes, and the clock does its work."""
        self.clock.pass_time(**span)
        forget(self.ledger, self.clock.wall(), thoroughly=True)

    def serve(self, ticket: str) -> None:
        self.do(CallNext(point="1"))
        self.do(StartService(point="1", ticket=ticket))
        self.do(FinishService(point="1", ticket=ticket))

    def decide_on(self, **settings: Any) -> None:
        now = self.ledger.hall("clinic").settings
        self.do(DefineHall(name=now.name, languages=now.languages, **settings), ADMIN)


@pytest.fixture(params=DATABASES)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    there = Office(new_database(request.param, tmp_path))
    yield there
    there.ledger.close()


# ── kept for one visit ──


def test_a_contact_is_read_by_staff_while_the_visit_lasts_and_gone_within_a_minute_after(office: Office) -> None:
    ticket = office.somebody()
    office.later(hours=2)
    assert office.handlers.answer("clinic", ReadContact(ticket=ticket), ANNA) == SOMEBODY
    office.serve(ticket)
    office.later(seconds=12)
    assert office.contact(ticket) == SOMEBODY
    office.later(seconds=20)
    assert office.contact(ticket) == Contact()
    with pytest.raises(TooLate):
        office.handlers.answer("clinic", KeepContact(ticket=ticket, contact=SOMEBODY), ANNA)


def test_a_slip_that_is_taken_back_loses_no_contact(office: Office) -> None:
    ticket = office.somebody()
    office.serve(ticket)
    office.later(seconds=9)
    office.do(UndoLast(point="1"))
    office.later(minutes=10)
    assert office.contact(ticket) == SOMEBODY


def test_a_hall_may_keep_contacts_for_some_hours(office: Office) -> None:
    office.decide_on(keep_contacts=2)
    ticket = office.somebody()
    office.serve(ticket)
    office.later(minutes=119)
    assert office.contact(ticket) == SOMEBODY
    office.later(minutes=2)
    assert office.contact(ticket) == Contact()


def test_who_did_not_come_is_known_as_long_as_they_may_still_come(office: Office) -> None:
    came_not, gave_up = office.somebody(), office.somebody()
    office.do(CallNext(point="1"))
    office.do(MarkNoShow(point="1", ticket=came_not))
    office.do(CancelTicket(ticket=gave_up))
    office.later(minutes=1)
    assert (office.contact(came_not), office.contact(gave_up)) == (SOMEBODY, Contact())
    office.later(minutes=60)
    assert office.contact(came_not) == Contact()


def test_the_end_of_the_day_ends_every_visit(office: Office) -> None:
    ticket = office.somebody()
    office.clock.pass_time(hours=20)
    office.do(StartBusinessDay(), CLOCK)
    office.later(seconds=30)
    assert office.contact(ticket) == Contact()


def test_a_ticket_that_never_ends_does_not_keep_its_contact(office: Office) -> None:
    ticket = office.somebody()
    office.later(hours=25)  # nobody has begun a new day
    assert office.contact(ticket) == SOMEBODY
    office.later(hours=2)
    assert office.contact(ticket) == Contact()


def test_a_console_that_opens_the_database_itself_forgets_when_the_next_contact_is_asked_for(office: Office) -> None:
    ticket = office.somebody()
    office.serve(ticket)
    office.clock.pass_time(minutes=1)
    assert office.handlers.answer("clinic", ReadContact(ticket=ticket), ANNA) == Contact()
    assert office.contact(ticket) == Contact()


def test_a_contact_can_be_corrected_and_taken_back(office: Office) -> None:
    ticket = office.somebody()
    office.handlers.answer("clinic", KeepContact(ticket=ticket, contact=Contact(name=" Z. ")), ANNA)
    assert office.contact(ticket) == Contact(name="Z.")
    office.handlers.answer("clinic", KeepContact(ticket=ticket, contact=Contact()), ANNA)
    assert office.contact(ticket) == Contact()


@pytest.mark.parametrize("contact", [Contact(name="Z" * 101), Contact(phone="5" * 41), Contact(name="a\0b")])
def test_what_no_person_would_say_is_refused(office: Office, contact: Contact) -> None:
    with pytest.raises(Invalid):
        office.somebody(contact)
    with pytest.raises(UnknownTicket):
        office.handlers.answer("clinic", KeepContact(ticket="not there", contact=SOMEBODY), ANNA)


def test_kiosks_displays_and_customers_learn_no_contact(office: Office) -> None:
    ticket = office.somebody()
    for role in (Role.KIOSK, Role.DISPLAY, Role.SIGN, Role.CONSOLE, Role.CUSTOMER):
        requests: list[Request[Any]] = [ReadContact(ticket=ticket), KeepContact(ticket=ticket, contact=Contact())]
        for request in requests:
            with pytest.raises(NotAllowed):
                office.handlers.answer("clinic", request, Actor(name="it", role=role, hall="clinic"))
    assert office.contact(ticket) == SOMEBODY


# ── asked for, and forgotten for good ──


def test_an_export_holds_all_there_is_and_nothing_of_others(office: Office) -> None:
    other = office.somebody(Contact(name="Somebody Else"))
    ticket = office.somebody()
    office.serve(other)
    office.do(CallNext(point="1"))
    office.do(StartService(point="1", ticket=ticket))
    office.do(FinishService(point="1", ticket=ticket, note="Wants a certificate"))
    office.ledger.audit_writer.write()
    export = office.handlers.answer("clinic", ExportTicket(ticket=ticket), ADMIN)
    kept = json.loads(export.text)
    assert kept["ticket"]["label"] == "A002"
    assert kept["contact"] == {"name": SOMEBODY.name, "phone": SOMEBODY.phone}
    assert [note["text"] for note in kept["notes"]] == ["Wants a certificate"]
    assert [event["type"] for event in kept["events"]] == [
        "ticket-issued",
        "ticket-called",
        "service-started",
        "ticket-served",
    ]
    assert sorted(entry["act"] for entry in kept["audit"]) == [
        "call-next",
        "finish-service",
        "issue-ticket",
        "keep-contact",
        "start-service",
    ]
    assert "Somebody Else" not in export.text
    assert "anna" not in export.text


def test_what_is_erased_is_gone_for_good_and_the_audit_says_so_without_it(office: Office) -> None:
    ticket = office.somebody()
    office.do(CallNext(point="1"))
    office.do(StartService(point="1", ticket=ticket))
    office.do(FinishService(point="1", ticket=ticket, note="Zebulon needs a chair"))
    office.handlers.answer("clinic", EraseTicket(ticket=ticket), ADMIN)
    assert office.contact(ticket) == Contact()
    assert office.ledger.notes("clinic", ticket) == []
    office.ledger.audit_writer.write()
    [entry] = office.handlers.answer("clinic", ReadAudit(act="erase-ticket"), ADMIN).acts
    assert (entry.actor, entry.about, entry.outcome) == ("admin", "A001", "done")
    export = office.handlers.answer("clinic", ExportTicket(ticket=ticket), ADMIN)
    assert "Zebulon" not in export.text
    requests: list[Request[Any]] = [ExportTicket(ticket=ticket), EraseTicket(ticket=ticket)]
    for request in requests:
        with pytest.raises(NotAllowed):
            office.handlers.answer("clinic", request, ANNA)
    with pytest.raises(UnknownTicket):
        office.handlers.answer("clinic", EraseTicket(ticket="not there"), ADMIN)


def write(office: Office, ticket: str, text: str = "brings the papers", identity: str = "") -> None:
    office.handlers.answer("clinic", KeepNote(ticket=ticket, text=text, id=identity or new_id()), ANNA)


def test_a_note_that_comes_after_the_visit_is_kept_beside_its_others_on_the_same_business_day(office: Office) -> None:
    ticket = office.somebody()
    write(office, ticket)
    office.serve(ticket)
    office.later(hours=2)
    write(office, ticket, "came back for a stamp")
    assert [note.text for note in office.ledger.notes("clinic", ticket)] == [
        "brings the papers",
        "came back for a stamp",
    ]


@pytest.mark.parametrize("began", [True, False])
def test_a_note_about_a_visit_of_another_day_is_refused(office: Office, began: bool) -> None:
    served, left = office.somebody(), office.somebody()
    office.serve(served)
    office.clock.pass_time(hours=20)
    if began:
        office.do(StartBusinessDay(), CLOCK)
    for ticket in (served, left) if began else (served,):
        with pytest.raises(TooLate):
            write(office, ticket)


def test_a_note_whose_answer_was_lost_is_kept_still_on_another_day(office: Office) -> None:
    ticket = office.somebody()
    write(office, ticket, identity="n1")
    office.clock.pass_time(hours=20)
    office.do(StartBusinessDay(), CLOCK)
    write(office, ticket, identity="n1")
    assert len(office.ledger.notes("clinic", ticket)) == 1
    office.handlers.answer("clinic", EraseTicket(ticket=ticket), ADMIN)
    with pytest.raises(TooLate):
        write(office, ticket, identity="n1")


def test_nothing_is_written_about_a_visit_that_is_over_and_erased(office: Office) -> None:
    before, after = office.somebody(), office.somebody()
    office.handlers.answer("clinic", EraseTicket(ticket=before), ADMIN)
    for ticket in (before, after):
        office.serve(ticket)
    for _ in range(2):
        office.handlers.answer("clinic", EraseTicket(ticket=after), ADMIN)
    for ticket in (before, after):
        with pytest.raises(TooLate):
            write(office, ticket)
        assert office.ledger.notes("clinic", ticket) == []
        assert json.loads(office.handlers.answer("clinic", ExportTicket(ticket=ticket), ADMIN).text)["notes"] == []


def test_a_file_forgets_down_to_its_last_byte(tmp_path: Path) -> None:
    office = Office(f"sqlite:///{tmp_path / 'halls.db'}")
    erased, over = office.somebody(), office.somebody(Contact(name="Ophelia Brackwater"))

    def found(name: str) -> list[str]:
        return [file.name for file in tmp_path.iterdir() if name.encode() in file.read_bytes()]

    assert found("Quagmire") and found("Brackwater")
    office.handlers.answer("clinic", EraseTicket(ticket=erased), ADMIN)
    assert not found("Quagmire")
    office.do(CancelTicket(ticket=over))
    with office.database.reading() as reader:  # a reader keeps the WAL from being emptied
        reader.execute(select(tables.halls)).all()
        office.later(minutes=1)
        assert office.contact(over) == Contact()
        assert office.database.needs_scrub
    office.later(seconds=20)
    assert not found("Brackwater")
    office.ledger.close()


# ── found nowhere else ──

PLANTED = ("Zebulon", "31415926", "Whisperwind")


def test_names_phones_and_notes_are_found_nowhere_but_where_they_belong(chatty: Premises, tmp_path: Path) -> None:
    anna = _plant_everywhere(chatty)
    everywhere = seen_outside(chatty, tmp_path, anna)
    chatty.stop()
    everywhere["the log"] = (tmp_path / "log").read_text()
    everywhere |= rows(chatty.database)
    assert everywhere["the log"]
    assert {place for place, text in everywhere.items() for planted in PLANTED if planted in text} == {
        "the table contacts",
        "the table notes",
    }


def _plant_everywhere(there: Premises) -> str:
    """Type names wherever one can be typed; returns the path of a customer's page."""
    caller, stranger = Caller(there), Caller(there)
    caller.sign_in()
    _do(caller, "activate-point", point="1")
    issued = [_do(caller, "issue-ticket", service="registration") for _ in "123"]
    assert issued[0].ok, issued[0].text
    tickets = [answer.json()["result"]["ticket"]["id"] for answer in issued]
    for ticket in tickets:
        body = {"ticket": ticket, "contact": {"name": "Zebulon Quagmire", "phone": "+49 555 31415926"}}
        assert caller.post(f"/api/v1/halls/{there.hall}/requests/keep-contact", body).ok
    note = "Whisperwind brings the papers"
    for name, fields in (
        ("finish-service", {}),
        ("park-ticket", {"reason": "Whisperwind fetches a form"}),
        ("transfer-ticket", {"to_service": "registration", "place": "last"}),
    ):
        called = _do(caller, "call-next", point="1").json()["result"]["ticket"]["id"]
        _do(caller, "start-service", point="1", ticket=called)
        assert _do(caller, name, point="1", ticket=called, note=note, **fields).ok, name
    assert _do(caller, "finish-service", point="1", ticket=tickets[0], note=note).status_code == 409
    _plant_as_a_stranger(stranger)
    page = stranger.session.get(there.base + f"/h/{there.hall}/s/registration", timeout=5).text
    fields = dict(part.split('" value="') for part in _between(page, 'type="hidden" name="', '">'))
    taken = stranger.session.post(there.base + f"/h/{there.hall}/tickets", data=fields, timeout=5)
    for one in (caller, stranger):
        one.session.close()
    own = taken.url.removeprefix(there.base)
    assert own.startswith("/t/")
    return own


def _do(caller: Caller, name: str, **fields: Any) -> requests.Response:
    return caller.command(name, command_id=new_id(), **fields)


def _plant_as_a_stranger(stranger: Caller) -> None:
    there = stranger.premises
    stranger.sign_in("Zebulon", "Whisperwind")
    stranger.sign_in("admin", "Whisperwind")
    stranger.get("/t/Zebulon-31415926-Whisperwind")
    stranger.get("/h/Zebulon")
    stranger.get(f"/h/{there.hall}/s/Zebulon")
    stranger.get(f"/h/{there.hall}?lang=Zebulon&name=Whisperwind")
    form = {"service": "Zebulon", "precedence": "Whisperwind", "command_id": "31415926", "token": "x" * 22}
    stranger.session.post(f"{there.base}/h/{there.hall}/tickets", data=form, timeout=5)
    stranger.session.post(f"{there.base}/h/{there.hall}/tickets", data="Zebulon", timeout=5)
    stranger.session.headers["Authorization"] = "Bearer Zebulon"
    _do(stranger, "call-next", point="Zebulon")
    _do(stranger, "Zebulon", note="Whisperwind")
    del stranger.session.headers["Authorization"]


def _between(text: str, begins: str, ends: str) -> list[str]:
    return [part.partition(ends)[0] for part in text.split(begins)[1:]]
