"""The link to a hall whose database this program opens itself, with no server in between."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

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
from shared.hall.roles import Actor, require_own_password, require_staff
from shared.link import timings
from shared.link.link import Link
from shared.requests.request import Request
from shared.requests.sign_on import Identity, Provider

A = TypeVar("A")

SIGN_IN_PLACE = "this machine"
"""What the rate limits count sign-ins over the database by, in place of an address."""


class SharedLedger:
    """The one ledger of all links of a program, a console's before and after sign-in; the last link closes it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.accounts = Accounts(ledger.database)
        self.handlers = RequestHandlers(ledger, self.accounts)
        self._links = 0

    def acquire(self) -> SharedLedger:
        self._links += 1
        return self

    def release(self) -> None:
        self._links -= 1
        if self._links == 0:
            self.ledger.close()


class DatabaseLink:
    """One hall of a ledger, on behalf of a device or of the person whose session token this is.

    A console has neither before sign-in. The token is looked up every time: its session may have ended elsewhere.
    """

    def __init__(
        self, shared: SharedLedger, hall_id: HallId, device: Actor | None = None, token: str = "", pages: str = ""
    ) -> None:
        self._pages = pages
        self._shared = shared.acquire()
        self._ledger = shared.ledger
        self._hall_id = hall_id
        self._device = device
        self._token = token
        self._watches: list[DatabaseWatch] = []
        self._closed = False

    @classmethod
    def open(cls, address: str, hall_id: str, device: Actor | None, pages: str = "") -> DatabaseLink:
        """A link to a hall of a database, to the only one if none is named; raises Unfit, Unreachable or UnknownHall.

        ``pages``: where phones reach the backend that serves this database, if any does.
        """
        database = Database(address)
        database.require_current()
        ledger = Ledger(database)
        try:
            return cls(SharedLedger(ledger), _chosen_hall(ledger.hall_ids(), hall_id), device, pages=pages)
        except Failure:
            ledger.close()
            raise

    def do(self, command: Command) -> Accepted:
        return self._ledger.do(self._hall_id, command, self._actor())

    def snapshot(self) -> Hall:
        self._actor_with_own_password()
        return self._ledger.hall(self._hall_id)

    def watch(self, after: int) -> DatabaseWatch:
        self._actor_with_own_password()
        watch = DatabaseWatch(self._ledger, self._hall_id, after, self._actor)
        self._watches = [*(one for one in self._watches if not one.is_over), watch]
        return watch

    def notes(self, ticket: TicketId) -> list[Note]:
        require_staff(self._actor_with_own_password())
        return self._ledger.notes(self._hall_id, ticket)

    def request(self, request: Request[A]) -> A:
        return self._shared.handlers.answer(self._hall_id, request, self._actor())

    def sign_in(self, login: str, password: str) -> tuple[Link, Actor]:
        def signed_in() -> Session:
            session = self._shared.accounts.sessions.sign_in(login, password, SIGN_IN_PLACE)
            if session.actor.hall not in (None, self._hall_id):
                raise NotSignedIn("You belong to another hall.")
            return session

        session = self._ledger.audit_writer.signing_in(self._shared.accounts, login, "", signed_in)
        return DatabaseLink(self._shared, self._hall_id, token=session.token, pages=self._pages), session.actor

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
            self._shared.release()

    def _actor(self) -> Actor:
        if self._device:
            return self._device
        if not self._token:
            raise NotSignedIn("Sign in first.")
        return self._shared.accounts.actor(self._token)

    def _actor_with_own_password(self) -> Actor:
        return require_own_password(self._actor())


class DatabaseWatch:
    """The journal as it grows, whichever process writes it. ``require_session`` may raise at each heartbeat."""

    def __init__(self, ledger: Ledger, hall_id: HallId, after: int, require_session: Callable[[], object]) -> None:
        self._ledger = ledger
        self._hall_id = hall_id
        self._after = after
        self._require_session = require_session
        self._changed = threading.Event()
        self.is_over = False
        self._stop_listening = ledger.listen(self._changed.set)

    def __iter__(self) -> Iterator[Happened | None]:
        while not self.is_over:
            self._changed.clear()
            entries = self._ledger.entries_after(self._hall_id, self._after)
            for entry in entries:
                self._after = entry.seq
                yield Happened(entry.seq, decode_event(json.loads(entry.body)))
            if not entries and not self._changed.wait(timings.HEARTBEAT):
                self._require_session()
                yield None

    def close(self) -> None:
        if not self.is_over:
            self.is_over = True
            self._stop_listening()
            self._changed.set()


def _chosen_hall(hall_ids: list[HallId], wanted: str) -> HallId:
    if wanted and wanted not in hall_ids:
        raise UnknownHall(f"There is no hall {wanted!r} in this database.")
    if wanted or len(hall_ids) == 1:
        return wanted or hall_ids[0]
    raise UnknownHall(f"Say which hall: write #ID behind the address ({', '.join(hall_ids) or 'there are none yet'}).")
