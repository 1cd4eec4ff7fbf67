"""What every link promises, whatever is behind it: a hall in memory, either database, an HTTP backend on either."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared.hall.calling import CallNext, Recall, TicketCalled
from shared.hall.errors import (
    CommandIdReused,
    NotSignedIn,
    PointHasTicket,
    TicketNotWaiting,
    UnknownService,
)
from shared.hall.field_types import new_id
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Command, Happened
from shared.hall.points import ActivatePoint, DeactivatePoint
from shared.hall.roles import Role
from shared.hall.rules import evolve
from shared.hall.serving import FinishService
from shared.hall.values import PointStatus
from shared.link.connect import connect
from shared.link.link import Link
from shared.link.outbox import Outbox
from shared.link.outbox_store import OutboxStore
from tests.backends import DATABASES, Premises
from tests.memory_link import MemoryLink, clinic

PREMISES = {"sqlite": "premises", "postgresql": "premises_on_postgresql"}


@pytest.fixture(params=DATABASES)
def there(request: pytest.FixtureRequest) -> Premises:
    """A clinic on either database, with a backend that serves it."""
    found: Premises = request.getfixturevalue(PREMISES[request.param])
    return found


@pytest.fixture(params=["memory", "outbox", *(f"{way} {kind}" for kind in DATABASES for way in ("database", "http"))])
def link(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Link]:
    if request.param == "memory":
        opened: Link = MemoryLink(clinic())
    elif request.param == "outbox":
        opened = Outbox(MemoryLink(clinic()), OutboxStore(tmp_path), "K1")
    else:
        way, kind = request.param.split()
        opened = request.getfixturevalue(PREMISES[kind]).admin(way)
    yield opened
    opened.close()


def a_service(link: Link) -> str:
    return link.snapshot().menu()[0].id


def a_quiet_point(link: Link) -> str:
    """An active point that gives the first service and has no ticket."""
    hall = link.snapshot()
    service = hall.menu()[0].id
    point = next(point for point in hall.points.values() if service in point.services)
    if point.status is PointStatus.INACTIVE:
        link.do(ActivatePoint(point=point.id))
    if point.ticket:
        link.do(FinishService(point=point.id, ticket=point.ticket))
    return point.id


def test_a_ticket_is_issued_and_seen_in_the_snapshot(link: Link) -> None:
    accepted = link.do(IssueTicket(service=a_service(link)))
    ticket = accepted.result["ticket"]
    assert accepted.result["forecast"] is None
    assert link.snapshot().tickets[ticket["id"]].label == ticket["label"]


def test_the_same_command_again_acts_once_and_answers_the_same(link: Link) -> None:
    command = IssueTicket(service=a_service(link))
    first = link.do(command)
    assert link.do(command) == first
    refused = CancelTicket(ticket=first.result["ticket"]["id"])
    link.do(refused)
    link.do(refused)
    again = CancelTicket(ticket=first.result["ticket"]["id"])
    for _ in range(2):
        with pytest.raises(TicketNotWaiting) as refusal:
            link.do(again)
        assert refusal.value.sentence == "{label} is not waiting any more."
        assert refusal.value.about["label"] == first.result["ticket"]["label"]
    with pytest.raises(CommandIdReused):
        link.do(replace(command, language="de"))


def test_a_refusal_comes_by_name_and_changes_nothing(link: Link) -> None:
    before = link.snapshot()
    with pytest.raises(UnknownService, match="no service nonsense"):
        link.do(IssueTicket(service="nonsense"))
    assert link.snapshot() == before


def test_a_lost_answer_never_calls_a_second_customer(link: Link) -> None:
    service, point = a_service(link), a_quiet_point(link)
    for _ in range(2):
        link.do(IssueTicket(service=service))
    called = link.do(CallNext(point=point)).result["ticket"]
    assert called
    with pytest.raises(PointHasTicket) as refusal:
        link.do(CallNext(point=point))
    assert refusal.value.about["ticket"] == called["id"]
    assert refusal.value.sentence == "This service point already has {label}.", "so that it can be translated"
    assert refusal.value.detail == f"This service point already has {called['label']}."
    link.do(Recall(point=point, ticket=called["id"]))


def test_events_after_a_snapshot_make_the_hall_of_the_next_snapshot(link: Link) -> None:
    hall = link.snapshot()
    watch = link.watch(hall.seq)
    link.do(IssueTicket(service=a_service(link)))
    link.do(a_change_of(link))
    target = link.snapshot()
    for news in watch:
        if isinstance(news, Happened):
            assert news.seq == hall.seq + 1
            hall = evolve(hall, news.event)
        if hall.seq == target.seq:
            break
    watch.close()
    assert hall == target


def a_change_of(link: Link) -> Command:
    """Activate or deactivate the last point, whichever it needs."""
    last = [*link.snapshot().points.values()][-1]
    return (ActivatePoint if last.status is PointStatus.INACTIVE else DeactivatePoint)(point=last.id)


def test_events_are_told_from_any_point_of_the_past(link: Link) -> None:
    link.do(IssueTicket(service=a_service(link)))
    last = link.snapshot().seq
    watch = link.watch(last - 1)
    first = next(news for news in watch if news)
    watch.close()
    assert first.seq == last


def test_closing_a_watch_ends_it_at_once(link: Link) -> None:
    watch = link.watch(link.snapshot().seq)
    ended = threading.Event()

    def listen() -> None:
        for _ in watch:
            pass
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    began = time.monotonic()
    watch.close()
    assert ended.wait(2)
    assert time.monotonic() - began < 1.5


def test_a_watch_hears_what_another_link_did(there: Premises) -> None:
    """A console on the database itself and a display over HTTP stand in the same hall."""
    over_http, straight = there.admin("http"), there.admin("database")
    point, service = a_quiet_point(straight), a_service(straight)
    watch = over_http.watch(over_http.snapshot().seq)
    straight.do(IssueTicket(service=service))
    called = straight.do(CallNext(point=point)).result["ticket"]["id"]
    heard = next(news.event for news in watch if news and isinstance(news.event, TicketCalled))
    watch.close()
    straight.do(FinishService(point=point, ticket=called))
    over_http.close()
    straight.close()
    assert heard.ticket == called


def test_a_wrong_password_and_a_wrong_login_are_the_same_refusal(there: Premises) -> None:
    for address in (there.base, there.database):
        console = connect(address, role=Role.CONSOLE)
        sentences = set()
        for login in ("admin", "nobody"):
            with pytest.raises(NotSignedIn) as refusal:
                console.sign_in(login, new_id())
            sentences.add(refusal.value.detail)
        assert len(sentences) == 1
        with pytest.raises(NotSignedIn):
            console.snapshot()
        console.close()
