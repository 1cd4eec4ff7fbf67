"""One history: a hall of any set-up, its stations, minutes of bad luck, and what must hold when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.backend.halls.ledger import CLOCK_ACTOR
from shared.hall.business_day import StartBusinessDay
from shared.hall.messages import Accepted, Command
from shared.hall.opening import is_new_day
from shared.hall.roles import Actor, Role
from shared.hall.set_up import DefineHall, DefinePrecedence, DefineService
from tests.faults.backend import Backend, InMemoryBackend, LedgerBackend
from tests.faults.bookkeeping import Bookkeeping
from tests.faults.people import Administrator, Display, Kiosk, Specialist, point_of
from tests.faults.station import Station
from tests.faults.world import World

ADMIN = Actor(name="init", role=Role.ADMINISTRATOR)

QUIET = 75_000
"""Milliseconds of good connections after which every station must show the hall's state."""

DAY_CHECK_INTERVAL = 60_000
"""Milliseconds between two checks for a new business day."""


@dataclass(frozen=True)
class HistoryResult:
    """The result of one history."""

    seed: int
    events: int
    tickets: int
    deaths: int
    faults: list[str]
    log: list[str]


class History:
    """A world with a hall in it. The seed decides everything."""

    def __init__(self, seed: int, backend: Backend, *, talkative: bool = False) -> None:
        self.world = backend.world
        self.world.talkative = talkative
        self.backend = backend
        self.bookkeeping = Bookkeeping()
        self.stations: list[Station] = []

    def play(self) -> None:
        """Set up, let people and bad luck act, then let it all settle."""
        self.begin()
        self.world.run(self.world.within(40_000, 150_000))
        self.settle()

    def begin(self) -> None:
        points = self._set_up()
        self._people(points)
        self.backend.disturb()
        self._keep_time()
        for station in self.stations:
            station.start()

    def _keep_time(self) -> None:
        """As the backend's background work does: begin a new business day within a minute, without any command."""
        self.world.later(DAY_CHECK_INTERVAL, self._keep_time)
        if self.backend.up and is_new_day(self.backend.snapshot(), self.backend.clock.wall()):
            command = StartBusinessDay(command_id=self.world.new_id())
            self.bookkeeping.sent(command, "the clock")
            self.backend.do(command, CLOCK_ACTOR)

    def settle(self) -> None:
        """Good connections, a backend that stays alive, and no new commands."""
        self.backend.mortal = False
        for station in self.stations:
            station.active = False
            station.connection.heal()
        self.world.run(QUIET)

    def result(self) -> HistoryResult:
        faults = [*self.backend.faults(), *self._stations_that_differ()]
        faults += self.bookkeeping.audit(self.backend.journal(), self.backend.snapshot())
        tickets = sum(written.happened.event.type_name() == "ticket-issued" for written in self.backend.journal())
        return HistoryResult(self.world.seed, self.backend.seq, tickets, self.backend.deaths, faults, self.world.log)

    def _stations_that_differ(self) -> Iterator[str]:
        now = self.backend.snapshot()
        for station in self.stations:
            if station.hall != now:
                shows = station.hall.seq if station.hall else "nothing"
                yield f"{station.name} shows {shows}, the hall is at {now.seq}"

    # ── the set-up ──

    def _set_up(self) -> list[str]:
        """A random hall: some services, precedences and points."""
        world = self.world
        services = ["a", "b", "c", "d"][: world.within(1, 4)]
        points = ["1", "2", "3", "4"][: world.within(1, 4)]
        self._do(DefineHall(command_id=world.new_id(), name="Imagined", return_after=world.within(0, 5)))
        for precedence in ["regular", "paid", "priority"][: world.within(1, 3)]:
            allowance = world.one_of([0, 5, 10, 10, 30, 30, 2000])
            self._do(DefinePrecedence(command_id=world.new_id(), id=precedence, name=precedence, allowance=allowance))
        for place, service in enumerate(services):
            prefix = service.upper()
            self._do(DefineService(command_id=world.new_id(), id=service, name=service, prefix=prefix, place=place))
        for point in points:
            self._do(point_of(world, point, services))
        self._do(StartBusinessDay(command_id=world.new_id()))
        return points

    def _do(self, command: Command) -> None:
        self.bookkeeping.sent(command, "the set-up")
        mortal, self.backend.mortal = self.backend.mortal, False
        outcome = self.backend.do(command, ADMIN)
        self.backend.mortal = mortal
        assert isinstance(outcome, Accepted), outcome

    def _people(self, points: list[str]) -> None:
        world, backend, bookkeeping = self.world, self.backend, self.bookkeeping
        self.stations = [Kiosk(world, backend, bookkeeping, f"kiosk {number}") for number in range(world.within(1, 3))]
        for point in points:
            for who in ["", "'s colleague"][: 1 + world.perhaps(0.3)]:  # two consoles for one point
                self.stations.append(Specialist(world, backend, bookkeeping, f"point {point}{who}", point))
        self.stations.append(Display(world, backend, bookkeeping, "display"))
        if world.perhaps(0.5):
            self.stations.append(Administrator(world, backend, bookkeeping, "administrator"))


def in_memory_history(seed: int, *, talkative: bool = False) -> HistoryResult:
    """A history with the backend in memory."""
    history = History(seed, InMemoryBackend(World(seed)), talkative=talkative)
    history.play()
    return history.result()


def ledger_history(seed: int, empty: Path, folder: Path, *, talkative: bool = False) -> HistoryResult:
    """A history with the real ledger on a real file, copied from an empty one."""
    backend = LedgerBackend(World(seed), empty, folder)
    try:
        history = History(seed, backend, talkative=talkative)
        history.play()
        return history.result()
    finally:
        backend.close()
