"""What devices send to be paired and to report, and what may stand in it; nobody but programs reads these refusals."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.access.devices import ClaimSeries, ReportState
from shared.hall.errors import Invalid, NotNow, UnknownPairing
from shared.hall.labels import is_series
from shared.hall.roles import DEVICE_ROLES, Role

PAPERS = ("", "ok", "low", "out", "unknown")

MOST_TROUBLES = 100
"""Of one device at once; it tells the latest."""


@dataclass(frozen=True, kw_only=True)
class PairingAsked:
    """A new device that wants to belong to a hall."""

    role: Role
    token_hash: str
    """SHA-256 of the token it made, in hexadecimal figures."""
    version: str


@dataclass(frozen=True, kw_only=True)
class ProofAsked:
    """A device that wants to know whether this backend knows it, before it says its token."""

    device: str
    nonce: str


def require_pairing(asked: PairingAsked) -> None:
    """Raises Invalid."""
    if asked.role not in DEVICE_ROLES:
        raise Invalid(f"A device is one of {', '.join(DEVICE_ROLES)}.")
    if not re.fullmatch(r"[0-9a-f]{64}", asked.token_hash):
        raise Invalid("token_hash is a SHA-256: 64 hexadecimal figures, the letters small.")
    _require_version(asked.version)


def require_proof(asked: ProofAsked) -> None:
    """Raises Invalid."""
    if not re.fullmatch(r"[0-9a-f]{32,128}", asked.nonce):
        raise Invalid("A nonce is 32 to 128 hexadecimal figures.")


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
    _require_version(state.version)


def require_series(asked: ClaimSeries) -> None:
    """Raises Invalid."""
    if asked.set_to and not is_series(asked.set_to):
        raise Invalid("A series is one to four capital letters or figures, like K1.")


def _require_version(version: str) -> None:
    if not re.fullmatch(r"[\w.+-]{1,32}", version, re.ASCII):
        raise Invalid("A version is up to 32 letters, figures, dots and dashes.")


def nobody_waits() -> UnknownPairing:
    return UnknownPairing("Nobody waits with this token (any more): ask for a new code.")


def known_already() -> NotNow:
    return NotNow("This token belongs to a device already.")
