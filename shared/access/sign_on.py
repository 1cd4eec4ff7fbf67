"""Signing on through a house's identity provider: what a console has to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.hall.errors import Unfit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """An OpenID Connect provider at which this hall's consoles are registered as one public client."""

    issuer: str
    client_id: str
    scopes: str = "openid profile email"
    ports: tuple[int, ...] = (8765,)
    """Where a console waits for the browser: ``http://127.0.0.1:PORT/signed-in``, each registered with the provider."""
    loopback: str = "127.0.0.1"
    """What that address calls the console's machine: Amazon Cognito lets ``localhost`` in and nothing else."""

    @property
    def host(self) -> str:
        """What people know it by."""
        return urlsplit(self.issuer).hostname or ""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What somebody comes in with whom the provider has signed on: its word, and the nonce it was asked with."""

    id_token: str
    nonce: str


@dataclass(frozen=True, kw_only=True)
class SignOnProof:
    """What comes with an ID token to show that it was asked for just now."""

    nonce: str


def require_safe(address: str) -> str:
    """The address, if nobody on the way can read or change what is sent to it; raises Unfit."""
    parts = urlsplit(address)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        return address
    whose = f", also that at {parts.hostname}" if parts.hostname else ""  # no more of it: it may hold a password
    raise Unfit(f"An identity provider is reached by https://{whose}.")
