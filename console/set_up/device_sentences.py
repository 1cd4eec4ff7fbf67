"""What the console says of devices: of which kind they are, when they were heard of, and their paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from console import sentences
from console.wall_clock import now
from shared.access.devices import Device, Trouble, TroubleKind
from shared.formats import clock
from shared.hall.hall import Hall
from shared.hall.opening import local
from shared.hall.roles import Role

SILENT = timedelta(minutes=3)
"""Devices report about once a minute."""


NUMBERS = "tickets.db"
"""How the file is called in which a kiosk keeps what it gave on its own."""

MOST = 5
"""Troubles of one device in sight."""


def device_kind(device: Device) -> str:
    """Of which kind it is, and what the numbers begin with that it gives without the hall."""
    return " · ".join(filter(None, (kind(device.role), device.series)))


def kind(role: Role) -> str:
    match role:
        case Role.KIOSK:
            return QCoreApplication.translate("Console", "Kiosk")
        case Role.DISPLAY:
            return QCoreApplication.translate("Console", "Display")
        case Role.SIGN:
            return QCoreApplication.translate("Console", "Sign")
        case Role.CONSOLE:
            return QCoreApplication.translate("Console", "Console")
        case _:
            return str(role)


def is_silent(seen: datetime | None, now: datetime) -> bool:
    return seen is None or now - seen > SILENT


def last_seen(seen: datetime | None, now: datetime) -> str:
    """When a device was heard of: ``2 min ago``."""
    return how_long_ago(seen, now) if seen else QCoreApplication.translate("Console", "Never")


def how_long_ago(moment: datetime, now: datetime) -> str:
    seconds = int((now - moment).total_seconds())
    if seconds < 90:
        return QCoreApplication.translate("Console", "Just now")
    if seconds >= 86_400:
        return QCoreApplication.translate("Console", "%n days ago", None, seconds // 86_400)
    return QCoreApplication.translate("Console", "{0} ago").format(sentences.minutes(seconds))


def paper(device: Device) -> str:
    """What a printer says of its paper, and which ticket may not be on it; nothing for what has no printer."""
    trouble = QCoreApplication.translate("Console", "Something happened") if device.troubles else ""
    return " · ".join(filter(None, (_paper(device.paper), _unprinted(device.unprinted), trouble)))


def alerts(devices: Sequence[Device], hall: Hall | None) -> Iterator[str]:
    """What staff have to see to at the devices, a line each."""
    if said := " · ".join(
        f"{sentences.in_line(one.name)}: {_unprinted(one.unprinted)}" for one in devices if one.unprinted
    ):
        yield said
    for device in devices:
        yield from (f"{sentences.in_line(device.name)}: {_trouble(one, hall)}" for one in device.troubles[-MOST:])
    yield from _alike(devices)


def troubles(device: Device | None, hall: Hall | None) -> str:
    """What a device tells that no administrator has seen yet."""
    return "\n".join(_trouble(one, hall) for one in device.troubles[-MOST:]) if device else ""


def _trouble(one: Trouble, hall: Hall | None) -> str:
    return _said_of(one).format(one.what, _when(one.at, hall))


def _said_of(trouble: Trouble) -> str:
    match trouble.kind:
        case TroubleKind.REFUSED:
            return QCoreApplication.translate(
                "Console",
                "Nobody calls {0}, a number given at {1} while the hall was away: the hall refused it. "
                "Whoever holds it needs a new one.",
            )
        case TroubleKind.DAMAGED if trouble.what.startswith(NUMBERS):
            return QCoreApplication.translate(
                "Console",
                "The file with the numbers given while the hall was away was damaged, and put aside at {1} as {0}. "
                "What could be read of it is delivered: whoever holds another one that nobody calls needs a new one.",
            )
        case TroubleKind.DAMAGED:
            return QCoreApplication.translate(
                "Console",
                "A damaged file was put aside there at {1} as {0}, and the device goes on without it: "
                "see whether it is set up as it was.",
            )


def _when(moment: datetime, hall: Hall | None) -> str:
    """The time of day, with the date unless that is today."""
    here = (lambda at: local(hall.settings, at)) if hall else (lambda at: at.astimezone())
    day, today = here(moment).date(), here(now()).date()
    date = QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)
    return clock(moment, hall) if day == today else f"{date} {clock(moment, hall)}"


def _alike(devices: Sequence[Device]) -> Iterator[str]:
    """Kiosks that would print the same numbers."""
    by_series: dict[str, list[str]] = {}
    for device in devices:
        by_series.setdefault(device.series, []).append(device.name)
    said = QCoreApplication.translate(
        "Console",
        "These kiosks give the same numbers while the hall is away, {1}-01 and so on: {0}. "
        "Take offline_series out of their settings.",
    )
    for series, names in by_series.items():
        if series and len(names) > 1:
            yield said.format(" · ".join(map(sentences.in_line, names)), series)


def _unprinted(ticket: str) -> str:
    said = QCoreApplication.translate("Console", "{ticket} may not be printed")
    return said.format(ticket=ticket) if ticket else ""


def _paper(state: str) -> str:
    match state:
        case "ok":
            return QCoreApplication.translate("Console", "Paper is there")
        case "low":
            return QCoreApplication.translate("Console", "Paper is low")
        case "out":
            return QCoreApplication.translate("Console", "No paper")
        case "unknown":
            return QCoreApplication.translate("Console", "Printer says nothing")
        case _:
            return ""
