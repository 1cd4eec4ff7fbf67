"""A station's line to its hall, and the only file of the windows with threads and asyncio in it.

Up: ``do`` sends a command and answers once, on the GUI thread. Down: a listening thread follows the
journal; ``hall`` is always the last state known, ``changed`` says when there is a newer one, ``happened``
tells each live event. When the hall is away the last state stays and ``away_since`` says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from shared.access.request import Request
from shared.access.sign_on import Identity, Provider
from shared.access.staff import ChangePassword
from shared.hall.errors import Failure, Refused, Unreachable
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command, Happened, Note
from shared.hall.roles import Actor
from shared.hall.rules import evolve
from shared.link import retry
from shared.link.link import Link, Watch
from shared.ui.station_memory import StationMemory

log = logging.getLogger(__name__)

T = TypeVar("T")

Done = Callable[[Accepted], None]
Failed = Callable[[Failure], None]
ComeIn = tuple[Link, Actor]


class Station(QObject):
    """One window's (or several windows') line to one hall."""

    changed = Signal()
    """There is a newer ``hall``."""
    happened = Signal(object)
    """One live Event; ``hall`` already holds what it did. Not sent for what a fresh snapshot brought."""
    reachable_changed = Signal()
    """``away_since`` or ``refusal`` changed."""

    def __init__(self, link: Link, memory: StationMemory | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hall: Hall | None = memory.load() if memory else None
        self.away_since: datetime | None = None
        self.refusal: Refused | None = None
        """Why the hall does not let this station in, if it does not."""
        self.actor: Actor | None = None
        """Who signed in here."""
        self._link = link
        self._device = link
        """The way to the hall before somebody signed in; open as long as the station."""
        self.memory = memory
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listener: _Listener | None = None
        self._sender: _Sender | None = None
        self._aside: _Sender | None = None
        self._outage: asyncio.TimerHandle | None = None

    # ── up ──

    def do(self, command: Command, done: Done | None = None, failed: Failed | None = None) -> None:
        """Send a command; ``done`` or ``failed`` is called on the GUI thread, later, once."""
        self._send(lambda link: link.do(command), done or _nothing, failed or _logged)

    def notes(self, ticket: TicketId, done: Callable[[list[Note]], None]) -> None:
        """Read what colleagues wrote about a visit; ``done`` is called on the GUI thread, later, if they can be had."""
        self._send(lambda link: link.notes(ticket), done, _logged)

    def request(self, request: Request[T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Ask about who may come in; ``done`` or ``failed`` is called on the GUI thread, later, once."""
        self._send(lambda link: link.request(request), done, failed or _logged)

    def sign_in(self, login: str, password: str, done: Callable[[Actor], None], failed: Failed) -> None:
        """Act on behalf of this person from now on."""
        self._come_in(lambda link: link.sign_in(login, password), done, failed)

    def sign_on(self, identity: Identity, done: Callable[[Actor], None], failed: Failed) -> None:
        """Act on behalf of whom the identity provider vouches for from now on."""
        self._come_in(lambda link: link.sign_on(identity), done, failed)

    def _come_in(
        self, ask: Callable[[Link], tuple[Link, Actor]], done: Callable[[Actor], None], failed: Failed
    ) -> None:
        def came_in(answer: tuple[Link, Actor]) -> None:
            before = self._link
            link, self.actor = answer
            self._follow(link)
            if before not in (link, self._device):
                before.close()
            done(self.actor)

        self._send(ask, came_in, failed)

    def provider(self, done: Callable[[Provider | None], None], failed: Failed) -> None:
        """Ask who else signs people on here; ``done`` or ``failed`` is called on the GUI thread, later, once."""
        self._send(lambda link: link.provider(), done, failed)

    @property
    def fingerprint(self) -> str:
        """The mark of the one authority this station trusts; empty where there is none to compare."""
        return self._link.fingerprint

    def sign_out(self) -> None:
        """Act on behalf of nobody but this device again; the session ends at the hall as soon as it can be reached."""
        self.actor = None
        over = self._link
        self._follow(self._device)
        if over is not self._device:
            self._send(lambda _: _signed_out(over), _nothing, _logged)

    def change_password(self, old: str, new: str, done: Callable[[object], None], failed: Failed) -> None:
        """Choose another password for whoever is signed in, who may go on from then on."""

        def changed(answer: object) -> None:
            if self.actor:
                self.actor = replace(self.actor, must_change=False)
            self._follow(self._link)
            done(answer)

        self.request(ChangePassword(old=old, new=new), changed, failed)

    async def ask(self, command: Command) -> Accepted:
        """Send a command and wait for its answer; raises Refused or Unreachable."""
        answer: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self.do(command, answer.set_result, answer.set_exception)
        return await answer

    def page_url(self, token: str) -> str | None:
        """The address of a customer's own page, or None if no phone reaches one, as far as is known here."""
        pages = self._link.pages
        if pages is None and self.memory:
            pages = self.memory.pages
        return f"{pages}/t/{token}" if pages else None

    def aside(self, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        """Do slow work that is not the hall's, such as printing: on a thread of its own, one after another.

        ``done`` or ``failed`` is called on the GUI thread, later, once, unless the station has stopped by then.
        """
        if self._aside is None:
            self._aside = _Sender(self._later)
        self._aside.send(work, done, failed or _logged)

    # ── life ──

    def start(self) -> None:
        """Begin to listen; needs a running loop."""
        self._loop = asyncio.get_running_loop()
        self._sender = _Sender(self._later)
        self._follow(self._link)

    def stop(self) -> None:
        """Let go of the hall; returns within a moment, whatever the network does."""
        if self._outage:
            self._outage.cancel()
        if self._listener:
            self._listener.close()
        for link in {self._link, self._device}:
            link.close()
        for sender in (self._sender, self._aside):
            if sender:
                sender.close()
        self._remember()
        self._loop = None

    def _remember(self) -> None:
        if self.memory and self.hall:
            self.memory.save(self.hall, self._link.pages)

    def _follow(self, link: Link) -> None:
        """Listen through this link from now on."""
        if self._listener:
            self._listener.close()
        self._link = link
        self._listener = _Listener(link, self._later, self)

    def _send(self, ask: Callable[[Link], Any], done: Callable[[Any], None], failed: Failed) -> None:
        if self._sender is None:
            failed(Unreachable("This program is not connected to a hall."))
        else:
            self._sender.send(lambda: ask(self._link), done, failed)

    def _later(self, function: Callable[..., None], *arguments: Any) -> None:
        """Call a function on the GUI thread, unless the station has stopped."""
        if (loop := self._loop) and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # closed between the two lines
                loop.call_soon_threadsafe(self._deliver, function, arguments)

    def _deliver(self, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        """What was on its way when the station stopped reaches nobody: the window it was for may be gone."""
        if self._loop:
            function(*arguments)

    # ── down: called by the listener, on the GUI thread ──

    def _arrived(self, listener: _Listener, hall: Hall) -> None:
        if listener is self._listener:
            self.hall = hall
            self._remember()  # now, for a station is more often switched off than stopped
            self._reached()
            self.changed.emit()

    def _heard(self, listener: _Listener, news: Happened) -> None:
        if listener is self._listener and self.hall:
            try:
                self.hall = evolve(self.hall, news.event)
            except (KeyError, ValueError, TypeError, Refused):
                log.exception("event %d does not fit the hall as it is known here", news.seq)
                self._follow(self._link)  # which begins with a fresh snapshot
                return
            self._reached()
            self.changed.emit()
            self.happened.emit(news.event)

    def _reached_by(self, listener: _Listener) -> None:
        if listener is self._listener:
            self._reached()

    def _lost(self, listener: _Listener, failure: Failure) -> None:
        if listener is not self._listener or not self._loop:
            return
        if isinstance(failure, Refused):  # whoever refuses is there
            self._stop_waiting()
            was_away, before = self.away_since, self.refusal
            self.away_since, self.refusal = None, failure
            if was_away or not before or before.detail != failure.detail:
                self.reachable_changed.emit()
        elif not self.away_since and not self._outage:
            self._outage = self._loop.call_later(retry.OUTAGE, self._say_away, datetime.now(UTC), failure)

    def _say_away(self, since: datetime, why: Failure) -> None:
        self.away_since = since
        log.warning("the hall can't be reached: %s", why.detail)
        self.reachable_changed.emit()

    def _stop_waiting(self) -> None:
        if self._outage:
            self._outage.cancel()
            self._outage = None

    def _reached(self) -> None:
        self._stop_waiting()
        if self.away_since or self.refusal:
            log.warning("the hall is back")
            self.away_since = self.refusal = None
            self.reachable_changed.emit()


def _nothing(_: object) -> None:
    """Nobody waits for this answer."""


def _signed_out(link: Link) -> None:
    with contextlib.closing(link):
        link.sign_out()


def _logged(failure: Failure) -> None:
    log.warning("%s", failure.detail)


class _Listener:
    """A thread that follows one link: every event after the last one heard, or a fresh snapshot if that is better."""

    def __init__(self, link: Link, later: Callable[..., None], station: Station) -> None:
        self._link = link
        self._later = later
        self._station = station
        self._closed = threading.Event()
        self._watch: Watch | None = None
        self._seq: int | None = None  # the last event heard; None when only a snapshot helps
        self._alive = 0.0  # when the hall was last heard of, on the monotonic clock
        self._pause = retry.SHORTEST_PAUSE
        threading.Thread(target=self._run, name="listener", daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        if self._watch:
            self._watch.close()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._listen(self._caught_up())
            except Failure as failure:
                if isinstance(failure, Refused):  # by who we are, or an event that is newer than this program
                    self._seq = None
                self._tell(failure)
            except Exception:
                log.exception("listening failed")
                self._seq = None
                self._tell(Unreachable("Something unexpected came from the hall."))
            self._closed.wait(self._pause * random.uniform(0.5, 1.5))  # noqa: S311  # spreads load, keeps no secret
            self._pause = min(retry.LONGEST_PAUSE, self._pause * 2)

    def _caught_up(self) -> int:
        """The event to go on after: the last one heard if that is a moment ago, else that of a fresh snapshot."""
        if self._seq is None or time.monotonic() - self._alive > retry.STALE:
            hall = self._link.snapshot()
            self._later(self._station._arrived, self, hall)  # noqa: SLF001  # the other half of one file
            self._seq = hall.seq
        return self._seq

    def _listen(self, after: int) -> None:
        """Pass on events until the watch ends or there is a gap: then a fresh snapshot is due."""
        with contextlib.closing(self._link.watch(after)) as self._watch:
            self._later(self._station._reached_by, self)  # noqa: SLF001  # the other half of one file
            if self._closed.is_set():
                return
            for news in self._watch:
                self._alive = time.monotonic()
                self._pause = retry.SHORTEST_PAUSE
                if news is None:
                    continue
                if news.seq != after + 1:
                    self._seq = None
                    return
                after = self._seq = news.seq
                self._later(self._station._heard, self, news)  # noqa: SLF001  # the other half of one file

    def _tell(self, failure: Failure) -> None:
        self._later(self._station._lost, self, failure)  # noqa: SLF001  # the other half of one file


class _Sender:
    """A thread that does what blocks, commands above all, one after another in the order they were given."""

    def __init__(self, later: Callable[..., None]) -> None:
        self._later = later
        self._waiting: queue.SimpleQueue[tuple[Callable[[], Any], Callable[[Any], None], Failed] | None]
        self._waiting = queue.SimpleQueue()
        threading.Thread(target=self._run, name="sender", daemon=True).start()

    def send(self, ask: Callable[[], Any], done: Callable[[Any], None], failed: Failed) -> None:
        self._waiting.put((ask, done, failed))

    def close(self) -> None:
        self._waiting.put(None)

    def _run(self) -> None:
        while job := self._waiting.get():
            ask, done, failed = job
            try:
                answer = ask()
            except Failure as failure:
                self._later(failed, failure)
            except Exception:
                log.exception("something that was asked failed")
                self._later(failed, Unreachable("Something unexpected happened; please try again."))
            else:
                self._later(done, answer)
