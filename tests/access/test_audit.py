"""The audit: one entry for everything done or refused, which nobody can change afterwards."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Executable, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from shared.backend.access.device_request_bodies import PairingRequest
from shared.backend.access.pairing import Pairing, PendingPairing
from shared.backend.halls import audit_lines
from shared.backend.halls.audit_writer import COUNT_EVERY, AuditWriter
from shared.backend.halls.database_administration import opened
from shared.backend.halls.ledger import CLOCK_ACTOR
from shared.backend.request_handlers.dispatch import RequestHandlers
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.appointments import CheckIn
from shared.hall.business_day import CorrectBusinessDay, StartBusinessDay
from shared.hall.calling import CallNext, CallTicket, Recall
from shared.hall.displays import AssignDisplay, DefineDisplay, RecordClip, RemoveClip, RetireDisplay
from shared.hall.errors import BusinessDayRight, Invalid, LoginTaken, NotAllowed, Refused, UnknownService
from shared.hall.exceptional_days import DefineDay, ObserveHolidays, RetireDay
from shared.hall.feedback import GiveFeedback
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Command
from shared.hall.parking import ParkTicket, ReinstateTicket, ResumeTicket
from shared.hall.points import ActivatePoint, DeactivatePoint, PausePoint, ResumePoint
from shared.hall.roles import Actor, Role
from shared.hall.rules import COMMANDS
from shared.hall.serving import FinishService, MarkNoShow, ReturnToQueue, StartService, TransferTicket
from shared.hall.set_up import (
    DefineHall,
    DefinePoint,
    DefinePrecedence,
    DefineService,
    RetirePoint,
    RetirePrecedence,
    RetireService,
)
from shared.hall.set_up_import import ImportSetUp
from shared.hall.shifts import TakePoint
from shared.hall.undo import UndoLast
from shared.requests.audit import AND_MORE, DONE, SIGN_IN, SIGN_OUT, Act, ReadAudit
from shared.requests.contacts import Contact, EraseTicket, ExportTicket, KeepContact, ReadContact
from shared.requests.devices import (
    ClaimSeries,
    ConfirmPairing,
    ListDevices,
    ListNewcomers,
    ReadOwnDevice,
    RefusePairing,
    RenameDevice,
    ReportState,
    RevokeDevice,
    SeeTroubles,
)
from shared.requests.media import (
    ListMedia,
    MediumKind,
    ReadMediumPart,
    RemoveMedium,
    SendMediumPart,
    StoreMedium,
)
from shared.requests.request import Request
from shared.requests.request_list import REQUESTS
from shared.requests.specialists import KeepNote, ReadOwnDay, ReadReasons, ReadSeats
from shared.requests.staff import AddPerson, ChangePassword, ChangeRole, ListStaff, RemovePerson, ResetPassword
from tests.backends import DATABASES, Caller, Premises, new_database
from tests.media_examples import BEEP, content_of, stored, upload

A = TypeVar("A")

ANNA = Actor(name="anna", role=Role.SPECIALIST, hall="clinic", address="192.0.2.7")
BOSS = Actor(name="boss", role=Role.SUPERVISOR, hall="clinic")
ADMIN = Actor(name="admin", role=Role.ADMINISTRATOR)
KIOSK = Actor(name="K1", role=Role.KIOSK, hall="clinic", address="192.0.2.9")


@pytest.fixture(params=DATABASES)
def handlers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RequestHandlers]:
    """The request handlers of a clinic on each kind of database."""
    with opened(new_database(request.param, tmp_path), create=True) as halls:
        halls.init("clinic", None)
        yield RequestHandlers(halls.ledger, halls.accounts)


def read(handlers: RequestHandlers, by: Actor = ADMIN, **wanted: Any) -> list[Act]:
    """The audit, the newest first, without the entries of the hall's creation."""
    acts = handlers.answer("clinic", ReadAudit(**wanted), by).acts
    return [act for act in acts if act.actor != "init" and act.act != "read-audit"]


