"""The people at a world's stations: customers at kiosks, specialists and an administrator at consoles."""

from __future__ import annotations

from typing import Any

from shared.hall.calling import CallNext, Recall
from shared.hall.errors import Unreachable
from shared.hall.hall import Hall
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Accepted, Command
from shared.hall.points import ActivatePoint, DeactivatePoint, PausePoint, ResumePoint
from shared.hall.roles import Role
from shared.hall.serving import FinishService, MarkNoShow, Placement, ReturnToQueue, StartService, TransferTicket
from shared.hall.set_up import DefinePoint, DefinePrecedence, DefineService
from shared.hall.values import PointStatus, TicketState
from tests.faults.backend import Backend, Outcome
from tests.faults.bookkeeping import Bookkeeping
from tests.faults.station import Station
from tests.faults.world import World


class Display(Station):
    """Only looks. What it shows in the end must be the hall's state."""

    def __init__(self, world: World, backend: Backend, bookkeeping: Bookkeeping, name: str) -> None:
        super().__init__(world, backend, bookkeeping, name, Role.DISPLAY)


class Kiosk(Station):
    """One customer after another presses a service; one press is one command, however often it has to be sent.

    It cancels abandoned tickets as ``kiosk/abandoned_tickets.py`` does.
    """

    def __init__(self, world: World, backend: Backend, bookkeeping: Bookkeeping, name: str) -> None:
        super().__init__(world, backend, bookkeeping, name, Role.KIOSK)
        self._command: IssueTicket | None = None
        self._abandoned: list[str] = []
        self._busy = False

    @property
    def unfinished(self) -> bool:
        return self._command is not None or bool(self._abandoned)

    def pause(self) -> int:
        return self.world.within(300, 4_000)

    def act(self) -> None:
        if self._busy or self.hall is None:
            return
        to_cancel = self._abandoned_and_waiting(self.hall)
        if self._command is None and self.active and not to_cancel:
            self._command = self._press(self.hall)
        if self._command is not None:
            self._send(self._command)
        elif to_cancel:
            self._cancel(to_cancel[0])

    def _abandoned_and_waiting(self, hall: Hall) -> list[str]:
        """The abandoned tickets that the hall shows as waiting, the earliest first."""
        known = [hall.tickets[name] for name in self._abandoned if name in hall.tickets]
        return [ticket.id for ticket in known if ticket.state is TicketState.WAITING]

    def _press(self, hall: Hall) -> IssueTicket | None:
        """A ticket for a service of the menu, which may be out of date."""
        if not hall.services:
            return None
        service = self.world.one_of([*hall.services])
        precedence = self.world.one_of([None, *hall.precedences])
        return IssueTicket(command_id=self.world.new_id(), service=service, precedence=precedence)

    def _send(self, command: IssueTicket) -> None:
        self._busy = True
        self.send_command(command, lambda outcome: self._answered(command, outcome))

    def _answered(self, command: IssueTicket, outcome: Outcome) -> None:
        """Without an answer the customer retries the same command, or walks away."""
        self._busy = False
        if isinstance(outcome, Unreachable):
            if not self.world.perhaps(0.25):
                return
            self._abandoned.append(command.command_id)
            self.bookkeeping.abandoned.add(command.command_id)
        self._command = None

    def _cancel(self, ticket: str) -> None:
        self._busy = True
        self.send_command(
            CancelTicket(command_id=self.world.new_id(), ticket=ticket),
            lambda outcome: self._on_cancel_answer(ticket, outcome),
        )

    def _on_cancel_answer(self, ticket: str, outcome: Outcome) -> None:
        """Retry after a refusal: a called ticket may be sent back, and a day that a wrong clock ended may go on."""
        self._busy = False
        if isinstance(outcome, Accepted):
            self._abandoned.remove(ticket)


