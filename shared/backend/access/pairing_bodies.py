"""What devices send to be paired and to report, and what may stand in it; nobody but programs reads these refusals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from shared.access.devices import ReportState
from shared.hall.errors import Invalid, NotNow, UnknownPairing
from shared.hall.forms import Form
from shared.hall.roles import DEVICE_ROLES, Role
from shared.hall.words import Hash, Id, Version

NONCE = Form(128, "[0-9a-f]{32,128}", "A nonce is 32 to 128 hexadecimal figures.")
PAPERS = ("", "ok", "low", "out", "unknown")


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


def nobody_waits() -> UnknownPairing:
    return UnknownPairing("Nobody waits with this token (any more): ask for a new code.")


def known_already() -> NotNow:
    return NotNow("This token belongs to a device already.")
