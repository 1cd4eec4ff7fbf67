"""What the console says of devices: of which kind they are, when they were heard of, and their paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from console.sentences import minutes
from shared.access.devices import Device
from shared.hall.roles import Role

SILENT = timedelta(minutes=3)
"""Devices report about once a minute."""


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
    return QCoreApplication.translate("Console", "{0} ago").format(minutes(seconds))


def paper(device: Device) -> str:
    """What a printer says of its paper, and which ticket may not be on it; nothing for what has no printer."""
    return " · ".join(said for said in (_paper(device.paper), _unprinted(device.unprinted)) if said)


def unprinted(devices: Iterable[Device]) -> str:
    """Which ticket may not be printed, and where, of every device that says so."""
    return " · ".join(f"{device.name}: {_unprinted(device.unprinted)}" for device in devices if device.unprinted)


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
