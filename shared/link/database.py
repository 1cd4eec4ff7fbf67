"""The link to a hall whose database this very program opens: no server between them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import TypeVar

from shared.access.request import Request
from shared.backend.accounts import Accounts, Session
from shared.backend.database import Database
from shared.backend.desk import Desk
from shared.backend.ledger import Ledger
from shared.hall.errors import Failure, NotSignedIn, UnknownHall
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command, Happened, Note
from shared.hall.roles import Actor, of_staff
from shared.hall.wire import decode_event
from shared.hall.words import HallId, TicketId
from shared.link.port import Link

A = TypeVar("A")

HEARTBEAT = 2.0
"""Seconds of silence after which a watch says that it is still there."""


class SharedLedger:
    """One ledger for the links of a program, a console's before and after signing in; the last to leave closes it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._links = 0

    def taken(self) -> SharedLedger:
        self._links += 1
        return self

    def left(self) -> None:
        self._links -= 1
        if self._links == 0:
            self.ledger.close()


class DatabaseLink:
    """One hall of a ledger, on behalf of ``actor``; a console has none before somebody signs in."""

    def __init__(self, shared: SharedLedger, hall: HallId, actor: Actor | None) -> None:
        self._shared = shared.taken()
        self._ledger = shared.ledger
        self._hall = hall
        self._actor = actor
        self._watches: list[DatabaseWatch] = []
        self._closed = False

    @classmethod
    def open(cls, address: str, hall: str, actor: Actor | None) -> DatabaseLink:
        """A link to a hall (the only one, if none is named) of a database; raises Unfit or UnknownHall."""
        database = Database(address)
        database.require_current()
        ledger = Ledger(database)
        try:
            return cls(SharedLedger(ledger), _one_of(ledger.halls(), hall), actor)
        except Failure:
            ledger.close()
            raise

    def do(self, command: Command) -> Accepted:
        return self._ledger.do(self._hall, command, self._whoever())

    def snapshot(self) -> Hall:
        self._whoever()
        return self._ledger.hall(self._hall)

    def watch(self, after: int) -> DatabaseWatch:
        self._whoever()
        watch = DatabaseWatch(self._ledger, self._hall, after)
        self._watches = [*(one for one in self._watches if not one.is_over), watch]
        return watch

    def notes(self, ticket: TicketId) -> list[Note]:
        of_staff(self._whoever())
        return self._ledger.notes(self._hall, ticket)

    def request(self, request: Request[A]) -> A:
        return Desk(self._ledger, Accounts(self._ledger.database)).answer(self._hall, request, self._whoever())

    def sign_in(self, login: str, password: str) -> tuple[Link, Actor]:
        accounts = Accounts(self._ledger.database)

        def signed_in() -> Session:
            session = accounts.sign_in(login, password)
            if session.actor.hall not in (None, self._hall):
                raise NotSignedIn("You belong to another hall.")
            return session

        actor = self._ledger.scribe.signing_in(accounts, login, "", signed_in).actor
        return DatabaseLink(self._shared, self._hall, actor), actor

    def page_url(self, token: str) -> str | None:
        return None

    def close(self) -> None:
        for watch in self._watches:
            watch.close()
        if not self._closed:
            self._closed = True
            self._shared.left()

    def _whoever(self) -> Actor:
        if self._actor is None:
            raise NotSignedIn("Sign in first.")
        return self._actor


class DatabaseWatch:
    """The journal as it grows, whichever process writes it."""

    def __init__(self, ledger: Ledger, hall: HallId, after: int) -> None:
        self._ledger = ledger
        self._hall = hall
        self._after = after
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
            if not entries and not self._changed.wait(HEARTBEAT):
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
