"""An app's connection to its hall: commands go up, events come down. No other file of the windows starts threads.

A thread follows the journal: ``hall`` is the last state known, ``changed`` is emitted for a newer one, and
``event_happened`` for each live event. While the hall is away the last state stays. ``away_since`` is set once that has
lasted ``timings.OUTAGE``; shorter outages are shown to nobody.
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

from shared.hall.errors import Failure, Refused, Unreachable
from shared.hall.field_types import TicketId
from shared.hall.hall import Hall
from shared.hall.messages import Accepted, Command, Happened, Note
from shared.hall.roles import Actor
from shared.hall.rules import evolve
from shared.hall.values import NEVER
from shared.link import timings
from shared.link.link import Link, Watch
from shared.requests.request import Request
from shared.requests.sign_on import Identity, Provider
from shared.requests.staff import ChangePassword
from shared.ui.station_memory import StationMemory

log = logging.getLogger(__name__)

MEMORY = "memory"
"""The thread that writes the hall to disk: 20 ms with 500 who wait, more on a memory card."""

T = TypeVar("T")

Done = Callable[[Accepted], None]
Failed = Callable[[Failure], None]


class Station(QObject):
    """The connection of one app, with one or several windows, to one hall; used on the GUI thread alone.

    ``done`` or ``failed`` of a call to the hall is called once, on the GUI thread, later: ``failed`` at once before
    ``start``, and neither if ``stop`` comes first. A failure without ``failed`` is only logged.
    """

    changed = Signal()
    """There is a newer ``hall``."""
    event_happened = Signal(object)
    """One live Event, already applied to ``hall``. Not emitted for what a fresh snapshot brought."""
    caught_up = Signal(object)
    """A fresh snapshot replaced this Hall, which had been followed: what happened in between brings no events."""
    reachable_changed = Signal()
    """``away_since`` or ``refusal`` changed."""

    def __init__(self, link: Link, memory: StationMemory | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hall: Hall | None = memory.load() if memory else None
        self.away_since: datetime | None = None
        self.refusal: Refused | None = None
        """Why the hall refuses this app, if it does; or UnknownEvent, if its events are of a newer version."""
        self.actor: Actor | None = None
        """The person who signed in here."""
        self._link = link
        self._device_link = link
        """The link of the device itself, before anybody signed in; open as long as the station."""
        self.memory = memory
        self._loop: asyncio.AbstractEventLoop | None = None
        self._follower: _LinkFollower | None = None
        self._worker: _Worker | None = None
        self._background_workers: dict[str, _Worker] = {}
        self._followed = False
        """Whether ``hall`` is of this run, not only remembered from the one before."""
        self._outage_timer: asyncio.TimerHandle | None = None
        self._memory_timer: asyncio.TimerHandle | None = None

    @property
    def outdated_since(self) -> datetime | None:
        """Since when ``hall`` may no longer be as it says: since its last event while it is only remembered."""
        if self.memory and self.hall and not self._followed and self.hall.at > NEVER:
            return self.hall.at
        return self.away_since

    # ── up ──

    def do(self, command: Command, done: Done | None = None, failed: Failed | None = None) -> None:
        self._send(lambda link: link.do(command), done or _nothing, failed or _logged)

    def notes(self, ticket: TicketId, done: Callable[[list[Note]], None]) -> None:
        """Read what colleagues wrote about a visit; a failure is only logged."""
        self._send(lambda link: link.notes(ticket), done, _logged)

    def request(self, request: Request[T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        self._send(lambda link: link.request(request), done, failed or _logged)

    def sign_in(self, login: str, password: str, done: Callable[[Actor], None], failed: Failed) -> None:
        """Act on behalf of this person from now on; fails with NotSignedIn or TooOften, as ``Link.sign_in``."""
        self._sign_in_by(lambda link: link.sign_in(login, password), done, failed)

    def sign_on(self, identity: Identity, done: Callable[[Actor], None], failed: Failed) -> None:
        """The same for a person the identity provider vouches for; fails with NotSignedIn or NotAllowed."""
        self._sign_in_by(lambda link: link.sign_on(identity), done, failed)

    def _sign_in_by(
        self, call: Callable[[Link], tuple[Link, Actor]], done: Callable[[Actor], None], failed: Failed
    ) -> None:
        def signed_in(answer: tuple[Link, Actor]) -> None:
            before = self._link
            link, self.actor = answer
            self._follow(link)
            if before not in (link, self._device_link):
                before.close()
            done(self.actor)

        self._send(call, signed_in, failed)

    def provider(self, done: Callable[[Provider | None], None], failed: Failed) -> None:
        """Ask the hall for its identity provider, if it has one."""
        self._send(lambda link: link.provider(), done, failed)

    @property
    def fingerprint(self) -> str:
        return self._link.fingerprint

    def sign_out(self) -> None:
        """Act on behalf of this device alone again. If the hall can't be told now, the session ends when it expires."""
        self.actor = None
        ended = self._link
        self._follow(self._device_link)
        if ended is not self._device_link:
            self._send(lambda _: _signed_out(ended), _nothing, _logged)

    def change_password(self, old: str, new: str, done: Callable[[object], None], failed: Failed) -> None:
        """Change the signed-in person's password, which also ends the state in which they must change it."""

        def changed(answer: object) -> None:
            if self.actor:
                self.actor = replace(self.actor, must_change=False)
            self._follow(self._link)  # which was refused while the password had to be changed
            done(answer)

        self.request(ChangePassword(old=old, new=new), changed, failed)

    async def do_and_wait(self, command: Command) -> Accepted:
        """Send a command and wait for its answer; raises its Failure. Never returns if the station stops first."""
        answer: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self.do(command, answer.set_result, answer.set_exception)
        return await answer

    def page_url(self, token: str) -> str | None:
        """The address of a customer's own page; None if phones can't reach the hall's pages or none are known yet."""
        pages_url = self._link.pages  # empty: phones can't reach them; None: the hall has not said yet
        if pages_url is None and self.memory:
            pages_url = self.memory.pages
        return f"{pages_url}/t/{token}" if pages_url else None

    def in_background(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None, *, thread: str = ""
    ) -> None:
        """Do slow work that does not involve the hall, such as printing, on one thread of its own, in order.

        It may begin before ``start``; an answer that comes earlier than that is dropped. ``thread``: names another one,
        for work that all other must not wait for.
        """
        if thread not in self._background_workers:
            self._background_workers[thread] = _Worker(self._later)
        self._background_workers[thread].run(work, done, failed or _logged)

    # ── life ──

    def start(self) -> None:
        """Begin to follow the hall; call it inside the running loop."""
        self._loop = asyncio.get_running_loop()
        self._worker = _Worker(self._later)
        self._follow(self._link)

    def stop(self) -> None:
        """Close the link to the hall and drop answers under way, without waiting for the network."""
        for timer in (self._outage_timer, self._memory_timer):
            if timer:
                timer.cancel()
        if self._follower:
            self._follower.close()
        for link in {self._link, self._device_link}:
            link.close()
        for worker in (self._worker, *self._background_workers.values()):
            if worker:
                worker.close()
        if MEMORY in self._background_workers:
            self._background_workers[MEMORY].join()  # two at a time would write the same file
        self._save_memory()
        self._loop = None

    def _save_memory_soon(self) -> None:
        """Save what happened together: a power cut takes the last seconds at most."""
        if self.memory and self._loop and not self._memory_timer:
            self._memory_timer = self._loop.call_later(timings.REMEMBER_EVERY, self._save_memory_now)

    def _save_memory_now(self) -> None:
        self._memory_timer = None
        if self.memory:
            self.in_background(self._save_memory, _nothing, thread=MEMORY)

    def _save_memory(self) -> None:
        if self.memory and self.hall:
            self.memory.save(self.hall, self._link.pages)

    def _follow(self, link: Link) -> None:
        """Follow the hall through this link from now on."""
        if self._follower:
            self._follower.close()
        self._link = link
        self._follower = _LinkFollower(link, self._later, self)

    def _send(self, call: Callable[[Link], Any], done: Callable[[Any], None], failed: Failed) -> None:
        if self._worker is None:
            failed(Unreachable("This program is not connected to a hall."))
        else:
            self._worker.run(lambda: call(self._link), done, failed)

    def _later(self, function: Callable[..., None], *arguments: Any) -> None:
        """Call a function on the GUI thread, unless the station has stopped."""
        if (loop := self._loop) and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # closed between the two lines
                loop.call_soon_threadsafe(self._deliver, function, arguments)

    def _deliver(self, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        """An answer under way when the station stopped is dropped: the window it was for may be gone."""
        if self._loop:
            function(*arguments)

    # ── down: called for the follower, on the GUI thread ──

    def _on_snapshot(self, follower: _LinkFollower, hall: Hall) -> None:
        if follower is self._follower:
            before, self.hall = self.hall, hall
            was_followed, self._followed = self._followed, True
            self._save_memory_now()
            self._mark_reachable()
            self.changed.emit()
            if was_followed and before:
                self.caught_up.emit(before)

    def _on_event(self, follower: _LinkFollower, entry: Happened) -> None:
        if follower is self._follower and self.hall:
            try:
                self.hall = evolve(self.hall, entry.event)
            except (KeyError, ValueError, TypeError, Refused):
                log.exception("event %d can't be applied to the hall as it is known here", entry.seq)
                self._follow(self._link)  # which begins with a fresh snapshot
                return
            self._save_memory_soon()
            self._mark_reachable()
            self.changed.emit()
            self.event_happened.emit(entry.event)

    def _on_connected(self, follower: _LinkFollower) -> None:
        if follower is self._follower:
            self._mark_reachable()

    def _on_failure(self, follower: _LinkFollower, failure: Failure) -> None:
        if follower is not self._follower or not self._loop:
            return
        if isinstance(failure, Refused):  # a hall that refuses is not away
            self._cancel_outage_timer()
            was_away, before = self.away_since, self.refusal
            self.away_since, self.refusal = None, failure
            if was_away or not before or before.detail != failure.detail:
                self.reachable_changed.emit()
        elif not self.away_since and not self._outage_timer:
            self._outage_timer = self._loop.call_later(timings.OUTAGE, self._mark_away, datetime.now(UTC), failure)

    def _mark_away(self, since: datetime, why: Failure) -> None:
        self.away_since = since
        log.warning("the hall can't be reached: %s", why.detail)
        self.reachable_changed.emit()

    def _cancel_outage_timer(self) -> None:
        if self._outage_timer:
            self._outage_timer.cancel()
            self._outage_timer = None

    def _mark_reachable(self) -> None:
        self._cancel_outage_timer()
        if self.away_since or self.refusal:
            log.warning("the hall answers again")
            self.away_since = self.refusal = None
            self.reachable_changed.emit()


def _nothing(_: object) -> None:
    """Nobody waits for this answer."""


def _signed_out(link: Link) -> None:
    with contextlib.closing(link):
        link.sign_out()


def _logged(failure: Failure) -> None:
    log.warning("%s", failure.detail)


class _LinkFollower:
    """A thread that follows a hall through one link: with every event after the last one, or else a fresh snapshot."""

    def __init__(self, link: Link, later: Callable[..., None], station: Station) -> None:
        self._link = link
        self._later = later
        self._station = station
        self._closed = threading.Event()
        self._watch: Watch | None = None
        self._seq: int | None = None  # the last event received; None when only a snapshot helps
        self._last_heard = 0.0  # when the watch last brought an event or heartbeat (time.monotonic); 0 before
        self._pause = timings.SHORTEST_PAUSE
        threading.Thread(target=self._run, name="follower", daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        if self._watch:
            self._watch.close()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._listen(self._fresh_snapshot_if_stale())
            except Failure as failure:
                if isinstance(failure, Refused):  # this app is refused, or the event is of a newer version
                    self._seq = None
                self._report_failure(failure)
            except Exception:
                log.exception("listening failed")
                self._seq = None
                self._report_failure(Unreachable("Something unexpected came from the hall."))
            self._closed.wait(self._pause * random.uniform(0.5, 1.5))  # noqa: S311  # spreads load, keeps no secret
            self._pause = min(timings.LONGEST_PAUSE, self._pause * 2)

    def _fresh_snapshot_if_stale(self) -> int:
        """Hand over a fresh snapshot if ``_seq`` is None or older than STALE; returns the seq to continue after."""
        if self._seq is None or time.monotonic() - self._last_heard > timings.STALE:
            hall = self._link.snapshot()
            self._later(self._station._on_snapshot, self, hall)  # noqa: SLF001  # the other half of one file
            self._seq = hall.seq
        return self._seq

    def _listen(self, after: int) -> None:
        """Pass on events until the watch ends, or a gap calls for a fresh snapshot."""
        with contextlib.closing(self._link.watch(after)) as self._watch:
            self._later(self._station._on_connected, self)  # noqa: SLF001  # the other half of one file
            if self._closed.is_set():
                return
            for entry in self._watch:
                self._last_heard = time.monotonic()
                self._pause = timings.SHORTEST_PAUSE
                if entry is None:  # a heartbeat
                    continue
                if entry.seq != after + 1:
                    self._seq = None
                    return
                after = self._seq = entry.seq
                self._later(self._station._on_event, self, entry)  # noqa: SLF001  # the other half of one file

    def _report_failure(self, failure: Failure) -> None:
        self._later(self._station._on_failure, self, failure)  # noqa: SLF001  # the other half of one file


class _Worker:
    """A thread that runs blocking calls, commands above all, one after another in the order they were given."""

    def __init__(self, later: Callable[..., None]) -> None:
        self._later = later
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Callable[[Any], None], Failed] | None]
        self._jobs = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], Any], done: Callable[[Any], None], failed: Failed) -> None:
        self._jobs.put((call, done, failed))

    def close(self) -> None:
        """End the thread after the calls it was given."""
        self._jobs.put(None)

    def join(self) -> None:
        """Wait for the end of the thread."""
        self._thread.join()

    def _run(self) -> None:
        while job := self._jobs.get():
            call, done, failed = job
            try:
                answer = call()
            except Failure as failure:
                self._later(failed, failure)
            except Exception:
                log.exception("a call to the hall, or slow work, failed")
                self._later(failed, Unreachable("Something unexpected happened; please try again."))
            else:
                self._later(done, answer)
