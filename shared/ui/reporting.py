"""Lets the administrator see how a device is: its version and its paper, about once a minute and when paper changes."""

from __future__ import annotations

from enum import Enum
from importlib.metadata import version
from typing import Protocol

from PySide6.QtCore import QObject

from shared.access.devices import ReportState
from shared.access.request import Done
from shared.ui.run import every
from shared.ui.station import Station

MINUTE, LOOK = 60_000, 2_000
"""Milliseconds between two reports, and between two looks whether the paper is what was reported."""


class HasPaper(Protocol):
    """A printer, as far as it is reported of."""

    @property
    def paper(self) -> Enum: ...

    def ask(self) -> Enum | None: ...


class Reporting(QObject):
    """Reports of one station's device while the station lives."""

    def __init__(self, station: Station, printer: HasPaper | None = None) -> None:
        super().__init__(station)
        self._station = station
        self._printer = printer
        self._said: str | None = None
        station.changed.connect(self._first)
        every(MINUTE, self._ask, self)
        every(LOOK, self._look, self)

    def _first(self) -> None:
        """As soon as the hall is there."""
        self._station.changed.disconnect(self._first)
        self._ask()

    def _ask(self) -> None:
        """Ask the printer, beside the screen; then report."""
        if self._printer:
            self._station.aside(self._printer.ask, lambda _: self._report(), lambda _: self._report())
        else:
            self._report()

    def _look(self) -> None:
        if self._said is not None and self._paper() != self._said:
            self._report()

    def _paper(self) -> str:
        return self._printer.paper.name.lower() if self._printer else ""

    def _report(self) -> None:
        """Nothing is kept for later: the next report says it all."""
        if self._station.away_since is None and self._station.refusal is None:
            self._said = self._paper()
            self._station.request(ReportState(version=version("nowserving"), paper=self._said), _heard)


def _heard(_: Done) -> None:
    """There is nothing to do about it."""
