"""Who works at which service point, their own day, and notes: on either database, over either link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from typing import Any

import pytest

from shared.hall.calling import CallNext, CallTicket, Recall
from shared.hall.errors import CommandIdReused, NotAllowed, NotSignedIn, PointTakenOver, TooLate
from shared.hall.field_types import new_id
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.json_codec import encode_hall
from shared.hall.points import ActivatePoint, DeactivatePoint
from shared.hall.roles import Role
from shared.hall.serving import FinishService, MarkNoShow
from shared.hall.shifts import TakePoint
from shared.hall.undo import UndoLast
from shared.hall.values import PointStatus
from shared.link.connect import connect
from shared.link.link import Link
from shared.requests.contacts import EraseTicket
from shared.requests.request import Request
from shared.requests.specialists import KeepNote, OwnDay, ReadOwnDay, ReadSeats
from shared.requests.staff import AddPerson, ChangePassword
from tests.backends import DATABASES, Premises

PREMISES = {"sqlite": "premises", "postgresql": "premises_on_postgresql"}
OWN = "kedava-own-words"


@dataclass
class House:
    """A clinic whose people sign in over one kind of link; ``point`` is closed and nobody's when a test begins."""

    premises: Premises
    way: str
    stack: ExitStack
    admin: Link
    point: str
    service: str

    def come_in(self, login: str, password: str = OWN) -> Link:
        address = self.premises.database if self.way == "database" else self.premises.base
        console = connect(f"{address}#{self.premises.hall}", role=Role.CONSOLE)
        link, _ = console.sign_in(login, password)
        self.stack.callback(console.close)
        self.stack.callback(_leave, link)
        return link

    def hire(self, login: str) -> Link:
        """A new specialist with a password of their own, signed in."""
        self.admin.request(AddPerson(login=login, password="kedava-first-words", role=Role.SPECIALIST))
        link = self.come_in(login, "kedava-first-words")
        link.request(ChangePassword(old="kedava-first-words", new=OWN))
        return link

    def seats(self) -> list[tuple[str, str, str]]:
        return [(seat.point, seat.login, seat.console) for seat in self.admin.request(ReadSeats())]

    def shift(self) -> int:
        return self.admin.snapshot().points[self.point].shift

    def ticket(self) -> str:
        told: str = self.admin.do(IssueTicket(service=self.service)).result["ticket"]["id"]
        return told


def _leave(link: Link) -> None:
    with closing(link), suppress(NotSignedIn):  # signed out already
        link.sign_out()


@pytest.fixture(params=[f"{way} {kind}" for kind in DATABASES for way in ("database", "http")])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    way, kind = request.param.split()
    premises: Premises = request.getfixturevalue(PREMISES[kind])
    with ExitStack() as stack:
        admin = premises.admin()
        stack.callback(admin.close)
        hall = admin.snapshot()
        point = next(point for point in hall.points.values() if point.services)
        for waits in hall.tickets.values():
            if waits.point == point.id:
                admin.do(FinishService(point=point.id, ticket=waits.id))
        if point.status is not PointStatus.INACTIVE:
            admin.do(DeactivatePoint(point=point.id))
        yield House(premises, way, stack, admin, point.id, point.services[0])


@pytest.fixture
def name() -> Callable[[str], str]:
    """A login nobody has had before."""
    return lambda login: f"{login}-{new_id()[-12:]}"


def test_colleagues_are_told_who_works_where_and_the_hall_never(house: House, name: Any) -> None:
    ann = house.hire(login := name("ann"))
    ann.do(TakePoint(point=house.point, console="c-1"))
    ann.do(ActivatePoint(point=house.point))
    assert house.seats() == [(house.point, login, "c-1")]
    assert login not in repr(encode_hall(house.admin.snapshot()))
    for role in (Role.KIOSK, Role.DISPLAY, Role.CONSOLE):
        device = connect(f"{house.premises.base}#{house.premises.hall}", token=house.premises.device(role), role=role)
        with pytest.raises(NotAllowed):
            device.request(ReadSeats())
        device.close()


def test_whoever_lost_a_point_can_do_nothing_there(house: House, name: Any) -> None:
    ann, bob = house.hire(name("ann")), house.hire(other := name("bob"))
    hers = ann.do(TakePoint(point=house.point, console="c-1")).result["point"]["shift"]
    ann.do(ActivatePoint(point=house.point, shift=hers))
    house.ticket()
    there = ann.do(CallNext(point=house.point, shift=hers)).result["ticket"]["id"]
    bob.do(TakePoint(point=house.point, console="c-2", shift=hers))
    with pytest.raises(PointTakenOver):
        ann.do(FinishService(point=house.point, ticket=there, shift=hers))
    assert house.admin.snapshot().points[house.point].ticket == there
    assert house.seats() == [(house.point, other, "c-2")]


