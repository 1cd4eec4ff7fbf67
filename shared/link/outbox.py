"""A kiosk's own series: tickets given while the hall is away, on disk before anybody sees them, delivered later.

An ``Outbox`` is a link around another one. A ticket of origin offline that has no label yet gets the next one of the
kiosk's series, and an answer at once; everything else goes straight through.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from datetime import UTC, datetime
from typing import TypeVar

from shared.access.devices import ClaimSeries
from shared.access.request import Request
from shared.access.sign_on import Identity, Provider
from shared.hall.errors import (
    NotAllowed,
    NotNow,
    NotSignedIn,
    Refused,
    TooOften,
    Unfit,
    UnknownHall,
    UnknownTimeZone,
    Unreachable,
)
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import encode
from shared.hall.labels import is_series
from shared.hall.messages import Accepted, Command, Note
from shared.hall.opening import business_day
from shared.hall.roles import Actor
from shared.hall.values import Origin, Ticket, TicketState
from shared.link import retry
from shared.link.link import Link, Watch
from shared.link.outbox_salvage import Damaged
from shared.link.outbox_store import OutboxStore

A = TypeVar("A")

log = logging.getLogger(__name__)

UNTOLD = "K1"
"""The series of a kiosk that no hall has told one, as of every older one: a hall never gives it to any."""

SHARED = "another kiosk gives numbers of the series %s too (%s): set offline_series to another one, or leave it out"

OURS = (NotSignedIn, NotAllowed, TooOften, UnknownHall, UnknownTimeZone)
"""Refusals of this kiosk or its whole hall, not of the ticket: it keeps its place until somebody has mended that."""


class Outbox:
    """A link to a hall that may be away, with a box beside it and a thread that delivers what is in the box."""

    def __init__(self, link: Link, store: OutboxStore, series: str, hall: Hall | None = None) -> None:
        """``series``: the one of the kiosk's settings; empty: the hall says. ``hall``: as it was last known here.

        Raises Unfit for a series that is none.
        """
        self._link = link
        self._store = store
        self._set_to = require_series(series)
        self._hall = hall
        self._unasked = True
        """Whether the hall has yet to be asked for this kiosk's series."""
        self._said = ""
        """The trouble with the box that was logged last: it is asked every few seconds."""
        self._closed = threading.Event()
        self._woken = threading.Event()
        threading.Thread(target=self._run, name="outbox", daemon=True).start()

    def do(self, command: Command) -> Accepted:
        if isinstance(command, IssueTicket) and command.origin is Origin.OFFLINE and not command.offline_label:
            return self._keep(command)
        return self._link.do(command)

    def snapshot(self) -> Hall:
        self._hall = self._link.snapshot()
        return self._hall

    def watch(self, after: int) -> Watch:
        watch = self._link.watch(after)
        self._unasked = True
        self._woken.set()  # the hall is there
        return watch

    def notes(self, ticket: TicketId) -> list[Note]:
        return self._link.notes(ticket)

    def request(self, request: Request[A]) -> A:
        return self._link.request(request)

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
        self._woken.set()
        self._link.close()

    # ── its series ──

    @property
    def _series(self) -> str:
        return self._set_to or self._store.series() or UNTOLD

    def _claim(self) -> None:
        """Ask the hall for a series that no other kiosk has; raises Unreachable."""
        try:
            told = self._link.request(ClaimSeries(set_to=self._set_to))
        except Refused as refused:
            log.info("the hall names no series: %s", refused.detail)  # a backend that is older than this
        else:
            if told.shared_with:
                log.warning(SHARED, told.name, ", ".join(told.shared_with))
            if is_series(told.name) and told.name != self._store.series():
                self._store.keep_series(told.name)
        self._unasked = False

    # ── giving ──

    def _keep(self, ticket: IssueTicket) -> Accepted:
        """Write the ticket down with its label, and answer as the hall would; nobody knows who is ahead."""
        if self._hall is None or ticket.taken_at is None:
            raise _cannot()
        try:
            kept = self._store.put(ticket, self._series, business_day(self._hall.settings, ticket.taken_at))
        except (sqlite3.Error, OSError, Damaged) as error:
            self._say(f"numbers of the kiosk's own series can't be given, for none can be written down: {error}")
            raise _cannot() from None
        self._woken.set()
        return Accepted({"ticket": encode(_as_given(kept)), "ahead": None, "forecast": None}, self._hall.seq)

    # ── delivering ──

    def _run(self) -> None:
        left = True
        while not self._closed.is_set():
            self._woken.wait(retry.REDELIVERY if left else None)
            self._woken.clear()
            left = not self._delivered()
        self._store.close()

    def _delivered(self) -> bool:
        """Whether all is settled now; each ticket in its turn, none before the one taken earlier."""
        try:
            if self._unasked:
                self._claim()
            for ticket in self._store.waiting():
                if self._closed.is_set():
                    return False
                self._deliver(ticket)
        except Unreachable:
            return False
        except (sqlite3.Error, OSError, Damaged) as error:
            self._say(f"tickets of the kiosk's own series can't be delivered, for their file can't be used: {error}")
            return False
        except OURS as refused:
            log.warning("tickets of the kiosk's own series can't be delivered: %s", refused.detail)
            return False
        except Exception:  # a fault of ours: the tickets are where they were
            log.exception("tickets of the kiosk's own series could not be delivered")
            return False
        self._said = ""
        return True

    def _say(self, trouble: str) -> None:
        """Once, until all is well again."""
        if trouble != self._said:
            self._said = trouble
            log.warning("%s", trouble)

    def _deliver(self, ticket: IssueTicket) -> None:
        """Hand one over; asked twice, the hall gives one ticket, for it has one id."""
        try:
            called = self._link.do(ticket).result["ticket"]["label"]
        except OURS:
            raise
        except Refused as refused:
            log.warning("ticket %s was given while the hall was away and is refused: %s", ticket.offline_label, refused)
            self._store.settle(ticket.command_id, refused.detail)
        else:
            label = ticket.offline_label
            log.warning("ticket %s was given while the hall was away and is delivered", label)
            if called != label:
                log.warning("somebody else holds %s too: this one is called as %s, for the time on it", label, called)
            self._store.settle(ticket.command_id)


def _cannot() -> NotNow:
    return NotNow("This kiosk can't give a number right now: please ask the staff.")


def require_series(series: str) -> str:
    """The name of a kiosk's own series, empty if none was set; raises Unfit if no label could begin with it."""
    if series and not is_series(series):
        raise Unfit(f"offline_series must be one to four capital letters or figures, like K1, not {series!r}.")
    return series


def _as_given(ticket: IssueTicket) -> Ticket:
    """The ticket as far as it is known without its hall."""
    return Ticket(
        id=ticket.command_id,
        label=str(ticket.offline_label),
        service=ticket.service,
        precedence=ticket.precedence or "",
        language=ticket.language or "",
        origin=ticket.origin,
        state=TicketState.WAITING,
        issued_at=ticket.taken_at or datetime.now(UTC),
        number=0,
        due=0,
        token_hash=ticket.token_hash,
    )
