"""The hall's set-up as a file: written for keeping, and read to see what it would change before it does."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from console import sentences
from shared.durable_files import ANYBODYS, write_text
from shared.hall.errors import Failure, Refused
from shared.hall.hall import Hall
from shared.hall.messages import Accepted
from shared.hall.rules import decide
from shared.hall.values import Moment
from shared.hall.whole_set_up import Differences, Item, differences, parts, set_up_of
from shared.set_up_file.reader import SetUpFile, open_file, what
from shared.set_up_file.writer import write
from shared.ui.refusals import why_not
from shared.ui.station import Station


class SetUpFileModel(QObject):
    """One set-up file at a time. What it would change follows the hall until it is taken over or put aside."""

    changed = Signal()

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.file: SetUpFile | None = None
        self.changes = Differences()
        self.lines: list[str] = []
        """What the file would change, in words."""
        self.retire = False
        self.sentence = ""
        self.is_refusal = False
        self._name = ""
        self._refused = False
        self._seq: int | None = None
        """The event whose effect is waited for once the hall has accepted the file."""
        self._busy = False
        station.changed.connect(self._hall_changed)
        station.reachable_changed.connect(self.changed)

    # ── what there is ──

    @property
    def hall_id(self) -> str:
        return self._hall.id if self._hall else ""

    @property
    def can_take_over(self) -> bool:
        ready = self.file is not None and not self._busy and not self._refused
        return ready and self.station.hall is not None and self.station.away_since is None and self._does_something

    @property
    def _does_something(self) -> bool:
        new = self.changes
        return bool(new.added or new.changed or new.reordered or (self.retire and new.extra))

    def _told(self) -> list[str]:
        """What the file would change, a line for each thing."""
        new, extra = self.changes, self.tr("Retired: {0}") if self.retire else self.tr("Only here, and stays: {0}")
        return [
            *(self.tr("New: {0}").format(self._named(item)) for item in new.added),
            *(self.tr("Changed: {0} ({1})").format(self._named(item), self._fields(item)) for item in new.changed),
            *([self.tr("Precedences in another order")] if new.reordered else []),
            *(extra.format(self._named(item)) for item in new.extra),
        ]

    @property
    def _hall(self) -> Hall | None:
        return self.station.hall

    def _values(self, item: Item) -> list[Any]:
        """This thing as the hall has it and as the file has it, where they do."""
        sides = [set_up_of(self.station.hall)] if self.station.hall else []
        sides += [self.file.set_up] if self.file else []
        return [part.value for side in sides for part in parts(side) if part.item == item]

    def _named(self, item: Item) -> str:
        section = {
            "hall": self.tr("Hall"),
            "precedences": self.tr("Precedence"),
            "services": self.tr("Service"),
            "points": self.tr("Service point"),
        }.get(item.section, item.section)
        name = getattr(self._values(item)[-1], "name", None) or item.id
        return f"{section} · {sentences.said(self._hall or Hall(id=''), name)}"

    def _fields(self, item: Item) -> str:
        """The fields that differ, as the file calls them."""
        here, there = self._values(item)
        return ", ".join(
            field.name for field in fields(there) if getattr(here, field.name) != getattr(there, field.name)
        )

    # ── writing ──

    def export(self, file: Path) -> None:
        """Write the hall as it is now."""
        if self._hall is None:
            return
        text = write(set_up_of(self._hall))
        self.station.aside(lambda: write_text(file, text, ANYBODYS), lambda _: self._exported(file), self._failed)

    def _exported(self, file: Path) -> None:
        self._say(self.tr("The set-up is in {0}.").format(file.name))

    # ── reading ──

    def begin(self) -> None:
        """Somebody looks from now on; what was said of a file stays only while it is open."""
        if self.file is None:
            self._say("")

    def open(self, file: Path) -> None:
        """Look what a file would change; nothing is changed yet."""
        self.put_aside()
        self._name = file.name
        self.station.aside(lambda: open_file(file), self._opened, self._failed)

    def _opened(self, file: SetUpFile) -> None:
        self.file = file
        self.look()

    def put_aside(self) -> None:
        """Forget the file."""
        self.file, self.changes, self.retire, self._refused = None, Differences(), False, False
        self.lines = []
        self._say("")

    def set_retire(self, retire: bool) -> None:
        """Whether what the file does not hold is taken away for good."""
        self.retire = retire
        self.look()

    def look(self) -> None:
        """What the file would change in the hall as it is now; the hall's own rules say if it would be refused."""
        if self.file is None or self._hall is None or self._busy:
            self.changed.emit()
            return
        self.changes = differences(set_up_of(self._hall), self.file.set_up)
        self.lines = self._told()
        try:
            decide(self._hall, self.file.command(retire=self.retire), Moment(datetime.now(UTC), self._hall.order))
        except Refused as refused:
            self._failed(refused)
            return
        self._refused = False
        self._say("" if self._does_something else self.tr("The hall is already as this file says."))

    # ── taking over ──

    def take_over(self) -> None:
        """Make the hall as the file says, all of it or nothing."""
        if self.file and self.can_take_over:
            self._busy = True
            self.station.do(self.file.command(retire=self.retire), self._accepted, self._failed)
            self.changed.emit()

    def _accepted(self, accepted: Accepted) -> None:
        self._seq = accepted.seq
        self._hall_changed()

    def _hall_changed(self) -> None:
        if self._seq is not None and self._hall and self._hall.seq >= self._seq:
            self._seq, self._busy = None, False
            name = self._name
            self.put_aside()
            self._say(self.tr("The hall is as {0} says, everywhere.").format(name))
        else:
            self.look()

    def _failed(self, failure: Failure) -> None:
        self._busy = False
        self._refused = isinstance(failure, Refused)
        self._say(self._why(failure), refusal=True)

    def _why(self, failure: Failure) -> str:
        """A refusal with the file, the line and the place it speaks of."""
        sentence = why_not(failure)
        if not isinstance(failure, Refused):
            return sentence
        located = self.file.located(failure) if self.file else failure
        if "line" in located.about:
            return self.tr("{0}, line {1}: {2}").format(self._name, located.about["line"], what(located, sentence))
        return self.tr("{0}: {1}").format(self._name, what(located, sentence))

    def _say(self, sentence: str, *, refusal: bool = False) -> None:
        self.sentence, self.is_refusal = sentence, refusal
        self.changed.emit()
