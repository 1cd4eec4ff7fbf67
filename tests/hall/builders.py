"""A small clinic to tell stories with: customers take tickets, points call them, minutes pass."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.hall.calling import CallNext, Recall
from shared.hall.errors import Refused
from shared.hall.hall import Hall
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.json_codec import encode_hall
from shared.hall.messages import Command, Event, TicketCommand
from shared.hall.parking import ParkTicket
from shared.hall.points import ActivatePoint
from shared.hall.rules import answer, decide, fold
from shared.hall.serving import FinishService, MarkNoShow, ReturnToQueue, StartService, TransferTicket
from shared.hall.set_up import DefineHall, DefinePoint, DefinePrecedence, DefineService
from shared.hall.undo import UndoLast
from shared.hall.values import Moment, Point, Ticket

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday, when the clinic opens."""


class Clinic:
    """A hall with its two clocks, and all that has happened in it."""

    def __init__(self) -> None:
        self.hall = Hall(id="clinic")
        self.wall = MORNING
        self.order = 0
        self.journal: list[Event] = []

    @property
    def now(self) -> Moment:
        return Moment(self.wall, self.order)

    # ── any command ──

    def do(self, command: Command) -> dict[str, Any]:
        """Let the hall decide; the answer."""
        events = decide(self.hall, command, self.now)
        self.journal += events
        self.hall = fold(self.hall, events)
        return dict(answer(self.hall, command, events))

    def happens(self, command: Command) -> list[Event]:
        """Let the hall decide; the events."""
        known = len(self.journal)
        self.do(command)
        return self.journal[known:]

    def refuses(self, command: Command, refusal: type[Refused]) -> Refused:
        """The hall refuses with exactly this type and a sentence, and nothing has changed."""
        before, known = picture(self.hall), len(self.journal)
        with pytest.raises(Refused) as raised:
            self.do(command)
        assert type(raised.value) is refusal
        assert raised.value.detail.endswith(".")
        assert (picture(self.hall), len(self.journal)) == (before, known)
        return raised.value

    def pass_time(self, *, minutes: float = 0, days: int = 0) -> None:
        """Both clocks go on."""
        span = timedelta(days=days, minutes=minutes)
        self.wall += span
        self.order += span // timedelta(milliseconds=1)

    def set_clock(self, wall: datetime) -> None:
        """Somebody sets the wall clock; the order clock does not change."""
        self.wall = wall

    def provide(self, *services: str) -> None:
        """One more point gives these services, closed as yet."""
        number = 1 + max((point.serial_number for point in self.hall.points.values()), default=0)
        self.do(DefinePoint(id=str(number), serial_number=number, name=f"Counter {number}", services=services))

    # ── customers ──

    def take(self, service: str = "registration", precedence: str | None = None) -> Ticket:
        """A customer takes a ticket."""
        return self._ticket(IssueTicket(service=service, precedence=precedence))

    def cancel(self, ticket: Ticket) -> Ticket:
        return self._ticket(CancelTicket(ticket=ticket.id))

    # ── specialists ──

    def open(self, *points: str) -> None:
        for point in points:
            self.do(ActivatePoint(point=point))

    def call(self, point: str = "1") -> Ticket | None:
        """The main key: finish the visit there, call the next."""
        called = self.do(CallNext(point=point, holding=self.hall.points[point].ticket))["ticket"]
        assert called is None or isinstance(called, Ticket)
        return called

    def call_all(self, point: str = "1") -> list[str]:
        """Call until nobody waits; the labels in the order of their calls."""
        labels = []
        while ticket := self.call(point):
            labels.append(ticket.label)
        return labels

    def recall(self, ticket: Ticket) -> Ticket:
        return self._at_point(Recall, ticket)

    def start(self, ticket: Ticket) -> Ticket:
        return self._at_point(StartService, ticket)

    def finish(self, ticket: Ticket) -> Ticket:
        return self._at_point(FinishService, ticket)

    def no_show(self, ticket: Ticket) -> Ticket:
        return self._at_point(MarkNoShow, ticket)

    def send_back(self, ticket: Ticket) -> Ticket:
        return self._at_point(ReturnToQueue, ticket)

    def transfer(self, ticket: Ticket, **where: Any) -> Ticket:
        return self._at_point(TransferTicket, ticket, **where)

    def park(self, ticket: Ticket, **why: Any) -> Ticket:
        return self._at_point(ParkTicket, ticket, **why)

    def undo(self, point: str = "1") -> Any:
        """Take back the last action at a point; the name of its event."""
        return self.do(UndoLast(point=point))["undone"]

    # ── what is there ──

    def ticket(self, ticket: Ticket) -> Ticket:
        """The ticket as it is now."""
        return self.hall.ticket(ticket.id)

    def point(self, point: str = "1") -> Point:
        return self.hall.points[point]

    def ahead(self, ticket: Ticket) -> int:
        return self.hall.ahead(self.ticket(ticket))

    def _ticket(self, command: Command) -> Ticket:
        ticket = self.do(command)["ticket"]
        assert isinstance(ticket, Ticket)
        return ticket

    def _at_point(self, kind: type[TicketCommand], ticket: Ticket, **where: Any) -> Ticket:
        return self._ticket(kind(point=str(self.ticket(ticket).point), ticket=ticket.id, **where))


def set_up() -> list[Command]:
    """Registration and blood tests at their own points, the second of which helps with registration."""
    return [
        DefineHall(name={"en": "City Clinic", "de": "Stadtklinik"}, languages=("en", "de"), return_after=5),
        DefinePrecedence(id="regular", name="Regular", allowance=30),
        DefinePrecedence(id="paid", name="Paid", allowance=10),
        DefineService(id="registration", name="Registration", prefix="A"),
        DefineService(id="tests", name={"en": "Blood tests"}, prefix="B", place=1, precedences=("regular",)),
        DefinePoint(id="1", serial_number=1, name="Counter 1", services=("registration",)),
        DefinePoint(
            id="2",
            serial_number=2,
            name="Room 2",
            services=("tests",),
            backup_services=("registration",),
            backup_penalty=10,
        ),
    ]


def clinic() -> Clinic:
    """The clinic as it is set up, before anybody has come."""
    ready = Clinic()
    for command in set_up():
        ready.do(command)
    return ready


def picture(hall: Hall) -> str:
    """All there is to see of a hall."""
    return json.dumps(encode_hall(hall), sort_keys=True)
