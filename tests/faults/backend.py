"""The hall's side of a world: what is durable, what is lost when it dies, and the listeners it notifies.

``InMemoryBackend`` keeps its journal in memory, so that ten thousand histories take minutes; ``LedgerBackend`` is the
real ledger on a real SQLite file. Both may die at a command, before its commit or between the commit and the answer.
"""

from __future__ import annotations

import json
import shutil
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import sqlalchemy

from shared.backend.halls.clock import OrderClocks
from shared.backend.halls.consistency_check import faults
from shared.backend.halls.ledger import Ledger
from shared.backend.storage import tables
from shared.backend.storage.database import Database
from shared.hall.errors import CommandIdReused, Failure, Refused, Unreachable
from shared.hall.hall import Hall
from shared.hall.json_codec import decode_event, decode_hall, encode_answer, encode_event, encode_hall
from shared.hall.messages import Accepted, Command, Event, Happened
from shared.hall.roles import Actor
from shared.hall.rules import allow, answer, decide, fold
from tests.faults.world import CLOCK_STEPS, World, WorldClock

HALL = "imagined"

Outcome = Accepted | Failure


class Listener(Protocol):
    """A stream of events to one station; it ends with the backend."""

    def tell(self, happened: Happened) -> None: ...

    def break_off(self) -> None: ...


class JournalledEvent(NamedTuple):
    """One event of the journal, and the id of its command."""

    happened: Happened
    command_id: str


class Backend(ABC):
    """A hall that can die and start again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = WorldClock(world)
        self.up = True
        self.mortal = True
        self.deaths = 0
        self._listeners: list[Listener] = []

    # ── what stations reach ──

    def do(self, command: Command, by: Actor) -> Outcome | None:
        """The answer to a command; None if the backend dies instead."""
        if not self.up:
            return Unreachable("Nothing listens there.")
        dies = self.mortal and self.world.perhaps(self.world.weather.dies)
        before_commit = dies and self.world.perhaps(0.5)
        before = self.seq
        outcome = self._answer(command, by, dies_after=self.world.within(0, 12) if before_commit else None)
        if dies:
            self._die()
            return None
        for happened in self.after(before):
            for listener in [*self._listeners]:
                listener.tell(happened)
        return outcome

    def watch(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def leave(self, listener: Listener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    # ── life ──

    def _die(self) -> None:
        self.deaths += 1
        self.world.say("the backend dies")
        self.up = False
        for listener in [*self._listeners]:
            listener.break_off()
        self._lose_memory()
        self.world.later(self.world.within(100, 8_000), self._start)

    def _start(self) -> None:
        self.clock.switch_on()
        self._load()
        self.up = True
        self.world.say("the backend is back")

    def disturb(self) -> None:
        """Every second, perhaps set its clock."""
        if self.mortal:
            if self.world.perhaps(self.world.weather.clock):
                step = self.world.one_of(CLOCK_STEPS)
                self.world.say(f"the clock is set by {step / 1000} s")
                self.clock.set(step)
            self.world.later(1_000, self.disturb)

    # ── what differs ──

    @property
    @abstractmethod
    def seq(self) -> int: ...

    @abstractmethod
    def snapshot(self) -> Hall: ...

    @abstractmethod
    def after(self, seq: int) -> list[Happened]: ...

    @abstractmethod
    def journal(self) -> Iterator[JournalledEvent]:
        """All events, as they were stored."""

    @abstractmethod
    def faults(self) -> list[str]:
        """What is wrong with what was stored."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def _answer(self, command: Command, by: Actor, dies_after: int | None) -> Outcome: ...

    @abstractmethod
    def _lose_memory(self) -> None: ...

    @abstractmethod
    def _load(self) -> None: ...


