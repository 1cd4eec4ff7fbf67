"""Lets staff see how a device is: its version, paper and troubles, once a minute and on a change."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from functools import partial
from importlib.metadata import version
from typing import Protocol

from PySide6.QtCore import QObject

from shared.access.devices import ReportState, Trouble
from shared.access.request import Done
from shared.hall.errors import Failure, Invalid
from shared.ui.event_loop import every
from shared.ui.station import Station

MINUTE, LOOK, LOOK_AROUND = 60_000, 2_000, 5_000
"""Milliseconds between two reports, two looks whether it is as was reported, and two looks at the disk."""

Troubles = Callable[[], tuple[Trouble, ...]]

log = logging.getLogger(__name__)


class HasPaper(Protocol):
    """A printer, as far as it is reported of."""

    @property
    def paper(self) -> Enum: ...

    @property
    def unprinted(self) -> str: ...

    def ask(self) -> Enum | None: ...


class Reporting(QObject):
    """Reports of one station's device while the station lives. ``troubles`` reads from the disk what there are."""

    def __init__(self, station: Station, printer: HasPaper | None = None, troubles: Troubles | None = None) -> None:
        super().__init__(station)
        self._station = station
        self._printer = printer
        self._read_troubles = troubles or _no_troubles
        self._troubles: tuple[Trouble, ...] = ()
        self._said: ReportState | None = None
        station.changed.connect(self._first)
        every(MINUTE, self._ask, self)
        every(LOOK, self._look, self)
        every(LOOK_AROUND, self._look_around, self)

    def _first(self) -> None:
        """As soon as the hall is there."""
        self._station.changed.disconnect(self._first)
        self._ask()

    def _ask(self) -> None:
        """Ask the printer and the disk, beside the screen; then report."""
        self._station.aside(self._asked, lambda _: self._report(), lambda _: self._report())

    def _asked(self) -> None:
        self._troubles = self._read_troubles()
        if self._printer:
            self._printer.ask()

    def _look_around(self) -> None:
        def seen(troubles: tuple[Trouble, ...]) -> None:
            self._troubles = troubles

        self._station.aside(self._read_troubles, seen)

    def _look(self) -> None:
        if self._said is not None and self._state() != self._said:
            self._report()

    def _state(self) -> ReportState:
        if self._printer is None:
            return ReportState(version=version("nowserving"), troubles=self._troubles)
        paper, unprinted = self._printer.paper.name.lower(), self._printer.unprinted
        return ReportState(version=version("nowserving"), paper=paper, unprinted=unprinted, troubles=self._troubles)

    def _report(self) -> None:
        """Nothing is kept for later: the next report says it all."""
        if self._station.away_since is None and self._station.refusal is None:
            self._said = said = self._state()
            self._station.request(said, _heard, partial(self._not_taken, said))

    def _not_taken(self, said: ReportState, failure: Failure) -> None:
        """An older backend knows of no troubles: then it hears the rest."""
        if said.troubles and isinstance(failure, Invalid):
            self._station.request(replace(said, troubles=()), _heard)
        else:
            log.warning("%s", failure.detail)


def _no_troubles() -> tuple[Trouble, ...]:
    return ()


def _heard(_: Done) -> None:
    """There is nothing to do about it."""
