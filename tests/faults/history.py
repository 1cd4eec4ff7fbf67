"""One history: a hall of any set-up, its stations, an hour of bad luck, and what must hold when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.backend.halls.ledger import CLOCK
from shared.hall.business_day import StartBusinessDay
from shared.hall.messages import Accepted, Command
from shared.hall.opening import is_new_day
from shared.hall.roles import Actor, Role
from shared.hall.set_up import DefineHall, DefinePrecedence, DefineService
from tests.faults.backend import Backend, Kept, Remembered
from tests.faults.bookkeeping import RequestContext
from tests.faults.people import Administrator, Display, Kiosk, Specialist, point_of
from tests.faults.station import Station
from tests.faults.world import World

ADMIN = Actor(name="init", role=Role.ADMINISTRATOR)

QUIET = 75_000
"""Milliseconds of good lines after which every station must show what the hall keeps, the clock's own work included."""

CLOCK_LOOKS = 60_000
"""Milliseconds between two looks of the backend's own clock, which may be set to another day between them."""


@dataclass(frozen=True)
class Told:
    """What came of one history."""

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
        self.books = RequestContext()
        self.stations: list[Station] = []

    def play(self) -> None:
        """Set up, let people and bad luck do what they do, then let it all come to rest."""
        self.begin()
        self.world.run(self.world.within(40_000, 150_000))
        self.rest()

    def begin(self) -> None:
        points = self._set_up()
        self._people(points)
        self.backend.trouble()
        self._keep_time()
        for station in self.stations:
            station.start()

    def _keep_time(self) -> None:
        """As the backend's timekeeper does: a new day begins within a minute, though nobody asks for anything."""
        self.world.later(CLOCK_LOOKS, self._keep_time)
        if self.backend.up and is_new_day(self.backend.snapshot(), self.backend.clock.wall()):
            command = StartBusinessDay(command_id=self.world.new_id())
            self.books.sent(command, "the clock")
            self.backend.do(command, CLOCK)

    def rest(self) -> None:
        """Good lines, a backend that lives, and nobody who presses anything new."""
        self.backend.mortal = False
        for station in self.stations:
            station.active = False
            station.line.heal()
        self.world.run(QUIET)

    def told(self) -> Told:
        faults = [*self.backend.faults(), *self._pictures_differ()]
        faults += self.books.audit(self.backend.journal(), self.backend.snapshot())
        tickets = sum(written.happened.event.type_name() == "ticket-issued" for written in self.backend.journal())
        return Told(self.world.seed, self.backend.seq, tickets, self.backend.deaths, faults, self.world.log)

    def _pictures_differ(self) -> Iterator[str]:
        kept = self.backend.snapshot()
        for station in self.stations:
            if station.hall != kept:
                shows = station.hall.seq if station.hall else "nothing"
                yield f"{station.name} shows {shows}, the hall is at {kept.seq}"

    # ── the set-up ──

    def _set_up(self) -> list[str]:
        """Any hall: some services, precedences and points, given and backed up as it comes."""
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
        self.books.sent(command, "the set-up")
        mortal, self.backend.mortal = self.backend.mortal, False
        outcome = self.backend.do(command, ADMIN)
        self.backend.mortal = mortal
        assert isinstance(outcome, Accepted), outcome

    def _people(self, points: list[str]) -> None:
        world, backend, books = self.world, self.backend, self.books
        self.stations = [Kiosk(world, backend, books, f"kiosk {number}") for number in range(world.within(1, 3))]
        for point in points:
            for who in ["", "'s colleague"][: 1 + world.perhaps(0.3)]:  # two consoles for one point
                self.stations.append(Specialist(world, backend, books, f"point {point}{who}", point))
        self.stations.append(Display(world, backend, books, "display"))
        if world.perhaps(0.5):
            self.stations.append(Administrator(world, backend, books, "administrator"))


def remembered(seed: int, *, talkative: bool = False) -> Told:
    """A history with the backend in memory."""
    history = History(seed, Remembered(World(seed)), talkative=talkative)
    history.play()
    return history.told()


def kept(seed: int, empty: Path, folder: Path, *, talkative: bool = False) -> Told:
    """A history with the real ledger on a real file, copied from an empty one."""
    backend = Kept(World(seed), empty, folder)
    try:
        history = History(seed, backend, talkative=talkative)
        history.play()
        return history.told()
    finally:
        backend.close()