def said(act: Act) -> tuple[str, ...]:
    return act.role, act.actor, act.address, act.act, act.about, act.outcome


# ── commands ──


def test_a_command_is_one_audit_entry_with_who_where_what_and_about_whom(handlers: RequestHandlers) -> None:
    handlers.ledger.do("clinic", IssueTicket(service="registration"), KIOSK)
    handlers.ledger.do("clinic", ActivatePoint(point="1"), ANNA)
    handlers.ledger.do("clinic", CallNext(point="1"), ANNA)
    assert [said(act) for act in reversed(read(handlers))] == [
        ("kiosk", "K1", "192.0.2.9", "issue-ticket", "A001 · registration", DONE),
        ("specialist", "anna", "192.0.2.7", "activate-point", "1", DONE),
        ("specialist", "anna", "192.0.2.7", "call-next", "A001 · 1", DONE),
    ]


def test_a_refused_command_is_an_audit_entry_too_and_says_why(handlers: RequestHandlers) -> None:
    with pytest.raises(Refused):
        handlers.ledger.do("clinic", CallNext(point="1"), ANNA)
    with pytest.raises(NotAllowed):
        handlers.ledger.do("clinic", DefineHall(name="Mine"), ANNA)
    with pytest.raises(NotAllowed):
        handlers.ledger.do("clinic", CallNext(point="1"), replace(ANNA, hall="another"))
    assert {(act.act, act.about, act.outcome) for act in read(handlers, actor="anna", refused=True)} == {
        ("call-next", "1", "point-not-active"),
        ("define-hall", "", "not-allowed"),
        ("call-next", "", "not-allowed"),
    }


def test_what_is_typed_in_place_of_a_known_thing_is_not_repeated(handlers: RequestHandlers) -> None:
    with pytest.raises(UnknownService):
        handlers.ledger.do("clinic", IssueTicket(service="Jane Doe, +1 555 0100"), KIOSK)
    assert [(act.about, act.outcome) for act in read(handlers)] == [("", "unknown-service")]


def test_a_command_that_is_sent_again_leaves_no_second_entry(handlers: RequestHandlers) -> None:
    issue = IssueTicket(service="registration")
    wrong = IssueTicket(service="nothing")
    for _ in range(3):
        handlers.ledger.do("clinic", issue, KIOSK)
        with pytest.raises(UnknownService):
            handlers.ledger.do("clinic", wrong, KIOSK)
    assert sorted(act.outcome for act in read(handlers)) == [DONE, "unknown-service"]


def test_background_work_is_not_audited(handlers: RequestHandlers) -> None:
    handlers.ledger.do("clinic", StartBusinessDay(), CLOCK_ACTOR)
    assert read(handlers) == []


# ── about whom and what ──

NONE_OF_COMMANDS = {
    DefineHall: "it is about the hall whose audit it stands in",
    ImportSetUp: "the same",
    StartBusinessDay: "the clock's own work, which leaves no entry",
    ObserveHolidays: "the same",
}
NONE_OF_REQUESTS = {
    ChangePassword: "everybody changes their own, and who did it stands there",
    ReportState: "what machines say all day, which leaves no entry",
    ClaimSeries: "the same",
    ReadMediumPart: "the same",
    SendMediumPart: "storing the medium is what counts",
    **dict.fromkeys(
        (
            ListStaff,
            ListDevices,
            ListNewcomers,
            ReadSeats,
            ReadOwnDay,
            ReadReasons,
            ReadAudit,
            ListMedia,
            ReadOwnDevice,
        ),
        "changes nothing",
    ),
}


