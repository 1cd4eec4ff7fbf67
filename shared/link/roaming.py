"""The link of a paired station: it belongs to an installation, not to an address, and finds it again elsewhere."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from shared.access.request import Request
from shared.access.sign_on import Identity, Provider
from shared.hall.errors import Failure, NotSignedIn, Revoked, Unreachable
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command, Note
from shared.hall.roles import Actor
from shared.link import retry
from shared.link.certificate_trust import Trust
from shared.link.discovery import Search
from shared.link.http_link import HttpLink
from shared.link.link import Link, Watch
from shared.link.paired_hall import PairedHall
from shared.link.pairing_client import PairingClient

A = TypeVar("A")

log = logging.getLogger(__name__)


class RoamingLink:
    """A way to the hall of this home. ``moved`` is told the home with every new address; ``ca`` as for ``connect``."""

    def __init__(self, home: PairedHall, moved: Callable[[PairedHall], None], ca: str = "") -> None:
        self._home = home
        self._moved = moved
        self._ca = ca
        self._link = self._at(home.address)
        self._lost: float | None = None
        self._search: Search | None = None
        self._closed = threading.Event()

    def do(self, command: Command) -> Accepted:
        return self._ask(lambda link: link.do(command))

    def snapshot(self) -> Hall:
        self._look_around()
        return self._ask(lambda link: link.snapshot())

    def watch(self, after: int) -> Watch:
        self._look_around()
        return self._ask(lambda link: link.watch(after))

    def notes(self, ticket: TicketId) -> list[Note]:
        return self._ask(lambda link: link.notes(ticket))

    def request(self, request: Request[A]) -> A:
        return self._ask(lambda link: link.request(request))

    def sign_in(self, login: str, password: str) -> tuple[Link, Actor]:
        return self._link.sign_in(login, password)

    def sign_out(self) -> None:
        self._link.sign_out()

    def provider(self) -> Provider | None:
        return self._link.provider()

    def sign_on(self, identity: Identity) -> tuple[Link, Actor]:
        return self._link.sign_on(identity)

    @property
    def fingerprint(self) -> str:
        return self._link.fingerprint

    @property
    def pages(self) -> str | None:
        return self._link.pages

    def close(self) -> None:
        self._closed.set()
        self._link.close()
        self._stop_looking()

    def _ask(self, verb: Callable[[HttpLink], A]) -> A:
        try:
            answer = verb(self._link)
        except Unreachable:
            self._lost = self._lost or time.monotonic()
            raise
        except NotSignedIn as refused:
            self._why_not(refused)
            raise
        self._found()
        return answer

    def _why_not(self, refused: NotSignedIn) -> None:
        """Raises Revoked if it is really our installation that says so, and not another one at its old address."""
        with contextlib.closing(PairingClient(self._home.address, trust=self._trust(self._home.address))) as client:
            if client.installation().id == self._home.installation:
                raise Revoked("This device was taken out of service by the administrator.") from refused
        self._lost = self._lost or time.monotonic()
        raise Unreachable("Another installation answers at the address of this hall.") from refused

    # ── looking for it elsewhere: on the thread that listens, which has nothing else to do then ──

    def _look_around(self) -> None:
        if self._lost is None or time.monotonic() - self._lost < retry.LOOK_ELSEWHERE or self._closed.is_set():
            return
        self._search = self._search or Search()
        for found in self._search.found():
            if found.installation == self._home.installation:
                self._try([address for address in found.addresses if address != self._home.address])
        if self._closed.is_set():
            self._stop_looking()

    def _try(self, addresses: list[str]) -> None:
        """Go on where a backend proves that it knows this device; only then it is told the token.

        Who came by https does not go on without.
        """
        secret = self._home.address.startswith("https://")
        for address in addresses:
            if secret and not address.startswith("https://"):
                continue
            client = PairingClient(address, trust=self._trust(address))
            with contextlib.suppress(Failure), contextlib.closing(client):
                if client.knows(self._home):
                    self._go_to(address)
                    return
                log.warning("%s can't prove that it knows this device: it is not told its token", address)

    def _go_to(self, address: str) -> None:
        log.warning("the hall is found at %s", address)
        self._home = replace(self._home, address=address)
        old, self._link = self._link, self._at(address)
        old.close()
        self._found()
        self._moved(self._home)

    def _found(self) -> None:
        self._lost = None
        self._stop_looking()

    def _stop_looking(self) -> None:
        searching, self._search = self._search, None
        if searching:
            searching.close()

    def _at(self, address: str) -> HttpLink:
        return HttpLink(address, self._home.hall, self._home.token, self._trust(address))

    def _trust(self, address: str) -> Trust:
        """The authority it was paired by vouches for it at any address; who was paired without learns it now."""
        return Trust(address, pin=self._home.pin, ca=self._ca)
