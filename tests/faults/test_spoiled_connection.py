"""A real backend behind a connection that spoils answers: nothing is doubled or lost, and stations recover."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from shared.backend.halls import database_administration
from shared.hall.issuing import IssueTicket
from shared.hall.roles import Role
from shared.hall.set_up import DefinePoint
from shared.link.connect import connect
from shared.ui.station import Station
from tests.backends import Premises
from tests.faults.rush import Rush
from tests.faults.spoiling import SpoiledCable

PROMISED = 5.0
"""Seconds within which a station says that its hall is away, and is live again once the connection is back."""

TICK = 0.02
"""Seconds."""


class Stopwatch:
    """Seconds that have passed for somebody on this machine, which may be too busy to let anybody run."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._stalled = 0.0
        self._ticking = asyncio.get_running_loop().create_task(self._tick())

    async def _tick(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(TICK)
            self._stalled += time.monotonic() - before - TICK

    def stop(self) -> float:
        self._ticking.cancel()
        return time.monotonic() - self._began - self._stalled


@pytest.fixture
def cable(premises: Premises) -> Iterator[SpoiledCable]:
    spoiled = SpoiledCable(premises.base, seed=1)
    yield spoiled
    spoiled.close()


def test_answers_that_are_lost_double_nothing(premises: Premises, cable: SpoiledCable) -> None:
    admin = premises.admin()
    for point in ("1", "2"):
        known = admin.snapshot().points[point]
        serial, name = known.serial_number, known.name
        admin.do(DefinePoint(id=point, serial_number=serial, name=name, services=("registration",)))
    admin.close()
    rush = Rush(premises, cable.base)
    rush.play(tickets=60, kiosks=3, points=("1", "2"))
    assert list(rush.faults()) == []
    assert len(rush.issued) == len(rush.called) == 60
    assert cable.misfortunes > 10, "or this would prove little"
    with database_administration.opened(premises.database) as halls:
        assert list(halls.faults()) == []


async def test_a_station_on_a_frozen_connection_says_so_and_recovers(
    premises: Premises, cable: SpoiledCable, until
) -> None:
    """Frozen, not cut: nothing tells the station that nobody is there."""
    console = premises.admin()
    display = Station(connect(cable.base, token=premises.device(Role.DISPLAY), role=Role.DISPLAY))
    display.start()
    await until(lambda: display.hall)
    frozen = Stopwatch()
    cable.freeze()
    await until(lambda: display.away_since)
    assert frozen.stop() < PROMISED
    missed = console.do(IssueTicket(service="doctor")).result["ticket"]["id"]
    thawed = Stopwatch()
    cable.thaw()
    await until(lambda: not display.away_since and display.hall and missed in display.hall.tickets)
    assert thawed.stop() < PROMISED
    display.stop()
    console.close()
