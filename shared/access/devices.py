"""The kiosks, displays, signs and consoles of a hall: which there are, how they are, how one comes in and goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.access.request import Done, Request
from shared.hall.roles import ADMINISTRATORS, DEVICES, SUPERVISORS, Role
from shared.hall.words import DeviceName, HallId, Id, Version


@dataclass(frozen=True, kw_only=True)
class Device:
    """A paired device, as it was last heard of."""

    id: str
    name: str
    role: Role
    hall: HallId
    added_at: datetime
    seen_at: datetime | None = None
    address: str = ""
    version: str = ""
    paper: str = ""
    """``ok``, ``low``, ``out`` or ``unknown``; empty for what has no printer."""
    unprinted: str = ""
    """The label of its last ticket, unless that is known to be printed."""


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A device that shows a code and waits for an administrator to type it in."""

    id: str
    role: Role
    address: str
    version: str
    asked_at: datetime
    expires: datetime


@dataclass(frozen=True, kw_only=True)
class ListDevices(Request[tuple[Device, ...]]):
    """The devices of this hall, by name."""

    ANSWER = tuple[Device, ...]
    ALLOWED = SUPERVISORS


@dataclass(frozen=True, kw_only=True)
class ListNewcomers(Request[tuple[Newcomer, ...]]):
    """Who wants to be paired, the newest last."""

    ANSWER = tuple[Newcomer, ...]
    ALLOWED = ADMINISTRATORS


@dataclass(frozen=True, kw_only=True)
class ConfirmPairing(Request[Device]):
    """The device that shows this code belongs to this hall from now on."""

    ANSWER = Device
    ALLOWED = ADMINISTRATORS

    code: Id
    name: DeviceName


@dataclass(frozen=True, kw_only=True)
class RefusePairing(Request[Done]):
    """This newcomer is none of ours."""

    ANSWER = Done
    ALLOWED = ADMINISTRATORS

    newcomer: Id


@dataclass(frozen=True, kw_only=True)
class RenameDevice(Request[Device]):
    ANSWER = Device
    ALLOWED = ADMINISTRATORS

    device: Id
    name: DeviceName


@dataclass(frozen=True, kw_only=True)
class RevokeDevice(Request[Done]):
    """This device does not belong here any more; its line ends within seconds."""

    ANSWER = Done
    ALLOWED = ADMINISTRATORS

    device: Id


@dataclass(frozen=True, kw_only=True)
class ReportState(Request[Done]):
    """How a device is, as it says itself about once a minute."""

    ANSWER = Done
    ALLOWED = DEVICES

    version: Version
    paper: str = ""
    unprinted: str = ""


REQUESTS: tuple[type[Request[Any]], ...] = (
    ListDevices,
    ListNewcomers,
    ConfirmPairing,
    RefusePairing,
    RenameDevice,
    RevokeDevice,
    ReportState,
)
