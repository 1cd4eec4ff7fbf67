"""The ledger: decides the commands of one process for the halls of a database, in order, and stores their events.

Commands wait in queues: one on SQLite, one for each hall on PostgreSQL. A writer thread takes the commands of a queue,
decides them in one transaction, and answers each only after that transaction is durable: what was answered survives a
power cut.
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

from shared.backend.halls import audit_lines, holidays, journal, named_files, notes, seats, stored_answers
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
from shared.hall.input_checks import check_input
from shared.hall.json_codec import decode, encode, encode_answer
from shared.hall.messages import Accepted, Command, Note
from shared.hall.opening import business_day
from shared.hall.roles import Actor, Role
from shared.hall.rules import allow, decide
from shared.hall.rules import answer as result_of
from shared.hall.set_up import DefineHall
from shared.hall.set_up_import import ImportSetUp
from shared.hall.values import Moment, Ticket

log = logging.getLogger(__name__)

CLOCK_ACTOR = Actor(name="clock", role=Role.CLOCK)
"""Who sends what the backend does by itself. Nothing to do with ``Clock`` and ``OrderClocks``, which tell the time."""

LARGEST_BATCH = 200
"""Commands in one transaction at most, so that none waits long behind a crowd."""

WATCH_AGAIN = 0.5
"""Seconds before the watcher tries again while the database is away or its ``changes`` failed."""

MOST_NOTIFICATIONS = 1000
"""Own notifications remembered until they come back; beyond that all are forgotten, which only notifies twice."""

CLOSE_TIMEOUT = 0.5
"""Seconds ``close`` waits for all threads together: another program may lock the database for longer."""


@dataclass(frozen=True)
class _QueuedCommand:
    """A command on its way to a writer thread."""

    hall_id: HallId
    command: Command
    by: Actor
    future: Future[Accepted] = field(default_factory=Future)


@dataclass(frozen=True)
class _Turn:
    """A place in the queue with nothing to write."""

    future: Future[None] = field(default_factory=Future)


class _Transaction:
    """A writer's transaction: reads most once and writes most rows at its end, but seats and old answers directly."""

    def __init__(self, database: Database, connection: Connection, batch: list[_QueuedCommand]) -> None:
        self.connection = connection
        self.tokens = PageTokens(database, connection, (item.command for item in batch))
        self.rows = RowBuffer()
        self.stored_answers: dict[HallId, StoredAnswers] = {}
        """By hall, for the halls this transaction has locked."""
        self._batch = batch

    def lock(self, hall_id: HallId) -> int:
        """Lock the hall and read its stored answers; returns the number of its last event. Raises UnknownHall."""
        seq = journal.lock(self.connection, hall_id)
        commands = [item.command for item in self._batch if item.hall_id == hall_id]
        self.stored_answers[hall_id] = StoredAnswers(self.connection, hall_id, commands, self.rows)
        return seq


