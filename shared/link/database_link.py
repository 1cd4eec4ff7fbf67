"""The link to a hall whose database this very program opens: no server between them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from shared.access.request import Request
from shared.access.sign_on import Identity, Provider
from shared.backend.access.accounts import Accounts
from shared.backend.access.sessions import Session
from shared.backend.halls.ledger import Ledger
from shared.backend.request_handlers.dispatch import RequestHandlers
from shared.backend.storage.database import Database
from shared.hall.errors import Failure, NotSignedIn, UnknownHall
from shared.hall.field_types import HallId, TicketId
from shared.hall.hall import Hall
from shared.hall.json_codec import decode_event
from shared.hall.messages import Accepted, Command, Happened, Note
from shared.hall.roles import Actor, of_staff, settled
from shared.link import retry
from shared.link.link import Link

A = TypeVar("A")

HERE = "this machine"
"""The place of somebody who signs in over the database itself."""


class SharedLedger:
    """One ledger for the links of a program, a console's before and after signing in; the last to leave closes it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.accounts = Accounts(ledger.database)
        self.handlers = RequestHandlers(ledger, self.accounts)
        self._links = 0

    def taken(self) -> SharedLedger:
        self._links += 1
        return self

    def left(self) -> None:
        self._links -= 1
        if self._links == 0:
            self.ledger.close()


class DatabaseLink:
    """One hall of a ledger, on behalf of a device, or of whoever signed in and got this token.

    A console has neither before somebody signs in. A token is looked up every time: it may have ended elsewhere.
    """

    def __init__(
        self, shared: SharedLedger, hall: HallId, device: Actor | None = None, token: str = "", pages: str = ""
    ) -> None:
        self._pages = pages
        self._shared = shared.taken()
        self._ledger = shared.ledger
        self._hall = hall
        self._device = device
        self._token = token
        self._watches: list[DatabaseWatch] = []
        self._closed = False

    @classmethod
    def open(cls, address: str, hall: str, device: Actor | None, pages: str = "") -> DatabaseLink:
        """A link to a hall (the only one, if none is named) of a database; raises Unfit or UnknownHall.

        ``pages``: where phones reach the backend that serves this database, if any does.
        """
        database = Database(address)
        database.require_current()
        ledger = Ledger(database)
        try:
            return cls(SharedLedger(ledger), _one_of(ledger.halls(), hall), device, pages=pages)
        except Failure:
            ledger.close()
            raise

    def do(self, command: Command) -> Accepted:
        return self._ledger.do(self._hall, command, self._whoever())

    def snapshot(self) -> Hall:
        self._settled()
        return self._ledger.hall(self._hall)

    def watch(self, after: int) -> DatabaseWatch:
        self._settled()
        watch = DatabaseWatch(self._ledger, self._hall, after, self._whoever)
        self._watches = [*(one for one in self._watches if not one.is_over), watch]
        return watch

    def notes(self, ticket: TicketId) -> list[Note]:
        of_staff(self._settled())
        return self._ledger.notes(self._hall, ticket)

    def request(self, request: Request[A]) -> A:
        return self._shared.handlers.answer(self._hall, request, self._whoever())

    def sign_in(self, login: str, password: str) -> tuple[Link, Actor]:
        def signed_in() -> Session:
            session = self._shared.accounts.sessions.sign_in(login, password, HERE)
            if session.actor.hall not in (None, self._hall):
                raise NotSignedIn("You belong to another hall.")
            return session

        session = self._ledger.audit_writer.signing_in(self._shared.accounts, login, "", signed_in)
        return DatabaseLink(self._shared, self._hall, token=session.token, pages=self._pages), session.actor

    def sign_out(self) -> None:
        self._shared.accounts.sessions.end(self._token)

    def provider(self) -> Provider | None:
        return None

    def sign_on(self, identity: Identity) -> tuple[Link, Actor]:
        raise NotSignedIn("There is no identity provider here: sign in with login and password.")

    @property
    def fingerprint(self) -> str:
        return ""

    @property
    def pages(self) -> str | None:
        return self._pages

    def close(self) -> None:
        for watch in self._watches:
            watch.close()
        if not self._closed:
            self._closed = True
            self._shared.left()

    def _whoever(self) -> Actor:
        if self._device:
            return self._device
        if not self._token:
            raise NotSignedIn("Sign in first.")
        return self._shared.accounts.actor(self._token)

    def _settled(self) -> Actor:
        return settled(self._whoever())


class DatabaseWatch:
    """The journal as it grows, whichever process writes it, for as long as ``still_in`` raises nothing."""

    def __init__(self, ledger: Ledger, hall: HallId, after: int, still_in: Callable[[], object]) -> None:
        self._ledger = ledger
        self._hall = hall
        self._after = after
        self._still_in = still_in
        self._changed = threading.Event()
        self.is_over = False
        self._stop_listening = ledger.listen(self._changed.set)

    def __iter__(self) -> Iterator[Happened | None]:
        while not self.is_over:
            self._changed.clear()
            entries = self._ledger.entries_after(self._hall, self._after)
            for entry in entries:
                self._after = entry.seq
                yield Happened(entry.seq, decode_event(json.loads(entry.body)))
            if not entries and not self._changed.wait(retry.HEARTBEAT):
                self._still_in()
                yield None

    def close(self) -> None:
        if not self.is_over:
            self.is_over = True
            self._stop_listening()
            self._changed.set()


def _one_of(halls: list[HallId], wanted: str) -> HallId:
    if wanted and wanted not in halls:
        raise UnknownHall(f"There is no hall {wanted!r} in this database.")
    if wanted or len(halls) == 1:
        return wanted or halls[0]
    raise UnknownHall(f"Say which hall: write #ID behind the address ({', '.join(halls) or 'there are none yet'}).")
