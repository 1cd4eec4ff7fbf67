"""Power cuts: what was answered is there on whatever disk is left, and asked again everything acts once.

Each scene is played once on watched files. Then it is cut off at one step after another, every sync and every write
among them, and opened anew from a disk of which chance decides what that had not synced (``platter.py``).
"""

from __future__ import annotations

import itertools
import json
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy
from alembic import command as alembic
from alembic import config

from shared.backend.halls import sample_halls
from shared.backend.halls.ledger import Ledger
from shared.backend.storage.database import MIGRATIONS, Database, versions
from shared.hall.issuing import IssueTicket
from shared.link.outbox_store import OutboxStore
from tests.faults import killing
from tests.faults.disk_after_power_cut import Record, Synced, disk
from tests.faults.recording import recording

HALL = "hall"

TICKETS = 12
"""Taken from a kiosk without its hall in one scene."""

Tell = Callable[[str, str], object]
Answers = dict[str, str]


class Scene(Protocol):
    """Something that is worth a power cut."""

    def before(self, folder: Path) -> None:
        """What is there already, safe on the disk."""

    def play(self, folder: Path, tell: Tell) -> None: ...

    def wrong(self, folder: Path, told: Answers) -> Iterator[str]:
        """What is wrong with a disk on which this was cut off, when so much had been answered."""


# ── a hall ──


class Morning:
    """A new database, a hall in it, two sessions of work with the log emptied between them, and a copy."""

    def __init__(self, seed: int) -> None:
        self._groups = killing.script(seed)

    def before(self, folder: Path) -> None:
        pass

    def play(self, folder: Path, tell: Tell) -> None:
        address, half = _address(folder), len(self._groups) // 2
        with closing(killing.Quiet(Database(address, create=True))) as ledger:
            _furnish(ledger, tell)
        killing.play(address, HALL, self._groups[:half], None, lambda line: tell(*json.loads(line)))
        with closing(Database(address)) as database:
            database.scrub()
            database.backup(folder / "copy.db")
            tell("the copy", "made")
        killing.play(address, HALL, self._groups[half:], None, lambda line: tell(*json.loads(line)))

    def wrong(self, folder: Path, told: Answers) -> Iterator[str]:
        with closing(Ledger(Database(_address(folder), create=not told))) as ledger:
            again: Answers = {}
            _furnish(ledger, again.__setitem__)
            yield from _other_than(told, again)
        yield from killing._after(_address(folder), HALL, self._groups, told, thoroughly=True)
        if "the copy" in told:
            with closing(Database(_address(folder, "copy.db"))) as copy:
                yield from (f"the copy: {fault}" for fault in killing._checked(copy, HALL))


def _furnish(ledger: Ledger, tell: Tell) -> None:
    ledger.create_hall(HALL)
    for number, wish in enumerate(sample_halls.commands("clinic")):
        name = f"init-{number}"
        accepted = ledger.do(HALL, replace(wish, command_id=name), killing.ADMIN)
        tell(name, json.dumps([accepted.seq, accepted.result], sort_keys=True))


def _other_than(told: Answers, again: Answers) -> Iterator[str]:
    for about, said in again.items():
        if told.get(about, said) != said:
            yield f"{about} was told {told[about]}, and now {said}"


def _address(folder: Path, name: str = "hall.db") -> str:
    return f"sqlite:///{folder / name}"


# ── an upgrade ──


class Upgrade:
    """A database of an earlier version with a morning in it becomes one of this version."""

    def __init__(self, seed: int) -> None:
        self._groups = killing.script(seed)
        self._from = versions()[seed % (len(versions()) - 1)]
        self._told: Answers = {}

    def before(self, folder: Path) -> None:
        newest = folder / "newest.db"
        with closing(Ledger(Database(_address(folder, newest.name), create=True))) as ledger:
            _furnish(ledger, lambda *_: None)
        killing.play(
            _address(folder, newest.name), HALL, self._groups, None, lambda line: self._hear(*json.loads(line))
        )
        older = folder / "hall.db"
        _empty(older, self._from)
        _fill(older, newest)
        newest.unlink()

    def _hear(self, about: str, said: str) -> None:
        self._told[about] = said

    def play(self, folder: Path, tell: Tell) -> None:
        with closing(Database(_address(folder))) as database:
            database.upgrade()
            tell("the upgrade", "made")

    def wrong(self, folder: Path, told: Answers) -> Iterator[str]:
        with closing(Database(_address(folder))) as database:
            if database.revision() != self._from and not database.is_current():
                yield f"it was left at {database.revision()}, on the way from {self._from}"
            if told and not database.is_current():
                yield "the upgrade was made, and is gone"
            database.upgrade()
        yield from killing._after(_address(folder), HALL, self._groups, self._told, thoroughly=False)


def _empty(file: Path, version: str) -> None:
    """A database as an earlier version made it."""
    asked = config.Config()
    asked.set_main_option("script_location", str(MIGRATIONS))
    engine = sqlalchemy.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        asked.attributes["connection"] = connection
        alembic.upgrade(asked, version)
    engine.dispose()


