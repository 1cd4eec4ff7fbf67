"""The honest clients in an attack: kiosks and consoles that retry until they are answered, and record the answers."""

from __future__ import annotations

import contextlib
import random
import time
from dataclasses import dataclass

from shared.hall.calling import CallNext
from shared.hall.errors import NotSignedIn, PointNotActive, Refused, TooOften, Unreachable
from shared.hall.issuing import IssueTicket
from shared.hall.messages import Accepted, Command
from shared.hall.points import ActivatePoint
from shared.link.http_link import HttpLink
from tests.backends import PASSWORD
from tests.faults.besieged import Findings

PAUSE = 0.25
"""Seconds between a customer's presses, at most twice as long: a prefix has 999 numbers a day."""

RETRY_FOR = 60.0
"""Seconds for which a command is retried."""


@dataclass
class Clients:
    """All clients, each a thread of its own. ``bases``: the backends' addresses, through the spoiled connections."""

    bases: list[str]
    hall: str
    device: str
    seed: int
    findings: Findings

    def kiosk(self, number: int) -> None:
        chance, link = random.Random(f"{self.seed} kiosk {number}"), self._link(number, self.device)
        pressed: list[Command] = []
        while not self.findings.over.wait(chance.uniform(0, 2 * PAUSE)):
            pressed.append(IssueTicket(service="registration"))
            self._sent(link, pressed[-1], f"kiosk {number}")
            if chance.random() < 0.2:
                self._sent(link, chance.choice(pressed), f"kiosk {number}")
        link.close()

    def console(self, number: int) -> None:
        point, link = f"a{number}", self._signed_in(number)
        holding: str | None = None
        command: Command = ActivatePoint(point=point)
        while not self.findings.over.wait(PAUSE / 3):
            try:
                outcome = self._sent(link, command, point)
                if isinstance(outcome, Accepted):
                    ticket = outcome.result.get("ticket") if isinstance(command, CallNext) else None
                    holding = ticket["id"] if ticket else None
                else:
                    holding = self._current_ticket(link, point)
            except NotSignedIn:  # the clock was set beyond the session's end: the same command in a new one
                link = self._signed_in(number)
                continue
            closed = isinstance(outcome, PointNotActive)
            command = ActivatePoint(point=point) if closed else CallNext(point=point, holding=holding)
        while True:
            try:
                self._sent(link, command, point)
                break
            except NotSignedIn:
                link = self._signed_in(number)
        link.close()

    def ask_again(self, share: int, of: int) -> None:
        """Send this share's commands once more: each answer must be the one that was given."""
        links = {True: self._link(share, self.device), False: self._signed_in(share)}
        for entry in [*self.findings.bookkeeping.commands.values()][share::of]:
            link = links[isinstance(entry.command, IssueTicket)]
            try:
                self._sent(link, entry.command, entry.sender)
            except NotSignedIn as refused:
                self.findings.faults.append(f"{entry.sender} was put out: {refused}")
                return

    def _sent(self, link: HttpLink, command: Command, sender: str) -> Accepted | Refused:
        """Send the same command until it is answered, and record the answer."""
        self.findings.bookkeeping.sent(command, sender)
        until = time.monotonic() + RETRY_FOR
        while True:
            self.findings.figures["sent"] += 1
            try:
                outcome: Accepted | Refused = link.do(command)
            except (NotSignedIn, TooOften):
                raise  # from authentication or the rate limit: the hall did not see the command
            except Refused as refused:
                outcome = refused
            except Unreachable:
                if time.monotonic() > until:
                    raise
                self.findings.figures["asked again"] += 1
                time.sleep(0.1)
                continue
            self.findings.bookkeeping.heard(command, outcome)
            return outcome

    def _link(self, number: int, token: str = "") -> HttpLink:
        return HttpLink(self.bases[number % len(self.bases)], self.hall, token)

    def _signed_in(self, number: int) -> HttpLink:
        while True:
            with contextlib.suppress(Unreachable, TooOften):
                link, _ = self._link(number).sign_in("admin", PASSWORD)
                assert isinstance(link, HttpLink)
                return link
            time.sleep(0.2)

    def _current_ticket(self, link: HttpLink, point: str) -> str | None:
        while True:
            with contextlib.suppress(Unreachable):
                return link.snapshot().points[point].ticket
            time.sleep(0.1)
