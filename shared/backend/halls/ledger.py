"""The truth about the halls of one database: every command is decided here, one after another, and kept for good.

Commands wait in lanes, on SQLite in one, on PostgreSQL in one for each hall. A writer takes all that wait in a lane,
decides them in order in one transaction, and answers each only after that transaction is durable: what was answered
survives a power cut.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from shared.backend.halls import audit_lines, holidays, journal, notes, seats, stored_answers
from shared.backend.halls.audit_writer import AuditWriter
from shared.backend.halls.clock import Clock, OrderClocks
from shared.backend.halls.page_tokens import PageTokens
from shared.backend.halls.stored_answers import StoredAnswers
from shared.backend.halls.write_queue import WriteQueue
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.backend.storage.database_errors import Outage
from shared.backend.storage.row_buffer import RowBuffer
from shared.hall.business_day import BusinessDayStarted
from shared.hall.errors import Failure, HallUnreadable, Invalid, Refused, Unreachable
from shared.hall.field_types import HallId, TicketId
from shared.hall.hall import Hall
from shared.hall.input_checks import readable
from shared.hall.json_codec import decode, encode, encode_answer
from shared.hall.messages import Accepted, Command, Note
from shared.hall.opening import business_day
from shared.hall.roles import Actor, Role
from shared.hall.rules import allow, answer, decide
from shared.hall.set_up import DefineHall
from shared.hall.set_up_import import ImportSetUp
from shared.hall.values import Moment, Ticket

log = logging.getLogger(__name__)

CLOCK = Actor(name="clock", role=Role.CLOCK)

LARGEST_BATCH = 200
"""Commands in one transaction at most, so that nobody waits long behind a crowd."""

AWAY = 0.5
"""Seconds between two attempts to watch a database that is away."""

MOST_ANNOUNCED = 1000
"""News of our own that is remembered, where nobody hears it or not yet; what is forgotten is only looked at twice."""

LAST_WORDS = 0.5
"""Seconds ``close`` waits for the writers: another program may hold the database for longer than anybody waits."""


@dataclass(frozen=True)
class _Wish:
    """A command on its way to a writer."""

    hall: HallId
    command: Command
    by: Actor
    answer: Future[Accepted] = field(default_factory=Future)


@dataclass(frozen=True)
class _Turn:
    """Somebody who has nothing to write, and waits as if they had."""

    answer: Future[None] = field(default_factory=Future)


class _Page:
    """One transaction of a writer: what its commands stand on is read once, what they write is written at its end."""

    def __init__(self, database: Database, connection: Connection, batch: list[_Wish]) -> None:
        self.connection = connection
        self.tokens = PageTokens(database, connection, (wish.command for wish in batch))
        self.rows = RowBuffer()
        self.answers: dict[HallId, StoredAnswers] = {}
        """By hall, of those that are locked: nobody else changes them until this transaction ends."""
        self._batch = batch

    def lock(self, hall: HallId) -> int:
        """Keep everybody else from the hall, and see what was answered there; its last event. Raises UnknownHall."""
        seq = journal.lock(self.connection, hall)
        commands = [wish.command for wish in self._batch if wish.hall == hall]
        self.answers[hall] = StoredAnswers(self.connection, hall, commands, self.rows)
        return seq


class Ledger:
    """All that a program writes to a database's halls goes through here. ``close`` when done."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self.database = database
        self.clock = clock or Clock()
        self._clocks = OrderClocks(self.clock)
        self._decided: dict[HallId, Hall] = {}
        """Halls as their writer left them, in a transaction or after it."""
        self._committed: dict[HallId, Hall] = {}
        """Halls as readers may see them."""
        self._announced: dict[tuple[HallId, int], None] = {}
        """News of our own on its way to every backend: of that, whoever listens here hears without the database."""
        self._outage = Outage(log, "the database could not be watched", "the database is watched again")
        self._failed: set[Actor] = set()
        """Whoever's last command failed: their next ones are decided alone, for they may well fail too."""
        self._unreadable: set[HallId] = set()
        """Halls of which that was said."""
        self._queue: WriteQueue[_Wish | _Turn] = WriteQueue()
        self._listeners: list[Callable[[], None]] = []
        self._closed = threading.Event()
        self.audit_writer = AuditWriter(database, self.clock)
        work = [(self._write_all, "writer")] * database.kind.writers
        work += [
            (self._look_for_others, "watcher"),
            (lambda: self.audit_writer.write_until(self._closed), "audit writer"),
        ]
        self._threads = [threading.Thread(target=self._run, args=(act,), name=name, daemon=True) for act, name in work]
        self._at_work = len(self._threads)
        self._leaving = threading.Lock()
        for thread in self._threads:
            thread.start()

    # ── commands ──

    def do(self, hall: HallId, command: Command, by: Actor) -> Accepted:
        """Decide a command and keep what it causes; raises Refused or Unreachable, and then nothing changed."""
        return self.submit(hall, command, by).result()

    async def do_soon(self, hall: HallId, command: Command, by: Actor) -> Accepted:
        """``do`` for a caller with a loop to run."""
        return await asyncio.wrap_future(self.submit(hall, command, by))

    async def turn(self, hall: HallId) -> None:
        """Wait as a command does: whoever is refused at the door and comes again at once takes their turn."""
        turn = _Turn()
        if self._queue.put(self.database.kind.lane(hall), turn):
            await asyncio.wrap_future(turn.answer)

    def submit(self, hall: HallId, command: Command, by: Actor) -> Future[Accepted]:
        """Hand a command to its writer; raises NotAllowed or Invalid before anything else happens.

        Whatever the database could not keep is refused here, where it costs nobody else anything.
        """
        with self.audit_writer.refusals(command.type_name(), by=by, hall=hall):
            allow(command, by, hall)
            readable(command)
            holidays.check(command)
        wish = _Wish(hall, command, by)
        if not self._queue.put(self.database.kind.lane(hall), wish):
            raise Unreachable("The backend is stopping; please try again.")
        if isinstance(command, (DefineHall, ImportSetUp)):
            wish.answer.add_done_callback(lambda _: self.observe_holidays(hall))
        return wish.answer

    def observe_holidays(self, hall: HallId) -> None:
        """Give a hall the public holidays it keeps, if it does not have them; does not wait for it."""
        try:
            known = self.hall(hall)
            wish = holidays.due(known, known.business_day or business_day(known.settings, self.wall()))
            if wish and known.seq:
                self.submit(hall, wish, CLOCK)
        except Failure as failure:  # the clock tries again, and says so again
            log.warning("%s keeps the holidays it has: %s", hall, failure.detail)

    # ── questions ──

    def halls(self) -> list[HallId]:
        """The ids of all halls."""
        with self.database.reading() as connection:
            return list(connection.scalars(select(tables.halls.c.id).order_by(tables.halls.c.id)))

    def readable(self) -> Iterator[Hall]:
        """Every hall as it is now, but for one that can't be read: that keeps nobody from the others."""
        for name in self.halls():
            with contextlib.suppress(HallUnreadable, Refused):
                yield self.hall(name)

    def must_exist(self, hall: HallId) -> None:
        """Raises UnknownHall for a hall that is not there."""
        with self.database.reading() as connection:
            journal.last_seq(connection, hall)

    def hall(self, hall: HallId) -> Hall:
        """The hall as it is now; raises UnknownHall."""
        known = self._committed.get(hall)  # before the transaction, which then sees all of it, or an older database
        with self.database.reading() as connection:
            seq = journal.last_seq(connection, hall)
            now = self._committed[hall] = self._caught_up(connection, hall, known, seq)
            return now

    def entries_after(self, hall: HallId, after: int) -> list[journal.Entry]:
        """What happened in a hall after an event, in order; raises UnknownHall, or Invalid for an event to come."""
        with self.database.reading() as connection:
            if after > journal.last_seq(connection, hall):
                raise Invalid("This event has not happened here: take a fresh snapshot.")
            return journal.entries_after(connection, hall, after)

    def ticket_of(self, token_hash: str) -> tuple[HallId, Ticket] | None:
        """The ticket, live or ended, of a customer's own page, and its hall."""
        query = select(tables.tickets).where(tables.tickets.c.token_hash == token_hash)
        with self.database.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        fields = {name: encode(value) for name, value in row.items() if name not in ("hall_id", "business_day")}
        return row["hall_id"], decode(Ticket, fields)

    def notes(self, hall: HallId, ticket: TicketId) -> list[Note]:
        """What staff wrote down about a ticket, the oldest first."""
        with self.database.reading() as connection:
            return notes.about(connection, hall, ticket)

    def create_hall(self, hall: HallId) -> None:
        """A new, empty hall; nothing happens if it is there already."""
        with self.database.writing() as connection:
            journal.create_hall(connection, hall)

    def wall(self) -> datetime:
        """The time of day commands are decided at."""
        return self.clock.wall()

    def now(self, hall: Hall) -> Moment:
        """The moment a command of this hall would be decided at, on both its clocks."""
        return self._clocks.now(hall)

    # ── changes ──

    @property
    def is_away(self) -> bool:
        """Whether the database is, which the log was told: nobody else needs to say it."""
        return self._outage.lasts

    def listen(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call ``changed``, from any thread, whenever anything was written; the answer ends it, however often."""
        self._listeners.append(changed)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(changed)

        return stop

    def rest(self, patience: float) -> bool:
        """Write what waits, at most so many seconds long; whether nothing is under way any more."""
        rested = self._queue.rest(patience)
        self.audit_writer.write()
        return rested

    def close(self) -> None:
        """Finish what waits, then stop; returns within a second, even if the database does not let a writer go."""
        self._closed.set()
        self._queue.close()
        until = time.monotonic() + LAST_WORDS
        for thread in self._threads:
            thread.join(max(0, until - time.monotonic()))

    def _run(self, act: Callable[[], None]) -> None:
        """The last to leave closes the database: a connection in use must come home first."""
        act()
        with self._leaving:
            self._at_work -= 1
            last = self._at_work == 0
        if last:
            self.database.close()

    def _tell(self) -> None:
        for changed in [*self._listeners]:
            try:
                changed()
            except Exception:  # the writer must outlive whoever listens
                log.exception("somebody could not be told of a change")

    def _look_for_others(self) -> None:
        """Notice what other processes wrote; whoever listens is told of an outage too, to look, and to find it."""
        while not self._closed.is_set():
            try:
                for news in self.database.changes(self._closed):
                    self._outage.is_over()
                    if news is None or not self._is_known(*news):
                        self._tell()
            except Exception as error:  # noqa: BLE001  # whatever it is, it is looked for again
                if self._outage.met(error):
                    self._tell()
                self._closed.wait(AWAY)

    def _is_known(self, hall: HallId, seq: int) -> bool:
        """Whether it was written here, and whoever listens is told so. An older database counts again from below."""
        return self._announced.pop((hall, seq), self) is None

    # ── the writers ──

    def _write_all(self) -> None:
        while taken := self._queue.take(LARGEST_BATCH):
            lane, waiting = taken
            # Whoever gave up waiting, as a request cut at a shutdown, can't be answered: to try would end this thread.
            there = [one for one in waiting if one.answer.set_running_or_notify_cancel()]
            for part in self._parted([one for one in there if isinstance(one, _Wish)]):
                self._write(part)
            for turn in (one for one in there if isinstance(one, _Turn)):
                turn.answer.set_result(None)
            self._queue.done(lane)

    def _parted(self, batch: list[_Wish]) -> list[list[_Wish]]:
        """Together those of senders with whom all went well, then one by one those of whom a bug met last."""
        well = [wish for wish in batch if wish.by not in self._failed]
        return [*([well] if well else []), *([wish] for wish in batch if wish.by in self._failed)]

    def _write(self, batch: list[_Wish]) -> None:
        """Decide a batch in one transaction; after a bug each half alone, so that one can't spoil the rest."""
        halls = {wish.hall for wish in batch}
        try:
            with self.database.writing() as connection:
                page = _Page(self.database, connection, batch)
                outcomes = [self._outcome(page, wish) for wish in batch]
                page.rows.write(connection)
                changed = self._changed(halls)
                for hall, after in changed.items():
                    self._announced[hall, after.seq] = None
                    self.database.kind.announce(connection, hall, after.seq)
        except Exception as error:  # noqa: BLE001  # whoever waits for the answer is told
            self._step_back(halls, error)
            away = isinstance(error, Failure)  # for all of them
            if len(batch) == 1 or away:
                self._failed.update(wish.by for wish in batch if not away)
                for wish in batch:
                    _answer(wish, error)
            else:
                half = len(batch) // 2
                self._write(batch[:half])
                self._write(batch[half:])
            return
        self._failed.difference_update(wish.by for wish in batch)
        self._committed.update(changed)
        if len(self._announced) > MOST_ANNOUNCED:
            self._announced.clear()
        for wish, outcome in zip(batch, outcomes, strict=True):
            _answer(wish, outcome)
        self._tell()

    def _changed(self, halls: set[HallId]) -> dict[HallId, Hall]:
        """Those of these halls that readers do not see yet as they were decided."""
        decided = {hall: self._decided[hall] for hall in halls if hall in self._decided}
        return {hall: after for hall, after in decided.items() if after is not self._committed.get(hall)}

    def _step_back(self, halls: set[HallId], error: Exception) -> None:
        """To what readers see; where the database is away nobody knows what was kept, and it has to say."""
        for hall in halls:
            if undone := self._decided.pop(hall, None):
                self._announced.pop((hall, undone.seq), None)
            if hall in self._committed and not isinstance(error, Failure):
                self._decided[hall] = self._committed[hall]

    def _outcome(self, page: _Page, wish: _Wish) -> Accepted | Failure:
        """The answer this command had before, or the one it gets now."""
        try:
            hall = self._current(page, wish.hall)
            earlier = page.answers[hall.id].earlier(wish.command)
        except (Refused, HallUnreadable) as no:
            # It reached no hall, and costs nobody anything: so it goes where floods are counted.
            self.audit_writer.write_down(wish.command.type_name(), no.type_name(), by=wish.by, hall=wish.hall)
            return no
        if earlier:
            return earlier
        now = self._clocks.now(hall)
        outcome = self._decide(page, hall, wish, now)
        after = self._decided[hall.id]
        page.answers[hall.id].keep(wish.command, outcome, after.seq, now.wall)
        if wish.by.role is not Role.CLOCK:
            page.rows.insert(
                tables.audit, audit_lines.of_command(now.wall, wish.command, wish.by, hall, after, outcome)
            )
        return outcome

    def _decide(self, page: _Page, hall: Hall, wish: _Wish, now: Moment) -> Accepted | Refused:
        try:
            page.tokens.require_free(hall.id, wish.command)
            events = decide(hall, wish.command, now)
        except Refused as refused:
            return refused
        if any(isinstance(event, BusinessDayStarted) for event in events):
            stored_answers.forget(page.connection, hall.id, now.wall)
        after = journal.record(page.rows, hall, events, wish.command, wish.by)
        notes.keep(page.rows, hall.id, wish.command, wish.by, now.wall)
        seats.follow(page.connection, hall.id, events, wish.command, wish.by, now.wall)
        page.tokens.keep(hall.id, wish.command)
        self._decided[hall.id] = after
        return Accepted(encode_answer(after, answer(after, wish.command, events)), after.seq)

    def _current(self, page: _Page, hall: HallId) -> Hall:
        """The hall with what other processes wrote, under the lock this transaction holds."""
        if hall in page.answers:
            return self._decided[hall]
        seq = page.lock(hall)
        try:
            known = self._decided[hall] = self._caught_up(page.connection, hall, self._decided.get(hall), seq)
        except HallUnreadable:
            del page.answers[hall]  # nobody decides anything there
            raise
        return known

    def _caught_up(self, connection: Connection, hall: HallId, known: Hall | None, seq: int) -> Hall:
        """The hall as the journal has it; without what was known here if that never happened in it.

        Raises HallUnreadable, which is said once.
        """
        try:
            found = self._read(connection, hall, known, seq)
        except HallUnreadable as unreadable:
            if hall not in self._unreadable:
                log.error("%s: %s (%r)", hall, unreadable.detail, unreadable.__cause__)
            self._unreadable.add(hall)
            raise
        self._unreadable.discard(hall)
        return found

    def _read(self, connection: Connection, hall: HallId, known: Hall | None, seq: int) -> Hall:
        if known is None:
            return journal.load(connection, hall)
        if known.seq > seq or not journal.tells(connection, known):
            log.error("%s: event %d that was known here is not in its database: it was turned back", hall, known.seq)
            self._tell()
            return journal.load(connection, hall)
        return journal.catch_up(connection, known) if known.seq < seq else known


def _answer(wish: _Wish, outcome: Accepted | Exception) -> None:
    if isinstance(outcome, Exception):
        wish.answer.set_exception(outcome)
    else:
        wish.answer.set_result(outcome)