def test_every_command_is_audited_with_what_it_is_about(handlers: RequestHandlers) -> None:
    tried = set()

    def do(command: Command) -> str:
        tried.add(type(command))
        handlers.ledger.do("clinic", command, ADMIN)
        newest = read(handlers)[0]
        assert newest.act == command.type_name() and newest.about, command
        return newest.about

    wall = handlers.answer("clinic", ConfirmPairing(code=newcomer(handlers).code, name="Wall"), ADMIN).id
    first, second, third = (IssueTicket(service="registration") for _ in range(3))
    at = {"point": "1", "ticket": first.command_id}
    later = {"point": "1", "ticket": second.command_id}
    for command in (
        first, second, third, CheckIn(service="registration", appointed_at=datetime.now(UTC)),
        TakePoint(point="1", shift=0, console="C1"), ActivatePoint(point="1"),
        PausePoint(point="1"), ResumePoint(point="1"),
        CallNext(point="1"), UndoLast(point="1"),
        CallTicket(**at), Recall(**at), StartService(**at), FinishService(**at),
        GiveFeedback(ticket=first.command_id, rating=5),
        CallTicket(**later), ReturnToQueue(**later), CallTicket(**later), Recall(**later), Recall(**later),
        MarkNoShow(**later), ReinstateTicket(ticket=second.command_id),
        CallTicket(**later), StartService(**later), ParkTicket(**later), ResumeTicket(**later),
        CallTicket(**later), TransferTicket(**later, to_service="registration"),
        CancelTicket(ticket=third.command_id), DeactivatePoint(point="1"),
        DefinePrecedence(id="late", name="Late", allowance=60), DefineDay(date=date(2031, 5, 1)),
        DefineService(id="xray", name="X-ray", prefix="X"),
        DefinePoint(id="9", serial_number=9, name="Room 9", services=("xray",)),
        DefineDisplay(id="north", name="North"), AssignDisplay(device=wall, display="north"),
    ):  # fmt: skip
        do(command)
    assert do(RetirePoint(point="9")) == "9", "what is gone was known until then"
    assert do(RetireService(service="xray")) == "xray"
    assert do(RetirePrecedence(precedence="late")) == "late"
    assert do(RetireDisplay(display="north")) == "north"
    do(RecordClip(language="en", says="letter.A", content=stored(handlers, BEEP, MediumKind.CLIP).content))
    assert do(RemoveClip(language="en", says="letter.A")) == "letter.A"
    assert do(RetireDay(date=date(2031, 5, 1))) == "2031-05-01"
    with pytest.raises(BusinessDayRight):
        do(CorrectBusinessDay(kept=date(2031, 5, 1)))
    assert read(handlers)[0].about == "2031-05-01"
    assert tried | set(NONE_OF_COMMANDS) == set(COMMANDS.values())


def test_every_request_is_audited_with_whom_or_what_it_is_about(handlers: RequestHandlers) -> None:
    tried = set()

    def ask(request: Request[A], about: str) -> A:
        tried.add(type(request))
        answer = handlers.answer("clinic", request, ADMIN)
        assert (read(handlers)[0].act, read(handlers)[0].about) == (request.type_name(), about)
        return answer

    person = ask(AddPerson(login="berta", password="kedava-first-word", role=Role.SPECIALIST), "berta").id
    ask(ChangeRole(person=person, role=Role.SUPERVISOR), "berta")
    ask(ResetPassword(person=person, password="kedava-other-word"), "berta")
    ask(RemovePerson(person=person), "berta")
    device = ask(ConfirmPairing(code=newcomer(handlers).code, name="Kiosk 1"), "Kiosk 1").id
    ask(RenameDevice(device=device, name="Kiosk at the door"), "Kiosk 1 · Kiosk at the door")
    ask(SeeTroubles(device=device), "Kiosk at the door")
    ask(RevokeDevice(device=device), "Kiosk at the door")
    newcomer(handlers)
    [waits] = handlers.answer("clinic", ListNewcomers(), ADMIN)
    ask(RefusePairing(newcomer=waits.id), "kiosk · 192.0.2.80")
    issue = IssueTicket(service="registration")
    handlers.ledger.do("clinic", issue, KIOSK)
    ticket = issue.command_id
    ask(KeepContact(ticket=ticket, contact=Contact(name="Jane Doe")), "A001")
    ask(ReadContact(ticket=ticket), "A001")
    ask(KeepNote(ticket=ticket, text="Brings the form.", id="n1"), "A001")
    ask(ExportTicket(ticket=ticket), "A001")
    ask(EraseTicket(ticket=ticket), "A001")
    upload(handlers, BEEP)
    ask(StoreMedium(content=content_of(BEEP), name="beep.wav", kind=MediumKind.CLIP), "beep.wav")
    ask(RemoveMedium(content=content_of(BEEP)), "beep.wav")
    assert tried | set(NONE_OF_REQUESTS) == set(REQUESTS.values())


