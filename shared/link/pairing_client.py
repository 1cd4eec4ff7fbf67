"""How a station asks a backend to be paired, and has one at a new address prove that it knows this device."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from shared.hall.errors import Refused, Unreachable
from shared.hall.field_types import HallId
from shared.hall.roles import Role
from shared.link.certificate_trust import Trust
from shared.link.http_link import NO_HALL, HttpLink
from shared.link.paired_hall import PairedHall

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Which database a backend serves, and the halls in it by id."""

    id: str
    halls: Mapping[HallId, str]


@dataclass(frozen=True, kw_only=True)
class Code:
    """The pairing code a new device shows."""

    code: str
    lasts: float
    """Seconds until the code expires."""


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """A confirmed pairing: the ids of hall and device, and the device's name as the administrator gave it."""

    hall: HallId
    device: str
    name: str


class PairingClient(HttpLink):
    """A backend before pairing. Every method blocks and raises as those of a ``Link`` do."""

    def __init__(self, base: str, token: str = "", trust: Trust | None = None) -> None:
        super().__init__(base, "", token, trust)

    @property
    def address(self) -> str:
        return self._base

    @property
    def trust(self) -> Trust:
        return self._trust

    def installation(self) -> Installation:
        found = self._fields(self._ask("GET", "/api/v1/installation"), id=str, halls=list)
        halls = [self._fields(hall, id=str, name=str) for hall in found["halls"]]
        return Installation(id=found["id"], halls={hall["id"]: hall["name"] for hall in halls})

    def begin(self, role: Role) -> Code:
        """A code for this device, which keeps its token and sends only its hash."""
        body = {"role": role.value, "token_hash": hash_of(self._token), "version": version("nowserving")}
        return self._code(self._ask("POST", "/api/v1/pairings", body))

    def pairing_state(self) -> Code | Welcome:
        """The code until it is confirmed, then the welcome; raises UnknownPairing if it expired or was refused."""
        answer = self._fields(self._ask("GET", "/api/v1/pairings/current"), state=str)
        if answer["state"] == "waiting":
            return self._code(answer)
        found = self._fields(answer, hall=str, device=str, name=str)
        return Welcome(hall=found["hall"], device=found["device"], name=found["name"])

    def knows(self, paired: PairedHall) -> bool:
        """Whether this backend, at this very address, can prove that it knows the device; its token is not sent.

        An impostor could forward the challenge to the real installation: so the proof covers the address, as each
        side sees it.
        """
        parts, nonce = urlsplit(self._base), secrets.token_hex(32)
        own_address = f"{parts.hostname}:{parts.port or DEFAULT_PORTS[parts.scheme]}"
        try:
            answer = self._ask("POST", "/api/v1/pairings/proof", {"device": paired.device, "nonce": nonce})
            proof = self._fields(answer, proof=str)["proof"]
        except Refused:
            return False
        expected = hmac.digest(hash_of(paired.token).encode(), f"{nonce} {own_address}".encode(), "sha256").hex()
        return hmac.compare_digest(proof.encode(), expected.encode())

    def _code(self, answer: Any) -> Code:
        found = self._fields(answer, code=str, lasts=int)
        return Code(code=found["code"], lasts=found["lasts"])

    def _fields(self, answer: Any, **kinds: type) -> dict[str, Any]:
        """The answer, if it has these fields of these types; else it is from no backend of ours: raises Unreachable."""
        if not isinstance(answer, dict) or any(not isinstance(answer.get(name), kind) for name, kind in kinds.items()):
            raise Unreachable(NO_HALL)
        return answer


def hash_of(token: str) -> str:
    """A token's hash as the backend keeps it (see ``shared.backend.access.secret_hashes``)."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """A token of 256 random bits."""
    return secrets.token_urlsafe(32)
