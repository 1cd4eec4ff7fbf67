"""A rush on a real backend: kiosks and consoles as threads with real links, which retry until they are answered."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.hall.calling import CallNext
from shared.hall.errors import PointAlreadyActive, PointHasTicket, Unreachable
from shared.hall.issuing import IssueTicket
from shared.hall.messages import Accepted, Command
from shared.hall.points import ActivatePoint
from shared.hall.serving import FinishService
from shared.link.http_link import HttpLink
from tests.backends import Premises

RETRY_AFTER = 0.02
"""Seconds until a command without an answer is retried."""


@dataclass
class Rush:
    """The commands of a rush and their answers. ``base``: the backend's address, through a spoiled connection."""

    premises: Premises
    base: str
    issued: dict[str, str] = field(default_factory=dict)
    """The label on paper for each press."""
    called: list[str] = field(default_factory=list)
    """Every ticket a console was told to serve."""
    unanswered: int = 0
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._closing = threading.Event()
        self._token = self.premises.admin()._token  # type: ignore[attr-defined]

    def play(self, tickets: int, kiosks: int, points: tuple[str, ...]) -> None:
        """So many tickets at so many kiosks, called at these points until nobody waits."""
        at_kiosks = [threading.Thread(target=self._kiosk, args=(tickets // kiosks,)) for _ in range(kiosks)]
        at_points = [threading.Thread(target=self._console, args=(point,)) for point in points]
        for thread in (*at_kiosks, *at_points):
            thread.start()
        for thread in at_kiosks:
            thread.join()
        self._closing.set()
        for thread in at_points:
            thread.join()

    def again(self) -> None:
        """Open the kiosks once more."""
        self._closing.clear()

    def faults(self) -> Iterator[str]:
        """Every contradiction among the answers."""
        yield from self.problems
        twice = [label for label, times in Counter(self.issued.values()).items() if times > 1]
        if twice and len(self.issued) < 999:
            yield f"numbers were given twice: {twice}"
        for ticket, times in Counter(self.called).items():
            if times > 1:
                yield f"{ticket} was called {times} times"
        if lost := self.issued.keys() - set(self.called):
            yield f"{len(lost)} tickets were given and never called"
        if strange := set(self.called) - self.issued.keys():
            yield f"{len(strange)} tickets were called that nobody took"

    def _link(self) -> HttpLink:
        return HttpLink(self.base, self.premises.hall, self._token)

    def _answered(self, link: HttpLink, command: Command) -> Accepted:
        """Send the same command until it is answered."""
        while True:
            try:
                return link.do(command)
            except Unreachable:
                self.unanswered += 1
                time.sleep(RETRY_AFTER)

    def _kiosk(self, presses: int) -> None:
        link = self._link()
        for _ in range(presses):
            command = IssueTicket(service="registration")
            self.issued[command.command_id] = self._answered(link, command).result["ticket"]["label"]
        link.close()

    def _console(self, point: str) -> None:
        link = self._link()
        with contextlib.suppress(PointAlreadyActive):
            self._answered(link, ActivatePoint(point=point))
        holding: str | None = None
        while True:
            closing = self._closing.is_set()
            try:
                ticket = self._answered(link, CallNext(point=point, holding=holding)).result["ticket"]
            except PointHasTicket as refused:  # nobody else works here, so it is one that this console should know
                self.problems.append(f"{point} has {refused.about} and was not told")
                return
            holding = ticket["id"] if ticket else None
            if holding:
                self.called.append(holding)
            elif closing:
                break
            else:
                time.sleep(RETRY_AFTER)
        if holding:
            self._answered(link, FinishService(point=point, ticket=holding))
        link.close()