@pytest.mark.parametrize("how", ["sign out", "close the point", "take another point"])
def test_a_point_is_free_again_when_its_specialist(house: House, name: Any, how: str) -> None:
    ann = house.hire(login := name("ann"))
    ann.do(TakePoint(point=house.point, console="c-1"))
    ann.do(ActivatePoint(point=house.point))
    assert house.seats() == [(house.point, login, "c-1")]
    other = next(point for point in house.admin.snapshot().points if point != house.point)
    match how:
        case "sign out":
            ann.sign_out()
        case "close the point":
            ann.do(DeactivatePoint(point=house.point))
        case _:
            ann.do(TakePoint(point=other, console="c-1"))
    assert [seat for seat in house.seats() if seat[0] == house.point] == []


def test_it_outlives_a_crash_of_the_console_and_a_restart_of_the_backend(house: House, name: Any) -> None:
    ann = house.hire(login := name("ann"))
    ann.do(TakePoint(point=house.point, console="c-1"))
    [before] = house.admin.request(ReadSeats())
    house.premises.stop()
    house.premises.serve()
    again = house.come_in(login)
    assert again.request(ReadSeats()) == (before,)
    again.do(TakePoint(point=house.point, console="c-1"))
    assert again.request(ReadSeats()) == (before,)
    again.do(TakePoint(point=house.point, console="c-2"))
    [elsewhere] = again.request(ReadSeats())
    assert elsewhere.since > before.since


def test_a_day_is_the_persons_own_and_follows_the_undo(house: House, name: Any) -> None:
    ann, bob = house.hire(login := name("ann")), house.hire(name("bob"))
    house.admin.do(ActivatePoint(point=house.point))
    for _ in range(4):
        house.ticket()

    def call(link: Link, holding: str | None = None) -> str:
        told: str = link.do(CallNext(point=house.point, holding=holding)).result["ticket"]["id"]
        return told

    second = call(ann, holding=call(ann))
    assert ann.request(ReadOwnDay()) == OwnDay(served=1)
    ann.do(UndoLast(point=house.point))
    assert ann.request(ReadOwnDay()) == OwnDay()
    first = house.admin.snapshot().points[house.point].ticket
    ann.do(FinishService(point=house.point, ticket=str(first)))
    second = call(bob)
    bob.do(Recall(point=house.point, ticket=second))
    bob.do(MarkNoShow(point=house.point, ticket=second))
    assert (ann.request(ReadOwnDay()), bob.request(ReadOwnDay())) == (OwnDay(served=1), OwnDay(no_shows=1))
    bob.do(UndoLast(point=house.point))
    assert bob.request(ReadOwnDay()) == OwnDay()
    ann.sign_out()
    house.premises.stop()
    house.premises.serve()
    assert house.come_in(login).request(ReadOwnDay()) == OwnDay(served=1)


def test_a_note_is_kept_at_once_and_once_and_on_its_visits_day_also_after_its_end(house: House, name: Any) -> None:
    ann = house.hire(login := name("ann"))
    house.admin.do(ActivatePoint(point=house.point))
    ticket, note = house.ticket(), new_id()
    command: Request[Any] = KeepNote(ticket=ticket, text=" came with a dog ", id=note)
    for _ in range(2):
        ann.request(command)
    assert [(said.author, said.text) for said in house.admin.notes(ticket)] == [(login, "came with a dog")]
    house.admin.request(EraseTicket(ticket=ticket))
    assert house.admin.notes(ticket) == []
    at_the_point = house.admin.do(CallNext(point=house.point)).result["ticket"]["id"]
    house.admin.do(FinishService(point=house.point, ticket=at_the_point))
    house.admin.request(EraseTicket(ticket=at_the_point))
    with pytest.raises(TooLate):
        ann.request(KeepNote(ticket=at_the_point, text="late", id=new_id()))
    other = house.ticket()
    house.admin.do(CancelTicket(ticket=other))
    ann.request(KeepNote(ticket=other, text="gave up", id=new_id()))
    assert [said.text for said in house.admin.notes(other)] == ["gave up"]


def test_an_id_of_a_note_is_never_another_notes(house: House, name: Any) -> None:
    ann = house.hire(name("ann"))
    first, second, note = house.ticket(), house.ticket(), new_id()
    ann.request(KeepNote(ticket=first, text="came with a dog", id=note))
    for other in (
        KeepNote(ticket=second, text="came with a dog", id=note),
        KeepNote(ticket=first, text="a cat", id=note),
    ):
        with pytest.raises(CommandIdReused):
            ann.request(other)
    assert [[said.text for said in house.admin.notes(ticket)] for ticket in (first, second)] == [
        ["came with a dog"],
        [],
    ]


@pytest.mark.parametrize("first", ["the note", "the command"])
def test_a_note_and_a_command_of_one_id_are_both_kept(house: House, name: Any, first: str) -> None:
    ann = house.hire(name("ann"))
    house.admin.do(ActivatePoint(point=house.point))
    here, waits, note = house.ticket(), house.ticket(), new_id()
    house.admin.do(CallTicket(point=house.point, ticket=here))
    keep = KeepNote(ticket=waits, text="came with a dog", id=note)
    finish = FinishService(point=house.point, ticket=here, note="has all papers", command_id=note)
    if first == "the note":
        ann.request(keep)
    ann.do(finish)
    ann.request(keep)
    assert [[said.text for said in house.admin.notes(ticket)] for ticket in (waits, here)] == [
        ["came with a dog"],
        ["has all papers"],
    ]
