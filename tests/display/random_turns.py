"""What may happen in a hall within one turn of its display's loop, at random but repeatable."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable

from PySide6.QtQuick import QQuickWindow

from shared.hall.calling import CallNext, Recall
from shared.hall.errors import Refused
from shared.hall.issuing import CancelTicket, IssueTicket
from shared.hall.messages import Command
from shared.hall.parking import ParkTicket
from shared.hall.serving import FinishService, MarkNoShow, ReturnToQueue, StartService, TransferTicket
from shared.hall.set_up import DefinePoint
from shared.hall.undo import UndoLast
from tests.memory_link import MemoryLink

SIZES = [(480, 270), (270, 480), (400, 300)]
NAMES = ["Counter 1", "Room 2", "Sachbearbeitung für Wohnsitzanmeldebestätigungen, Zimmer 213"]


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
