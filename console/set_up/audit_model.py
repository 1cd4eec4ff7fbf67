"""Who did what, as those who answer for the hall read it: a page at a time, and written to a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from shared.access import spreadsheet
from shared.access.audit import COLUMNS, Act, Page, ReadAudit, columns
from shared.hall.errors import Failure
from shared.ui.refusals import why_not
from shared.ui.station import Station

MOST_AT_ONCE = 1000
"""Lines of a page when all of them are wanted for a file."""


class AuditModel(QObject):
    """The lines that fit, the newest first."""

    changed = Signal()
    sentence_changed = Signal()

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.wanted = ReadAudit()
        self.acts: tuple[Act, ...] = ()
        self.older = ""
        """Where the page after those shown begins; empty when there is none."""
        self.sentence = ""
        self.is_refusal = False

    @property
    def zone(self) -> ZoneInfo:
        """Of the hall: its people read its own clock."""
        return ZoneInfo(self.station.hall.settings.time_zone if self.station.hall else "UTC")

    def look(self, wanted: ReadAudit) -> None:
        """Ask for the newest lines that fit."""
        self.wanted = wanted
        self.hush()
        self.station.request(wanted, self._arrived, self._failed)

    def more(self) -> None:
        """The lines before those shown."""
        if self.older:
            wanted, self.older = replace(self.wanted, before=self.older), ""
            self.station.request(wanted, lambda page: self._arrived(page, self.acts), self._failed)

    def export(self, file: Path) -> None:
        """Write all that fits to a file, page after page."""
        self._gather(file, (), replace(self.wanted, limit=MOST_AT_ONCE))

    def _gather(self, file: Path, before: tuple[Act, ...], wanted: ReadAudit) -> None:
        def arrived(page: Page) -> None:
            acts = before + page.acts
            if page.older:
                self._gather(file, acts, replace(wanted, before=page.older))
            else:
                self._write(file, acts)

        self.station.request(wanted, arrived, self._failed)

    def _write(self, file: Path, acts: tuple[Act, ...]) -> None:
        rows, said = [columns(act, self.zone) for act in acts], self.tr("The audit is in {0}.")
        self.station.aside(
            lambda: spreadsheet.write(file, COLUMNS, rows), lambda _: self._say(said.format(file.name)), self._failed
        )

    def _arrived(self, page: Page, before: tuple[Act, ...] = ()) -> None:
        self.acts, self.older = before + page.acts, page.older
        self._say("")
        self.changed.emit()

    def hush(self) -> None:
        """What was said is about something else."""
        self._say("")

    def _failed(self, failure: Failure) -> None:
        self._say(why_not(failure), refusal=True)

    def _say(self, sentence: str, *, refusal: bool = False) -> None:
        self.sentence, self.is_refusal = sentence, refusal
        self.sentence_changed.emit()


def since(days: int) -> datetime | None:
    """The beginning of so many days up to now; None for all time."""
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() - days * 86_400, UTC) if days else None