class Ledger:
    """Decides and stores this process's commands for the halls of one database. ``close`` when done."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self.database = database
        self.clock = clock or Clock()
        self._clocks = OrderClocks(self.clock)
        self._decided: dict[HallId, Hall] = {}
        """Halls as a writer thread last decided them, perhaps not committed yet."""
        self._committed: dict[HallId, Hall] = {}
        """Halls as last committed or read, which readers see."""
        self._own_notifications: set[tuple[HallId, int]] = set()
        """Own writes whose notification PostgreSQL has not brought back yet; SQLite brings none back."""
        self._outage = Outage(log, "the database could not be watched", "the database is watched again")
        self._suspects: set[Actor] = set()
        """Senders whose last command met a bug: their next ones are decided alone, because they may fail too."""
        self._unreadable: set[HallId] = set()
        """Halls that were logged as unreadable."""
        self._queue: WriteQueue[_QueuedCommand | _Turn] = WriteQueue()
        self._listeners: list[Callable[[], None]] = []
        self._closed = threading.Event()
        self.audit_writer = AuditWriter(database, self.clock)
        work = [(self._write_all, "writer")] * database.kind.writers
        work += [(self._watch, "watcher"), (lambda: self.audit_writer.write_until(self._closed), "audit writer")]
        self._threads = [threading.Thread(target=self._run, args=(act,), name=name, daemon=True) for act, name in work]
        self._running = len(self._threads)
        self._running_lock = threading.Lock()
        for thread in self._threads:
            thread.start()

    # ── commands ──

    def do(self, hall_id: HallId, command: Command, by: Actor) -> Accepted:
        """Decide a command and store its events. Raises Refused, and then nothing has changed.

        Raises Unreachable or Unfit if the database failed; it may be stored: send it again with the same command_id.
        Raises HallUnreadable if the hall's data is damaged: nothing is stored. Any other exception is a bug.
        """
        return self.submit(hall_id, command, by).result()

    async def do_async(self, hall_id: HallId, command: Command, by: Actor) -> Accepted:
        """``do`` for asyncio."""
        return await asyncio.wrap_future(self.submit(hall_id, command, by))

    async def turn(self, hall_id: HallId) -> None:
        """Wait as a command does, so that refused senders who retry at once queue like everybody else."""
        turn = _Turn()
        if self._queue.put(self.database.kind.queue_key(hall_id), turn):
            await asyncio.wrap_future(turn.future)

    def submit(self, hall_id: HallId, command: Command, by: Actor) -> Future[Accepted]:
        """Queue a command. Raises NotAllowed, PasswordMustChange, UnknownCommand, Invalid; Unreachable once closed.

        Values the database could not store are refused here, before they can fail a whole batch.
        """
        with self.audit_writer.refusals(command.type_name(), by=by, hall=hall_id):
            allow(command, by, hall_id)
            check_input(command)
            holidays.check(command)
        queued = _QueuedCommand(hall_id, command, by)
        if not self._queue.put(self.database.kind.queue_key(hall_id), queued):
            raise Unreachable("The backend is stopping; please try again.")
        if isinstance(command, (DefineHall, ImportSetUp)):
            queued.future.add_done_callback(lambda _: self.update_holidays(hall_id))
        return queued.future

    def update_holidays(self, hall_id: HallId) -> None:
        """Queue an update of the hall's public holidays if they are out of date."""
        try:
            known = self.hall(hall_id)
            command = holidays.pending_update(known, known.business_day or business_day(known.settings, self.wall()))
            if command and known.seq:  # a hall without events is not set up yet
                self.submit(hall_id, command, CLOCK_ACTOR)
        except Failure as failure:  # the background work on business days tries again at its next round
            log.warning("the public holidays of %s were not updated: %s", hall_id, failure.detail)

    # ── reading ──

    def hall_ids(self) -> list[HallId]:
        with self.database.reading() as connection:
            return list(connection.scalars(select(tables.halls.c.id).order_by(tables.halls.c.id)))

    def readable_halls(self) -> Iterator[Hall]:
        """Every hall as it is now, without unreadable ones; raises Unreachable."""
        for hall_id in self.hall_ids():
            with contextlib.suppress(HallUnreadable, Refused):
                yield self.hall(hall_id)

    def must_exist(self, hall_id: HallId) -> None:
        """Raises UnknownHall if there is no such hall."""
        with self.database.reading() as connection:
            journal.last_seq(connection, hall_id)

    def hall(self, hall_id: HallId) -> Hall:
        """The hall as it is now; raises UnknownHall if there is none, HallUnreadable if its data is damaged."""
        # Read first: a hall committed after the transaction began would look as if an older database had been restored.
        known = self._committed.get(hall_id)
        with self.database.reading() as connection:
            seq = journal.last_seq(connection, hall_id)
            current = self._committed[hall_id] = self._caught_up(connection, hall_id, known, seq)
            return current

    def entries_after(self, hall_id: HallId, after_seq: int) -> list[journal.Entry]:
        """The events after ``after_seq``, in order, up to 1,000: call again until there are none.

        Raises UnknownHall, or Invalid if that event has not happened.
        """
        with self.database.reading() as connection:
            if after_seq > journal.last_seq(connection, hall_id):
                raise Invalid("This event has not happened here: take a fresh snapshot.")
            return journal.entries_after(connection, hall_id, after_seq)

    def ticket_of(self, token_hash: str) -> tuple[HallId, Ticket] | None:
        """The hall and ticket, live or ended, of a customer's own page; None if there is none."""
        query = select(tables.tickets).where(tables.tickets.c.token_hash == token_hash)
        with self.database.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        fields = {name: encode(value) for name, value in row.items() if name not in ("hall_id", "business_day")}
        return row["hall_id"], decode(Ticket, fields)

    def notes(self, hall_id: HallId, ticket: TicketId) -> list[Note]:
        """Staff's notes about a ticket, the oldest first."""
        with self.database.reading() as connection:
            return notes.of_ticket(connection, hall_id, ticket)

    def create_hall(self, hall_id: HallId) -> None:
        """Create an empty hall, unless it is there already."""
        with self.database.writing() as connection:
            journal.create_hall(connection, hall_id)

    def wall(self) -> datetime:
        """Now, in UTC, as commands are stamped."""
        return self.clock.wall()

    def now(self, hall: Hall) -> Moment:
        """The moment a command of this hall would be decided at, on both clocks."""
        return self._clocks.now(hall)

    # ── changes ──

    @property
    def database_is_away(self) -> bool:
        """Whether the database is away, which is logged already."""
        return self._outage.lasts

    def listen(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call ``changed``, from any thread, whenever the journal may have grown or the database is away.

        The returned function unsubscribes; calling it again does nothing.
        """
        self._listeners.append(changed)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(changed)

        return stop

    def drain(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds for queued commands, then write the audit. Returns whether none is left."""
        is_idle = self._queue.wait_until_idle(timeout)
        self.audit_writer.write()
        return is_idle

    def close(self) -> None:
        """Take no more commands, and wait up to CLOSE_TIMEOUT for queued ones; the rest may stay unanswered."""
        self._closed.set()
        self._queue.close()
        until = time.monotonic() + CLOSE_TIMEOUT
        for thread in self._threads:
            thread.join(max(0, until - time.monotonic()))

    def _run(self, act: Callable[[], None]) -> None:
        """Run a thread; the last one to end closes the database: all connections must be returned first."""
        act()
        with self._running_lock:
            self._running -= 1
            last = self._running == 0
        if last:
            self.database.close()

    def _notify(self) -> None:
        for changed in [*self._listeners]:
            try:
                changed()
            except Exception:  # the writer must outlive a listener's bug
                log.exception("a listener failed")

    def _watch(self) -> None:
        """Notify listeners of writes the database tells of, and once of an outage, which they meet when they read."""
        while not self._closed.is_set():
            try:
                for change in self.database.changes(self._closed):
                    self._outage.end()
                    # PostgreSQL names the write, so our own are skipped; SQLite does not, so those notify twice.
                    if change is None or not self._take_own(*change):
                        self._notify()
            except Exception as error:  # noqa: BLE001  # whatever it is, the watcher tries again
                if self._outage.begin(error):
                    self._notify()
                self._closed.wait(WATCH_AGAIN)

    def _take_own(self, hall_id: HallId, seq: int) -> bool:
        """Whether it is our own; forgets it, because after a restore the same numbers come again, from other writes."""
        if is_own := (hall_id, seq) in self._own_notifications:
            self._own_notifications.discard((hall_id, seq))
        return is_own

    # ── in the writer threads ──

    def _write_all(self) -> None:
        while taken := self._queue.take(LARGEST_BATCH):
            queue, waiting = taken
            # Setting the result of a cancelled future, such as that of a request cut at shutdown, raises.
            alive = [one for one in waiting if one.future.set_running_or_notify_cancel()]
            for batch in self._batches([one for one in alive if isinstance(one, _QueuedCommand)]):
                self._write(batch)
            for turn in (one for one in alive if isinstance(one, _Turn)):
                turn.future.set_result(None)
            self._queue.done(queue)

    def _batches(self, batch: list[_QueuedCommand]) -> list[list[_QueuedCommand]]:
        """One batch for all senders but the ``_suspects``, then one for each command of those."""
        trusted = [item for item in batch if item.by not in self._suspects]
        return [*([trusted] if trusted else []), *([item] for item in batch if item.by in self._suspects)]

    def _write(self, batch: list[_QueuedCommand]) -> None:
        """Decide a batch in one transaction; after a bug each half in its own: one command must not fail the others."""
        hall_ids = {item.hall_id for item in batch}
        try:
            with self.database.writing() as connection:
                transaction = _Transaction(self.database, connection, batch)
                answers = [self._answer_to(transaction, item) for item in batch]
                transaction.rows.write(connection)
                changed = self._changed(hall_ids)
                for hall_id, after in changed.items():
                    self._own_notifications.add((hall_id, after.seq))
                    self.database.kind.announce(connection, hall_id, after.seq)
        except Exception as error:  # noqa: BLE001  # passed on as the answer
            self._roll_back(hall_ids, error)
            database_failed = isinstance(error, Failure)  # a command's own failure is returned, not raised
            if len(batch) == 1 or database_failed:
                self._suspects.update(item.by for item in batch if not database_failed)
                for item in batch:
                    _resolve(item, error)
            else:
                half = len(batch) // 2
                self._write(batch[:half])
                self._write(batch[half:])
            return
        self._suspects.difference_update(item.by for item in batch)
        self._committed.update(changed)
        if len(self._own_notifications) > MOST_NOTIFICATIONS:
            self._own_notifications.clear()
        for item, answered in zip(batch, answers, strict=True):
            _resolve(item, answered)
        self._notify()

    def _changed(self, hall_ids: set[HallId]) -> dict[HallId, Hall]:
        """Those of these halls whose decided state readers do not see yet."""
        decided = {one: self._decided[one] for one in hall_ids if one in self._decided}
        return {hall_id: after for hall_id, after in decided.items() if after is not self._committed.get(hall_id)}

    def _roll_back(self, hall_ids: set[HallId], error: Exception) -> None:
        """Go back to the committed state; if the database failed, nobody knows what it kept: read it again."""
        for hall_id in hall_ids:
            if undone := self._decided.pop(hall_id, None):
                self._own_notifications.discard((hall_id, undone.seq))
            if hall_id in self._committed and not isinstance(error, Failure):
                self._decided[hall_id] = self._committed[hall_id]

    def _answer_to(self, transaction: _Transaction, item: _QueuedCommand) -> Accepted | Failure:
        """The stored answer to this command, or a new one; failures are returned, except those of the database."""
        try:
            hall = self._current(transaction, item.hall_id)
            earlier = transaction.stored_answers[hall.id].earlier(item.command)
        except (Refused, HallUnreadable) as failure:
            # No hall decides it: unknown, unreadable, or the command_id was another command's. So its line is written
            # apart from any hall's transaction, by the audit writer, which limits how many such lines there can be.
            self.audit_writer.queue_entry(item.command.type_name(), failure.type_name(), by=item.by, hall=item.hall_id)
            return failure
        if earlier:
            return earlier
        now = self._clocks.now(hall)
        answered = self._decide(transaction, hall, item, now)
        after = self._decided[hall.id]
        transaction.stored_answers[hall.id].keep(item.command, answered, after.seq, now.wall)
        if item.by.role is not Role.CLOCK:
            entry = audit_lines.of_command(now.wall, item.command, item.by, hall, after, answered)
            transaction.rows.insert(tables.audit, entry)
        return answered

    def _decide(self, transaction: _Transaction, hall: Hall, item: _QueuedCommand, now: Moment) -> Accepted | Refused:
        try:
            transaction.tokens.require_free(hall.id, item.command)
            named_files.require(transaction.connection, hall, item.command)
            events = decide(hall, item.command, now)
        except Refused as refused:
            return refused
        if any(isinstance(event, BusinessDayStarted) for event in events):
            stored_answers.forget(transaction.connection, hall.id, now.wall)
        after = journal.record(transaction.rows, hall, events, item.command, item.by)
        notes.keep(transaction.rows, hall.id, item.command, item.by, now.wall)
        seats.follow(transaction.connection, hall.id, events, item.command, item.by, now.wall)
        transaction.tokens.keep(hall.id, item.command)
        self._decided[hall.id] = after
        return Accepted(encode_answer(after, result_of(after, item.command, events)), after.seq)

    def _current(self, transaction: _Transaction, hall_id: HallId) -> Hall:
        """The hall with what other processes wrote, locked by this transaction."""
        if hall_id in transaction.stored_answers:
            return self._decided[hall_id]
        seq, decided = transaction.lock(hall_id), self._decided.get(hall_id)
        try:
            known = self._decided[hall_id] = self._caught_up(transaction.connection, hall_id, decided, seq)
        except HallUnreadable:
            del transaction.stored_answers[hall_id]  # it counts as not locked: nothing is decided there
            raise
        return known

    def _caught_up(self, connection: Connection, hall_id: HallId, known: Hall | None, seq: int) -> Hall:
        """The hall as the journal has it, loaded anew if ``known`` is not in it; raises HallUnreadable, logged once."""
        try:
            found = self._read(connection, hall_id, known, seq)
        except HallUnreadable as unreadable:
            if hall_id not in self._unreadable:
                log.error("%s: %s (%r)", hall_id, unreadable.detail, unreadable.__cause__)
            self._unreadable.add(hall_id)
            raise
        self._unreadable.discard(hall_id)
        return found

    def _read(self, connection: Connection, hall_id: HallId, known: Hall | None, seq: int) -> Hall:
        if known is None:
            return journal.load(connection, hall_id)
        if known.seq > seq or not journal.has_last_event_of(connection, known):
            log.error("%s: event %d is gone: an older database was restored in its place", hall_id, known.seq)
            self._notify()
            return journal.load(connection, hall_id)
        return journal.catch_up(connection, known) if known.seq < seq else known


def _resolve(item: _QueuedCommand, answered: Accepted | Exception) -> None:
    if isinstance(answered, Exception):
        item.future.set_exception(answered)
    else:
        item.future.set_result(answered)
