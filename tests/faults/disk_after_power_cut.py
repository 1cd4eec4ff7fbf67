"""What a disk holds after the power went: what was synced, and as much of the rest as chance lets through.

What programs do to the files of one folder is written down once; any number of disks can be made of that afterwards,
cut off at any moment. Nothing is taken for granted: a file may be there without its content, a name without its file, a
folder not at all, until it was synced itself.
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
"""SQLite's index of its log is in memory that several programs share: what is left of it counts for nothing."""

ROOT = 0

Content = bytearray | dict[str, int]
"""Of a file its bytes; of a folder its names, each with the number of what it names."""


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
    """Of a folder; both names of a rename change at once, or neither."""

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
    """All that happened to this file, or to the names in this folder, is safe from here on."""

    on: int


@dataclass(frozen=True)
class Told:
    """Somebody was given an answer."""

    about: str
    said: str


Change = Write | Size | Names
Step = Change | Synced | Told


class Record:
    """All that happens to the files in a folder, step by step. What is there at the beginning is safe."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.steps: list[Step] = []
        self.folders = {ROOT}
        self.lock = threading.RLock()
        self._numbers = {self.root: ROOT}
        self._plain: dict[int, bytes] = {}
        """The content of files as seen last, but for those that are written down as they are written."""
        self._made = ROOT
        self.look()
        self.steps += [Synced(number) for number in self._numbers.values()]
        self.first = len(self.steps)
        """Where it can be cut off first."""

    def told(self, about: str, said: str) -> None:
        with self.lock:
            self.look()
            self.steps.append(Told(about, said))

    def answers(self, cut: int) -> dict[str, str]:
        """What had been answered before this step; only once each."""
        return {step.about: step.said for step in self.steps[:cut] if isinstance(step, Told)}

    def number(self, path: str | Path) -> int:
        """Of a file whose writes will be told; it may be new."""
        with self.lock:
            self.look()
            number = self._numbers[Path(path)]
            self._plain.pop(number, None)
            return number

    def did(self, step: Step) -> None:
        self.steps.append(step)

    def synced_folder(self, path: Path) -> None:
        self.steps.append(Synced(self._numbers[path.parent]))

    def synced(self, handle: int) -> None:
        """As ``os.fsync`` names it."""
        self.look()
        what = os.fstat(handle)
        self.steps += [Synced(number) for path, number in self._numbers.items() if os.path.samestat(path.stat(), what)][
            :1
        ]

    def renamed(self, old: Path, new: Path) -> None:
        """Is called when it is done; whatever else had changed was looked at before."""
        number = self._numbers.pop(old)
        self._numbers[new] = number
        assert old.parent == new.parent, "a rename across folders is not written down"
        self.steps.append(Names(self._numbers[new.parent], ((old.name, None), (new.name, number))))

    def linked(self, old: Path, new: Path) -> None:
        self._numbers[new] = self._numbers[old]
        self.steps.append(Names(self._numbers[new.parent], ((new.name, self._numbers[new]),)))

    def look(self) -> None:
        """Find what has come, gone or changed without a word."""
        there = sorted(path for path in self.root.rglob("*") if not path.name.endswith(UNSEEN))
        for path in self._numbers.keys() - there - {self.root}:
            self.steps.append(Names(self._numbers.get(path.parent, ROOT), ((path.name, None),)))
            del self._numbers[path]
        for path in there:
            if path not in self._numbers:
                self._made += 1
                self._numbers[path] = self._made
                self.steps.append(Names(self._numbers[path.parent], ((path.name, self._made),)))
                if path.is_dir():
                    self.folders.add(self._made)
                else:
                    self._plain[self._made] = b""
            self._read(path, self._numbers[path])

    def _read(self, path: Path, number: int) -> None:
        with suppress(FileNotFoundError):
            if number in self._plain and (now := path.read_bytes()) != self._plain[number]:
                self._plain[number] = now
                self.steps += [Size(number, 0), Write(number, 0, now)]


def disk(record: Record, cut: int, chance: random.Random, target: Path) -> None:
    """Put into an empty folder what a disk may hold that was cut off before this step."""
    safe: dict[int, Content] = defaultdict(bytearray, {folder: {} for folder in record.folders})
    open_: dict[int, list[Change]] = defaultdict(list)
    for step in record.steps[:cut]:
        if isinstance(step, Synced):
            for change in open_.pop(step.on, []):
                change.apply(safe[step.on])
        elif not isinstance(step, Told):
            open_[step.on].append(step)
    for number, changes in sorted(open_.items()):
        for change in _let_through(changes, chance):
            change.apply(safe[number])
    _lay_out(safe, ROOT, target, chance)


def _let_through(changes: Iterable[Change], chance: random.Random) -> Iterator[Change]:
    """Nothing, everything or some: a later one without an earlier one, halves, and room without what belongs there."""
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
    """The file is as long as if it had been written; nothing is."""
    yield Write(write.on, write.at + len(write.data), b"")


def _lay_out(safe: dict[int, Content], folder: int, target: Path, chance: random.Random) -> None:
    names = safe[folder]
    assert isinstance(names, dict)
    for name, number in sorted(names.items()):
        content = safe[number]
        if isinstance(content, dict):
            (target / name).mkdir()
            _lay_out(safe, number, target / name, chance)
        else:
            (target / name).write_bytes(content)
            if name.endswith("-wal"):
                (target / name.replace("-wal", UNSEEN)).write_bytes(chance.randbytes(32_768))
