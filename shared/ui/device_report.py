"""What a device reports to its hall for staff: its version, paper, sound and troubles, every minute and on a change."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from functools import partial
from importlib.metadata import version
from typing import Protocol

from PySide6.QtCore import QObject

from shared.hall.errors import Failure, Invalid
from shared.hall.units import Milliseconds
from shared.requests.devices import LONGEST_SOUND, ReportState, Trouble
from shared.requests.request import Done
from shared.ui.event_loop import every
from shared.ui.station import Station

REPORT_EVERY: Milliseconds = 60_000
COMPARE_EVERY: Milliseconds = 2_000  # with the last report
CHECK_DISK_EVERY: Milliseconds = 5_000

Troubles = Callable[[], tuple[Trouble, ...]]

log = logging.getLogger(__name__)


class PrinterState(Protocol):
    """What a report says of a printer."""

    @property
    def paper(self) -> Enum: ...

    @property
    def unprinted(self) -> str:
        """The label of a ticket that may not be printed; empty if there is none."""

    def ask(self) -> Enum | None:
        """Ask the printer for its paper; blocks."""


class DeviceReports(QObject):
    """The reports of one station's device while the station lives.

    ``troubles`` reads the disk, off the GUI thread; ``sound`` says why the device can't be heard, or nothing.
    """

    def __init__(
        self,
        station: Station,
        printer: PrinterState | None = None,
        troubles: Troubles | None = None,
        sound: Callable[[], str] = str,
    ) -> None:
        super().__init__(station)
        self._station = station
        self._printer = printer
        self._read_troubles = troubles or _no_troubles
        self._sound = sound
        self._troubles: tuple[Trouble, ...] = ()
        self._reported: ReportState | None = None
        station.changed.connect(self._report_first)
        every(REPORT_EVERY, self._check_and_report, self)
        every(COMPARE_EVERY, self._report_change, self)
        every(CHECK_DISK_EVERY, self._check_disk, self)

    def _report_first(self) -> None:
        """The first report, as soon as the hall is known."""
        self._station.changed.disconnect(self._report_first)
        self._check_and_report()

    def _check_and_report(self) -> None:
        """Check the printer and the disk, off the GUI thread; then report."""
        self._station.in_background(self._check, lambda _: self._report(), lambda _: self._report())

    def _check(self) -> None:
        self._troubles = self._read_troubles()
        if self._printer:
            self._printer.ask()

    def _check_disk(self) -> None:
        def keep(troubles: tuple[Trouble, ...]) -> None:
            self._troubles = troubles

        self._station.in_background(self._read_troubles, keep)

    def _report_change(self) -> None:
        if self._reported is not None and self._state() != self._reported:
            self._report()

    def _state(self) -> ReportState:
        state = ReportState(version=version("nowserving"), troubles=self._troubles, sound=_line(self._sound()))
        if self._printer is None:
            return state
        return replace(state, paper=self._printer.paper.name.lower(), unprinted=self._printer.unprinted)

    def _report(self) -> None:
        """Report if the hall can be reached: nothing is kept for later, because every report is complete."""
        if self._station.away_since is None and self._station.refusal is None:
            self._reported = state = self._state()
            self._request(state)

    def _request(self, state: ReportState) -> None:
        self._station.request(state, _ignore_answer, partial(self._retry_with_less, state))

    def _retry_with_less(self, state: ReportState, failure: Failure) -> None:
        """An older backend does not know sound, a still older one no troubles: report the rest to it."""
        if state.sound and isinstance(failure, Invalid):
            self._request(replace(state, sound=""))
        elif state.troubles and isinstance(failure, Invalid):
            self._request(replace(state, troubles=()))
        else:
            log.warning("%s", failure.detail)


def _line(sentence: str) -> str:
    return " ".join(sentence.split())[:LONGEST_SOUND]


def _no_troubles() -> tuple[Trouble, ...]:
    return ()


def _ignore_answer(_: Done) -> None:
    """The answer holds nothing."""
