"""One of every command, as a program would send it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

from shared.hall.appointments import CheckIn
from shared.hall.business_day import CorrectBusinessDay, StartBusinessDay
from shared.hall.calling import CallNext, CallTicket, Recall
from shared.hall.display_values import DisplayLayout, PlaylistItem, PlaylistKind
from shared.hall.displays import AssignDisplay, DefineDisplay, RecordClip, RemoveClip, RetireDisplay
from shared.hall.exceptional_days import DefineDay, ObserveHolidays, RetireDay
from shared.hall.feedback import GiveFeedback
from shared.hall.hall_settings import HallSettings
from shared.hall.hours_grammar import Day
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.json_codec import (
    encode,
)
from shared.hall.messages import Command
from shared.hall.parking import ParkTicket, ReinstateTicket, ResumeTicket
from shared.hall.points import ActivatePoint, DeactivatePoint, PausePoint, ResumePoint
from shared.hall.serving import (
    FinishService,
    MarkNoShow,
    Placement,
    ReturnToQueue,
    StartService,
    TransferTicket,
)
from shared.hall.set_up import (
    DefineHall,
    DefineService,
    RetirePoint,
    RetirePrecedence,
    RetireService,
)
from shared.hall.set_up_import import ImportSetUp
from shared.hall.shifts import TakePoint
from shared.hall.undo import UndoLast
from shared.hall.values import Origin, Precedence, Service, ServicePoint
from tests.hall.builders import MORNING, set_up

EVERY_COMMAND: list[Command] = [
    *set_up(),
    DefineHall(name={"ar": "عيادة"}, languages=("ar",), day_starts=time(4, 30), web=False),
    DefineService(id="x", name="X", prefix="X", description={"en": "!"}, precedences=("paid",), place=-3, on=False),
    RetireService(service="x"),
    RetirePrecedence(precedence="x"),
    RetirePoint(point="x"),
    ImportSetUp(
        hall=HallSettings(name={"en": "Clinic"}, day_starts=time(4)),
        precedences=(Precedence(id="x", name="X", allowance=5),),
        services=(Service(id="x", name={"en": "X"}, prefix="X", precedences=("x",)),),
        points=(ServicePoint(id="x", serial_number=1, name="X", services=("x",)),),
        retire=True,
    ),
    IssueTicket(service="tests"),
    IssueTicket(service="tests", precedence="paid", language="de", origin=Origin.WEB, token_hash="ab12" * 16),
    CancelTicket(ticket="x"),
    CorrectBusinessDay(kept=date(2027, 3, 2)),
    CallNext(point="1"),
    CallNext(point="1", holding="x"),
    Recall(point="1", ticket="x"),
    StartService(point="1", ticket="x"),
    FinishService(point="1", ticket="x"),
    MarkNoShow(point="1", ticket="x"),
    ReturnToQueue(point="1", ticket="x"),
    TransferTicket(point="1", ticket="x", to_service="tests"),
    TransferTicket(point="1", ticket="x", to_point="2", place=Placement.AS_ISSUED_NOW),
    ActivatePoint(point="1"),
    PausePoint(point="1"),
    PausePoint(point="1", minutes=15),
    ResumePoint(point="1"),
    DeactivatePoint(point="1"),
    StartBusinessDay(),
    FinishService(point="1", ticket="x", outcome="Referred", note="Call back on Monday"),
    CallNext(point="1", holding="x", outcome="Referred"),
    CallTicket(point="1", ticket="x"),
    ParkTicket(point="1", ticket="x", reason="Fetches a form 🍲"),
    ResumeTicket(point="1", ticket="x"),
    ReinstateTicket(point="1", ticket="x"),
    UndoLast(point="1"),
    TakePoint(point="1", shift=3, console="c-1"),
    CheckIn(service="tests", appointed_at=MORNING, precedence="paid", language="de", token_hash="ab12" * 16),
    GiveFeedback(ticket="x", rating=5),
    DefineHall(name="H", hours=("mon 08:00-12:00",), holidays="DE-BE", last_ticket=True, offline_tickets=True),
    DefineService(
        id="x",
        name="X",
        prefix="X",
        hours=("mon 08:00-12:00",),
        daily_limit=3,
        visit_minutes=7,
        first=5,
        last=9,
        digits=2,
    ),
    DefineService(id="x", name="X", prefix="B", shares_numbers_with="tests"),
    IssueTicket(
        service="tests", origin=Origin.OFFLINE, offline_label="K2-07", taken_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    ),
    DefineDisplay(
        id="north",
        name={"en": "North wall", "de": "Nordwand"},
        layout=DisplayLayout.CALLS_AND_MEDIA,
        services=("registration",),
        languages=("de",),
        ticker="Please have your insurance card ready",
        playlist=(PlaylistItem(kind=PlaylistKind.PICTURE, name="Poster", content="0f" * 32, seconds=20),),
    ),
    AssignDisplay(device="0198c8b7-7a5e-7cc1-b000-000000000001", display="north"),
    RetireDisplay(display="north"),
    RecordClip(language="en", says="number.42", content="0e" * 32),
    RemoveClip(language="en", says="number.42"),
    DefineDay(date=date(2026, 12, 24), hours=("08:00-12:00",), reason={"de": "Heiligabend"}),
    RetireDay(date=date(2026, 12, 24)),
    ObserveHolidays(days=(Day(date=date(2026, 12, 25), reason="Christmas"),)),
]


def over_the_wire(value: Any) -> Any:
    return json.loads(json.dumps(encode(value)))


def sent(kind: type[Command], **changed: Any) -> dict[str, Any]:
    """An example of a command as JSON, something in it changed."""
    example = next(command for command in EVERY_COMMAND if type(command) is kind)
    return {**over_the_wire(example), **changed}
