"""What may happen in a hall within one turn of its display's loop, at random but repeatable, and what is seen of it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable

from PySide6.QtQuick import QQuickWindow

from display.app import DisplayWindow
from display.screen.qml_sizes import Viewing
from shared.hall.calling import CallNext, Recall
from shared.hall.errors import Refused
from shared.hall.hall import Hall
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Command
from shared.hall.parking import ParkTicket
from shared.hall.serving import FinishService, MarkNoShow, ReturnToQueue, StartService, TransferTicket
from shared.hall.set_up import DefinePoint
from shared.hall.undo import UndoLast
from shared.hall.values import TicketState
from tests.display.frame import faults, rows
from tests.display.waiting_room import Room
from tests.memory_link import MemoryLink, clinic

SIZES = [(480, 270), (270, 480), (400, 300)]
NAMES = ["Counter 1", "Room 2", "Sachbearbeitung für Wohnsitzanmeldebestätigungen, Zimmer 213"]


QUICK = Viewing(farthest_seat=3, highlight=20)
ARRIVE = 30
"""Milliseconds; as quick as the highlight."""


class Bursts:
    def __init__(self, link: MemoryLink, seed: int) -> None:
        self.link = link
        self.random = random.Random(seed)

    def burst(self, window: QQuickWindow) -> None:
        """A few things at once, sometimes while the screen stands still."""
        for _ in range(self.random.randint(1, 8)):
            if self.random.random() < 0.03:
                window.resize(*self.random.choice(SIZES))
            self._something()
        if self.random.random() < 0.1:
            time.sleep(0.05)

    def _something(self) -> None:
        point = self.random.choice(list(self.link.hall.points))
        ticket = self.link.hall.points[point].ticket
        if not ticket or self.random.random() < 0.3:
            self._do(IssueTicket(service=self.random.choice(["registration", "tests"])))
            self._do(CallNext(point=point, holding=ticket))
            return
        can: list[Callable[[], Command]] = [
            lambda: Recall(point=point, ticket=ticket),
            lambda: Recall(point=point, ticket=ticket),
            lambda: StartService(point=point, ticket=ticket),
            lambda: FinishService(point=point, ticket=ticket),
            lambda: MarkNoShow(point=point, ticket=ticket),
            lambda: TransferTicket(point=point, ticket=ticket, to_service="tests"),
            lambda: ReturnToQueue(point=point, ticket=ticket),
            lambda: ParkTicket(point=point, ticket=ticket),
            lambda: CancelTicket(ticket=ticket),
            lambda: UndoLast(point=point),
            lambda: self._renamed(point),
        ]
        self._do(self.random.choice(can)())

    def _renamed(self, point: str) -> Command:
        here = self.link.hall.points[point]
        name = self.random.choice(NAMES)
        return DefinePoint(id=point, serial_number=here.serial_number, name=name, services=here.services)

    def _do(self, command: Command) -> None:
        with contextlib.suppress(Refused):  # it does not fit what happened before
            self.link.do(command)


async def faults_after_bursts(seed: int, bursts: int) -> list[str]:
    """What was wrong in the frame after each of so many bursts, once the display was at rest."""
    link = MemoryLink(clinic())
    room = await Room(link, until_soon).live()
    happening, found = Bursts(link, seed), list[str]()
    with room.display(QUICK, size=SIZES[0]) as display:
        display._qml.theme.setProperty("arrive", ARRIVE)
        for number in range(bursts):
            happening.burst(display.window)
            await room.caught_up()
            await until_soon(lambda: shows_the_open_calls_of(link.hall, display) and is_at_rest(display))
            found += [f"burst {number}: {fault}" for fault in faults(display)]
    return found


async def until_soon(fact: Callable[[], object]) -> None:
    """As ``until``, looking more often."""
    while not fact():
        await asyncio.sleep(0.001)


def shows_the_open_calls_of(hall: Hall, display: DisplayWindow) -> bool:
    """Whether it shows those calls whose customers are still awaited, newest first, as far as there is room."""
    called = {ticket.id for ticket in hall.tickets.values() if ticket.state is TicketState.CALLED}
    still_open = [call.label for call in hall.calls if call.ticket in called]
    shown = [row.label for row in display.model.calls.rows if not row.over]
    return shown == still_open[: display.model.sizes.rows + 1]


def is_at_rest(display: DisplayWindow) -> bool:
    window = display.window
    return display.model._pixels == (window.width(), window.height()) and not (
        display.announcer.announcing
        or any(row.highlighted for row in display.model.calls.rows)
        or any(row.property("away") for row in rows(display))
    )
