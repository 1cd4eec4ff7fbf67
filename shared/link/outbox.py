"""The outbox of a kiosk: tickets issued while the hall is away, on disk before anybody sees them, delivered later.

An ``Outbox`` is a link around another one. A ticket of origin offline without a label gets the next one of the kiosk's
own series, and an answer at once; every other command goes straight through.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from datetime import UTC, datetime
from typing import TypeVar

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
from shared.hall.hall import Hall
from shared.hall.issuing import IssueTicket
from shared.hall.json_codec import encode
from shared.hall.labels import is_series
from shared.hall.messages import Accepted, Command
from shared.hall.opening import business_day
from shared.hall.values import Origin, Ticket, TicketState
from shared.link import timings
from shared.link.link import ForwardingLink, Link, Watch
from shared.link.outbox_salvage import Damaged
from shared.link.outbox_store import OutboxStore
from shared.requests.devices import ClaimSeries

A = TypeVar("A")

log = logging.getLogger(__name__)

DEFAULT_SERIES = "K1"
"""The series of a kiosk to which no hall has given one, as older versions use it: no hall gives it to a kiosk."""

SHARED_SERIES = "another kiosk uses the series %s too (%s): change the setting offline_series, or leave it out"

NOT_ABOUT_THE_TICKET = (NotSignedIn, NotAllowed, TooOften, UnknownHall, UnknownTimeZone)
"""Refusals that concern this kiosk or the whole hall: the ticket stays in the outbox until that is mended."""


class Outbox(ForwardingLink):
    """A link to a hall that may be away, with a store for tickets and a thread that delivers them."""

    def __init__(self, link: Link, store: OutboxStore, series: str, hall: Hall | None = None) -> None:
        """``series``: the kiosk's setting; if empty, the hall gives one. ``hall``: as it was last known here.

        Raises Unfit if no label could begin with the series.
        """
        self._link = link
        self._store = store
        self._configured_series = require_series(series)
        self._hall = hall
        self._must_claim = True
        self._last_logged = ""
        self._closed = threading.Event()
        self._wake = threading.Event()
        threading.Thread(target=self._run, name="outbox", daemon=True).start()

    def do(self, command: Command) -> Accepted:
        if isinstance(command, IssueTicket) and command.origin is Origin.OFFLINE and not command.offline_label:
            return self._issue_offline(command)
        return self._link.do(command)

    def snapshot(self) -> Hall:
        self._hall = self._link.snapshot()
        return self._hall

    def watch(self, after: int) -> Watch:
        watch = self._link.watch(after)
        self._must_claim = True
        self._wake.set()  # the hall is back
        return watch

    def close(self) -> None:
        self._closed.set()
        self._wake.set()
        self._link.close()

    @property
    def _series(self) -> str:
        return self._configured_series or self._store.series() or DEFAULT_SERIES

    def _claim(self) -> None:
        """Ask the hall for a series that no other kiosk has; raises Unreachable, or OSError if it can't be stored."""
        try:
            claimed = self._link.request(ClaimSeries(set_to=self._configured_series))
        except Refused as refused:
            log.info("the hall gives no series: %s", refused.detail)  # an older backend
        else:
            if claimed.shared_with:
                log.warning(SHARED_SERIES, claimed.name, ", ".join(claimed.shared_with))
            if is_series(claimed.name) and claimed.name != self._store.series():
                self._store.keep_series(claimed.name)
        self._must_claim = False

    # ── issuing ──

    def _issue_offline(self, command: IssueTicket) -> Accepted:
        """Store the ticket; answers as the hall would, but without people ahead. Raises NotNow or NoLabelLeft."""
        if self._hall is None or command.taken_at is None:
            raise _cannot_issue()
        try:
            stored = self._store.put(command, self._series, business_day(self._hall.settings, command.taken_at))
        except (sqlite3.Error, OSError, Damaged) as error:
            self._warn_once(f"the kiosk can't issue numbers of its own: they can't be stored ({error})")
            raise _cannot_issue() from None
        self._wake.set()
        return Accepted({"ticket": encode(_provisional(stored)), "ahead": None, "forecast": None}, self._hall.seq)

    # ── delivering ──

    def _run(self) -> None:
        has_undelivered = True
        while not self._closed.is_set():
            self._wake.wait(timings.REDELIVERY if has_undelivered else None)
            self._wake.clear()
            has_undelivered = not self._deliver_all()
        self._store.close()

    def _deliver_all(self) -> bool:
        """Deliver the tickets in the order they were taken; returns whether none is left. Raises nothing."""
        try:
            if self._must_claim:
                self._claim()
            for ticket in self._store.undelivered():
                if self._closed.is_set():
                    return False
                self._deliver(ticket)
        except Unreachable:
            return False
        except (sqlite3.Error, OSError, Damaged) as error:
            self._warn_once(f"tickets issued offline can't be delivered: their store can't be used ({error})")
            return False
        except NOT_ABOUT_THE_TICKET as refused:
            log.warning("tickets issued offline can't be delivered: %s", refused.detail)
            return False
        except Exception:  # a bug: the tickets stay in the store
            log.exception("tickets issued offline could not be delivered")
            return False
        self._last_logged = ""
        return True

    def _warn_once(self, trouble: str) -> None:
        """Log a trouble once, until a delivery succeeds."""
        if trouble != self._last_logged:
            self._last_logged = trouble
            log.warning("%s", trouble)

    def _deliver(self, ticket: IssueTicket) -> None:
        """Deliver one ticket; sent twice it is one, because its id is the same. Raises what its caller handles."""
        try:
            final_label = self._link.do(ticket).result["ticket"]["label"]
        except NOT_ABOUT_THE_TICKET:
            raise
        except Refused as refused:
            log.warning("ticket %s, issued offline, was refused: %s", ticket.offline_label, refused)
            self._store.settle(ticket.command_id, refused.detail)
        else:
            label = ticket.offline_label
            log.warning("ticket %s, issued offline, was delivered", label)
            if final_label != label:
                log.warning(
                    "another ticket has the label %s: this one is called as %s, with its time", label, final_label
                )
            self._store.settle(ticket.command_id)


def _cannot_issue() -> NotNow:
    return NotNow("This kiosk can't give a number right now: please ask the staff.")


def require_series(series: str) -> str:
    """The series from a kiosk's settings, empty if none is set; raises Unfit if no label could begin with it."""
    if series and not is_series(series):
        raise Unfit(f"offline_series must be one to four capital letters or digits, like K1, not {series!r}.")
    return series


def _provisional(ticket: IssueTicket) -> Ticket:
    """The ticket as far as the kiosk knows it before its delivery."""
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
