"""How a backend is come in to: what it proves itself with, who else may sign people in, who may read its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from shared.access.sign_on import Provider, require_safe
from shared.backend.access.id_tokens import Verifier, ports_of
from shared.hall.errors import Unfit
from shared.settings import Settings


@dataclass(frozen=True, kw_only=True)
class SignOnRules:
    """Who signs people on beside their own logins, and how its word is read."""

    provider: Provider
    verifier: Verifier
    role_claim: str = "groups"
    """Where it says which roles somebody has."""


@dataclass(frozen=True, kw_only=True)
class AccessPolicy:
    """What is settled when a backend starts, and holds for every answer it gives."""

    authority: str = ""
    """Its own certificate authority in PEM; empty if it has none."""
    only_https: bool = False
    """Whether browsers are told never to come without TLS again."""
    metrics_token: str = ""
    """What opens ``/metrics`` from elsewhere; empty: an administrator's session alone."""
    sign_on: SignOnRules | None = None
    names: frozenset[str] | None = None
    """What this machine and its pages are called, besides what is sure to be inside the house; None: whatever is said
    is believed, for somebody in front of it has seen to that."""
    pages: str = ""
    """Where customers' phones reach the pages, for stations that know another way; empty: where stations do."""


def provider_of(settings: Settings) -> Provider | None:
    """The identity provider of the settings, if there is one; raises Unfit."""
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise Unfit("oidc_issuer needs oidc_client_id: the id under which the consoles are registered there.")
    return Provider(
        issuer=require_safe(settings.oidc_issuer),
        client_id=settings.oidc_client_id,
        scopes=settings.oidc_scopes,
        ports=ports_of(settings.oidc_ports),
        loopback=settings.oidc_loopback,
    )