def _fill(older: Path, newest: Path) -> None:
    """With what both know."""
    engine = sqlalchemy.create_engine(f"sqlite:///{older}")
    with engine.connect() as connection:
        connection.exec_driver_sql("ATTACH ? AS newest", (str(newest),))
        there = sqlalchemy.inspect(connection)
        for table in sorted(set(there.get_table_names()) - {"alembic_version"}):
            newer = {column["name"] for column in there.get_columns(table, "newest")}
            older = {column["name"]: column for column in there.get_columns(table)}
            gone = [name for name, column in older.items() if name not in newer and not column["nullable"]]
            both = ", ".join(f'"{name}"' for name in [*sorted(newer & older.keys()), *gone])
            said = ", ".join([*(f'"{name}"' for name in sorted(newer & older.keys())), *("''" for _ in gone)])
            connection.exec_driver_sql(f"INSERT INTO main.{table} ({both}) SELECT {said} FROM newest.{table}")
        connection.commit()
    engine.dispose()


# ── a kiosk without its hall ──


class Alone:
    """A kiosk gives numbers of its own, delivers some, is started anew, and goes on."""

    DAY = date(2026, 3, 2)

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self._settled = [chance.random() < 0.4 for _ in range(TICKETS)]
        self._restarts = {chance.randrange(TICKETS) for _ in range(2)}

    def before(self, folder: Path) -> None:
        pass

    def play(self, folder: Path, tell: Tell) -> None:
        box = self._box(folder)
        for number, ticket in enumerate(self._tickets()):
            tell(ticket.command_id, self._label(box, ticket))
            if self._settled[number]:
                box.settle(ticket.command_id)
                tell(f"{ticket.command_id} settled", "yes")
            if number in self._restarts:
                box.close()
        box.close()

    def wrong(self, folder: Path, told: Answers) -> Iterator[str]:
        with closing(self._box(folder)) as box:
            waiting = {ticket.command_id for ticket in box.waiting()}
            for ticket in self._tickets():
                name = ticket.command_id
                settled = f"{name} settled" in told
                if name in told and not settled and name not in waiting and not self._may_be_settled(name, told):
                    yield f"{told[name]} is on paper, and will never be delivered"
                if settled and name in waiting:
                    yield f"{told[name]} was delivered, and is again"
            labels = {ticket.command_id: self._label(box, ticket) for ticket in self._tickets()}
            yield from _other_than(told, labels)
            if len(set(labels.values())) < TICKETS:
                yield f"a number was given twice: {labels}"

    def _may_be_settled(self, name: str, told: Answers) -> bool:
        """The last one was just being settled."""
        return self._settled[int(name)] and list(told)[-1] == name

    def _box(self, folder: Path) -> OutboxStore:
        return OutboxStore(folder / "state" / "outbox-1")

    def _label(self, box: OutboxStore, ticket: IssueTicket) -> str:
        return str(box.put(ticket, "K1", self.DAY).offline_label)

    def _tickets(self) -> list[IssueTicket]:
        at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        return [IssueTicket(command_id=f"{number}", service="registration", taken_at=at) for number in range(TICKETS)]


# ── the campaign ──

A_SCENE = 40
"""Cuts of one playing of a scene."""

SCENES: dict[str, Callable[[int], Scene]] = {"morning": Morning, "upgrade": Upgrade, "alone": Alone}


@dataclass
class Played:
    """A scene that was played, and can be cut off anywhere."""

    scene: Scene
    record: Record

    def moments(self) -> tuple[list[int], list[int]]:
        """The steps before which it can be cut off: those just before and just after a sync, and the others."""
        steps = self.record.steps
        every = range(self.record.first, len(steps) + 1)
        syncs = [cut for cut in every if any(isinstance(step, Synced) for step in steps[cut - 1 : cut + 1])]
        return syncs, sorted(set(every) - set(syncs))

    def wrong(self, cut: int, chance: random.Random) -> list[str]:
        told = self.record.answers(cut)
        with tempfile.TemporaryDirectory() as left:
            disk(self.record, cut, chance, Path(left))
            try:
                return list(self.scene.wrong(Path(left), told))
            except Exception as failure:  # noqa: BLE001  # a damaged file may lead to anything
                return [f"it can't be opened: {failure!r}"]


def played(name: str, seed: int, **ways: Any) -> Played:
    """A scene, as it went; the seed also decides how often SQLite empties its log."""
    scene = SCENES[name](seed)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        scene.before(root)
        ways.setdefault("log_pages", [1_000, 4, 30][seed % 3])
        with recording(root, **ways) as record:
            scene.play(root, record.told)
    return Played(scene, record)


def cuts(of: Played, wanted: int, chance: random.Random) -> Iterator[int]:
    """So many moments, half of them at syncs."""
    for moments, share in zip(of.moments(), (wanted - wanted // 2, wanted // 2), strict=True):
        yield from chance.sample(moments, min(len(moments), share))


@dataclass
class Cut:
    """What came of one power cut."""

    scene: str
    seed: int
    cut: int
    at_a_sync: bool
    answered: int
    faults: list[str]

    @property
    def command(self) -> str:
        return f"python -m tests.faults power --scene {self.scene} --seed {self.seed} --cut {self.cut}"


def cut_off(of: Played, name: str, seed: int, cut: int) -> Cut:
    faults = of.wrong(cut, random.Random(f"{name} {seed} {cut}"))
    return Cut(name, seed, cut, cut in of.moments()[0], len(of.record.answers(cut)), faults)


def campaign(wanted: int, first: int = 0, scenes: Iterable[str] = SCENES, **ways: Any) -> Iterator[Cut]:
    """So many cuts, in scene after scene; ``ways`` as for ``recording``."""
    for seed in itertools.count(first):
        for name in scenes:
            of = played(name, seed, **ways)
            for cut in cuts(of, min(A_SCENE, wanted), random.Random(seed)):
                wanted -= 1
                yield cut_off(of, name, seed, cut)
            if not wanted:
                return
