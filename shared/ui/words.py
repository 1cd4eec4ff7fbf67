"""What every window says alike: times and spans anybody reads at a glance, and why the hall says no."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from shared.hall.errors import Failure
from shared.hall.hall import Hall
from shared.hall.opening import local


def machines_clock() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


def clock(moment: datetime, hall: Hall | None) -> str:
    """The time of day on the hall's clock, ``14:05``; on the machine's while no hall is known."""
    return (local(hall.settings, moment) if hall else moment.astimezone()).strftime("%H:%M")


def minutes_and_seconds(seconds: int) -> str:
    """A span as ``3:07``, or ``1:02:45`` from an hour on."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def why_not(failure: Failure) -> str:
    """Why something could not be, in the language of the window."""
    return failure.filled(QCoreApplication.translate("Refusals", failure.sentence))
