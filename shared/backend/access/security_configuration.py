"""How a backend is secured: certificate authority, HSTS, metrics token, identity provider, host names."""

from __future__ import annotations

from dataclasses import dataclass

from shared.backend.access.id_tokens import Verifier, ports_of
from shared.hall.errors import Unfit
from shared.requests.sign_on import Provider, require_https_or_loopback
from shared.settings import Settings


@dataclass(frozen=True, kw_only=True)
class SignOnRules:
    """The identity provider, and how its tokens become roles."""

    provider: Provider
    verifier: Verifier
    role_claim: str = "groups"
    """The claim that holds a person's roles."""


@dataclass(frozen=True, kw_only=True)
class SecurityConfiguration:
    """Decided when a backend starts, for every request."""

    authority: str = ""
    """The backend's own certificate authority in PEM; empty if it has none."""
    only_https: bool = False
    """Whether browsers are told to use TLS alone from now on (HSTS)."""
    metrics_token: str = ""
    """The token for ``/metrics`` from other machines; empty: only an administrator's session opens it."""
    sign_on: SignOnRules | None = None
    names: frozenset[str] | None = None
    """Host names of this machine and its pages, besides local ones; None: any, because a gateway has checked them."""
    pages: str = ""
    """The URL at which phones reach the customers' pages; empty: the one stations use."""


def provider_of(settings: Settings) -> Provider | None:
    """The identity provider of the settings, if there is one; raises Unfit if its settings are wrong."""
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise Unfit("oidc_issuer needs oidc_client_id: the id under which the consoles are registered there.")
    return Provider(
        issuer=require_https_or_loopback(settings.oidc_issuer),
        client_id=settings.oidc_client_id,
        scopes=settings.oidc_scopes,
        ports=ports_of(settings.oidc_ports),
        loopback=settings.oidc_loopback,
    )
