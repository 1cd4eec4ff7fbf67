"""The audit as supervisors and administrators read it: a page at a time, and exported to a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from shared import spreadsheet
from shared.hall.errors import Failure
from shared.requests.audit import COLUMNS, Act, AuditPage, ReadAudit, columns
from shared.ui.refusals import refusal_text
from shared.ui.station import Station

EXPORT_PAGE = 1000
"""Lines of a page while the audit is exported."""


class AuditModel(QObject):
    """The lines that match the filters, the newest first."""

    changed = Signal()
    sentence_changed = Signal()

    def __init__(self, station: Station, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.station = station
        self.query = ReadAudit()
        self.acts: tuple[Act, ...] = ()
        self.older = ""
        """Where the page of older lines begins; empty when there is none."""
        self.sentence = ""
        self.is_refusal = False

    @property
    def zone(self) -> ZoneInfo:
        """The hall's time zone: its people read its own clock."""
        return ZoneInfo(self.station.hall.settings.time_zone if self.station.hall else "UTC")

    def load(self, query: ReadAudit) -> None:
        """Ask for the newest lines that match."""
        self.query = query
        self.clear_sentence()
        self.station.request(query, self._on_page, self._on_failure)

    def load_more(self) -> None:
        """Load the lines before those shown, if there are any."""
        if self.older:
            query, self.older = replace(self.query, before=self.older), ""
            self.station.request(query, lambda page: self._on_page(page, self.acts), self._on_failure)

    def export(self, file: Path) -> None:
        """Read every matching line, page after page, and write them to a file."""
        self._gather(file, (), replace(self.query, limit=EXPORT_PAGE))

    def _gather(self, file: Path, before: tuple[Act, ...], query: ReadAudit) -> None:
        def arrived(page: AuditPage) -> None:
            acts = before + page.acts
            if page.older:
                self._gather(file, acts, replace(query, before=page.older))
            else:
                self._write(file, acts)

        self.station.request(query, arrived, self._on_failure)

    def _write(self, file: Path, acts: tuple[Act, ...]) -> None:
        rows, saved = [columns(act, self.zone) for act in acts], self.tr("The audit is saved in {0}.").format(file.name)
        self.station.in_background(
            lambda: spreadsheet.write(file, COLUMNS, rows), lambda _: self._say(saved), self._on_failure
        )

    def _on_page(self, page: AuditPage, before: tuple[Act, ...] = ()) -> None:
        self.acts, self.older = before + page.acts, page.older
        self._say("")
        self.changed.emit()

    def clear_sentence(self) -> None:
        self._say("")

    def _on_failure(self, failure: Failure) -> None:
        self._say(refusal_text(failure), refusal=True)

    def _say(self, sentence: str, *, refusal: bool = False) -> None:
        self.sentence, self.is_refusal = sentence, refusal
        self.sentence_changed.emit()


def since(days: int) -> datetime | None:
    """The moment so many days ago; None for 0, which is all time."""
    return datetime.now(UTC) - timedelta(days=days) if days else None
