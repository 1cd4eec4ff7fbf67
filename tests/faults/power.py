"""Power cuts: what was answered is there on whatever disk is left, and sent again every command acts once.

Each scene is played once on recorded files. Then it is cut off at one step after another, every sync and every write
among them, and opened anew from a disk with some of the changes not yet synced (``disk_after_power_cut.py``).
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
"""Tickets a kiosk issues offline in one scene."""

Tell = Callable[[str, str], object]
Answers = dict[str, str]


class Scene(Protocol):
    """A piece of work to cut off."""

    def before(self, folder: Path) -> None:
        """Make what is on the disk, synced, before the scene begins."""

    def play(self, folder: Path, tell: Tell) -> None: ...

    def faults(self, folder: Path, answers: Answers) -> Iterator[str]:
        """What is wrong with a disk on which the scene was cut off, given the answers before that."""


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

    def faults(self, folder: Path, answers: Answers) -> Iterator[str]:
        with closing(Ledger(Database(_address(folder), create=not answers))) as ledger:
            again: Answers = {}
            _furnish(ledger, again.__setitem__)
            yield from _changed_answers(answers, again)
        yield from killing._faults_after_restart(_address(folder), HALL, self._groups, answers, thoroughly=True)
        if "the copy" in answers:
            with closing(Database(_address(folder, "copy.db"))) as copy:
                yield from (f"the copy: {fault}" for fault in killing._faults_in(copy, HALL))


def _furnish(ledger: Ledger, tell: Tell) -> None:
    ledger.create_hall(HALL)
    for number, command in enumerate(sample_halls.commands("clinic")):
        name = f"init-{number}"
        accepted = ledger.do(HALL, replace(command, command_id=name), killing.ADMIN)
        tell(name, json.dumps([accepted.seq, accepted.result], sort_keys=True))


def _changed_answers(answers: Answers, again: Answers) -> Iterator[str]:
    for about, answer in again.items():
        if answers.get(about, answer) != answer:
            yield f"{about} was told {answers[about]}, and now {answer}"


def _address(folder: Path, name: str = "hall.db") -> str:
    return f"sqlite:///{folder / name}"


# ── an upgrade ──


class Upgrade:
    """A database of an earlier version with a morning in it becomes one of this version."""

    def __init__(self, seed: int) -> None:
        self._groups = killing.script(seed)
        self._from = versions()[seed % (len(versions()) - 1)]
        self._answers: Answers = {}

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

    def _hear(self, about: str, answer: str) -> None:
        self._answers[about] = answer

    def play(self, folder: Path, tell: Tell) -> None:
        with closing(Database(_address(folder))) as database:
            database.upgrade()
            tell("the upgrade", "made")

    def faults(self, folder: Path, answers: Answers) -> Iterator[str]:
        with closing(Database(_address(folder))) as database:
            if database.revision() != self._from and not database.is_current():
                yield f"it was left at {database.revision()}, on the way from {self._from}"
            if answers and not database.is_current():
                yield "the upgrade was made, and is gone"
            database.upgrade()
        yield from killing._faults_after_restart(_address(folder), HALL, self._groups, self._answers, thoroughly=False)


def _empty(file: Path, version: str) -> None:
    """A database as an earlier version made it."""
    alembic_config = config.Config()
    alembic_config.set_main_option("script_location", str(MIGRATIONS))
    engine = sqlalchemy.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        alembic_config.attributes["connection"] = connection
        alembic.upgrade(alembic_config, version)
    engine.dispose()


def _fill(older: Path, newest: Path) -> None:
    """Copy the columns both have."""
    engine = sqlalchemy.create_engine(f"sqlite:///{older}")
    with engine.connect() as connection:
        connection.exec_driver_sql("ATTACH ? AS newest", (str(newest),))
        there = sqlalchemy.inspect(connection)
        for table in sorted(set(there.get_table_names()) - {"alembic_version"}):
            newer = {column["name"] for column in there.get_columns(table, "newest")}
            older = {column["name"]: column for column in there.get_columns(table)}
            gone = [name for name, column in older.items() if name not in newer and not column["nullable"]]
            both = ", ".join(f'"{name}"' for name in [*sorted(newer & older.keys()), *gone])
            values = ", ".join([*(f'"{name}"' for name in sorted(newer & older.keys())), *("''" for _ in gone)])
            connection.exec_driver_sql(f"INSERT INTO main.{table} ({both}) SELECT {values} FROM newest.{table}")
        connection.commit()
    engine.dispose()


# ── a kiosk without its hall ──


class OfflineKiosk:
    """A kiosk issues numbers of its own, delivers some, is restarted, and goes on."""

    DAY = date(2026, 3, 2)

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self._settled = [chance.random() < 0.4 for _ in range(TICKETS)]
        self._restarts = {chance.randrange(TICKETS) for _ in range(2)}

    def before(self, folder: Path) -> None:
        pass

    def play(self, folder: Path, tell: Tell) -> None:
        store = self._store(folder)
        for number, ticket in enumerate(self._tickets()):
            tell(ticket.command_id, self._label(store, ticket))
            if self._settled[number]:
                store.settle(ticket.command_id)
                tell(f"{ticket.command_id} settled", "yes")
            if number in self._restarts:
                store.close()
        store.close()

    def faults(self, folder: Path, answers: Answers) -> Iterator[str]:
        with closing(self._store(folder)) as store:
            waiting = {ticket.command_id for ticket in store.undelivered()}
            for ticket in self._tickets():
                name = ticket.command_id
                settled = f"{name} settled" in answers
                if name in answers and not settled and name not in waiting and not self._may_be_settled(name, answers):
                    yield f"{answers[name]} is on paper, and will never be delivered"
                if settled and name in waiting:
                    yield f"{answers[name]} was delivered, and is again"
            labels = {ticket.command_id: self._label(store, ticket) for ticket in self._tickets()}
            yield from _changed_answers(answers, labels)
            if len(set(labels.values())) < TICKETS:
                yield f"a number was given twice: {labels}"

    def _may_be_settled(self, name: str, answers: Answers) -> bool:
        """Whether the ticket was just being settled."""
        return self._settled[int(name)] and list(answers)[-1] == name

    def _store(self, folder: Path) -> OutboxStore:
        return OutboxStore(folder / "state" / "outbox-1")

    def _label(self, store: OutboxStore, ticket: IssueTicket) -> str:
        return str(store.put(ticket, "K1", self.DAY).offline_label)

    def _tickets(self) -> list[IssueTicket]:
        at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        return [IssueTicket(command_id=f"{number}", service="registration", taken_at=at) for number in range(TICKETS)]


# ── the campaign ──

CUTS_PER_SCENE = 40
"""Cuts of each scene played."""

SCENES: dict[str, Callable[[int], Scene]] = {"morning": Morning, "upgrade": Upgrade, "alone": OfflineKiosk}


@dataclass
class RecordedScene:
    """A scene that was played and can be cut off anywhere."""

    scene: Scene
    record: Record

    def moments(self) -> tuple[list[int], list[int]]:
        """The steps before which it can be cut off: those just before and just after a sync, and the others."""
        steps = self.record.steps
        every = range(self.record.first, len(steps) + 1)
        syncs = [cut for cut in every if any(isinstance(step, Synced) for step in steps[cut - 1 : cut + 1])]
        return syncs, sorted(set(every) - set(syncs))

    def faults(self, cut: int, chance: random.Random) -> list[str]:
        answers = self.record.answers(cut)
        with tempfile.TemporaryDirectory() as left:
            disk(self.record, cut, chance, Path(left))
            try:
                return list(self.scene.faults(Path(left), answers))
            except Exception as failure:  # noqa: BLE001  # a damaged file may lead to anything
                return [f"it can't be opened: {failure!r}"]


def record_scene(name: str, seed: int, **options: Any) -> RecordedScene:
    """Play a scene; the seed also decides how often SQLite empties its log."""
    scene = SCENES[name](seed)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        scene.before(root)
        options.setdefault("log_pages", [1_000, 4, 30][seed % 3])
        with recording(root, **options) as record:
            scene.play(root, record.answered)
    return RecordedScene(scene, record)


def cuts(recorded: RecordedScene, wanted: int, chance: random.Random) -> Iterator[int]:
    """This many steps, half of them at syncs."""
    for moments, share in zip(recorded.moments(), (wanted - wanted // 2, wanted // 2), strict=True):
        yield from chance.sample(moments, min(len(moments), share))


@dataclass
class Cut:
    """The result of one power cut."""

    scene: str
    seed: int
    cut: int
    at_a_sync: bool
    answered: int
    faults: list[str]

    @property
    def command(self) -> str:
        return f"python -m tests.faults power --scene {self.scene} --seed {self.seed} --cut {self.cut}"


def cut_power(recorded: RecordedScene, name: str, seed: int, cut: int) -> Cut:
    faults = recorded.faults(cut, random.Random(f"{name} {seed} {cut}"))
    return Cut(name, seed, cut, cut in recorded.moments()[0], len(recorded.record.answers(cut)), faults)


def campaign(wanted: int, first: int = 0, scenes: Iterable[str] = SCENES, **options: Any) -> Iterator[Cut]:
    """This many cuts, in scene after scene; ``options`` as for ``recording``."""
    for seed in itertools.count(first):
        for name in scenes:
            recorded = record_scene(name, seed, **options)
            for cut in cuts(recorded, min(CUTS_PER_SCENE, wanted), random.Random(seed)):
                wanted -= 1
                yield cut_power(recorded, name, seed, cut)
            if not wanted:
                return