class Specialist(Station):
    """Works at one point by what the console shows, which may be long out of date."""

    def __init__(self, world: World, backend: Backend, bookkeeping: Bookkeeping, name: str, point: str) -> None:
        super().__init__(world, backend, bookkeeping, name, Role.SPECIALIST)
        self._point = point
        self._retried: Command | None = None
        self._busy = False

    def pause(self) -> int:
        return self.world.within(300, 3_000)

    def act(self) -> None:
        if self._busy or self.hall is None or not self.active:
            return
        command = self._retried or self._next_command(self.hall)
        if command is not None:
            self._busy = True
            self.send_command(command, lambda outcome: self._answered(command, outcome))

    def _answered(self, command: Command, outcome: Outcome) -> None:
        """After an outage some people press again, which is a new command, and some programs retry the same."""
        self._busy = False
        self._retried = command if isinstance(outcome, Unreachable) and self.world.perhaps(0.5) else None

    def _next_command(self, hall: Hall) -> Command | None:
        point = hall.points.get(self._point)
        if point is None:
            return None
        about: dict[str, Any] = {"command_id": self.world.new_id(), "point": self._point}
        if point.status is PointStatus.INACTIVE:
            return ActivatePoint(**about)
        if point.status is PointStatus.PAUSED:
            return ResumePoint(**about)
        if point.ticket and self.world.perhaps(0.6):
            return self._with_customer(hall, point.ticket, about)
        if not point.ticket and self.world.perhaps(0.04):
            return self.world.one_of([PausePoint, DeactivatePoint])(**about)
        return CallNext(holding=point.ticket, **about)

    def _with_customer(self, hall: Hall, ticket: str, about: dict[str, Any]) -> Command:
        about = {**about, "ticket": ticket}
        if hall.tickets[ticket].state is TicketState.SERVING or self.world.perhaps(0.2):
            if self.world.perhaps(0.3):
                return self._transfer(hall, about)
            return FinishService(**about)
        return self.world.one_of([Recall, StartService, StartService, FinishService, MarkNoShow, ReturnToQueue])(
            **about
        )

    def _transfer(self, hall: Hall, about: dict[str, Any]) -> Command:
        placement = self.world.one_of(list(Placement))
        if self.world.perhaps(0.4):
            return TransferTicket(to_point=self.world.one_of([*hall.points]), place=placement, **about)
        return TransferTicket(to_service=self.world.one_of([*hall.services]), place=placement, **about)


class Administrator(Station):
    """Changes things while people wait."""

    def __init__(self, world: World, backend: Backend, bookkeeping: Bookkeeping, name: str) -> None:
        super().__init__(world, backend, bookkeeping, name, Role.ADMINISTRATOR)

    def pause(self) -> int:
        return self.world.within(5_000, 40_000)

    def act(self) -> None:
        if self.hall and self.hall.services and self.active:
            change = self.world.one_of([self._allowance, self._point, self._service])
            self.send_command(change(self.hall), lambda _: None)

    def _allowance(self, hall: Hall) -> Command:
        name = self.world.one_of([*hall.precedences])
        allowance = self.world.one_of([0, 5, 10, 30, 2000])
        return DefinePrecedence(command_id=self.world.new_id(), id=name, name=name, allowance=allowance)

    def _point(self, hall: Hall) -> Command:
        point = hall.points[self.world.one_of([*hall.points])]
        return point_of(self.world, point.id, [*hall.services])

    def _service(self, hall: Hall) -> Command:
        known = hall.services[self.world.one_of([*hall.services])]
        return DefineService(
            command_id=self.world.new_id(),
            id=known.id,
            name=known.name,
            prefix=known.prefix,
            on=not self.world.perhaps(0.2),
        )


def point_of(world: World, name: str, services: list[str]) -> DefinePoint:
    """A point that gives some services, and some others when there is nothing better to do."""
    given = tuple(service for service in services if world.perhaps(0.6)) or (world.one_of(services),)
    return DefinePoint(
        command_id=world.new_id(),
        id=name,
        serial_number=int(name),
        name=f"Point {name}",
        services=given,
        backup_services=tuple(service for service in services if world.perhaps(0.4)),
        backup_penalty=world.one_of([0, 1, 10, 60]),
    )
