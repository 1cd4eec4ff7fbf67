"""What a station may ask a backend that does not know it yet, or that it does not know yet."""

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

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Which database a backend serves, and the halls in it by id."""

    id: str
    halls: Mapping[HallId, str]


@dataclass(frozen=True, kw_only=True)
class Code:
    """What a new device shows."""

    code: str
    lasts: float
    """Seconds from now."""


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """An administrator has confirmed the device."""

    hall: HallId
    device: str
    name: str


class PairingClient(HttpLink):
    """A backend, before the station belongs to it. Everything blocks and raises Refused or Unreachable."""

    def __init__(self, base: str, token: str = "", trust: Trust | None = None) -> None:
        super().__init__(base, "", token, trust)

    @property
    def address(self) -> str:
        return self._base

    @property
    def trust(self) -> Trust:
        return self._trust

    def installation(self) -> Installation:
        found = self._read(self._ask("GET", "/api/v1/installation"), id=str, halls=list)
        halls = [self._read(hall, id=str, name=str) for hall in found["halls"]]
        return Installation(id=found["id"], halls={hall["id"]: hall["name"] for hall in halls})

    def begin(self, role: Role) -> Code:
        """A code for this device, which keeps its token and tells only its hash."""
        body = {"role": role.value, "token_hash": hash_of(self._token), "version": version("nowserving")}
        return self._code(self._ask("POST", "/api/v1/pairings", body))

    def current(self) -> Code | Welcome:
        """How far it is; raises UnknownPairing when it is over or was refused."""
        answer = self._read(self._ask("GET", "/api/v1/pairings/current"), state=str)
        if answer["state"] == "waiting":
            return self._code(answer)
        found = self._read(answer, hall=str, device=str, name=str)
        return Welcome(hall=found["hall"], device=found["device"], name=found["name"])

    def knows(self, home: PairedHall) -> bool:
        """Whether this backend, at this very address, can prove that it knows the device; its token is not sent.

        A stranger who only pretends to be the installation could hand the question on to the real one: so the
        address, as each side sees it, is part of what is proved.
        """
        at, nonce = urlsplit(self._base), secrets.token_hex(32)
        here = f"{at.hostname}:{at.port or PORTS[at.scheme]}"
        try:
            answer = self._ask("POST", "/api/v1/pairings/proof", {"device": home.device, "nonce": nonce})
            proof = self._read(answer, proof=str)["proof"]
        except Refused:
            return False
        expected = hmac.digest(hash_of(home.token).encode(), f"{nonce} {here}".encode(), "sha256").hex()
        return hmac.compare_digest(proof.encode(), expected.encode())

    def _code(self, answer: Any) -> Code:
        found = self._read(answer, code=str, lasts=int)
        return Code(code=found["code"], lasts=found["lasts"])

    def _read(self, answer: Any, **kinds: type) -> dict[str, Any]:
        """These parts of an answer; raises Unreachable for what no backend of ours says."""
        if not isinstance(answer, dict) or any(not isinstance(answer.get(name), kind) for name, kind in kinds.items()):
            raise Unreachable(NO_HALL)
        return answer


def hash_of(token: str) -> str:
    """How the backend keeps a token (see ``shared.backend.access.accounts``)."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)
