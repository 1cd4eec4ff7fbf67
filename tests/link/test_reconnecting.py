"""A connection that is lost and comes back: no call is missed, and a station reconnects to a restarted backend."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.hall.calling import CallNext, TicketCalled
from shared.hall.errors import Invalid
from shared.hall.issuing import IssueTicket
from shared.hall.points import ActivatePoint
from shared.hall.roles import Role
from shared.link.connect import connect
from shared.link.link import Link
from shared.ui.station import Station
from tests.backends import DATABASES, Premises, new_database
from tests.cable import Cable


@pytest.fixture
def premises(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Premises]:
    there = Premises(tmp_path, database=new_database(getattr(request, "param", "sqlite"), tmp_path))
    there.serve()
    yield there
    there.stop()


@pytest.fixture
def cable(premises: Premises) -> Iterator[Cable]:
    laid = Cable(premises.base)
    yield laid
    laid.close()


def a_display(premises: Premises, base: str) -> Station:
    return Station(connect(base, token=premises.device(Role.DISPLAY), role=Role.DISPLAY))


def call_somebody(console: Link) -> str:
    console.do(IssueTicket(service="doctor"))
    holding = console.snapshot().points["3"].ticket
    called: str = console.do(CallNext(point="3", holding=holding)).result["ticket"]["id"]
    return called


async def test_a_call_during_a_cut_is_heard_after_it(premises: Premises, cable: Cable, until) -> None:
    display, console = a_display(premises, cable.base), premises.admin()
    console.do(ActivatePoint(point="3"))
    heard: list[str] = []
    display.event_happened.connect(lambda event: isinstance(event, TicketCalled) and heard.append(event.ticket))
    display.start()
    await until(lambda: display.hall)
    calls = [call_somebody(console)]
    await until(lambda: heard == calls)
    cable.unplug()
    calls += [call_somebody(console), call_somebody(console)]
    cable.plug()
    await until(lambda: heard == calls)
    assert display.hall == console.snapshot()
    display.stop()
    console.close()


@pytest.mark.parametrize("premises", DATABASES, indirect=True)
async def test_a_killed_backend_is_found_again_with_all_it_had_answered(premises: Premises, until) -> None:
    display, console = a_display(premises, premises.base), premises.admin()
    display.start()
    await until(lambda: display.hall)
    kept = console.do(IssueTicket(service="doctor")).result["ticket"]["id"]
    premises.kill()
    await until(lambda: display.away_since)
    premises.serve()
    await until(lambda: not display.away_since and display.hall and kept in display.hall.tickets)
    later = console.do(IssueTicket(service="doctor")).result["ticket"]["id"]
    await until(lambda: display.hall and later in display.hall.tickets)
    display.stop()
    console.close()


def test_an_event_that_has_not_happened_yet_asks_for_a_snapshot(premises: Premises) -> None:
    """As when the backend was put back from a backup that is older than what a display has seen."""
    for kind in ("http", "database"):
        link = premises.admin(kind)
        with pytest.raises(Invalid, match="fresh snapshot"):
            next(iter(link.watch(10_000)))
        link.close()
