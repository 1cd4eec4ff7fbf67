"""Lets staff see how a device is: its version, its paper and what it could not print, once a minute and on a change."""

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
"""Milliseconds between two reports, and between two looks whether it is as was reported."""


class HasPaper(Protocol):
    """A printer, as far as it is reported of."""

    @property
    def paper(self) -> Enum: ...

    @property
    def unprinted(self) -> str: ...

    def ask(self) -> Enum | None: ...


class Reporting(QObject):
    """Reports of one station's device while the station lives."""

    def __init__(self, station: Station, printer: HasPaper | None = None) -> None:
        super().__init__(station)
        self._station = station
        self._printer = printer
        self._said: ReportState | None = None
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
        if self._said is not None and self._state() != self._said:
            self._report()

    def _state(self) -> ReportState:
        if self._printer is None:
            return ReportState(version=version("nowserving"))
        paper, unprinted = self._printer.paper.name.lower(), self._printer.unprinted
        return ReportState(version=version("nowserving"), paper=paper, unprinted=unprinted)

    def _report(self) -> None:
        """Nothing is kept for later: the next report says it all."""
        if self._station.away_since is None and self._station.refusal is None:
            self._said = self._state()
            self._station.request(self._said, _heard)


def _heard(_: Done) -> None:
    """There is nothing to do about it."""
