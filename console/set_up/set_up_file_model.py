"""The hall's set-up as a file: exporting it, showing what a file would change, and applying it."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from console import sentences
from shared.durable_files import READABLE_BY_UMASK, write_text
from shared.hall.errors import Failure, Refused
from shared.hall.hall import Hall
from shared.hall.messages import Accepted
from shared.hall.rules import decide
from shared.hall.values import Moment
from shared.hall.whole_set_up import Differences, Item, differences, parts, set_up_of
from shared.set_up_file.reader import SetUpFile, open_file, place_and_reason
from shared.set_up_file.writer import write
from shared.ui.refusals import refusal_text
from shared.ui.station import Station


class SetUpFileModel(QObject):
    """One set-up file at a time. The differences follow the hall until the file is applied or closed."""

    changed = Signal()

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.file: SetUpFile | None = None
        self.changes = Differences()
        self.lines: list[str] = []
        """The differences, in words."""
        self.retire = False
        self.sentence = ""
        self.is_refusal = False
        self._name = ""
        self._is_refused = False
        self._seq: int | None = None
        """The number of the event to wait for once the hall has accepted the file."""
        self._busy = False
        station.changed.connect(self._on_hall_changed)
        station.reachable_changed.connect(self.changed)

    # ── what there is ──

    @property
    def hall_id(self) -> str:
        return self._hall.id if self._hall else ""

    @property
    def can_apply(self) -> bool:
        ready = self.file is not None and not self._busy and not self._is_refused
        return ready and self.station.hall is not None and self.station.away_since is None and self._has_effect

    @property
    def _has_effect(self) -> bool:
        found = self.changes
        return bool(found.added or found.changed or found.reordered or (self.retire and found.extra))

    def _described(self) -> list[str]:
        """What the file would change, a line for each thing."""
        found, extra = self.changes, self.tr("Retired: {0}") if self.retire else self.tr("Not in the file, stays: {0}")
        return [
            *(self.tr("New: {0}").format(self._name_of(item)) for item in found.added),
            *(self.tr("Changed: {0} ({1})").format(self._name_of(item), self._fields(item)) for item in found.changed),
            *([self.tr("Precedences in another order")] if found.reordered else []),
            *(extra.format(self._name_of(item)) for item in found.extra),
        ]

    @property
    def _hall(self) -> Hall | None:
        return self.station.hall

    def _values(self, item: Item) -> list[Any]:
        """This item's values: the hall's, then the file's, if they have it."""
        sides = [set_up_of(self.station.hall)] if self.station.hall else []
        sides += [self.file.set_up] if self.file else []
        return [part.value for side in sides for part in parts(side) if part.item == item]

    def _name_of(self, item: Item) -> str:
        section = {
            "hall": self.tr("Hall"),
            "precedences": self.tr("Precedence"),
            "services": self.tr("Service"),
            "points": self.tr("Service point"),
        }.get(item.section, item.section)
        name = getattr(self._values(item)[-1], "name", None) or item.id
        return f"{section} · {sentences.localized(self._hall or Hall(id=''), name)}"

    def _fields(self, item: Item) -> str:
        """The fields that differ, by their names in the file."""
        ours, theirs = self._values(item)
        return ", ".join(
            field.name for field in fields(theirs) if getattr(ours, field.name) != getattr(theirs, field.name)
        )

    # ── writing ──

    def export(self, file: Path) -> None:
        if self._hall is None:
            return
        text = write(set_up_of(self._hall))
        self.station.in_background(
            lambda: write_text(file, text, READABLE_BY_UMASK), lambda _: self._on_exported(file), self._on_failure
        )

    def _on_exported(self, file: Path) -> None:
        self._say(self.tr("The set-up is saved in {0}.").format(file.name))

    # ── reading ──

    def begin(self) -> None:
        """Clear a sentence about a file that is closed."""
        if self.file is None:
            self._say("")

    def open(self, file: Path) -> None:
        """Read a file and show what it would change; nothing is changed yet."""
        self.close_file()
        self._name = file.name
        self.station.in_background(lambda: open_file(file), self._on_opened, self._on_failure)

    def _on_opened(self, file: SetUpFile) -> None:
        self.file = file
        self.compare()

    def close_file(self) -> None:
        self.file, self.changes, self.retire, self._is_refused = None, Differences(), False, False
        self.lines = []
        self._say("")

    def set_retire(self, retire: bool) -> None:
        """Choose whether what the file does not hold is retired."""
        self.retire = retire
        self.compare()

    def compare(self) -> None:
        """Compare the file with the hall as it is now, and say if the hall's rules would refuse it."""
        if self.file is None or self._hall is None or self._busy:
            self.changed.emit()
            return
        self.changes = differences(set_up_of(self._hall), self.file.set_up)
        self.lines = self._described()
        try:
            decide(self._hall, self.file.command(retire=self.retire), Moment(datetime.now(UTC), self._hall.order))
        except Refused as refused:
            self._on_failure(refused)
            return
        self._is_refused = False
        self._say("" if self._has_effect else self.tr("The hall already matches this file."))

    # ── applying ──

    def apply(self) -> None:
        """Make the hall as the file says, all of it or nothing."""
        if self.file and self.can_apply:
            self._busy = True
            self.station.do(self.file.command(retire=self.retire), self._on_accepted, self._on_failure)
            self.changed.emit()

    def _on_accepted(self, accepted: Accepted) -> None:
        self._seq = accepted.seq
        self._on_hall_changed()

    def _on_hall_changed(self) -> None:
        if self._seq is not None and self._hall and self._hall.seq >= self._seq:
            self._seq, self._busy = None, False
            name = self._name
            self.close_file()
            self._say(self.tr("The hall now matches {0}, everywhere.").format(name))
        else:
            self.compare()

    def _on_failure(self, failure: Failure) -> None:
        self._busy = False
        self._is_refused = isinstance(failure, Refused)
        self._say(self._why(failure), refusal=True)

    def _why(self, failure: Failure) -> str:
        """A failure's sentence; a refusal's with the file, and the line and the item it is about, if known."""
        sentence = refusal_text(failure)
        if not isinstance(failure, Refused):
            return sentence
        located = self.file.located(failure) if self.file else failure
        if "line" in located.about:
            return self.tr("{0}, line {1}: {2}").format(
                self._name, located.about["line"], place_and_reason(located, sentence)
            )
        return self.tr("{0}: {1}").format(self._name, place_and_reason(located, sentence))

    def _say(self, sentence: str, *, refusal: bool = False) -> None:
        self.sentence, self.is_refusal = sentence, refusal
        self.changed.emit()
