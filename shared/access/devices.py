"""The kiosks, displays, signs and consoles of a hall: which there are, how they are, how one comes in and goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.access.request import Done, Request
from shared.hall.field_types import DeviceName, HallId, Id, Version
from shared.hall.roles import ADMINISTRATORS, DEVICES, KIOSKS, SUPERVISORS, Role


class TroubleKind(StrEnum):
    DAMAGED = "damaged"
    """A file of its own could not be read and was put aside."""
    REFUSED = "refused"
    """It gave a number while the hall was away, and the hall does not take it: nobody calls who holds the paper."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something that happened at a device and that staff have to see."""

    kind: TroubleKind
    what: str
    """The name of the file as it was put aside, or the number on paper."""
    at: datetime


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
    series: str = ""
    """What the numbers begin with that a kiosk gives without its hall."""
    troubles: tuple[Trouble, ...] = ()
    """What no administrator has seen yet."""


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
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SeeTroubles(Request[Done]):
    """An administrator has seen what this device says, and wants to hear of it no more."""

    ANSWER = Done
    ALLOWED = ADMINISTRATORS

    device: Id


@dataclass(frozen=True, kw_only=True)
class OwnSeries:
    """What the numbers of a kiosk begin with that it gives without its hall."""

    name: str
    """Empty: the hall has none for it."""
    shared_with: tuple[str, ...] = ()
    """The names of other kiosks that were set to the same one."""


@dataclass(frozen=True, kw_only=True)
class ClaimSeries(Request[OwnSeries]):
    """A kiosk asks for its series; it gets the one it is ``set_to`` by its own settings, if it is."""

    ANSWER = OwnSeries
    ALLOWED = KIOSKS

    set_to: str = ""


REQUESTS: tuple[type[Request[Any]], ...] = (
    ListDevices,
    ListNewcomers,
    ConfirmPairing,
    RefusePairing,
    RenameDevice,
    RevokeDevice,
    ReportState,
    SeeTroubles,
    ClaimSeries,
)
