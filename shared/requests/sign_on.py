"""Single sign-on: what a console and the backend know of the identity provider (OpenID Connect)."""

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
    """Where a console waits for the browser: ``http://127.0.0.1:PORT/signed-in``, each registered at the provider."""
    loopback: str = "127.0.0.1"
    """The host name in that address: Amazon Cognito allows only ``localhost``."""

    @property
    def host(self) -> str:
        """The provider's host name, by which people know it."""
        return urlsplit(self.issuer).hostname or ""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The credentials of somebody the provider has signed on: an ID token, and the nonce the console sent for it."""

    id_token: str
    nonce: str


@dataclass(frozen=True, kw_only=True)
class SignOnProof:
    """The body sent with an ID token: the nonce ties the token to this very sign-on."""

    nonce: str


def require_https_or_loopback(address: str) -> str:
    """The address, if it is HTTPS or on this machine; raises Unfit if it is not."""
    parts = urlsplit(address)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        return address
    whose = f", also that at {parts.hostname}" if parts.hostname else ""  # no more of it: it may hold a password
    raise Unfit(f"An identity provider is reached by https://{whose}.")
