"""The requests devices send to be paired or to report, and their checks; only programs read these refusals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from shared.hall.errors import Invalid, NotNow, UnknownPairing
from shared.hall.field_limits import TextFormat
from shared.hall.field_types import Hash, Id, Version
from shared.hall.labels import is_series
from shared.hall.roles import DEVICE_ROLES, Role
from shared.requests.devices import LONGEST_SOUND, ClaimSeries, ReportState

NONCE = TextFormat(128, "[0-9a-f]{32,128}", "A nonce is 32 to 128 hexadecimal digits.")
PAPERS = ("", "ok", "low", "out", "unknown")

MOST_TROUBLES = 100
"""Troubles in one report; a device sends the latest."""


@dataclass(frozen=True, kw_only=True)
class PairingRequest:
    """A new device asks to be paired."""

    role: Role
    token_hash: Hash
    """The hash of the token it made."""
    version: Version


@dataclass(frozen=True, kw_only=True)
class ProofRequest:
    """A device asks for proof that this backend knows it, before it sends its token."""

    device: Id
    nonce: Annotated[str, NONCE]


def require_device_role(request: PairingRequest) -> None:
    """Raises Invalid if the role is not a device's."""
    if request.role not in DEVICE_ROLES:
        raise Invalid(f"A device is one of {', '.join(DEVICE_ROLES)}.")


def require_state(state: ReportState) -> None:
    """Raises Invalid if a field of the report is not allowed."""
    if state.paper not in PAPERS:
        raise Invalid("Paper is ok, low, out or unknown.")
    if not re.fullmatch(r"[A-Z0-9-]{0,16}", state.unprinted):
        raise Invalid("`unprinted` is the label of a ticket, or empty.")
    if len(state.troubles) > MOST_TROUBLES or not all(
        re.fullmatch(r"[\w.-]{1,80}", one.what, re.ASCII) for one in state.troubles
    ):
        raise Invalid("A trouble names a file or a number: up to 80 letters, digits, dots and dashes.")
    if len(state.sound) > LONGEST_SOUND or not state.sound.isprintable():
        raise Invalid(f"`sound` is one line of at most {LONGEST_SOUND} characters.")


def require_series(request: ClaimSeries) -> None:
    """Raises Invalid if ``set_to`` is no series."""
    if request.set_to and not is_series(request.set_to):
        raise Invalid("A series is one to four capital letters or digits, like K1.")


def unknown_pairing() -> UnknownPairing:
    return UnknownPairing("No device waits with this token: ask for a new code.")


def already_paired() -> NotNow:
    return NotNow("This token belongs to a device already.")