def newcomer(handlers: RequestHandlers) -> PendingPairing:
    """A kiosk shows a code."""
    request = PairingRequest(role=Role.KIOSK, token_hash=secrets.token_hex(32), version="1.0.0")
    return Pairing(handlers.ledger.database).code_for(request, "192.0.2.80")


def test_of_a_person_who_is_refused_only_a_login_that_is_known_is_repeated(handlers: RequestHandlers) -> None:
    request = AddPerson(login="berta", password="kedava-first-word", role=Role.SPECIALIST)
    with pytest.raises(Invalid):
        handlers.answer("clinic", replace(request, login="Jane Doe, +1 555 0100"), ADMIN)
    handlers.answer("clinic", request, ADMIN)
    with pytest.raises(LoginTaken):
        handlers.answer("clinic", request, ADMIN)
    abouts = [(act.about, act.outcome) for act in reversed(read(handlers, act="add-person"))]
    assert abouts == [("", "invalid"), ("berta", DONE), ("berta", "login-taken")]


# ── requests and sign-in ──


def test_a_request_is_audited_unless_screens_send_it_all_day(handlers: RequestHandlers) -> None:
    with pytest.raises(NotAllowed):
        handlers.answer("clinic", ListStaff(), ANNA)
    handlers.answer("clinic", ListStaff(), ADMIN)
    assert [said(act)[1:] for act in read(handlers)] == [("anna", "192.0.2.7", "list-staff", "", "not-allowed")]


def test_signing_in_and_out_over_http_is_audited(premises: Premises) -> None:
    stranger, caller = Caller(premises), Caller(premises)
    caller.sign_in()
    caller.post(f"/api/v1/halls/{premises.hall}/commands/call-next", ["no", "command"])
    stranger.get("/api/v1/halls")  # as a console does at which nobody is signed in: no entry for that
    stranger.session.headers["Authorization"] = "Bearer hunter2-token"
    stranger.get(f"/api/v1/halls/{premises.hall}")
    stranger.command("call-next", point="1")
    stranger.post(f"/api/v1/halls/{premises.hall}/requests/list-staff", {})
    stranger.post("/api/v1/sessions", {"login": "admin"})
    stranger.sign_in("admin", "hunter2-wrong")
    stranger.sign_in("hunter2-login", "hunter2-wrong")
    leaving = Caller(premises)
    leaving.sign_in()
    leaving.session.delete(premises.base + "/api/v1/sessions/current", timeout=5)
    wanted = {
        ("administrator", "admin", SIGN_IN, DONE),
        ("administrator", "admin", SIGN_OUT, DONE),
        ("administrator", "admin", "call-next", "malformed"),
        ("", "", "read-hall", "not-signed-in"),
        ("", "", "call-next", "not-signed-in"),
        ("", "", "list-staff", "not-signed-in"),
        ("", "", SIGN_IN, "invalid"),
        ("", "admin", SIGN_IN, "not-signed-in"),
        ("", "", SIGN_IN, "not-signed-in"),
    }
    acts = until(lambda: acts_of(caller), lambda acts: wanted <= {short(act) for act in acts})
    assert {act["address"] for act in acts if not act["role"]} == {"127.0.0.1"}
    assert "hunter2" not in str(acts)
    for one in (stranger, caller, leaving):
        one.session.close()


