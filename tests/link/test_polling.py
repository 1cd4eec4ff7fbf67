"""Where a backend can't hold connections, stations and pages poll: no outage is shown, and nothing is missed."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import uvicorn

from shared.backend.access.accounts import Accounts
from shared.backend.halls import database_administration
from shared.backend.http.polling_feed import PollingFeed
from shared.backend.http.routes import create_app
from shared.hall.errors import Unreachable
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket
from shared.hall.messages import Happened
from shared.hall.roles import Role
from shared.link.http_link import HttpLink
from shared.ui.station import Station


@dataclass
class ShortStreams:
    """A backend that answers every stream with the events there are, and ends it."""

    admin: database_administration.DatabaseAdmin
    hall: str
    base: str

    def link(self, role: Role) -> HttpLink:
        name = f"{role} {len(self.admin.accounts.devices())}"
        return Counting(self.base, self.hall, self.admin.accounts.add_device(name, role, self.hall))


@contextlib.contextmanager
def served(folder: Path) -> Iterator[ShortStreams]:
    with database_administration.opened(f"sqlite:///{folder / 'admin.db'}", create=True) as admin:
        hall, ledger = admin.init("clinic", None), admin.ledger
        app = create_app(ledger, Accounts(ledger.database), feed=PollingFeed(ledger))
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield ShortStreams(admin, hall, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
        server.should_exit = True
        thread.join()


class Counting(HttpLink):
    """Counts the snapshots that are taken."""

    snapshots = 0

    def snapshot(self) -> Hall:
        self.snapshots += 1
        return super().snapshot()


@dataclass
class Heard:
    """Records a station's signals."""

    events: list[str]
    away: list[datetime | None]


@pytest.fixture(scope="module")
def short_streams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShortStreams]:
    with served(tmp_path_factory.mktemp("short_streams")) as there:
        yield there


async def test_a_station_hears_everything_and_takes_no_end_for_an_outage(short_streams: ShortStreams, until) -> None:
    link, kiosk = short_streams.link(Role.DISPLAY), short_streams.link(Role.KIOSK)
    station, heard = Station(link), Heard([], [])
    station.event_happened.connect(lambda event: heard.events.append(event.type_name()))
    station.reachable_changed.connect(lambda: heard.away.append(station.away_since))
    station.start()
    await until(lambda: station.hall)
    for _ in range(2):
        before = len(heard.events)
        kiosk.do(IssueTicket(service="doctor"))
        await until(lambda before=before: len(heard.events) > before)
    assert heard.events == ["ticket-issued"] * 2 and heard.away == []
    assert link.snapshots == 1, "nobody takes the whole hall again for what can be told"
    station.stop()
    kiosk.close()


async def test_who_does_something_sees_it_at_once(short_streams: ShortStreams, until) -> None:
    """Without waiting for the next poll."""
    station = Station(short_streams.link(Role.KIOSK))
    station.start()
    await until(lambda: station.hall)
    began = time.monotonic()
    for number in range(3):
        ticket = (await station.do_and_wait(IssueTicket(service="imaging"))).result["ticket"]["id"]
        await until(lambda ticket=ticket: station.hall and ticket in station.hall.tickets)
        assert time.monotonic() - began < 1.5, f"the time to come again is longer than that, number {number}"
    station.stop()


def test_a_watch_that_waits_to_come_again_is_closed_at_once(short_streams: ShortStreams) -> None:
    link = short_streams.link(Role.SIGN)
    watch = link.watch(0)
    heard: list[Happened | None] = []
    reading = threading.Thread(target=lambda: heard.extend(watch))
    reading.start()
    while not heard:
        time.sleep(0.01)
    time.sleep(0.2)  # it waits by now
    began = time.monotonic()
    link.close()
    reading.join(5)
    assert not reading.is_alive() and time.monotonic() - began < 0.5


def test_a_watch_says_so_when_there_is_nobody_to_come_again_to(tmp_path: Path) -> None:
    with served(tmp_path) as there:
        link = there.link(Role.CONSOLE)
        watch = iter(link.watch(0))
        assert next(watch)
    with pytest.raises(Unreachable):
        list(watch)
    link.close()
