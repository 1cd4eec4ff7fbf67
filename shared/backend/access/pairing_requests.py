"""What devices send to be paired and to report, and what may stand in it; nobody but programs reads these refusals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from shared.access.devices import ClaimSeries, ReportState
from shared.hall.errors import Invalid, NotNow, UnknownPairing
from shared.hall.field_limits import Form
from shared.hall.field_types import Hash, Id, Version
from shared.hall.labels import is_series
from shared.hall.roles import DEVICE_ROLES, Role

NONCE = Form(128, "[0-9a-f]{32,128}", "A nonce is 32 to 128 hexadecimal figures.")
PAPERS = ("", "ok", "low", "out", "unknown")

MOST_TROUBLES = 100
"""Of one device at once; it tells the latest."""


@dataclass(frozen=True, kw_only=True)
class PairingAsked:
    """A new device that wants to belong to a hall."""

    role: Role
    token_hash: Hash
    """Of the token it made."""
    version: Version


@dataclass(frozen=True, kw_only=True)
class ProofAsked:
    """A device that wants to know whether this backend knows it, before it says its token."""

    device: Id
    nonce: Annotated[str, NONCE]


def require_pairing(asked: PairingAsked) -> None:
    """Raises Invalid."""
    if asked.role not in DEVICE_ROLES:
        raise Invalid(f"A device is one of {', '.join(DEVICE_ROLES)}.")


def require_state(state: ReportState) -> None:
    """Raises Invalid."""
    if state.paper not in PAPERS:
        raise Invalid("Paper is ok, low, out or unknown.")
    if not re.fullmatch(r"[A-Z0-9-]{0,16}", state.unprinted):
        raise Invalid("What may not be printed is the label of a ticket, or empty.")
    if len(state.troubles) > MOST_TROUBLES or not all(
        re.fullmatch(r"[\w.-]{1,80}", one.what, re.ASCII) for one in state.troubles
    ):
        raise Invalid("A trouble names a file or a number: up to 80 letters, figures, dots and dashes.")


def require_series(asked: ClaimSeries) -> None:
    """Raises Invalid."""
    if asked.set_to and not is_series(asked.set_to):
        raise Invalid("A series is one to four capital letters or figures, like K1.")


def nobody_waits() -> UnknownPairing:
    return UnknownPairing("Nobody waits with this token (any more): ask for a new code.")


def known_already() -> NotNow:
    return NotNow("This token belongs to a device already.")
