"""What a disk holds after a power cut: what was synced, and as much of the rest as chance lets through.

The operations on the files of one folder are recorded once; any number of disks can be made from the record, cut off at
any step. Nothing is assumed: a file may be there without its content, a name without its file, a folder not at all,
until it was synced itself.
"""

from __future__ import annotations

import os
import random
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SECTOR = 512
"""Bytes a disk writes at once."""

UNSEEN = "-shm"
"""SQLite's index of its WAL is shared memory: what is left of it after a power cut means nothing."""

ROOT = 0

Content = bytearray | dict[str, int]
"""A file's bytes, or a folder's names, each with the number of its file or folder."""


@dataclass(frozen=True)
class Write:
    on: int
    at: int
    data: bytes

    def apply(self, content: Content) -> None:
        assert isinstance(content, bytearray)
        content.extend(bytes(max(0, self.at - len(content))))
        content[self.at : self.at + len(self.data)] = self.data


@dataclass(frozen=True)
class Size:
    on: int
    length: int

    def apply(self, content: Content) -> None:
        assert isinstance(content, bytearray)
        content.extend(bytes(max(0, self.length - len(content))))
        del content[self.length :]


@dataclass(frozen=True)
class Names:
    """Names of a folder; both of a rename change at once, or neither."""

    on: int
    changes: tuple[tuple[str, int | None], ...]

    def apply(self, content: Content) -> None:
        assert isinstance(content, dict)
        for name, names in self.changes:
            content.pop(name, None)
            if names is not None:
                content[name] = names


@dataclass(frozen=True)
class Synced:
    """Everything before this step is safe in this file, or of the names in this folder."""

    on: int


@dataclass(frozen=True)
class Answered:
    """An answer was given."""

    about: str
    answer: str


Change = Write | Size | Names
Step = Change | Synced | Answered


class Record:
    """The record of a folder, step by step. What is there at the beginning is safe."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.steps: list[Step] = []
        self.folders = {ROOT}
        self.lock = threading.RLock()
        self._numbers = {self.root: ROOT}
        self._scanned: dict[int, bytes] = {}
        """The last content of files whose writes are not recorded as they happen."""
        self._last_number = ROOT
        self.scan()
        self.steps += [Synced(number) for number in self._numbers.values()]
        self.first = len(self.steps)
        """The first step before which it can be cut off."""

    def answered(self, about: str, answer: str) -> None:
        with self.lock:
            self.scan()
            self.steps.append(Answered(about, answer))

    def answers(self, cut: int) -> dict[str, str]:
        """The answers given before this step."""
        return {step.about: step.answer for step in self.steps[:cut] if isinstance(step, Answered)}

    def number(self, path: str | Path) -> int:
        """The number of a file whose writes will be recorded; it may be new."""
        with self.lock:
            self.scan()
            number = self._numbers[Path(path)]
            self._scanned.pop(number, None)
            return number

    def add(self, step: Step) -> None:
        self.steps.append(step)

    def add_folder_sync(self, path: Path) -> None:
        self.steps.append(Synced(self._numbers[path.parent]))

    def add_sync(self, handle: int) -> None:
        """Record a sync of the file or folder with this descriptor."""
        self.scan()
        status = os.fstat(handle)
        self.steps += [
            Synced(number) for path, number in self._numbers.items() if os.path.samestat(path.stat(), status)
        ][:1]

    def add_rename(self, old: Path, new: Path) -> None:
        """Record a rename that is done; ``scan`` was called before it."""
        number = self._numbers.pop(old)
        self._numbers[new] = number
        assert old.parent == new.parent, "a rename across folders is not written down"
        self.steps.append(Names(self._numbers[new.parent], ((old.name, None), (new.name, number))))

    def add_link(self, old: Path, new: Path) -> None:
        self._numbers[new] = self._numbers[old]
        self.steps.append(Names(self._numbers[new.parent], ((new.name, self._numbers[new]),)))

    def scan(self) -> None:
        """Record what appeared, disappeared or changed otherwise."""
        there = sorted(path for path in self.root.rglob("*") if not path.name.endswith(UNSEEN))
        for path in self._numbers.keys() - there - {self.root}:
            self.steps.append(Names(self._numbers.get(path.parent, ROOT), ((path.name, None),)))
            del self._numbers[path]
        for path in there:
            if path not in self._numbers:
                self._last_number += 1
                self._numbers[path] = self._last_number
                self.steps.append(Names(self._numbers[path.parent], ((path.name, self._last_number),)))
                if path.is_dir():
                    self.folders.add(self._last_number)
                else:
                    self._scanned[self._last_number] = b""
            self._scan_content(path, self._numbers[path])

    def _scan_content(self, path: Path, number: int) -> None:
        with suppress(FileNotFoundError):
            if number in self._scanned and (now := path.read_bytes()) != self._scanned[number]:
                self._scanned[number] = now
                self.steps += [Size(number, 0), Write(number, 0, now)]


def disk(record: Record, cut: int, chance: random.Random, target: Path) -> None:
    """Fill an empty folder with what a disk may hold that was cut off before this step."""
    synced: dict[int, Content] = defaultdict(bytearray, {folder: {} for folder in record.folders})
    unsynced: dict[int, list[Change]] = defaultdict(list)
    for step in record.steps[:cut]:
        if isinstance(step, Synced):
            for change in unsynced.pop(step.on, []):
                change.apply(synced[step.on])
        elif not isinstance(step, Answered):
            unsynced[step.on].append(step)
    for number, changes in sorted(unsynced.items()):
        for change in _written_after_all(changes, chance):
            change.apply(synced[number])
    _lay_out(synced, ROOT, target, chance)


def _written_after_all(changes: Iterable[Change], chance: random.Random) -> Iterator[Change]:
    """None, all or some of the changes: later ones without earlier ones, torn writes, and growth without content."""
    share = chance.choice([0, 0.5, 1])
    for change in changes:
        if chance.random() < share:
            yield change
        elif share and isinstance(change, Write):
            yield from chance.choice([_nothing, _torn, _growth])(change, chance)


def _nothing(write: Write, chance: random.Random) -> Iterator[Change]:
    yield from ()


def _torn(write: Write, chance: random.Random) -> Iterator[Change]:
    """Its first or last part; most disks tear between two sectors, some within one."""
    middle = chance.randrange(len(write.data) + 1)
    middle -= chance.choice([0, (write.at + middle) % SECTOR])
    middle = max(0, middle)
    first, last = write.data[:middle], write.data[middle:]
    yield chance.choice([Write(write.on, write.at, first), Write(write.on, write.at + middle, last)])


def _growth(write: Write, chance: random.Random) -> Iterator[Change]:
    """The file has grown to its new length, without the content."""
    yield Write(write.on, write.at + len(write.data), b"")


def _lay_out(synced: dict[int, Content], folder: int, target: Path, chance: random.Random) -> None:
    names = synced[folder]
    assert isinstance(names, dict)
    for name, number in sorted(names.items()):
        content = synced[number]
        if isinstance(content, dict):
            (target / name).mkdir()
            _lay_out(synced, number, target / name, chance)
        else:
            (target / name).write_bytes(content)
            if name.endswith("-wal"):
                (target / name.replace("-wal", UNSEEN)).write_bytes(chance.randbytes(32_768))