def short(act: dict[str, Any]) -> tuple[str, ...]:
    return act["role"], act["actor"], act["act"], act["outcome"]


def acts_of(caller: Caller, **wanted: Any) -> list[dict[str, Any]]:
    answer = caller.post(f"/api/v1/halls/{caller.premises.hall}/requests/read-audit", wanted)
    assert answer.ok, answer.text
    acts: list[dict[str, Any]] = answer.json()["answer"]["acts"]
    return acts


def until(look: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:
    """What ``look`` returns once it is enough; fails after ten seconds."""
    deadline = time.monotonic() + 10
    while not enough(seen := look()):
        assert time.monotonic() < deadline, seen
        time.sleep(0.05)
    return seen


def test_signing_in_at_the_database_itself_is_audited_too(premises: Premises) -> None:
    link = premises.admin("database")
    page = link.request(ReadAudit(act=SIGN_IN))
    assert {act.outcome for act in page.acts if not act.address} == {DONE}
    link.close()


def test_the_end_of_a_process_loses_no_entry(premises: Premises) -> None:
    there = premises.another()
    there.serve()
    caller = Caller(there)
    caller.get("/api/v1/halls", headers={"Authorization": "Bearer of-somebody-else"})
    there.stop()
    caller.session.close()
    with closing(Database(there.database)) as database, database.reading() as connection:
        assert "list-halls" in connection.scalars(select(tables.audit.c.act)).all()


# ── a flood ──


def test_a_flood_of_strangers_is_a_few_entries_and_a_count(handlers: RequestHandlers) -> None:
    audit_writer = AuditWriter(handlers.ledger.database, handlers.ledger.clock)
    for _ in range(5000):
        audit_writer.queue_entry(SIGN_IN, "not-signed-in", address="198.51.100.1")
    audit_writer.queue_entry("add-person", by=ADMIN, hall="clinic")
    audit_writer.write()
    acts = read(handlers)
    [more] = [act for act in acts if act.act == AND_MORE]
    written = [act for act in acts if act.act == SIGN_IN]
    assert len(written) < 30
    assert len(written) + int(more.about) == 5000
    assert [act.actor for act in acts if act.act == "add-person"] == ["admin"], "who is known is not pushed out"
    for _ in range(5000):
        audit_writer.queue_entry(SIGN_IN, "not-signed-in", address="198.51.100.1")
    audit_writer.write()
    assert len([act for act in read(handlers) if act.act == AND_MORE]) == 1, f"one such entry in {COUNT_EVERY} seconds"


def test_audit_entries_wait_while_the_database_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.backend.storage.sqlite.BUSY_TIMEOUT", 50)
    with opened(f"sqlite:///{tmp_path / 'halls.db'}", create=True) as halls:
        halls.init("clinic", None)
        audit_writer = AuditWriter(halls.database, halls.ledger.clock)
        audit_writer.queue_entry("list-staff", "not-allowed", by=ANNA, hall="clinic")
        with halls.database.writing():
            thread = threading.Thread(target=audit_writer.write)
            thread.start()
            thread.join()
        audit_writer.write()
        assert [act.outcome for act in read(RequestHandlers(halls.ledger, halls.accounts), actor="anna")] == [
            "not-allowed"
        ]


# ── nobody changes it ──


def test_an_audit_entry_can_neither_be_changed_nor_deleted(handlers: RequestHandlers) -> None:
    handlers.ledger.do("clinic", IssueTicket(service="registration"), KIOSK)
    database, rows = handlers.ledger.database, tables.audit.c
    before = read(handlers)
    spoilt: list[Executable] = [
        update(tables.audit).values(actor="nobody"),
        delete(tables.audit).where(rows.actor == "K1"),
    ]
    if database.kind.engine.dialect.name == "sqlite":
        spoilt.append(text("REPLACE INTO audit SELECT id, at, hall_id, '', '', '', '', '', '', '' FROM audit"))
    else:
        spoilt.append(text("TRUNCATE audit"))
    for statement in spoilt:
        with pytest.raises(DBAPIError, match="audit is"), database.writing() as connection:
            connection.execute(statement)
    assert read(handlers) == before


def test_entries_kept_long_enough_are_deleted_and_no_others(handlers: RequestHandlers) -> None:
    now = datetime.now(UTC)
    ages = [timedelta(days=400), timedelta(days=366), timedelta(days=364), timedelta(0)]
    entries = [
        audit_lines.entry(now - age, str(age.days), by=ANNA, hall=hall) for age in ages for hall in ("clinic", None)
    ]
    with handlers.ledger.database.writing() as connection:
        connection.execute(insert(tables.audit), entries)
    with handlers.ledger.database.writing() as connection:
        audit_lines.forget(connection, now)
    assert sorted(act.act for act in read(handlers, actor="anna")) == ["0", "0", "364", "364"]


# ── reading ──


def test_pages_hold_everything_once_the_newest_first(handlers: RequestHandlers) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with handlers.ledger.database.writing() as connection:  # many at the same moment: their order is that of writing
        entries = [
            audit_lines.entry(now - timedelta(seconds=n // 4), f"act-{n}", by=ANNA, hall="clinic") for n in range(50)
        ]
        connection.execute(insert(tables.audit), entries[::-1])
    seen, before = [], ""
    while True:
        page = handlers.answer("clinic", ReadAudit(actor="ANNA", limit=7, before=before), BOSS)
        seen += [act.act for act in page.acts]
        before = page.older
        if not before:
            break
    assert seen == [f"act-{n}" for n in range(50)]


def test_filters_narrow_by_time_person_place_and_act(handlers: RequestHandlers) -> None:
    now = datetime.now(UTC)
    sure = replace(ANNA, name="100%_sure", address="2001:db8::7")
    done = [(ANNA, "recall", DONE), (sure, "recall", "invalid"), (BOSS, "call-next", DONE)]
    entries = [
        audit_lines.entry(now - timedelta(hours=n), act, outcome, by=by, hall="clinic")
        for n, (by, act, outcome) in enumerate(done)
    ]
    with handlers.ledger.database.writing() as connection:
        connection.execute(insert(tables.audit), entries)

    def who(**wanted: Any) -> list[str]:
        return [act.actor for act in read(handlers, BOSS, **wanted)]

    assert who() == ["anna", "100%_sure", "boss"]
    assert who(actor="%_") == ["100%_sure"]
    assert who(actor="2001:DB8") == ["100%_sure"]
    assert who(actor="nn") == ["anna"]
    assert who(act="recall") == ["anna", "100%_sure"]
    assert who(refused=True) == ["100%_sure"]
    assert who(since=now - timedelta(minutes=90)) == ["anna", "100%_sure"]
    assert who(until=now - timedelta(minutes=30)) == ["100%_sure", "boss"]


def test_entries_of_no_hall_are_for_those_who_work_in_every_hall(handlers: RequestHandlers) -> None:
    writer = handlers.ledger.audit_writer
    writer.queue_entry(SIGN_IN, "not-signed-in", address="198.51.100.1")
    writer.queue_entry("read-hall", "not-signed-in", hall="a hall that is not there", address="198.51.100.1")
    assert read(handlers, BOSS) == []
    assert {act.act for act in read(handlers, ADMIN)} == {SIGN_IN, "read-hall"}


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 1001}, {"before": "x"}, {"before": "2026-01-01 1"}])
def test_an_impossible_page_is_refused(wrong: dict[str, Any], premises: Premises) -> None:
    link = premises.admin("database")
    with pytest.raises(Invalid):
        link.request(ReadAudit(**wrong))
    link.close()


def test_the_audit_is_for_supervisors_and_administrators(handlers: RequestHandlers) -> None:
    for by in (ANNA, KIOSK, Actor(name="web", role=Role.CUSTOMER)):
        with pytest.raises(NotAllowed):
            handlers.answer("clinic", ReadAudit(), by)