class InMemoryBackend(Backend):
    """The rules and the JSON codec, with a journal and answers in lists instead of a database."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._journal: list[tuple[str, str]] = []
        self._answers: dict[str, tuple[Command, Outcome]] = {}
        self._snapshot = ""
        self._load()

    @property
    def seq(self) -> int:
        return len(self._journal)

    def snapshot(self) -> Hall:
        return self._hall

    def after(self, seq: int) -> list[Happened]:
        return [Happened(number, self._events[number - 1]) for number in range(seq + 1, self.seq + 1)]

    def journal(self) -> Iterator[JournalledEvent]:
        for number, (body, command_id) in enumerate(self._journal, 1):
            yield JournalledEvent(Happened(number, decode_event(json.loads(body))), command_id)

    def faults(self) -> list[str]:
        return []

    def close(self) -> None:
        """There is nothing to close."""

    def _answer(self, command: Command, by: Actor, dies_after: int | None) -> Outcome:
        try:
            allow(command, by, HALL)
        except Refused as refused:
            return refused
        if command.command_id in self._answers:
            earlier, outcome = self._answers[command.command_id]
            return outcome if earlier == command else CommandIdReused("This command_id was already used.")
        if dies_after is not None:  # before its commit: nothing is kept
            return Unreachable("It died before its commit.")
        outcome = self._decide(command)
        self._answers[command.command_id] = command, outcome
        return outcome

    def _decide(self, command: Command) -> Outcome:
        try:
            events = decide(self._hall, command, self._clocks.now(self._hall))
        except Refused as refused:
            return refused
        self._journal += [(json.dumps(encode_event(event)), command.command_id) for event in events]
        self._events += events
        self._hall = fold(self._hall, events)
        if self._hall.seq % 40 < len(events):
            self._snapshot = json.dumps(encode_hall(self._hall))
        return Accepted(encode_answer(self._hall, answer(self._hall, command, events)), self._hall.seq)

    def _lose_memory(self) -> None:
        """What is in memory goes with the process; the journal, the answers and the snapshot stay."""
        del self._hall, self._clocks, self._events

    def _load(self) -> None:
        hall = decode_hall(json.loads(self._snapshot)) if self._snapshot else Hall(id=HALL)
        self._events: list[Event] = [written.happened.event for written in self.journal()]
        self._hall = fold(hall, self._events[hall.seq :])
        self._clocks = OrderClocks(self.clock)


class LedgerBackend(Backend):
    """The real ledger on a real file, without syncs, for speed: durability is tested elsewhere."""

    def __init__(self, world: World, empty: Path, folder: Path) -> None:
        super().__init__(world)
        self._path = folder / f"{world.seed}.db"
        shutil.copy(empty, self._path)
        self._dies_after: int | None = None
        self._load()
        self._ledger.create_hall(HALL)

    @property
    def seq(self) -> int:
        return self._ledger.hall(HALL).seq

    def snapshot(self) -> Hall:
        return self._ledger.hall(HALL)

    def after(self, seq: int) -> list[Happened]:
        entries = self._ledger.entries_after(HALL, seq)
        return [Happened(entry.seq, decode_event(json.loads(entry.body))) for entry in entries]

    def journal(self) -> Iterator[JournalledEvent]:
        rows = tables.journal.c
        query = sqlalchemy.select(rows.seq, rows.body, rows.command_id).where(rows.hall_id == HALL).order_by(rows.seq)
        with self._ledger.database.reading() as connection:
            for seq, body, command_id in connection.execute(query):
                yield JournalledEvent(Happened(seq, decode_event(json.loads(body))), command_id)

    def faults(self) -> list[str]:
        with self._ledger.database.reading() as connection:
            return list(faults(connection, HALL))

    def close(self) -> None:
        self._ledger.close()
        for file in self._path.parent.glob(f"{self._path.name}*"):
            file.unlink()

    def _answer(self, command: Command, by: Actor, dies_after: int | None) -> Outcome:
        self._dies_after = dies_after
        try:
            return self._ledger.do(HALL, command, by)
        except Failure as failure:
            return failure
        except Died:
            return Unreachable("It died before its commit.")
        finally:
            self._dies_after = None

    def _lose_memory(self) -> None:
        self._ledger.close()

    def _load(self) -> None:
        database = Database(f"sqlite:///{self._path}")
        sqlalchemy.event.listen(database.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))
        sqlalchemy.event.listen(database.engine, "before_cursor_execute", self._before_statement)
        database.engine.dispose()
        self._ledger = Ledger(database, self.clock)

    def _before_statement(self, *about: Any) -> None:
        """Die at the chosen statement, at the latest at the COMMIT."""
        if self._dies_after is not None and threading.current_thread().name == "writer" and about[2] != "ROLLBACK":
            if self._dies_after == 0 or about[2] == "COMMIT":
                raise Died
            self._dies_after -= 1


class Died(Exception):  # noqa: N818  # it is a death
    """The process ended here."""
