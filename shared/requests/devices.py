"""Requests about a hall's kiosks, displays, signs and consoles: list, pair, rename, revoke, report, and who one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.hall.field_types import DeviceName, HallId, Id, Version
from shared.hall.roles import ADMINISTRATORS, DEVICES, KIOSKS, SUPERVISORS, Role
from shared.requests.request import Done, Request


class TroubleKind(StrEnum):
    DAMAGED = "damaged"
    """One of the device's own files could not be read and was put aside."""
    REFUSED = "refused"
    """The hall refused a ticket the kiosk printed while cut off: nobody will call the customer who holds the paper."""
    PAGE = "page"
    """A page of what plays beside the calls can't be shown, and is skipped."""
    BOARD = "board"
    """The board of a display can't be reached."""


LONGEST_SOUND = 200
"""Characters of what a display says of its sound."""


class SoundFault(StrEnum):
    """Why a display can't be heard, as far as it knows; a voice has sentences of its own."""

    NO_DEVICE = "There is no sound device."
    STUCK = "The sound device does not play."
    BROKEN = "A sound can't be played: its file is broken."
    NO_MULTIMEDIA = "The sound player does not start."
    VOICE_HANGS = "The voice does not answer."
    VOICE_FAILS = "The voice fails."
    VOICE_LATE = "The voice is too slow."


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A problem at a device that staff have to see."""

    kind: TroubleKind
    what: str
    """The file that was put aside, the number on paper, that of the page, from 1, or the address of the board."""
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Device:
    """A paired device, as it last reported."""

    id: str
    name: str
    role: Role
    hall: HallId
    added_at: datetime
    seen_at: datetime | None = None
    address: str = ""
    version: str = ""
    paper: str = ""
    """``ok``, ``low``, ``out`` or ``unknown``; empty if it has no printer."""
    unprinted: str = ""
    """The label of its last ticket, unless that is known to be printed."""
    series: str = ""
    """The prefix of the numbers a kiosk gives while cut off from its hall."""
    troubles: tuple[Trouble, ...] = ()
    """Those no administrator has seen yet."""
    sound: str = ""
    """Why a display can't be heard as it should, in one sentence; empty if it can."""


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A device that shows a pairing code and waits for an administrator to type it in."""

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
    """The devices that wait to be paired, the newest last."""

    ANSWER = tuple[Newcomer, ...]
    ALLOWED = ADMINISTRATORS


@dataclass(frozen=True, kw_only=True)
class ConfirmPairing(Request[Device]):
    """Pair the device that shows this code with this hall."""

    ANSWER = Device
    ALLOWED = ADMINISTRATORS

    code: Id
    name: DeviceName


@dataclass(frozen=True, kw_only=True)
class RefusePairing(Request[Done]):
    """Refuse to pair this newcomer."""

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
    """Take a device out of the hall; its event streams end within seconds."""

    ANSWER = Done
    ALLOWED = ADMINISTRATORS

    device: Id


@dataclass(frozen=True, kw_only=True)
class ReportState(Request[Done]):
    """The state a device reports about once a minute; fields as in ``Device``."""

    ANSWER = Done
    ALLOWED = DEVICES

    version: Version
    paper: str = ""
    unprinted: str = ""
    troubles: tuple[Trouble, ...] = ()
    sound: str = ""


@dataclass(frozen=True, kw_only=True)
class SeeTroubles(Request[Done]):
    """Mark the troubles a device reported last as seen."""

    ANSWER = Done
    ALLOWED = ADMINISTRATORS

    device: Id


@dataclass(frozen=True, kw_only=True)
class OwnSeries:
    """The series of a kiosk: the prefix of the numbers it gives while cut off from its hall."""

    name: str
    """Empty if the hall has none left."""
    shared_with: tuple[str, ...] = ()
    """The names of other kiosks set to the same series."""


@dataclass(frozen=True, kw_only=True)
class ClaimSeries(Request[OwnSeries]):
    """Ask for this kiosk's series; ``set_to``, the one in its own settings, is taken if there is one."""

    ANSWER = OwnSeries
    ALLOWED = KIOSKS

    set_to: str = ""


@dataclass(frozen=True, kw_only=True)
class OwnDevice:
    """What a device is known by in its hall."""

    id: str
    """Empty for a program that opens the database itself."""


@dataclass(frozen=True, kw_only=True)
class ReadOwnDevice(Request[OwnDevice]):
    """Ask which device this one is, so that it can tell what the hall has assigned to it."""

    ANSWER = OwnDevice
    ALLOWED = DEVICES


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
    ReadOwnDevice,
)
