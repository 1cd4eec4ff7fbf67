"""The honest in an attack: kiosks and consoles that ask till they are answered, and write down what they were told."""

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
from tests.faults.besieged import Seen

PAUSE = 0.25
"""Seconds a customer takes to press: a day has 999 numbers of a prefix, and clients are not what is measured."""

PATIENCE = 60.0
"""Seconds for which a command is asked for again."""


@dataclass
class Clients:
    """All of them; each is a thread of its own. ``bases``: the addresses of backends, behind what spoils the lines."""

    bases: list[str]
    hall: str
    device: str
    seed: int
    seen: Seen

    def kiosk(self, number: int) -> None:
        chance, link = random.Random(f"{self.seed} kiosk {number}"), self._link(number, self.device)
        pressed: list[Command] = []
        while not self.seen.over.wait(chance.uniform(0, 2 * PAUSE)):
            pressed.append(IssueTicket(service="registration"))
            self._sent(link, pressed[-1], f"kiosk {number}")
            if chance.random() < 0.2:
                self._sent(link, chance.choice(pressed), f"kiosk {number}")
        link.close()

    def console(self, number: int) -> None:
        point, link = f"a{number}", self._signed_in(number)
        holding: str | None = None
        wish: Command = ActivatePoint(point=point)
        while not self.seen.over.wait(PAUSE / 3):
            try:
                said = self._sent(link, wish, point)
                if isinstance(said, Accepted):
                    ticket = said.result.get("ticket") if isinstance(wish, CallNext) else None
                    holding = ticket["id"] if ticket else None
                else:
                    holding = self._as_it_is(link, point)
            except NotSignedIn:  # the clock was set beyond the session's end: the same wish in a new one
                link = self._signed_in(number)
                continue
            closed = isinstance(said, PointNotActive)
            wish = ActivatePoint(point=point) if closed else CallNext(point=point, holding=holding)
        while True:
            try:
                self._sent(link, wish, point)
                break
            except NotSignedIn:
                link = self._signed_in(number)
        link.close()

    def ask_again(self, share: int, of: int) -> None:
        """Everything of this share once more: each answer is the one that was given."""
        links = {True: self._link(share, self.device), False: self._signed_in(share)}
        for wish in [*self.seen.books.wishes.values()][share::of]:
            link = links[isinstance(wish.command, IssueTicket)]
            try:
                self._sent(link, wish.command, wish.sender)
            except NotSignedIn as refused:
                self.seen.faults.append(f"{wish.sender} was put out: {refused}")
                return

    def _sent(self, link: HttpLink, command: Command, sender: str) -> Accepted | Refused:
        """Send the very same until it is answered, and write down what was said."""
        self.seen.books.sent(command, sender)
        until = time.monotonic() + PATIENCE
        while True:
            self.seen.figures["sent"] += 1
            try:
                said: Accepted | Refused = link.do(command)
            except (NotSignedIn, TooOften):
                raise  # the door's, not the hall's: the command was not looked at
            except Refused as refused:
                said = refused
            except Unreachable:
                if time.monotonic() > until:
                    raise
                self.seen.figures["asked again"] += 1
                time.sleep(0.1)
                continue
            self.seen.books.heard(command, said)
            return said

    def _link(self, number: int, token: str = "") -> HttpLink:
        return HttpLink(self.bases[number % len(self.bases)], self.hall, token)

    def _signed_in(self, number: int) -> HttpLink:
        while True:
            with contextlib.suppress(Unreachable, TooOften):
                link, _ = self._link(number).sign_in("admin", PASSWORD)
                assert isinstance(link, HttpLink)
                return link
            time.sleep(0.2)

    def _as_it_is(self, link: HttpLink, point: str) -> str | None:
        while True:
            with contextlib.suppress(Unreachable):
                return link.snapshot().points[point].ticket
            time.sleep(0.1)
